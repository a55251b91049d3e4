"""People and shapes that the tests of sectors ask for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from access.models import User
from access.roles import Role
from geo.models import Commune
from incidents.models import Cluster, HotspotRun
from tests.factories.access import MembershipFactory
from tests.factories.geo import square
from tests.sectors.scene import Scene, build_scene


@pytest.fixture
def analyst(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.ANALYST).user


@pytest.fixture
def director(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.DIRECTOR).user


def drawing(east_m: float = 0, north_m: float = 0, side_m: float = 300) -> dict[str, Any]:
    """A square as a person's drawing sends it."""
    return json.loads(square(east_m, north_m, side_m)[0].geojson)


def hotspot_run(commune: Commune, *boundaries: Any) -> HotspotRun:
    """A run that found one cluster per boundary."""
    run = HotspotRun.objects.create(
        commune=commune,
        window_from=date(2025, 1, 1),
        window_until=date(2025, 12, 31),
        method="automatic",
        parameters={},
        seed=1,
        code_version="0.1.0",
        sequence=1,
        counts={},
        result="{}",
    )
    for rank, boundary in enumerate(boundaries, start=1):
        Cluster.objects.create(
            commune=commune,
            run=run,
            rank=rank,
            boundary=boundary,
            n=40,
            expected=11.5,
            harm=9000.0,
            per_km2=444.0,
            area_m2=90_000.0,
            q=0.001,
            weekday_hours={"concentrates": True, "windows": [{"days": [4, 5], "from": 22, "until": 3}]},
        )
    return run


@pytest.fixture
def run(commune: Commune) -> HotspotRun:
    return hotspot_run(commune, square(0, 0, 300), square(1000, 0, 300))


@pytest.fixture
def scene(commune: Commune, analyst: User, tmp_path: Path) -> Scene:
    """Three sectors and all that a score reads about them."""
    return build_scene(commune, analyst, tmp_path)
