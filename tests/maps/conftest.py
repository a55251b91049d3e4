"""What the pages' tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from geo.models import Commune
from sectors.models import ProposalState, RiskSector, TerritoryProposal
from tests.factories.sectors import RiskSectorFactory
from tests.maps.rows import make_proposal


@pytest.fixture
def sector(commune: Commune) -> RiskSector:
    return RiskSectorFactory(commune=commune, code="S-001", name="Plaza Norte")


@pytest.fixture
def sent(commune: Commune) -> TerritoryProposal:
    return make_proposal(commune, state=ProposalState.SENT)


@pytest.fixture
def text() -> Callable[[Any], str]:
    """The text of an answer."""
    return lambda response: response.content.decode()
