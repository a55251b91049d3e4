"""Scores through the real services: what moves what, what moves nothing, and that a run can be repeated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import translation

from access.roles import Role
from geo.errors import RefusedError
from geo.models import TerritorialUnit
from incidents.models import Incident
from incidents.services.corrections import correct_incident
from incidents.services.undoing import take_back
from sectors.errors import RefusedSchemeError
from sectors.models import RiskScore, ScoringRun, ScoringScheme
from sectors.services.catalogue import redraw_sector
from sectors.services.factors import change_factor
from sectors.services.schemes import DEFAULT_WEIGHTS, SchemeRules, freeze_scheme, reweigh_scheme
from sectors.services.score_views import counted_words, scores_for_role, warnings_for_role
from sectors.services.scoring import latest_run, repeat_run, score_sectors
from tests.factories.cameras import CameraFactory
from tests.factories.geo import TerritorialUnitFactory, point, square
from tests.factories.sectors import PerceptionReadingFactory, RiskFactorFactory
from tests.sectors.scene import FIRST, LAST, Scene, points_of, score_of, told

pytestmark = pytest.mark.django_db
REFUSED = (IntegrityError, InternalError)


def test_contributions_add_up_to_the_score(scene: Scene) -> None:
    run = scene.score()
    for code in "ABC":
        total = sum(value for value in points_of(run, code).values() if value is not None)
        assert total == pytest.approx(score_of(run, code).score, abs=1e-9)


def test_busiest_sector_ranks_first_with_its_interval(scene: Scene) -> None:
    first = score_of(scene.score(), "A")
    assert (first.rank, first.n) == (1, 60)
    assert first.rank_low <= 1 <= first.rank_high
    assert first.score_low <= first.score <= first.score_high


def test_first_run_freezes_a_scheme_that_the_next_one_uses(scene: Scene) -> None:
    assert scene.score().scheme == scene.score().scheme


def test_score_points_to_the_version_it_was_computed_on(scene: Scene) -> None:
    run = scene.score()
    sector = scene.sectors["A"]
    redraw_sector(
        sector=sector, boundary=square(0, 0, 320), expected_version=1, reason="ajuste", edited_by=scene.analyst
    )
    assert score_of(run, "A").sector_version.version == 1
    assert score_of(scene.score(), "A").sector_version.version == 2


# --- what moves what --------------------------------------------------------------------------------------------------


def test_one_more_incident_raises_concentration_of_its_sector_alone(scene: Scene) -> None:
    before = scene.score()
    scene.bring([("N-1", 150, 150, "Robo con violencia", "reportado")])
    after = scene.score()
    assert points_of(after, "A")["incidents"] > points_of(before, "A")["incidents"]
    assert points_of(after, "A")["harm"] > points_of(before, "A")["harm"]
    assert points_of(after, "B") == points_of(before, "B")


def test_event_lowers_concentration_and_is_shown_with_minus_without(scene: Scene) -> None:
    before = scene.score()
    scene.add_event()
    after = scene.score()
    score = score_of(after, "A")
    assert points_of(after, "A")["incidents"] < points_of(before, "A")["incidents"]
    assert score.score - score.score_without_events < 0
    assert score.score_without_events == pytest.approx(score_of(before, "A").score, abs=1e-9)


def test_suspended_event_changes_nothing(scene: Scene) -> None:
    before = scene.score()
    event = scene.add_event()
    event.state = "suspendido"
    event.save()
    assert scene.score().result == before.result


def test_one_more_factor_raises_the_factors_of_its_sector(scene: Scene) -> None:
    before = scene.score()
    RiskFactorFactory(commune=scene.commune, point=point(200, 200))
    assert points_of(scene.score(), "A")["factors"] > points_of(before, "A")["factors"]


def test_solving_a_factor_lowers_the_factors_of_its_sector(scene: Scene) -> None:
    factor = RiskFactorFactory(commune=scene.commune, point=point(200, 200))
    before = scene.score()
    change_factor(
        factor=factor,
        changes={"state": "resuelto", "solved_on": LAST},
        expected_version=1,
        changed_by=scene.analyst,
    )
    assert points_of(scene.score(), "A")["factors"] < points_of(before, "A")["factors"]


def test_reading_of_more_fear_raises_perception(scene: Scene) -> None:
    before = scene.score()
    PerceptionReadingFactory(commune=scene.commune, unit=None, sector=scene.sectors["A"], value=95)
    assert points_of(scene.score(), "A")["readings"] > points_of(before, "A")["readings"]


def test_sector_without_readings_says_missing(scene: Scene) -> None:
    perception = score_of(scene.score(), "C").sub_indices["perception"]
    assert (perception["missing"], perception["value"], perception["points"]) == (True, None, None)


def test_missing_perception_lowers_the_confidence(scene: Scene) -> None:
    before = score_of(scene.score(), "C").confidence
    PerceptionReadingFactory(commune=scene.commune, unit=None, sector=scene.sectors["C"], value=10)
    assert score_of(scene.score(), "C").confidence > before


def test_live_camera_lowers_both_camera_parts_and_the_score(scene: Scene) -> None:
    before = scene.score()
    CameraFactory(commune=scene.commune, point=point(150, 150), range_m=100)
    after = scene.score()
    for part in ("harm_uncovered", "ground_uncovered"):
        assert points_of(after, "A")[part] < points_of(before, "A")[part]
    assert score_of(after, "A").score < score_of(before, "A").score


def test_camera_that_nobody_watches_changes_nothing(scene: Scene) -> None:
    before = scene.score()
    CameraFactory(commune=scene.commune, point=point(150, 150), range_m=100, monitored_live=False)
    assert scene.score().result == before.result


@pytest.mark.parametrize("place", [(20, 20), (150, 150), (295, 280), (1150, 90)])
def test_camera_and_its_detections_never_raise_a_score(scene: Scene, place: tuple[int, int]) -> None:
    before = {score.sector_version.sector.code: score.score for score in scene.score().scores.all()}
    CameraFactory(commune=scene.commune, point=point(*place), range_m=80)
    scene.bring([(f"CAM-{n}", place[0] + n % 20, place[1], "Robo con violencia", "sensor") for n in range(200)])
    after = {score.sector_version.sector.code: score.score for score in scene.score().scores.all()}
    assert all(after[code] <= before[code] for code in before)


def test_a_few_loaded_blocks_leave_the_residents_of_the_other_sectors_as_they_were(scene: Scene) -> None:
    before = scene.score()
    for number in range(3):
        TerritorialUnitFactory(
            commune=scene.commune,
            kind="manzana",
            code=f"M-{number}",
            boundary=square(100 * number, 0, 80),
            residents=40,
        )
    after = scene.score()
    for code in "ABC":
        assert points_of(after, code)["incidents"] == points_of(before, code)["incidents"]


def test_sector_without_known_residents_has_its_concentration_missing_and_it_is_said(scene: Scene) -> None:
    scheme = scene.score().scheme
    TerritorialUnit.objects.for_commune(scene.commune).filter(code="UV-B").update(residents=None)
    run = scene.score(scheme=scheme)
    assert score_of(run, "B").sub_indices["concentration"]["missing"]
    assert not score_of(run, "A").sub_indices["concentration"]["missing"]
    assert "residents_missing" in run.parameters["warnings"]


# --- what moves nothing -----------------------------------------------------------------------------------------------


def test_a_thousand_discovered_rows_change_nothing(scene: Scene) -> None:
    before = scene.score()
    scene.bring([(f"D-{n}", n % 290, n % 280, "Robo con violencia", "descubierto") for n in range(1000)])
    assert scene.score().result == before.result


def test_discovered_rows_count_only_when_asked_and_it_is_said(scene: Scene) -> None:
    scene.bring([(f"D-{n}", 150, 150, "Robo con violencia", "descubierto") for n in range(50)])
    rules = SchemeRules(origins=["reported", "discovered"])
    scheme = freeze_scheme(
        commune=scene.commune,
        window_from=FIRST,
        window_until=LAST,
        reason="contraste",
        created_by=scene.analyst,
        rules=rules,
    )
    run = scene.score(scheme=scheme)
    assert score_of(run, "A").n == 110
    assert any("patrullas" in one or "patrols" in one for one in warnings_for_role(run, Role.ANALYST))
    with translation.override("es"):
        assert counted_words(scheme) == "incidentes denunciados, incidentes descubiertos por patrullas"


# --- repeated byte for byte -------------------------------------------------------------------------------------------


def test_run_repeats_byte_for_byte(scene: Scene) -> None:
    run = scene.score()
    assert repeat_run(run=run, requested_by=scene.analyst).result == run.result


def test_run_repeats_after_an_import_an_undo_and_a_moved_point(scene: Scene) -> None:
    extra = scene.bring([(f"X-{n}", 100 + n, 100, "Hurto", "reportado") for n in range(20)])
    run = scene.score()
    scene.bring([(f"Y-{n}", 120, 100 + n, "Hurto", "reportado") for n in range(30)])
    take_back(batch=extra, undone_by=scene.analyst)
    moved = Incident.objects.current().filter(record_id="R-0-1").get()
    correct_incident(incident=moved, point=point(5000, 0), reason="dirección errada", corrected_by=scene.analyst)
    redraw_sector(
        sector=scene.sectors["A"],
        boundary=square(0, 0, 200),
        expected_version=1,
        reason="ajuste",
        edited_by=scene.analyst,
    )
    assert scene.score().result != run.result
    assert repeat_run(run=run, requested_by=scene.analyst).result == run.result


def test_run_of_some_sectors_does_not_become_what_is_shown(scene: Scene) -> None:
    whole = scene.score()
    scene.score(sectors=[scene.sectors["A"]])
    assert latest_run(scene.commune) == whole
    shown = RiskScore.objects.for_commune(scene.commune).of_latest_run()
    assert {score.run_id for score in shown} == {whole.pk}


def test_repetition_of_an_old_run_does_not_become_what_is_shown(scene: Scene) -> None:
    old = scene.score(window_until=FIRST + timedelta(days=180))
    newest = scene.score()
    repeated = repeat_run(run=old, requested_by=scene.analyst)
    assert (repeated.repeats, latest_run(scene.commune)) == (old, newest)
    shown = RiskScore.objects.for_commune(scene.commune).of_latest_run()
    assert {score.run_id for score in shown} == {newest.pk}


def test_undo_of_an_import_gives_back_the_score_before(scene: Scene) -> None:
    before = scene.score()
    batch = scene.bring([(f"X-{n}", 100 + n, 100, "Hurto", "reportado") for n in range(20)])
    take_back(batch=batch, undone_by=scene.analyst)
    assert scene.score().result == before.result


def test_run_is_immutable(scene: Scene) -> None:
    run = scene.score()
    with pytest.raises(REFUSED), transaction.atomic():
        ScoringRun.objects.filter(pk=run.pk).update(result="{}")
    with pytest.raises(REFUSED), transaction.atomic():
        RiskScore.objects.filter(run=run).update(score=0)


# --- schemes ----------------------------------------------------------------------------------------------------------


def test_scheme_is_frozen(scene: Scene) -> None:
    scheme = scene.score().scheme
    with pytest.raises(REFUSED), transaction.atomic():
        ScoringScheme.objects.filter(pk=scheme.pk).update(weights={})


def test_other_weights_make_a_new_version_with_the_same_reference(scene: Scene) -> None:
    scheme = scene.score().scheme
    weights = DEFAULT_WEIGHTS | {"sub_indices": {"concentration": 1.0, "perception": 0.0, "vulnerability": 0.0}}
    other = reweigh_scheme(scheme=scheme, weights=weights, reason="contraste", created_by=scene.analyst)
    assert (other.version, other.normalisation) == (scheme.version + 1, scheme.normalisation)
    assert scene.score().scheme == other


def test_weights_that_do_not_add_to_one_are_refused(scene: Scene) -> None:
    weights = DEFAULT_WEIGHTS | {"sub_indices": {"concentration": 0.9, "perception": 0.9, "vulnerability": 0.0}}
    with pytest.raises(RefusedSchemeError):
        reweigh_scheme(scheme=scene.score().scheme, weights=weights, reason="contraste", created_by=scene.analyst)


def test_types_without_harm_weight_are_listed_with_their_counts(scene: Scene) -> None:
    listed = told(scene.score())["incidents"]["types_without_harm"]  # type: ignore[index]
    assert [(one["code"], one["n"] > 0, one["fallback_days"]) for one in listed] == [("10501", True, None)]


def test_fallback_is_used_only_when_the_scheme_accepts_it(scene: Scene) -> None:
    scheme = freeze_scheme(
        commune=scene.commune,
        window_from=FIRST,
        window_until=LAST,
        reason="acepta el valor de respaldo",
        created_by=scene.analyst,
        rules=SchemeRules(harm_fallback=True),
    )
    listed = told(scene.score(scheme=scheme))["incidents"]["types_without_harm"]  # type: ignore[index]
    assert listed[0]["fallback_days"] >= 1


# --- refusals and roles -----------------------------------------------------------------------------------------------


def test_scoring_without_sectors_is_refused(scene: Scene) -> None:
    with pytest.raises(RefusedError):
        scene.score(sectors=[])


def test_window_out_of_order_is_refused(scene: Scene) -> None:
    with pytest.raises(RefusedError):
        score_sectors(
            commune=scene.commune,
            window_from=LAST,
            window_until=FIRST,
            scheme=None,
            requested_by=scene.analyst,
        )


def test_analyst_receives_every_part(scene: Scene) -> None:
    first = scores_for_role(scene.score(), Role.ANALYST)[0]
    assert all(part["points"] is not None for part in first["contributions"].values())


@pytest.mark.parametrize("role", [Role.READER, Role.PLANNER, Role.MANAGER])
def test_low_roles_get_the_weight_of_the_camera_parts_and_no_value(scene: Scene, role: Role) -> None:
    for score in scores_for_role(scene.score(), role):
        for part in ("harm_uncovered", "ground_uncovered"):
            entry = score["contributions"][part]
            assert (entry["value"], entry["points"], entry["at_top"]) == (None, None, None)
            assert entry["weight"] > 0


@pytest.mark.parametrize("role", [Role.READER, Role.PLANNER, Role.MANAGER])
def test_low_roles_cannot_subtract_the_camera_parts(scene: Scene, role: Role) -> None:
    """In sector C there are no factors: the sub-index would be the cameras', and so would score minus the rest."""
    score = next(one for one in scores_for_role(scene.score(), role) if one["code"] == "C")
    assert {part["points"] for part in score["contributions"].values()} == {None}
    assert {sub_index["value"] for sub_index in score["sub_indices"].values()} == {None}


