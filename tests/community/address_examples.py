"""Example arguments of this area's addresses, for the matrix test."""

from __future__ import annotations

from typing import Any

from tests.architecture.address_examples import SECRET, Example
from tests.factories.sectors import FocalTerritoryFactory


def a_gap(commune: Any) -> dict[str, Any]:
    FocalTerritoryFactory(commune=commune, name=SECRET)
    return {}


EXAMPLES = {"GET /api/community/gaps": [Example(a_gap)]}
