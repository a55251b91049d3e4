"""What every page knows: the commune, the role, what the menu may show."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from access.permissions import PERMISSIONS, allows


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `commune`, `role` and `may`, the set of rights the reader has."""
    role = getattr(request, "role", None)
    may = {permission.replace(".", "_"): allows(role, permission) for permission in PERMISSIONS} if role else {}
    return {"commune": getattr(request, "commune", None), "role": role, "may": may}