def test_low_roles_never_read_coverage_measures(scene: Scene) -> None:
    text = json.dumps(scores_for_role(scene.score(), Role.PLANNER))
    assert "ground_uncovered_ratio" not in text


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PLANNER, Role.MANAGER])
def test_who_sees_no_exact_incidents_gets_no_measure_that_names_a_single_offence(scene: Scene, role: Role) -> None:
    run = scene.score()
    measures = [score["sub_indices"]["concentration"]["measures"] for score in scores_for_role(run, role)]
    assert {frozenset(one) for one in measures} == {
        frozenset({"n", "residents", "base_person_hours", "event_person_hours"})
    }
    assert "largest_harm_days" in json.dumps(scores_for_role(run, Role.ANALYST))


def test_readers_get_no_count_under_five(scene: Scene) -> None:
    scheme = scene.score().scheme
    rules = replace(SchemeRules(**scheme.rules), place_classes=["area"])
    bare = freeze_scheme(
        commune=scene.commune,
        window_from=FIRST,
        window_until=LAST,
        reason="sin lugar exacto",
        created_by=scene.analyst,
        rules=rules,
    )
    assert {score["n"] for score in scores_for_role(scene.score(scheme=bare), Role.READER)} == {None}


def test_scoring_leaves_its_seed_and_code_version(scene: Scene) -> None:
    run = scene.score(seed=77)
    assert (run.seed, run.code_version, told(run)["seed"]) == (77, "0.1.0", 77)
