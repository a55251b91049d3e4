"""Scores as they would be: with other weights or sources, and with and without what patrols and cameras find.

Nothing is saved here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from analysis.errors import ParameterError
from analysis.score_comparison import Comparison, compare_scores
from analysis.scoring import undisturbed_scores
from geo.errors import RefusedError
from incidents.models import Origin
from sectors.errors import RefusedSchemeError
from sectors.services.schemes import computable, rules_of
from sectors.services.scoring import ReadAt, Window, measure, versions_of

if TYPE_CHECKING:
    from analysis.arrays import FloatArray
    from sectors.models import RiskScore, ScoringRun
    from sectors.services.schemes import SchemeRules

SOURCES = {
    "reported": [Origin.REPORTED.value],
    "discovered": [Origin.REPORTED.value, Origin.DISCOVERED.value],
    "sensor": [Origin.REPORTED.value, Origin.SENSOR.value],
    "all": [Origin.REPORTED.value, Origin.DISCOVERED.value, Origin.SENSOR.value],
}
"""What the audit of feedback counts: people's reports alone, and these with what patrols or cameras find."""


@dataclass(frozen=True)
class Trial:
    """What is tried in place of the scheme's own; None leaves it as it is."""

    weights: dict[str, Any] | None = None
    origins: list[str] | None = None
    exposure: str | None = None
    aggregation: str | None = None


@dataclass(frozen=True, eq=False)
class AuditRow:
    """One choice of sources against the scores of people's reports alone; `extra` incidents it adds in the sectors."""

    sources: str
    comparison: Comparison
    extra: int
    extra_in_top: float


def what_if(*, run: ScoringRun, trial: Trial) -> Comparison:
    """Scores of a run's sectors as the trial would make them, against those of the run.

    Reads what the run read, at its own sequences. Raises RefusedSchemeError for weights that do not add up,
    RefusedError where the denominator asked for is not known.
    """
    rules = rules_of(run.scheme)
    asked: dict[str, Any] = {"origins": trial.origins, "exposure": trial.exposure, "aggregation": trial.aggregation}
    rules = replace(rules, **{name: value for name, value in asked.items() if value is not None})
    after = _scores(run, rules=rules, weights=trial.weights)
    return _against(run, after)


def feedback_audit(*, run: ScoringRun) -> list[AuditRow]:
    """How the ranking of a run's sectors depends on what patrols and cameras find.

    The scores of people's reports alone are the yardstick; those with discovered incidents, with findings of cameras
    and sensors, and with both are compared with it.
    """
    rules = rules_of(run.scheme)
    codes = _codes(run)
    fair, fair_n = _counted(run, rules=replace(rules, origins=SOURCES["reported"]))
    rows = []
    for name, origins in SOURCES.items():
        if name == "reported":
            continue
        fed = replace(rules, origins=origins, enforcement_driven=True)
        scores, n = _counted(run, rules=fed)
        comparison = compare_scores(fair, scores, codes=codes)
        extra = np.maximum(n - fair_n, 0.0)
        top = (comparison.table["rank_after"] <= comparison.top).to_numpy()
        share = float(extra[top].sum() / extra.sum()) if extra.sum() > 0 else 0.0
        rows.append(AuditRow(name, comparison, int(extra.sum()), share))
    return rows


def _scores(run: ScoringRun, *, rules: SchemeRules, weights: dict[str, Any] | None = None) -> FloatArray:
    scheme = computable(run.scheme)
    try:
        if weights is not None:
            scheme = replace(scheme, sub_weights=weights["sub_indices"], part_weights=weights["parts"])
        scheme = replace(scheme, aggregation=rules.aggregation)
    except ParameterError as error:
        raise RefusedSchemeError(_("The weights must be numbers of at least zero and add up to one.")) from error
    measures, _incidents = _measured(run, rules=rules)
    if rules.exposure == "ambient" and measures.table["ambient"].isna().all():
        raise RefusedError(_("People about by day are not known: load places and residents first."))
    return undisturbed_scores(measures, scheme=scheme)[3]


def _counted(run: ScoringRun, *, rules: SchemeRules) -> tuple[FloatArray, FloatArray]:
    measures, _incidents = _measured(run, rules=rules)
    return undisturbed_scores(measures, scheme=computable(run.scheme))[3], measures.table["n"].to_numpy(dtype=float)


def _measured(run: ScoringRun, *, rules: SchemeRules) -> Any:
    window, read_at = Window(run.window_from, run.window_until), ReadAt(run.sequence, run.observed)
    return measure(versions_of(run), scheme=run.scheme, rules=rules, window=window, read_at=read_at)


def _against(run: ScoringRun, after: FloatArray) -> Comparison:
    rows = _rows(run)
    before, low, high = (np.array([getattr(row, name) for row in rows]) for name in ("score", "rank_low", "rank_high"))
    return compare_scores(before.astype(float), after, codes=_codes(run), low=low, high=high)


def _rows(run: ScoringRun) -> list[RiskScore]:
    rows = run.scores.select_related("sector_version__sector")
    return sorted(rows, key=lambda row: row.sector_version.sector.code)


def _codes(run: ScoringRun) -> pd.Index:
    return pd.Index([row.sector_version.sector.code for row in _rows(run)])
