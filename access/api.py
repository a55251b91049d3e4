"""Who may call an API operation. Every operation carries `auth=allowed("permission")`; the default lets members in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import APIKeyCookie

from access.permissions import PERMISSIONS, allows


class allowed(APIKeyCookie):  # noqa: N801 - reads as a condition where it is used
    """Session cookie (with CSRF check) of a member whose role has the right."""

    param_name = "sessionid"

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        super().__init__(csrf=True)
        self.permission = permission

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if not request.user.is_authenticated:
            return None
        if not allows(request.role, self.permission):  # type: ignore[attr-defined]
            raise PermissionDenied
        return request.user


member_of_commune = allowed("site.enter")
