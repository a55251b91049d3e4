"""What every page knows: the commune, the role, what the menu may show."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

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
        "page_words": {"calendar": _calendar()},
        "menu": menu(request, role) if role else [],
    }


def _calendar() -> dict[str, str]:
    """Words of the calendar beside the fields of a day; `{label}` is the field's own."""
    return {
        "choose": _("Choose in the calendar: {label}"),
        "title": _("Calendar"),
        "before": _("Month before"),
        "after": _("Month after"),
    }
