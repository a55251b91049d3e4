"""What every page knows: the commune, the role, what the menu may show."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from access.permissions import PERMISSIONS, allows
from access.roles import Role
from maps.navigation import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `commune`, `role`, its words, `may` (the reader's rights) and the menu."""
    role = getattr(request, "role", None)
    may = {permission.replace(".", "_"): allows(role, permission) for permission in PERMISSIONS} if role else {}
    return {
        "commune": getattr(request, "commune", None),
        "role": role,
        "role_title": Role(role).label if role else "",
        "may": may,
        "menu": menu(request, role) if role else [],
    }
