"""Score the sectors: read at one sequence, compute, write once. A run never changes afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

import analysis
from access.services.history import settled_sequence
from analysis.canonical import canonical_json
from analysis.progress import Report, silent
from analysis.ranks import ranks
from analysis.score_comparison import by_denominator
from analysis.scoring import score_sectors as compute_scores
from cameras.services.coverage import ensure_coverage
from geo.errors import RefusedError
from incidents.models import Ledger
from sectors.models import RiskScore, RiskSector, RiskSectorVersion, ScoringRun, ScoringScheme
from sectors.services.catalogue import today
from sectors.services.run_inputs import inputs_told
from sectors.services.schemes import SchemeRules, computable, freeze_scheme, measure_rules, rules_of, scheme_in_use
from sectors.services.score_parts import parts_of
from sectors.services.scoring_inputs import CountedIncidents, counted_incidents, measured_sectors, read_inputs
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User
    from analysis.scoring import Scores
    from analysis.sector_measures import Measures
    from geo.models import Commune
    from sectors.services.scoring_inputs import ScoreInputs

DEFAULT_SEED = 1


@dataclass(frozen=True)
class Window:
    """Local days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class ReadAt:
    """How far a run reads: incidents up to a ledger number, what is observed and seen up to a sequence of kept rows."""

    sequence: int
    observed: int | None


@dataclass(frozen=True, eq=False)
class _Computed:
    result: str
    read_at: ReadAt
    parameters: dict[str, Any]
    scores: Scores
    rows: list[dict[str, Any]]


@transaction.atomic
def score_sectors(
    *,
    commune: Commune,
    window_from: date,
    window_until: date,
    scheme: ScoringScheme | None,
    requested_by: User,
    sectors: Sequence[RiskSector] | None = None,
    seed: int = DEFAULT_SEED,
    report: Report = silent,
) -> ScoringRun:
    """Score sectors (all that are open and in force today, when none are named) over local days, both included.

    Without a scheme the commune's current one is used; where there is none, the first is frozen on this very window.
    Raises RefusedError without sectors or with days out of order.
    """
    if window_until < window_from:
        raise RefusedError(_("The last day of the window comes before the first."))
    versions = _versions(commune, sectors)
    scheme = (
        scheme
        or scheme_in_use(commune)
        or freeze_scheme(
            commune=commune,
            window_from=window_from,
            window_until=window_until,
            reason=_("First scheme, with the standard weights"),
            created_by=requested_by,
        )
    )
    report(_("reading"), 1, 3)
    ensure_coverage(commune=commune)
    read_at = ReadAt(Ledger.objects.for_commune(commune).latest_number(), settled_sequence(commune))
    computed = _compute(versions, scheme=scheme, window=Window(window_from, window_until), read_at=read_at, seed=seed)
    report(_("computing"), 2, 3)
    kept = ScoringRun(
        scheme=scheme, window_from=window_from, window_until=window_until, seed=seed, whole=sectors is None,
        created_by=requested_by,
    )  # fmt: skip
    run = _write(computed, versions, run=kept)
    report(_("writing"), 3, 3)
    return run


@transaction.atomic
def repeat_run(*, run: ScoringRun, requested_by: User) -> ScoringRun:
    """Compute a run again from the same sector versions, scheme, sequences and seed, as a run of its own.

    Incidents imported, undone or moved since change nothing, nor do sectors redrawn and events, factors, readings and
    cameras changed since. Ground and residents have no sequence: they are read as they are now. `same_result` tells
    whether the result is equal, `run_inputs.changed_inputs` which input was read otherwise.
    """
    versions = versions_of(run)
    window = Window(run.window_from, run.window_until)
    read_at = ReadAt(run.sequence, run.observed)
    computed = _compute(versions, scheme=run.scheme, window=window, read_at=read_at, seed=run.seed)
    kept = ScoringRun(
        scheme=run.scheme, window_from=window.first, window_until=window.last, seed=run.seed, whole=run.whole,
        repeats=run, created_by=requested_by,
    )  # fmt: skip
    return _write(computed, versions, run=kept)


def same_result(repetition: ScoringRun) -> bool:
    """True where a repetition gave the canonical result of the run it repeats, byte for byte."""
    return repetition.repeats is not None and repetition.result == repetition.repeats.result


def latest_run(commune: Commune) -> ScoringRun | None:
    """The newest run of a commune that is shown: of every open sector, and not the repetition of another."""
    shown = ScoringRun.objects.for_commune(commune).shown()
    run: ScoringRun | None = shown.latest_first().select_related("scheme").first()
    return run


# --- the three breaths ------------------------------------------------------------------------------------------------


def _versions(commune: Commune, sectors: Sequence[RiskSector] | None) -> list[RiskSectorVersion]:
    versions = RiskSectorVersion.objects.for_commune(commune).current().select_related("sector", "responsible")
    if sectors is None:
        open_now = RiskSector.objects.for_commune(commune).open().in_force(today(commune))
        versions = versions.filter(sector__in=open_now)
    else:
        versions = versions.filter(sector__in=[sector.pk for sector in sectors])
    found = list(versions.order_by("sector__code"))
    if not found:
        raise RefusedError(_("There is no sector to score. Draw one or accept a proposal."))
    return found


