"""Laws of the catalogue under any order of saves, undos, closings and stale attempts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import AtalayaError
from sectors.models import RiskSector
from sectors.services.catalogue import change_sector, close_sector, redraw_sector, restore_version
from tests.factories.access import MembershipFactory
from tests.factories.sectors import RiskSectorFactory
from tests.sectors.conftest import drawing

ACTS = st.lists(
    st.tuples(st.sampled_from(["redraw", "rename", "close", "restore"]), st.integers(0, 3), st.integers(1, 4)),
    max_size=12,
)


def attempt(act: str, behind: int, choice: int, *, sector: RiskSector, user: Any) -> bool:
    """Try one act from a version that is `behind` the newest one; True where it was acknowledged."""
    expected = max(1, RiskSector.objects.get(pk=sector.pk).version - behind)
    common = {"sector": sector, "expected_version": expected, "reason": f"{act} {choice}"}
    try:
        if act == "redraw":
            redraw_sector(**common, boundary=drawing(20 * choice), edited_by=user)
        elif act == "rename":
            change_sector(**common, changes={"name": f"Nombre {choice}"}, edited_by=user)
        elif act == "close":
            close_sector(**common, closed_on=None, closed_by=user)
        else:
            restore_version(**common, version=choice, restored_by=user)
    except AtalayaError:
        return False
    return True


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_history_holds_every_acknowledged_act_and_nothing_else(acts: list[tuple[str, int, int]]) -> None:
    sector = RiskSectorFactory()
    user = MembershipFactory(commune=sector.commune).user
    acknowledged = sum(attempt(*act, sector=sector, user=user) for act in acts)
    now = RiskSector.objects.get(pk=sector.pk)
    versions = list(sector.versions.order_by("version"))
    assert [one.version for one in versions] == list(range(1, 2 + acknowledged))
    newest = versions[-1]
    assert (now.version, now.name, now.status, now.boundary, now.valid_until) == (
        newest.version,
        newest.name,
        newest.status,
        newest.boundary,
        newest.valid_until,
    )
