"""Hot-spot runs: what they read, what they leave out, and that they can be repeated."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from geo.errors import RefusedError
from geo.models import Commune, UnitKind
from incidents.models import Incident
from incidents.services.corrections import correct_incident
from incidents.services.hotspots import HotspotParameters, run_hotspots
from incidents.services.undoing import take_back
from tests.factories.geo import (
    DEGREES_PER_METRE_LAT,
    DEGREES_PER_METRE_LNG,
    TerritorialUnitFactory,
    point,
    square,
)
from tests.incidents.files import LAT, LNG, bring_in, profile_for, row

pytestmark = pytest.mark.django_db
YEAR = {"window_from": dt.date(2025, 1, 1), "window_until": dt.date(2025, 12, 31), "requested_by": None}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def town(*, patrols: int = 0) -> list[list[str]]:
    """An even town of 1,500 thefts and a square of 100 more; patrols find weapons elsewhere."""
    generator = np.random.default_rng(3)
    east, north = generator.uniform(-2_500, 2_500, (2, 1_500))
    hot_east, hot_north = generator.uniform(800, 950, 100), generator.uniform(800, 950, 100)
    day, hour = generator.integers(0, 364, 1_600 + patrols), generator.integers(1, 24, 1_600 + patrols)
    x = np.concatenate([east, hot_east, generator.normal(-1_500, 20, patrols)])
    y = np.concatenate([north, hot_north, generator.normal(-1_500, 20, patrols)])
    return [
        row(
            number,
            fecha=dt.date(2025, 1, 1) + dt.timedelta(days=int(day[number])),
            hora=f"{hour[number]:02d}:10:00",
            lng=round(LNG + x[number] * DEGREES_PER_METRE_LNG, 6),
            lat=round(LAT + y[number] * DEGREES_PER_METRE_LAT, 6),
            **({} if number < 1_600 else {"tipo": "Porte de arma", "procedencia": "patrulla"}),
        )
        for number in range(1_600 + patrols)
    ]


def test_a_planted_square_is_found_and_stored(commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(commune), [*town(), row("sin lugar", lng=0, lat=0), row("ruido", tipo="Ruidos")])
    run = run_hotspots(commune=commune, **YEAR)
    [cluster] = run.clusters.all()
    assert cluster.boundary.contains(point(875, 875))
    assert cluster.n >= 90
    assert cluster.harm == 61.0 * cluster.n
    assert (run.counts["read"], run.counts["dropped"]["unplaced"], run.sequence) == (1_602, 1, 1)
    assert sum(map(sum, cluster.weekday_hours["counts"])) == cluster.n


def test_territories_follow_street_blocks_where_they_are_loaded(commune: Commune, tmp_path: Path) -> None:
    for row_of_blocks in range(-3, 15):
        for column in range(-3, 15):
            TerritorialUnitFactory(
                commune=commune, kind=UnitKind.MANZANA, code=f"M{row_of_blocks}.{column}", residents=60,
                boundary=square(110 * column, 110 * row_of_blocks, 96),
            )  # fmt: skip
    bring_in(tmp_path, profile_for(commune), town())
    run = run_hotspots(commune=commune, **YEAR)
    [cluster] = run.clusters.all()
    told = cluster.details
    assert told["snapped"]
    assert told["blocks"] >= 2
    assert told["residents"] == 60 * told["blocks"]
    assert cluster.n >= 90
    assert 0.7 <= told["core_ratio"] <= 1
    assert run.evaluation["pai"] > 1
    assert run.evaluation["fullest_pai"] > 1
    plain = run_hotspots(commune=commune, parameters=HotspotParameters(snap_to_blocks=False), **YEAR)
    assert not plain.clusters.get().details["snapped"]


def test_what_patrols_discover_makes_no_hot_spot_by_default(commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(commune), town(patrols=300))
    run = run_hotspots(commune=commune, **YEAR)
    assert run.counts["dropped"]["origin"] == 300
    assert not [one for one in run.clusters.all() if one.boundary.contains(point(-1_500, -1_500))]
    asked = HotspotParameters(origins=("reported", "discovered"), with_enforcement_driven=True)
    wide = run_hotspots(commune=commune, parameters=asked, **YEAR)
    assert [one for one in wide.clusters.all() if one.boundary.contains(point(-1_500, -1_500))]


def test_reserved_types_make_no_hot_spot_unless_asked_for(commune: Commune, tmp_path: Path) -> None:
    rows = town(patrols=300)
    for one in rows[1_600:]:
        one[:] = ["denuncia" if value == "patrulla" else "VIF" if value == "Porte de arma" else value for value in one]
    bring_in(tmp_path, profile_for(commune), rows)
    run = run_hotspots(commune=commune, **YEAR)
    assert (run.counts["dropped"]["reserved"], run.parameters["with_reserved"]) == (300, False)
    assert not [one for one in run.clusters.all() if one.boundary.contains(point(-1_500, -1_500))]
    wide = run_hotspots(commune=commune, parameters=HotspotParameters(with_reserved=True), **YEAR)
    assert wide.counts["dropped"]["reserved"] == 0


def test_a_run_of_the_same_state_gives_the_same_text(commune: Commune, tmp_path: Path, monkeypatch) -> None:
    from incidents.services import hotspots

    profile = profile_for(commune)
    bring_in(tmp_path, profile, town())
    first = run_hotspots(commune=commune, **YEAR)
    take_back(batch=bring_in(tmp_path, profile, [row("otra")], name="b.csv"), undone_by=None)
    moved = Incident.objects.current().get(record_key="7")
    correct_incident(incident=moved, point=point(1, 1), reason="x", corrected_by=None)
    monkeypatch.setattr(hotspots, "latest_sequence", lambda commune: first.sequence)
    assert run_hotspots(commune=commune, **YEAR).result == first.result


def test_an_empty_or_backward_window_is_refused(commune: Commune) -> None:
    with pytest.raises(RefusedError):
        run_hotspots(commune=commune, **YEAR)
    backward = {"window_from": dt.date(2025, 2, 1), "window_until": dt.date(2025, 1, 1)}
    with pytest.raises(RefusedError):
        run_hotspots(commune=commune, requested_by=None, **backward)
