"""The tool proposes, the analyst sends, the director decides; everything is kept."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, transaction

from access.models import AuditEvent, User
from access.roles import Role
from geo.errors import RefusedError
from geo.models import Commune
from incidents.models import HotspotRun
from sectors.errors import WrongStateError
from sectors.models import ProposalState, RiskSector, SectorStatus, TerritoryProposal
from sectors.services.proposals import accept_proposal, propose_territories, refuse_proposal, send_proposal
from tests.factories.geo import square
from tests.factories.sectors import RiskSectorFactory
from tests.sectors.conftest import hotspot_run

pytestmark = pytest.mark.django_db
REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def draft(run: HotspotRun, analyst: User) -> TerritoryProposal:
    return propose_territories(hotspot_run=run, proposed_by=analyst)[0]


@pytest.fixture
def sent(draft: TerritoryProposal, analyst: User) -> TerritoryProposal:
    return send_proposal(proposal=draft, reason="concentra robos", sent_by=analyst)


def test_every_cluster_becomes_a_draft(run: HotspotRun, analyst: User) -> None:
    proposals = propose_territories(hotspot_run=run, proposed_by=analyst)
    assert [(one.cluster.rank, one.state) for one in proposals] == [(1, "borrador"), (2, "borrador")]


def test_proposing_twice_makes_no_second_proposal(run: HotspotRun, analyst: User) -> None:
    first = propose_territories(hotspot_run=run, proposed_by=analyst)
    again = propose_territories(hotspot_run=run, proposed_by=analyst)
    assert [one.pk for one in first] == [one.pk for one in again]


def test_proposal_carries_its_time_window(draft: TerritoryProposal) -> None:
    assert draft.time_window["windows"][0]["from"] == 22


def test_proposal_tells_which_sector_it_overlaps(commune: Commune, run: HotspotRun, analyst: User) -> None:
    RiskSectorFactory(commune=commune, code="S-9", boundary=square(150, 0, 300))
    overlap = propose_territories(hotspot_run=run, proposed_by=analyst)[0].overlaps[0]
    assert (overlap["code"], round(overlap["share_of_proposal"], 1)) == ("S-9", 0.5)


def test_proposal_tells_which_refused_one_it_repeats(
    commune: Commune, sent: TerritoryProposal, analyst: User, director: User
) -> None:
    refuse_proposal(proposal=sent, reason="ya intervenido", decided_by=director)
    later = propose_territories(hotspot_run=hotspot_run(commune, square(0, 0, 300)), proposed_by=analyst)[0]
    assert [(one["kind"], one["proposal"]) for one in later.overlaps] == [("refused_proposal", sent.pk)]


def test_sending_keeps_who_and_why(sent: TerritoryProposal, analyst: User) -> None:
    assert (sent.state, sent.sent_by, sent.sent_reason) == (ProposalState.SENT, analyst, "concentra robos")


def test_sending_without_reason_is_refused(draft: TerritoryProposal, analyst: User) -> None:
    with pytest.raises(RefusedError):
        send_proposal(proposal=draft, reason=" ", sent_by=analyst)


def test_accepting_makes_a_draft_sector_with_the_proposed_boundary(sent: TerritoryProposal, director: User) -> None:
    sector = accept_proposal(proposal=sent, reason="se prioriza", decided_by=director, name="Costanera")
    assert (sector.status, sector.name, sector.boundary) == (SectorStatus.DRAFT, "Costanera", sent.boundary)


def test_accepted_proposal_is_the_origin_of_its_sector(sent: TerritoryProposal, director: User) -> None:
    sector = accept_proposal(proposal=sent, reason="se prioriza", decided_by=director)
    assert sector.proposal == sent


def test_draft_cannot_be_accepted(draft: TerritoryProposal, director: User) -> None:
    with pytest.raises(WrongStateError):
        accept_proposal(proposal=draft, reason="se prioriza", decided_by=director)


def test_refused_proposal_is_kept_with_its_reason(sent: TerritoryProposal, director: User) -> None:
    refused = refuse_proposal(proposal=sent, reason="ya intervenido", decided_by=director)
    assert (refused.state, refused.decided_reason, refused.sector) == (ProposalState.REFUSED, "ya intervenido", None)


def test_decided_proposal_cannot_be_decided_again(sent: TerritoryProposal, director: User) -> None:
    refuse_proposal(proposal=sent, reason="ya intervenido", decided_by=director)
    with pytest.raises(WrongStateError):
        accept_proposal(proposal=sent, reason="se prioriza", decided_by=director)
    assert not RiskSector.objects.exists()


def test_decisions_leave_audit_events(sent: TerritoryProposal, director: User) -> None:
    accept_proposal(proposal=sent, reason="se prioriza", decided_by=director)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"proposals.made", "proposal.sent", "proposal.accepted", "sector.created"} <= verbs


def test_database_refuses_to_skip_the_sending(draft: TerritoryProposal, director: User) -> None:
    with pytest.raises(REFUSED), transaction.atomic():
        TerritoryProposal.objects.filter(pk=draft.pk).update(state="rechazada")


def test_database_refuses_to_take_a_decision_back(sent: TerritoryProposal, director: User) -> None:
    refuse_proposal(proposal=sent, reason="ya intervenido", decided_by=director)
    with pytest.raises(REFUSED), transaction.atomic():
        TerritoryProposal.objects.filter(pk=sent.pk).update(state="enviada")


def test_database_keeps_the_evidence(sent: TerritoryProposal) -> None:
    with pytest.raises(REFUSED), transaction.atomic():
        TerritoryProposal.objects.filter(pk=sent.pk).update(n=999)


def test_database_keeps_refused_proposals(sent: TerritoryProposal, director: User) -> None:
    refuse_proposal(proposal=sent, reason="ya intervenido", decided_by=director)
    with pytest.raises(REFUSED), transaction.atomic():
        TerritoryProposal.objects.all()._raw_delete("default")


def test_director_does_not_see_drafts(draft: TerritoryProposal, sent: TerritoryProposal, commune: Commune) -> None:
    of_commune = TerritoryProposal.objects.for_commune(commune)
    assert [one.pk for one in of_commune.visible_to(Role.DIRECTOR)] == [sent.pk]
    assert of_commune.visible_to(Role.ANALYST).count() == 2
