"""Focal territories: the director decides to work in some sectors for a time, and they leave by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from geo.errors import RefusedError
from geo.models import Commune
from sectors.errors import WrongStateError
from sectors.models import FocalTerritory, FocalTerritoryRenewal, RiskSector, SectorStatus
from sectors.services.catalogue import checked_reason, today
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User


@transaction.atomic
def create_focal_territory(
    *,
    sectors: Sequence[RiskSector],
    name: str,
    act: str,
    period_from: date,
    period_until: date,
    reason: str,
    valid_until: date | None,
    approved_by: User,
) -> FocalTerritory:
    """Focalise on sectors of one commune, by an act, until a day on which the territory leaves unless it is renewed.

    Raises RefusedError where something is missing or out of order, WrongStateError for closed sectors or those of
    another focal territory in force.
    """
    if valid_until is None:
        raise RefusedError(_("A focal territory needs the day on which it leaves unless it is renewed."))
    if period_until <= period_from or valid_until <= period_from:
        raise RefusedError(_("The period and the last day must come after the first day."))
    reason = checked_reason(reason)
    commune = _one_commune(sectors)
    _refuse_taken(sectors, commune=commune, period_from=period_from, valid_until=valid_until)
    territory = FocalTerritory.objects.create(
        commune=commune,
        name=_text(name, _("Give the focal territory a name.")),
        act=_text(act, _("Say by which act the territory is focalised.")),
        period_from=period_from,
        period_until=period_until,
        reason=reason,
        valid_until=valid_until,
        approved_by=approved_by,
    )
    territory.sectors.set(sectors)
    record(
        "focal_territory.approved",
        commune=commune,
        user=approved_by,
        target=territory.name,
        reason=reason,
        details={"sectors": {sector.code: sector.version for sector in sectors}, "until": valid_until.isoformat()},
    )
    return territory


@transaction.atomic
def renew_focal_territory(
    *, focal_territory: FocalTerritory, valid_until: date, reason: str, approved_by: User
) -> FocalTerritory:
    """Let a territory stay until a later day. One that has left cannot be renewed: it is approved anew.

    Raises WrongStateError also where a sector is closed by now or promised to another territory on the days added.
    """
    reason = checked_reason(reason)
    territory: FocalTerritory = FocalTerritory.objects.select_for_update().get(pk=focal_territory.pk)
    if territory.valid_until < today(territory.commune):
        raise WrongStateError(_("“%(name)s” has already left. Approve a new territory.") % {"name": territory.name})
    if valid_until <= territory.valid_until:
        raise RefusedError(_("The new last day must come after %(day)s.") % {"day": territory.valid_until.isoformat()})
    _refuse_taken(
        list(territory.sectors.all()),
        commune=territory.commune,
        period_from=territory.valid_until + timedelta(days=1),
        valid_until=valid_until,
    )
    FocalTerritoryRenewal.objects.create(
        focal_territory=territory,
        previous_until=territory.valid_until,
        valid_until=valid_until,
        reason=reason,
        approved_by=approved_by,
    )
    territory.valid_until = valid_until
    territory.save(update_fields=["valid_until"])
    record(
        "focal_territory.renewed",
        commune=territory.commune,
        user=approved_by,
        target=territory.name,
        reason=reason,
        details={"until": valid_until.isoformat()},
    )
    return territory


def _one_commune(sectors: Sequence[RiskSector]) -> Commune:
    communes = {sector.commune_id for sector in sectors}
    if len(communes) != 1:
        raise RefusedError(_("Choose at least one sector, all of one commune."))
    commune: Commune = sectors[0].commune
    return commune


def _refuse_taken(sectors: Sequence[RiskSector], *, commune: Commune, period_from: date, valid_until: date) -> None:
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)  # two approvals at once must see each other
    now = RiskSector.objects.filter(pk__in=[sector.pk for sector in sectors])
    closed = now.with_status(SectorStatus.CLOSED).order_by("code").first()
    if closed is not None:
        raise WrongStateError(_("Sector %(code)s is closed. Restore a version to open it.") % {"code": closed.code})
    overlapping = FocalTerritory.objects.for_commune(commune).filter(
        period_from__lte=valid_until, valid_until__gte=period_from, sectors__in=now
    )
    taken = overlapping.order_by("pk").first()
    if taken is not None:
        raise WrongStateError(_("A sector already belongs to the focal territory “%(name)s”.") % {"name": taken.name})


def _text(text: str, refusal: str) -> str:
    told = text.strip()[:200]
    if not told:
        raise RefusedError(refusal)
    return told
