"""By which rules a commune judges what its cameras see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from access.models import Membership
from access.services.audit import record_act
from analysis.optics import EDITIONS, classes_from
from cameras.models import CoverageRules, Viewshed
from geo.errors import RefusedError

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

FIELDS = ("edition", "weakest", "target_height_m", "building_height_m", "curvature")


def coverage_rules(commune: Commune) -> CoverageRules:
    """The commune's rules; until somebody sets them, the documented ones."""
    found: CoverageRules | None = CoverageRules.objects.for_commune(commune).first()
    return found or CoverageRules(commune=commune)


def class_codes(rules: CoverageRules) -> tuple[str, ...]:
    """Codes of the classes that count, ascending."""
    return tuple(one.code for one in classes_from(rules.edition, rules.weakest))


@transaction.atomic
def set_rules(*, commune: Commune, content: dict[str, Any], set_by: User) -> CoverageRules:
    """Change the rules; every view is outdated. Raises RefusedError for a class that its table does not have."""
    edition, weakest = content["edition"], content["weakest"]
    known = [one.code for one in EDITIONS.get(edition, ())]
    if weakest not in known:
        raise RefusedError(_("That class belongs to the other table. Choose one of the same edition."))
    CoverageRules.objects.get_or_create(commune=commune)
    rules: CoverageRules = CoverageRules.objects.for_commune(commune).select_for_update().get()
    changed = [name for name in FIELDS if content[name] != getattr(rules, name)]
    if not changed:
        return rules
    for name in changed:
        setattr(rules, name, content[name])
    rules.version += 1
    rules.save()
    Viewshed.objects.for_commune(commune).current().update(current=False)
    role = Membership.objects.filter(commune=commune, user=set_by).values_list("role", flat=True).first()
    record_act(commune=commune, user=set_by, role=role, verb="coverage.rules_set", details={"fields": changed})
    return rules
