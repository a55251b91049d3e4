"""A run repeated at its stored sequences gives the same canonical result, whatever was written since."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from access.models import RowVersion
from access.services.history import rows_as_of, sequence_at
from cameras.models import Camera
from cameras.services.register import save_camera
from geo.models import PublicSpace, TerritorialUnit
from incidents.models import MassEvent, OffenceType
from incidents.services.events import change_event
from sectors.frames import factors_frame
from sectors.models import FactorType, PerceptionReading, RiskFactor
from sectors.services.catalogue import redraw_sector
from sectors.services.factors import add_factor, change_factor
from sectors.services.perception import Answer, add_reading
from sectors.services.run_inputs import changed_inputs
from sectors.services.scoring import repeat_run, same_result
from tests.factories.cameras import CameraFactory
from tests.factories.geo import PublicSpaceFactory, point, square
from tests.sectors.conftest import drawing
from tests.sectors.scene import LAST, Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(scene: Scene) -> Scene:
    """The scene with an event, a camera that sees ground of sector A, and a reading of sector C's own."""
    PublicSpaceFactory(commune=scene.commune, area=square(-200, -200, 2600))
    CameraFactory(commune=scene.commune, code="CAM-A", point=point(150, 150))
    scene.add_event()
    answer = Answer(value=70, measured_on=date(2025, 10, 1), n=40, instrument="mesa")
    add_reading(place=scene.sectors["C"], answer=answer, recorded_by=scene.analyst)
    return scene


def solve_a_factor(scene: Scene) -> None:
    factor = RiskFactor.objects.for_commune(scene.commune).order_by("pk").first()
    solved = {"state": "resuelto", "solved_on": date(2025, 7, 1)}
    change_factor(factor=factor, changes=solved, expected_version=1, changed_by=scene.analyst)


def add_a_factor(scene: Scene) -> None:
    kind = FactorType.objects.get(code="luminaria-apagada")
    add_factor(
        commune=scene.commune, kind=kind, point=point(2050, 40), observed_on=date(2025, 6, 1), recorded_by=scene.analyst
    )


def remove_the_factors(scene: Scene) -> None:
    RiskFactor.objects.for_commune(scene.commune).delete()


def refuse_the_event(scene: Scene) -> None:
    event = MassEvent.objects.for_commune(scene.commune).get()
    change_event(event=event, values={"state": "rechazado"}, expected_version=1, changed_by=scene.analyst)


def read_again(scene: Scene) -> None:
    PerceptionReading.objects.for_commune(scene.commune).update(value=5)


def turn_the_camera_off(scene: Scene) -> None:
    _save(scene, status="fuera_de_servicio")


def move_the_camera(scene: Scene) -> None:
    _save(scene, point=point(2050, 50))


def _save(scene: Scene, **content: object) -> None:
    camera = Camera.objects.for_commune(scene.commune).get()
    save_camera(
        commune=scene.commune, content=content, saved_by=scene.analyst, camera=camera, expected_version=camera.version
    )


def redraw_the_sector_of_the_reading(scene: Scene) -> None:
    redraw_sector(
        sector=scene.sectors["C"], boundary=drawing(2200, 200, 80), expected_version=1, reason="x",
        edited_by=scene.analyst,
    )  # fmt: skip


CHANGES = [
    solve_a_factor, add_a_factor, remove_the_factors, refuse_the_event, read_again, move_the_camera,
    turn_the_camera_off, redraw_the_sector_of_the_reading,
]  # fmt: skip


def test_what_is_changed_since_changes_no_repetition_and_every_new_run(watched: Scene) -> None:
    run = watched.score()
    newest = run.result
    for change in CHANGES:
        change(watched)
        assert repeat_run(run=run, requested_by=watched.analyst).result == run.result, change.__name__
        fresh = watched.score(scheme=run.scheme).result
        assert fresh != newest, change.__name__
        newest = fresh


def test_rows_come_back_bit_by_bit_as_they_stood_at_a_moment(watched: Scene) -> None:
    then, moment = RiskFactor.objects.for_commune(watched.commune).order_by("pk").values(), timezone.now()
    before = list(then)
    solve_a_factor(watched)
    remove_the_factors(watched)
    at = sequence_at(watched.commune, moment)
    rows = rows_as_of(RiskFactor, commune=watched.commune, sequence=at)
    assert [{name: getattr(row, name) for name in before[0]} for row in rows] == before
    assert len(factors_frame(watched.commune, on=LAST, severities={}, sequence=at)) == 3
    assert rows_as_of(RiskFactor, commune=watched.commune, sequence=None) == []


def test_every_state_of_a_row_is_kept_and_none_can_be_changed(watched: Scene) -> None:
    turn_the_camera_off(watched)
    states = RowVersion.objects.for_commune(watched.commune).of_table(Camera).order_by("pk")
    assert [one.content["status"] for one in states] == ["operativa", "fuera_de_servicio"]
    with pytest.raises(DatabaseError), transaction.atomic():
        states.update(act="otra")


def test_the_command_repeats_a_run_and_says_whether_it_is_equal(
    watched: Scene,
) -> None:
    run = watched.score()
    move_the_camera(watched)
    told(lambda out: call_command("repeat_run", run.pk, stdout=out))
    assert same_result(run.repetitions.get())
    TerritorialUnit.objects.for_commune(watched.commune).filter(code="UV-B").update(residents=9)
    PublicSpace.objects.for_commune(watched.commune).update(area=square(-200, -200, 2300))
    answer = told(lambda out: call_command("repeat_run", run.pk, stdout=out))
    assert re.search(r"B: habitantes: [\d.,]+ → [\d.,]+", answer)
    assert re.search(r"C: m² de suelo público: [\d.,]+ → [\d.,]+", answer)
    assert not re.search(r"A: habitantes|B: m²|eventos|factores|incidentes", answer)
    assert not same_result(run.repetitions.order_by("pk").last())  # type: ignore[arg-type]


def test_a_repetition_names_rows_whose_meaning_changed(watched: Scene) -> None:
    run = watched.score()
    OffenceType.objects.with_key("cead-2024-b", "20101").update(nature="other")
    repetition = repeat_run(run=run, requested_by=watched.analyst)
    assert [words.split(":")[0] for words in changed_inputs(run, repetition)] == [
        "incidentes, sus tipos y pesos (filas)"
    ]


def told(call: Callable[[StringIO], object]) -> str:
    out = StringIO()
    call(out)
    return out.getvalue()
