"""Default deny: who is asking, for which commune, and may this view answer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from access.models import Membership
from access.permissions import allows

SESSION_KEY = "commune"


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership the request works under: the one chosen in the session, else the user's first."""
    if not request.user.is_authenticated:
        return None
    memberships = list(Membership.objects.of_user(request.user).order_by("pk"))
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in memberships if one.commune_id == chosen), memberships[0] if memberships else None)


class DefaultDenyMiddleware:
    """Sets `request.membership`, `.commune`, `.role`; refuses views without a mark, people without the right."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = membership_of(request)
        # type ignores here and in access.api: the request class is Django's, and these three names are added to it
        request.membership = membership  # type: ignore[attr-defined]
        request.commune = membership.commune if membership else None  # type: ignore[attr-defined]
        request.role = membership.role if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "is_public", False) or _is_api(request):
            return None  # the API object checks every operation itself (access.api)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        permission = getattr(view, "required_permission", None)
        if permission is None or not allows(request.role, permission):  # type: ignore[attr-defined]
            raise PermissionDenied
        return None


def _is_api(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.namespace == "api")
