"""The one API object: every app's router under /api/, signed-in members only."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from access.api import member_of_commune
from cameras.api import router as cameras
from community.api import router as community
from geo.api import router as geo
from geo.errors import AtalayaError
from incidents.api import router as incidents
from plan.api import router as plan
from sectors.api import router as sectors

# no documents page, no openapi.json: strangers learn nothing of the API (`api.get_openapi_schema()` serves tests)
api = NinjaAPI(
    title="Atalaya", version="1", auth=member_of_commune, docs_url=None, openapi_url=None, urls_namespace="api"
)
for router in (geo, incidents, cameras, sectors, community, plan):
    api.add_router("", router)


@api.exception_handler(PermissionDenied)
def answer_without_right(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """403 for a member whose role lacks the right."""
    return api.create_response(request, {"detail": _("Your role does not have the right to do this.")}, status=403)


@api.exception_handler(AuthenticationError)
def answer_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401 for whoever has not signed in."""
    return api.create_response(request, {"detail": _("Sign in first.")}, status=401)


@api.exception_handler(AtalayaError)
def answer_named_error(request: HttpRequest, error: AtalayaError) -> HttpResponse:
    """Named errors carry their own status and a sentence for people."""
    body = {"detail": str(error), **getattr(error, "extra", {})}
    return api.create_response(request, body, status=error.status)
