"""People and shapes that the tests of sectors ask for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from access.models import User
from access.roles import Role
from geo.models import Commune
from tests.factories.access import MembershipFactory
from tests.factories.geo import square


@pytest.fixture
def analyst(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.ANALYST).user


@pytest.fixture
def director(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.DIRECTOR).user


def drawing(east_m: float = 0, north_m: float = 0, side_m: float = 300) -> dict[str, Any]:
    """A square as a person's drawing sends it."""
    return json.loads(square(east_m, north_m, side_m)[0].geojson)
