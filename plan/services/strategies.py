"""Strategies for sectors: what is done, against which causes, by whom, until when, with what money."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.errors import MissingVersionError, RefusedError
from plan.models import CommunalPlan, Objective, SectorStrategy, StrategyStatus, StrategyType
from plan.services.plans import require_open
from sectors.errors import StaleVersionError
from sectors.models import RiskSector, RiskSectorVersion
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User

CONTENT = (
    "objective", "type", "causes", "description", "responsible", "starts_on", "ends_on", "budget_clp",
    "funding_source", "evidence", "status",
)  # fmt: skip
REQUIRED = ("type", "causes", "responsible", "starts_on", "ends_on")
LENGTHS = {"causes": 2000, "description": 4000, "responsible": 200, "funding_source": 200, "evidence": 2000}
LARGEST_BUDGET_CLP = 10**12


@transaction.atomic
def set_strategy(
    *,
    plan: CommunalPlan,
    sector: RiskSector,
    content: dict[str, Any],
    set_by: User,
    strategy: SectorStrategy | None = None,
    expected_version: int | None = None,
    reason: str = "",
) -> SectorStrategy:
    """Set a strategy for a sector as it stands now, or change one (with the version it was made from).

    `content` names fields of CONTENT; `type` is a kind or its code, `objective` one of the plan's or its number. A
    changed strategy comes to point to the sector's newest version; its indicators keep the ground of their baseline.
    Raises MissingVersionError, StaleVersionError with both sides, WrongStateError, RefusedError.
    """
    require_open(plan)
    newest = _newest_version(sector, plan=plan)
    if strategy is None:
        checked = _checked(dict(content), plan=plan, standing=None)
        created: SectorStrategy = SectorStrategy.objects.create(
            commune=plan.commune, plan=plan, sector_version=newest, changed_by=set_by, **checked
        )
        record("strategy.set", commune=plan.commune, user=set_by, target=str(created), reason=reason)
        return created
    if strategy.plan_id != plan.pk:
        raise RefusedError(_("The strategy belongs to another plan."))
    checked = _checked(dict(content), plan=plan, standing=strategy)
    return _change(strategy, checked | {"sector_version": newest}, expected_version, changed_by=set_by, reason=reason)


@transaction.atomic
def change_status(
    *, strategy: SectorStrategy, status: str, expected_version: int | None, changed_by: User, reason: str = ""
) -> SectorStrategy:
    """Say how far a strategy is; everything else stays, the sector version too."""
    require_open(strategy.plan)
    checked = _checked({"status": status}, plan=strategy.plan, standing=strategy)
    return _change(strategy, checked, expected_version, changed_by=changed_by, reason=reason)


def told_of(strategy: SectorStrategy) -> dict[str, Any]:
    """A strategy as plain values, with the version that a save must name."""
    return {
        "id": strategy.pk,
        "plan": strategy.plan_id,
        "sector": strategy.sector_version.sector.code,
        "sector_version": strategy.sector_version.version,
        "objective": strategy.objective.number if strategy.objective else None,
        "type": strategy.type.code,
        "type_name": strategy.type.name,
        "causes": strategy.causes,
        "description": strategy.description,
        "responsible": strategy.responsible,
        "starts_on": strategy.starts_on.isoformat(),
        "ends_on": strategy.ends_on.isoformat(),
        "budget_clp": strategy.budget_clp,
        "funding_source": strategy.funding_source,
        "evidence": strategy.evidence,
        "status": strategy.status,
        "version": strategy.version,
    }


def _change(
    strategy: SectorStrategy, content: dict[str, Any], expected_version: int | None, *, changed_by: User, reason: str
) -> SectorStrategy:
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the strategy it was made from."))
    saved = SectorStrategy.objects.filter(pk=strategy.pk, version=expected_version).update(
        version=F("version") + 1, changed_by=changed_by, changed_at=timezone.now(), **content
    )
    whole = SectorStrategy.objects.select_related("plan__commune", "type", "objective", "sector_version__sector")
    fresh: SectorStrategy = whole.get(pk=strategy.pk)
    if saved != 1:
        yours = whole.get(pk=strategy.pk)
        for name, value in content.items():
            setattr(yours, name, value)
        yours.version = expected_version
        raise StaleVersionError(
            _("The strategy was changed by somebody else meanwhile."), current=told_of(fresh), yours=told_of(yours)
        )
    record(
        "strategy.changed",
        commune=fresh.commune,
        user=changed_by,
        target=str(fresh),
        reason=reason,
        details={"version": fresh.version, "fields": sorted(content)},
    )
    return fresh


def _newest_version(sector: RiskSector, *, plan: CommunalPlan) -> RiskSectorVersion:
    if sector.commune_id != plan.commune_id:
        raise RefusedError(_("The sector belongs to another commune."))
    newest: RiskSectorVersion = sector.versions.order_by("-version")[0]
    return newest


# --- what is let in ---------------------------------------------------------------------------------


def _checked(content: dict[str, Any], *, plan: CommunalPlan, standing: SectorStrategy | None) -> dict[str, Any]:
    unknown = sorted(set(content) - set(CONTENT))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    for name in REQUIRED:
        if content.get(name, None if standing is None else getattr(standing, name)) in (None, ""):
            raise RefusedError(_("A strategy needs: %(field)s.") % {"field": _title(name)})
    for name, length in LENGTHS.items():
        if name in content:
            content[name] = _text(name, content[name], length)
    if "type" in content:
        content["type"] = _type(content["type"], plan=plan)
    if content.get("objective") is not None:
        content["objective"] = _objective(content["objective"], plan=plan)
    if "status" in content and content["status"] not in StrategyStatus.values:
        raise RefusedError(_("The status “%(status)s” is not known.") % {"status": str(content["status"])[:40]})
    _check_days(content, standing)
    _check_money(content, standing)
    return content


def _text(name: str, value: Any, length: int) -> str:
    told = str(value or "").strip()
    if len(told) > length or "\x00" in told:
        raise RefusedError(_("%(field)s: at most %(n)s characters of text.") % {"field": _title(name), "n": length})
    if not told and name in REQUIRED:
        raise RefusedError(_("A strategy needs: %(field)s.") % {"field": _title(name)})
    return told


def _type(wanted: StrategyType | str, *, plan: CommunalPlan) -> StrategyType:
    known = StrategyType.objects.known_to(plan.commune)
    found: StrategyType | None = (
        known.filter(code=wanted).first() if isinstance(wanted, str) else known.filter(pk=wanted.pk).first()
    )
    if found is None:
        raise RefusedError(_("The kind of strategy is not known in this commune."))
    return found


def _objective(wanted: Objective | int, *, plan: CommunalPlan) -> Objective:
    wanted_one = {"number": wanted} if isinstance(wanted, int) else {"pk": wanted.pk}
    found: Objective | None = plan.objectives.filter(**wanted_one).first()
    if found is None:
        raise RefusedError(_("The objective belongs to another plan."))
    return found


def _check_days(content: dict[str, Any], standing: SectorStrategy | None) -> None:
    starts, ends = (content.get(name, getattr(standing, name, None)) for name in ("starts_on", "ends_on"))
    if not isinstance(starts, date) or not isinstance(ends, date) or ends < starts:
        raise RefusedError(_("A strategy must end on the day it starts or later."))


def _check_money(content: dict[str, Any], standing: SectorStrategy | None) -> None:
    budget = content.get("budget_clp", getattr(standing, "budget_clp", None))
    source = content.get("funding_source", getattr(standing, "funding_source", ""))
    if budget is None:
        return
    if isinstance(budget, bool) or not isinstance(budget, int) or not 0 <= budget <= LARGEST_BUDGET_CLP:
        raise RefusedError(_("The budget is a whole number of pesos, zero or more."))
    if budget and not source:
        raise RefusedError(_("Say where the money comes from."))


def _title(name: str) -> str:
    return str(getattr(SectorStrategy._meta.get_field(name), "verbose_name", name))