def measure(
    versions: list[RiskSectorVersion], *, scheme: ScoringScheme, rules: SchemeRules, window: Window, read_at: ReadAt
) -> tuple[Measures, CountedIncidents]:
    """Count and measure sector versions under rules, as everything stood at what the run read."""
    inputs, incidents = _read(versions, scheme=scheme, rules=rules, window=window, read_at=read_at)
    taken = measure_rules(rules, window_from=window.first, window_until=window.last)
    return measured_sectors(inputs, rules=taken), incidents


def _read(
    versions: list[RiskSectorVersion], *, scheme: ScoringScheme, rules: SchemeRules, window: Window, read_at: ReadAt
) -> tuple[ScoreInputs, CountedIncidents]:
    incidents = counted_incidents(
        scheme.commune, window_from=window.first, window_until=window.last, rules=rules, sequence=read_at.sequence
    )
    inputs = read_inputs(
        versions,
        commune=scheme.commune,
        incidents=incidents,
        window=(window.first, window.last),
        severities=rules.severities,
        rules=measure_rules(rules, window_from=window.first, window_until=window.last),
        observed=read_at.observed,
    )
    return inputs, incidents


def versions_of(run: ScoringRun) -> list[RiskSectorVersion]:
    """The sector versions that a run scored, in the order in which it read them."""
    scores = run.scores.select_related("sector_version__sector", "sector_version__responsible")
    return sorted((score.sector_version for score in scores), key=lambda version: version.sector.code)


def _compute(
    versions: list[RiskSectorVersion], *, scheme: ScoringScheme, window: Window, read_at: ReadAt, seed: int
) -> _Computed:
    rules, scheme_now = rules_of(scheme), computable(scheme)
    inputs, incidents = _read(versions, scheme=scheme, rules=rules, window=window, read_at=read_at)
    taken = measure_rules(rules, window_from=window.first, window_until=window.last)
    measures = measured_sectors(inputs, rules=taken)
    scores = compute_scores(measures, scheme=scheme_now, placed_ratio=incidents.placed_ratio, seed=seed)
    others = by_denominator(measures, scheme=scheme_now, rules=taken)
    ranked = {name: ranks(found) for name, found in others.items()}
    rows = parts_of(scores, measures, scheme=scheme_now, by_denominator=ranked)
    result = {
        "code_version": analysis.__version__,
        "window": {"from": window.first, "until": window.last},
        "seed": seed,
        "scheme": {"version": scheme.version, "weights": scheme.weights, "normalisation": scheme.normalisation},
        "rules": scheme.rules,
        "incidents": _told(incidents),
        "warnings": _warnings(measures, incidents, rules=rules),
        "rank_variance": scores.rank_variance,
        "sectors": [
            {"code": version.sector.code, "version": version.version} | row
            for version, row in zip(versions, rows, strict=True)
        ],
    }
    parameters = {
        "sectors": len(versions), "warnings": result["warnings"], "origins": rules.origins,
        "rank_variance": scores.rank_variance, "inputs": inputs_told(inputs),
    }  # fmt: skip
    return _Computed(canonical_json(result), read_at, parameters, scores, rows)


def _write(computed: _Computed, versions: list[RiskSectorVersion], *, run: ScoringRun) -> ScoringRun:
    """Fill a new run with what was computed and write it with its scores."""
    run.commune, run.code_version = run.scheme.commune, analysis.__version__
    run.sequence, run.observed = computed.read_at.sequence, computed.read_at.observed
    run.parameters, run.result = computed.parameters, computed.result
    run.save(force_insert=True)
    RiskScore.objects.bulk_create(
        RiskScore(run=run, sector_version=version, **_columns(row))
        for version, row in zip(versions, computed.rows, strict=True)
    )
    record(
        "sectors.scored",
        commune=run.commune,
        user=run.created_by,
        target=f"scoring run {run.pk}",
        details={
            "sectors": len(versions),
            "scheme": run.scheme.version,
            "sequence": run.sequence,
            "whole": run.whole,
            "repeats": run.repeats_id,
        },
    )
    return run


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    names = ("score", "score_low", "score_high", "score_without_events", "rank", "rank_low", "rank_high")
    return {name: row[name] for name in names} | {
        "score_class": row["class"],
        "robustness": row["robustness"],
        "n": row["n"],
        "confidence": row["confidence"]["value"],
        "sub_indices": row["sub_indices"],
        "contributions": row["contributions"],
    }


# --- what is said beside the figures ----------------------------------------------------------------------------------


def _told(incidents: CountedIncidents) -> dict[str, Any]:
    return {
        "in_window": incidents.in_window,
        "placed": len(incidents.placed),
        "unplaced": incidents.unplaced,
        "placed_coarsely": incidents.placed_coarsely,
        "types_without_harm": incidents.types_without_harm,
    }


def _warnings(measures: Measures, incidents: CountedIncidents, *, rules: SchemeRules) -> list[str]:
    """Codes of what a reader must know; `warnings_for_role` says them in words."""
    table = measures.table
    said = {
        "other_origins": set(rules.origins) != {"reported"},
        "exposure_by_area": rules.exposure == "area",
        "residents_missing": rules.exposure == "residents" and bool(table["residents"].isna().any()),
        "types_without_harm": any(one["fallback_days"] is None for one in incidents.types_without_harm),
        "harm_fallback": rules.harm_fallback and bool(incidents.types_without_harm),
        "no_factors": bool(table["factor_weight"].isna().any()),
        "readings_missing": bool(table["reading_value"].isna().any()),
        "nothing_covered": bool((table["ground_uncovered_ratio"] == 1.0).all()),
        "few_placed": incidents.placed_ratio < 0.85,
    }
    return sorted(code for code, holds in said.items() if holds)
