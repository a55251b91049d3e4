"""Other weights and sources tried without saving, the audit of feedback, the algorithm card, and their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from sectors.errors import RefusedSchemeError
from sectors.models import RiskScore, ScoringRun, ScoringScheme
from sectors.services.algorithm_card import algorithm_card, card_text
from sectors.services.schemes import DEFAULT_WEIGHTS
from sectors.services.score_trials import Trial, feedback_audit, what_if
from tests.sectors.scene import Scene, score_of

pytestmark = pytest.mark.django_db
ONLY_FACTORS = {
    "sub_indices": {"concentration": 0.0, "perception": 0.0, "vulnerability": 1.0},
    "parts": DEFAULT_WEIGHTS["parts"]
    | {"vulnerability": {"factors": 1.0, "harm_uncovered": 0.0, "ground_uncovered": 0.0}},
}


def test_a_trial_that_changes_nothing_gives_the_scores_of_the_run(scene: Scene) -> None:
    run = scene.score()
    same = what_if(run=run, trial=Trial())
    assert same.table["score_after"].to_numpy() == pytest.approx(same.table["score_before"].to_numpy(), abs=1e-9)
    assert not same.table["beyond"].any()


def test_a_trial_saves_nothing(scene: Scene) -> None:
    run = scene.score()
    kept = ScoringRun.objects.count(), RiskScore.objects.count(), ScoringScheme.objects.count()
    what_if(run=run, trial=Trial(weights=ONLY_FACTORS, origins=["reported", "discovered"], exposure="area"))
    assert (ScoringRun.objects.count(), RiskScore.objects.count(), ScoringScheme.objects.count()) == kept


def test_other_weights_move_the_scores(scene: Scene) -> None:
    moved = what_if(run=scene.score(), trial=Trial(weights=ONLY_FACTORS)).table
    assert (moved["score_after"] != moved["score_before"]).any()


def test_weights_that_do_not_add_up_are_refused(scene: Scene) -> None:
    wrong = DEFAULT_WEIGHTS | {"sub_indices": {"concentration": 0.9, "perception": 0.2, "vulnerability": 0.3}}
    with pytest.raises(RefusedSchemeError):
        what_if(run=scene.score(), trial=Trial(weights=wrong))


def test_the_audit_tells_what_patrols_would_do_to_the_ranking(scene: Scene) -> None:
    scene.bring([(f"D-{n}", 2_150, 150, "Robo con violencia", "descubierto") for n in range(400)])
    audit = {row.sources: row for row in feedback_audit(run=scene.score())}
    assert audit["sensor"].extra == 0
    assert audit["discovered"].extra == audit["all"].extra
    assert (
        audit["discovered"].comparison.table["score_after"].max()
        >= audit["discovered"].comparison.table["score_before"].max()
    )


def test_a_run_tells_chances_bands_denominators_and_what_drives_its_ranks(scene: Scene) -> None:
    run = scene.score()
    told = score_of(run, "A").robustness
    assert told["top_chances"]["5"] == 1.0
    assert 0 <= told["band"][0] <= told["band"][1] <= 4
    assert {"residents", "area"} & set(told["ranks_by_denominator"])
    assert set(run.parameters["rank_variance"]) == {"data", "weights", "method", "all"}


def test_the_card_is_written_from_the_scheme(scene: Scene) -> None:
    run = scene.score()
    with translation.override("es"):
        text = card_text(algorithm_card(run.scheme, run=run), title="Ficha")
    assert "incidentes denunciados" in text
    assert "2.000 sorteos" in text
    assert "| Concentración | 50 % |" in text
    assert "No entra sexo, edad" in text


def test_pages_of_the_score_open_and_try(scene: Scene, client_as: Callable[..., Client]) -> None:
    run = scene.score()
    analyst = client_as("analista", scene.commune)
    for page in ("scores", "try_scores", "score_audit", "score_card"):
        assert analyst.get(reverse(f"maps:{page}")).status_code == 200
    given = _form(analyst) | {"sub_concentration": "10", "sub_perception": "10", "sub_vulnerability": "80"}
    answer = analyst.post(reverse("maps:try_scores"), given)
    assert "Lugar en la prueba" in answer.content.decode()
    assert ScoringScheme.objects.count() == 1
    analyst.post(reverse("maps:try_scores"), given | {"save": "1", "reason": "más peso al entorno"})
    saved = ScoringScheme.objects.get(current=True)
    assert saved.version == run.scheme.version + 1
    assert saved.weights["sub_indices"]["vulnerability"] == pytest.approx(0.8)


def test_a_director_may_try_and_not_save(scene: Scene, client_as: Callable[..., Client]) -> None:
    scene.score()
    director = client_as("directora", scene.commune)
    given = _form(director)
    assert director.post(reverse("maps:try_scores"), given).status_code == 200
    assert director.post(reverse("maps:try_scores"), given | {"save": "1", "reason": "x"}).status_code == 403


def test_the_card_downloads_as_text(scene: Scene, client_as: Callable[..., Client]) -> None:
    scene.score()
    answer = client_as("lectora", scene.commune).get(reverse("maps:score_card"), {"descargar": "1"})
    assert answer["Content-Type"].startswith("text/markdown")
    assert "## Para qué no debe usarse" in answer.content.decode()


def _form(client: Client) -> dict[str, Any]:
    form = client.get(reverse("maps:try_scores")).context["form"]
    return {name: form[name].value() for name in form.fields}
