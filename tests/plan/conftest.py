"""People and a small commune with incidents, for the tests of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.models import User
from access.roles import Role
from geo.models import Commune
from plan.models import CommunalPlan, SectorStrategy
from tests.factories.access import MembershipFactory
from tests.factories.plan import CommunalPlanFactory, SectorStrategyFactory
from tests.sectors.scene import Scene, build_scene


@pytest.fixture
def author(commune: Commune) -> User:
    """The planner of the commune."""
    return MembershipFactory(commune=commune, role=Role.PLANNER).user


@pytest.fixture
def scene(commune: Commune, tmp_path: Path) -> Scene:
    """Sectors A (60 incidents), B (25) and C (12), with units, factors and readings."""
    return build_scene(commune, MembershipFactory(commune=commune, role=Role.ANALYST).user, tmp_path)


@pytest.fixture
def plan_of_scene(scene: Scene) -> CommunalPlan:
    return CommunalPlanFactory(commune=scene.commune)


@pytest.fixture
def strategy(scene: Scene, plan_of_scene: CommunalPlan) -> SectorStrategy:
    """Lighting for sector A."""
    return SectorStrategyFactory(plan=plan_of_scene, sector_version=scene.sectors["A"].versions.get(version=1))
