"""From hot spots to sectors: the tool proposes, the analyst sends, the director decides, and everything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.permissions import allows
from analysis.progress import Report, silent
from geo.crs import geometry_to_metric
from sectors.errors import WrongStateError
from sectors.models import ProposalState, RiskSector, TerritoryProposal, Typology
from sectors.services.catalogue import SectorDetails, checked_reason, create_sector, today
from sectors.services.trail import record

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from access.models import User
    from geo.models import Commune
    from incidents.models import Cluster, HotspotRun

LEAST_SHARE = 0.01  # a proposal that only brushes a sector does not overlap it


@transaction.atomic
def propose_territories(
    *, hotspot_run: HotspotRun, proposed_by: User, report: Report = silent
) -> list[TerritoryProposal]:
    """Make a draft proposal of every cluster of a run, with what it overlaps. Asking again makes no second one."""
    commune = hotspot_run.commune
    clusters = list(hotspot_run.clusters.order_by("rank"))
    known = {proposal.cluster_id: proposal for proposal in TerritoryProposal.objects.of_run(hotspot_run)}
    neighbours = _neighbours(commune)
    proposals = []
    for done, cluster in enumerate(clusters, start=1):
        proposals.append(known.get(cluster.pk) or _propose(cluster, hotspot_run, neighbours, proposed_by))
        report(_("proposing territories"), done, len(clusters))
    made = len(clusters) - len(known)
    if made:
        record(
            "proposals.made",
            commune=commune,
            user=proposed_by,
            target=f"hotspot run {hotspot_run.pk}",
            details={"made": made},
        )
    return proposals


def figures_withheld(proposal: TerritoryProposal, role: str | None) -> bool:
    """True where a run counted reserved types too and the role may not know how many: all of its figures hold them."""
    return bool(proposal.run.parameters.get("with_reserved")) and not allows(role, "incidents.view_exact")


@transaction.atomic
def send_proposal(*, proposal: TerritoryProposal, reason: str, sent_by: User) -> TerritoryProposal:
    """Put a draft before the director. Raises WrongStateError when it is no draft any more."""
    reason = checked_reason(reason)
    _move(
        proposal,
        ProposalState.DRAFT,
        state=ProposalState.SENT,
        sent_by=sent_by,
        sent_at=timezone.now(),
        sent_reason=reason,
    )
    return _recorded("proposal.sent", proposal, user=sent_by, reason=reason)


@transaction.atomic
def accept_proposal(
    *,
    proposal: TerritoryProposal,
    reason: str,
    decided_by: User,
    name: str = "",
    typology: str = Typology.MIXED,
) -> RiskSector:
    """Make a draft sector of a sent proposal; the proposal stays beside it as its origin.

    Raises WrongStateError when the proposal was not sent, or somebody has decided meanwhile.
    """
    reason = checked_reason(reason)
    waiting = _locked(proposal, ProposalState.SENT)
    sector = create_sector(
        commune=waiting.commune,
        name=name.strip() or _("Sector of proposal %(number)s") % {"number": waiting.pk},
        boundary=waiting.boundary,
        reason=reason,
        created_by=decided_by,
        details=SectorDetails(typology=typology),
    )
    _move(
        waiting,
        ProposalState.SENT,
        state=ProposalState.ACCEPTED,
        decided_by=decided_by,
        decided_at=timezone.now(),
        decided_reason=reason,
        sector=sector,
    )
    _recorded("proposal.accepted", waiting, user=decided_by, reason=reason)
    return sector


@transaction.atomic
def refuse_proposal(*, proposal: TerritoryProposal, reason: str, decided_by: User) -> TerritoryProposal:
    """Refuse a sent proposal; it is kept, with the reason. Raises WrongStateError when it is not waiting."""
    reason = checked_reason(reason)
    _move(
        proposal,
        ProposalState.SENT,
        state=ProposalState.REFUSED,
        decided_by=decided_by,
        decided_at=timezone.now(),
        decided_reason=reason,
    )
    return _recorded("proposal.refused", proposal, user=decided_by, reason=reason)


# --- states ---------------------------------------------------------------------------------------------------------


def _locked(proposal: TerritoryProposal, state: str) -> TerritoryProposal:
    rows = TerritoryProposal.objects.select_for_update(of=("self",)).select_related("commune")
    waiting: TerritoryProposal = rows.get(pk=proposal.pk)
    if waiting.state != state:
        raise _wrong_state(waiting)
    return waiting


def _move(proposal: TerritoryProposal, expected_state: str, **values: Any) -> None:
    """Move on only from the expected state; the UPDATE itself asks, and a trigger repeats the rule."""
    moved = TerritoryProposal.objects.filter(pk=proposal.pk, state=expected_state).update(**values)
    if moved != 1:
        raise _wrong_state(TerritoryProposal.objects.get(pk=proposal.pk))


def _wrong_state(proposal: TerritoryProposal) -> WrongStateError:
    return WrongStateError(
        _("Proposal %(number)s is now “%(state)s”. Load the page again.")
        % {"number": proposal.pk, "state": proposal.get_state_display()}
    )


def _recorded(verb: str, proposal: TerritoryProposal, *, user: User, reason: str) -> TerritoryProposal:
    record(verb, commune=proposal.commune, user=user, target=f"proposal {proposal.pk}", reason=reason)
    fresh: TerritoryProposal = TerritoryProposal.objects.select_related("cluster", "run", "sector", "commune").get(
        pk=proposal.pk
    )
    return fresh


# --- evidence --------------------------------------------------------------------------------------------------------


def _propose(
    cluster: Cluster, run: HotspotRun, neighbours: list[tuple[dict[str, Any], BaseGeometry]], proposed_by: User
) -> TerritoryProposal:
    proposal: TerritoryProposal = TerritoryProposal.objects.create(
        commune=run.commune,
        run=run,
        cluster=cluster,
        boundary=cluster.boundary,
        n=cluster.n,
        period_from=run.window_from,
        period_until=run.window_until,
        per_km2=cluster.per_km2,
        area_m2=cluster.area_m2,
        time_window=cluster.weekday_hours,
        overlaps=_overlaps(geometry_to_metric(cluster.boundary, commune=run.commune), neighbours),
        proposed_by=proposed_by,
    )
    return proposal


def _neighbours(commune: Commune) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Sectors in force and proposals that were refused: what a director wants to be reminded of."""
    sectors = RiskSector.objects.for_commune(commune).open().in_force(today(commune)).order_by("code")
    refused = TerritoryProposal.objects.for_commune(commune).in_state(ProposalState.REFUSED).order_by("pk")
    told: list[tuple[dict[str, Any], BaseGeometry]] = [
        ({"kind": "sector", "code": sector.code}, geometry_to_metric(sector.boundary, commune=commune))
        for sector in sectors
    ]
    told += [
        ({"kind": "refused_proposal", "proposal": proposal.pk}, geometry_to_metric(proposal.boundary, commune=commune))
        for proposal in refused
    ]
    return told


def _overlaps(shape: BaseGeometry, neighbours: list[tuple[dict[str, Any], BaseGeometry]]) -> list[dict[str, Any]]:
    found = []
    for told, other in neighbours:
        shared_m2 = shape.intersection(other).area
        if shared_m2 >= LEAST_SHARE * min(shape.area, other.area):
            found.append(
                told
                | {
                    "share_of_proposal": round(shared_m2 / shape.area, 4),
                    "share_of_other": round(shared_m2 / other.area, 4),
                }
            )
    return sorted(found, key=lambda one: -one["share_of_proposal"])
