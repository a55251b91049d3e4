"""What an analysis refuses reaches people in Spanish."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

import tests.access.job_kinds  # noqa: F401 - registers the kinds
from access.services.analysis_words import SENTENCES, analysis_sentence
from access.services.jobs import request_job, run_job
from analysis.checks import require_positive
from analysis.errors import AnalysisError, ParameterError
from geo.models import Commune


def templates_of_analysis() -> set[str]:
    """The first argument of everything in `analysis` whose name ends in Error."""
    found = set()
    for path in (Path(settings.BASE_DIR) / "analysis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and node.args:
                assert isinstance(node.args[0], ast.Constant), f"{path}: a sentence must stand there as it is"
                found.add(node.args[0].value)
    return found


def test_the_list_holds_every_sentence_of_analysis_and_no_other() -> None:
    assert set(SENTENCES) == templates_of_analysis()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_told_in_spanish(sentence: str) -> None:
    with translation.override("es"):
        assert translation.gettext(sentence) != sentence


def test_the_values_stand_in_the_spanish_sentence() -> None:
    with pytest.raises(ParameterError) as caught, translation.override("es"):
        require_positive("radius_m", -3.0)
    with translation.override("es"):
        assert analysis_sentence(caught.value) == "radius_m es -3.0; debe ser un número finito mayor que cero."


def test_a_sentence_without_translation_stays_as_it_is() -> None:
    assert analysis_sentence(AnalysisError("Unheard of: {value}.", value=3)) == "Unheard of: 3."


@pytest.mark.django_db(transaction=True)
def test_a_job_that_an_analysis_refused_tells_it_in_spanish(commune: Commune) -> None:
    job = request_job(commune=commune, kind="tests.compute", parameters={}, requested_by=None)
    assert run_job(job_id=job.pk).error == "Ninguno de los 7 incidentes cae en el área de estudio."
