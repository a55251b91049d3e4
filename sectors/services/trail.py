"""Acts of this app in the audit trail: in the caller's transaction, with the role the person has in the commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.models import Membership
from access.services.audit import record_act

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune


def record(
    verb: str, *, commune: Commune, user: User, target: str, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """Write who did what. Details are counts, versions and states, never a place."""
    role = Membership.objects.filter(commune=commune, user=user).values_list("role", flat=True).first()
    record_act(commune=commune, user=user, role=role, verb=verb, target=target, reason=reason, details=details)
