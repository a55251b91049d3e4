"""Runs of the analysis methods: each computes, says what it chose, draws, and repeats byte for byte; their pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from access.models import JobRun
from access.services.jobs import run_job
from geo.errors import RefusedError
from geo.models import Commune, UnitKind
from incidents.models import Method, MethodRun
from incidents.services.methods import Window, run_method
from sectors.services.computations import COMPUTATIONS, repeats
from tests.factories.geo import AddressPointFactory, TerritorialUnitFactory, point, square
from tests.factories.sectors import RiskSectorFactory
from tests.incidents.files import bring_in, profile_for, row
from tests.incidents.test_hotspots import town

YEAR = Window(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture
def busy(commune: Commune, tmp_path: Path, settings) -> Commune:
    """1,600 thefts of a year, a hundred of them in one square; blocks, dwellings, a sector on the square."""
    settings.MEDIA_ROOT = tmp_path / "files"
    earlier = [row(f"v{n}", fecha=date(2024, 1, 1 + n % 28), hora="10:10:00") for n in range(30)]
    bring_in(tmp_path, profile_for(commune), [*town(), *earlier])
    for number, (column, line) in enumerate(np.ndindex(8, 8)):
        TerritorialUnitFactory(
            commune=commune, kind=UnitKind.MANZANA, code=f"M{number}", residents=50 + number,
            boundary=square(-2400 + 600 * column, -2400 + 600 * line, 560),
        )  # fmt: skip
        AddressPointFactory(commune=commune, point=point(-2300 + 600 * column, -2300 + 600 * line), dwellings=20)
    RiskSectorFactory(commune=commune, name="Plaza", boundary=square(700, 700, 350), valid_from=date(2020, 1, 1))
    return commune


def computed(commune: Commune, method: str, **parameters: object) -> MethodRun:
    return run_method(
        method=method, compute=COMPUTATIONS[method], commune=commune, window=YEAR, parameters=parameters,
        requested_by=None,
    )  # fmt: skip


@pytest.mark.django_db
def test_every_method_runs_says_what_it_chose_and_repeats(busy: Commune, client_as: Callable[..., Client]) -> None:
    """One test for all, because bringing the town in costs more than any method."""
    analyst = client_as("analista", busy)
    asked = {Method.CHANGE: {"years": 1}, Method.RELATIVE: {"draws": 99}, Method.TILING: {"districts": 4}}
    for method in Method:
        run = computed(busy, method.value, **asked.get(method, {}))
        told = json.loads(run.result)
        assert told["choices"], method
        assert told["rows"], method
        assert repeats(run), method
        answer = analyst.get(reverse("maps:method_run", args=[run.pk]))
        assert "Qué eligió y por qué" in answer.content.decode(), method
        if method in (Method.SIGNIFICANCE, Method.CLUSTERS):
            assert any(shape.area.contains(point(875, 875)) for shape in run.shapes.all()), method
    tiled = json.loads(MethodRun.objects.get(method=Method.TILING).result)["rows"]
    assert sum(one["units"] for one in tiled) == 64
    assert min(one["residents"] for one in tiled) >= 0.8 * sum(one["residents"] for one in tiled) / 4


@pytest.mark.django_db
def test_an_empty_window_is_refused(commune: Commune) -> None:
    with pytest.raises(RefusedError):
        computed(commune, Method.DENSITY.value)


@pytest.mark.django_db
def test_who_sees_no_exact_incidents_gets_no_small_count(busy: Commune, client_as: Callable[..., Client]) -> None:
    run = computed(busy, Method.CHANGE.value, years=1)
    told = json.loads(run.result)
    told["rows"][0]["n"] = 3
    MethodRun.objects.bulk_create(
        [MethodRun(**{f.attname: getattr(run, f.attname) for f in MethodRun._meta.concrete_fields if f.name != "id"}
                   | {"result": json.dumps(told)})]
    )  # fmt: skip
    newest = MethodRun.objects.order_by("-pk").first()
    page = reverse("maps:method_run", args=[newest.pk])
    assert "&lt;5" in client_as("directora", busy).get(page).content.decode()
    assert "&lt;5" not in client_as("analista", busy).get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_page_puts_a_run_into_the_queue_and_the_tiles_answer(
    busy: Commune, client_as: Callable[..., Client]
) -> None:
    analyst = client_as("analista", busy)
    assert analyst.get(reverse("maps:methods")).status_code == 200
    given = {"window_from": "01-01-2025", "window_until": "31-12-2025", "bandwidth_m": "300"}
    assert analyst.post(reverse("maps:run_method", args=["densidad"]), given).status_code == 302
    job = run_job(job_id=JobRun.objects.get(kind="sectors.method").pk)
    assert job.result["shapes"] > 0
    tile = reverse("incidents:method_tiles", args=["densidad", 10, 303, 629])
    assert analyst.get(tile).status_code in (200, 204)
    assert analyst.post(reverse("maps:run_method", args=["densidad"]), given | {"window_until": "x"}).status_code == 422
