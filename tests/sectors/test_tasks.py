"""Long work of sectors, run as jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.jobs import KINDS
from access.models import JobRun
from access.services.jobs import run_job
from incidents.models import HotspotRun
from incidents.services.profiles import save_profile
from sectors.models import RiskFactor, ScoringRun, TerritoryProposal
from tests.factories.access import JobRunFactory
from tests.factories.geo import point
from tests.sectors.scene import FIRST, LAST, Scene

pytestmark = pytest.mark.django_db(transaction=True)


def run(scene: Scene, kind: str, **parameters: Any) -> JobRun:
    job = JobRunFactory(commune=scene.commune, kind=kind, parameters=parameters, requested_by=scene.analyst)
    return run_job(job_id=job.pk)


@pytest.mark.parametrize(
    ("kind", "permission"),
    [
        ("sectors.score", "sectors.score"),
        ("sectors.propose", "proposals.send"),
        ("sectors.import", "factors.edit"),
    ],
)
def test_kinds_are_registered_with_their_right(kind: str, permission: str) -> None:
    assert KINDS[kind].permission == permission


def test_scoring_job_writes_one_run(scene: Scene) -> None:
    job = run(scene, "sectors.score", window_from=FIRST.isoformat(), window_until=LAST.isoformat(), seed=5)
    assert (job.state, job.result["sectors"]) == ("done", 3)
    assert ScoringRun.objects.get(pk=job.result["run"]).seed == 5


def test_proposing_job_makes_drafts_of_a_run(scene: Scene, run_of_scene: HotspotRun) -> None:
    job = run(scene, "sectors.propose", hotspot_run=run_of_scene.pk)
    assert (job.state, job.result["proposals"]) == ("done", 2)
    assert TerritoryProposal.objects.count() == 2


@pytest.fixture
def run_of_scene(scene: Scene, run: HotspotRun) -> HotspotRun:
    return run


def test_importing_job_takes_factors_in(scene: Scene, tmp_path: Path) -> None:
    place = point(50, 50)
    path = tmp_path / "factores.csv"
    path.write_text(f"TIPO,LNG,LAT,FECHA\nsitio-eriazo,{place.x},{place.y},2025-05-01\n", encoding="utf-8")
    profile = save_profile(
        commune=scene.commune,
        name="Factores",
        kind="risk_factors",
        saved_by=scene.analyst,
        settings={"columns": {"kind": "TIPO", "x": "LNG", "y": "LAT", "observed_on": "FECHA"}},
    )
    before = RiskFactor.objects.count()
    job = run(scene, "sectors.import", path=str(path), file_name=path.name, profile=profile.pk)
    assert (job.state, job.result["accepted"]) == ("done", 1)
    assert RiskFactor.objects.count() == before + 1


def test_job_of_days_out_of_order_fails_with_a_sentence(scene: Scene) -> None:
    job = run(scene, "sectors.score", window_from=LAST.isoformat(), window_until=FIRST.isoformat())
    assert (job.state, bool(job.error)) == ("failed", True)
