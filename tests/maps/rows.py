"""Rows that the pages' tests share."""

from __future__ import annotations

from typing import Any

from sectors.models import ProposalState, TerritoryProposal
from sectors.services.proposals import propose_territories, send_proposal
from tests.factories.access import UserFactory
from tests.factories.incidents import ClusterFactory, HotspotRunFactory


def make_proposal(
    commune: Any, *, state: str = ProposalState.DRAFT, cluster: dict[str, Any] | None = None, **parameters: Any
) -> TerritoryProposal:
    """A proposal of one cluster, a draft or sent to the director; `parameters` are those of its run."""
    run = HotspotRunFactory(commune=commune, parameters=parameters)
    ClusterFactory(commune=commune, run=run, **(cluster or {}))
    (draft,) = propose_territories(hotspot_run=run, proposed_by=UserFactory())
    if state == ProposalState.SENT:
        return send_proposal(proposal=draft, reason="Se mantiene.", sent_by=draft.proposed_by)
    return draft
