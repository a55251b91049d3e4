"""Scoring schemes: weights and rules that people choose, and a reference that is learnt once and then frozen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from analysis.errors import EmptyInputError, ParameterError
from analysis.score_reference import FACTOR_SCALE, Reference, frozen_reference
from analysis.score_scheme import SUB_INDICES, Scale, Scheme
from analysis.sector_measures import MeasureRules
from analysis.shrinkage import Prior
from geo.frames import study_area
from geo.models import Commune, PlaceKind
from incidents.models import HarmTable
from incidents.models.taxonomy import Nature, Origin
from incidents.services.harm import default_harm_table
from sectors.errors import RefusedSchemeError
from sectors.frames import factors_frame
from sectors.models import FactorType, RiskSector, RiskSectorVersion, ScoringScheme
from sectors.services.catalogue import checked_reason, today
from sectors.services.scoring_inputs import counted_incidents, known_exposure, resident_units, residents_known
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User

DEFAULT_WEIGHTS: dict[str, Any] = {
    "sub_indices": {"concentration": 0.5, "perception": 0.2, "vulnerability": 0.3},
    "parts": {
        "concentration": {"incidents": 0.5, "harm": 0.5},
        "perception": {"readings": 1.0},
        "vulnerability": {"factors": 0.5, "harm_uncovered": 0.25, "ground_uncovered": 0.25},
    },
}
# where a baseline is too thin to learn from: cells that differ strongly, 2 incidents per 1,000 people and month
THIN_PRIOR = Prior(shape=0.5, exposure=0.5 / (2.0 / (1000.0 * 24.0 * 30.4)))
THIN_MEAN_HARM_DAYS = 300.0
RESIDENTS_KNOWN_FOR = 0.8  # share of the sectors below which rates are by ground: most would have no rate by people
THIN_TOP = 4.5  # log1p of a rate ninety times the overall one


# people that a place of each kind draws over a day, against one another; our assumption, to be changed by the office
PLACE_DRAWS: dict[str, float] = {
    PlaceKind.BAR.value: 60.0,
    PlaceKind.RESTAURANT.value: 80.0,
    PlaceKind.CAFE.value: 60.0,
    PlaceKind.SCHOOL.value: 400.0,
    PlaceKind.HEALTH.value: 300.0,
    PlaceKind.STOP.value: 50.0,
    PlaceKind.SHOP.value: 100.0,
    PlaceKind.SQUARE.value: 100.0,
}


@dataclass(frozen=True)
class SchemeRules:
    """What a score counts and how. Everything that is not here or in the weights is learnt from the baseline."""

    origins: list[str] = field(default_factory=lambda: [Origin.REPORTED.value])
    natures: list[str] = field(default_factory=lambda: [Nature.OFFENCE.value, Nature.DISORDER.value])
    place_classes: list[str] = field(default_factory=lambda: ["exact", "interpolated", "block"])
    enforcement_driven: bool = False
    harm_fallback: bool = False
    harm_cap_days: float | None = None
    exposure: str = "residents"
    ambient_per_km2: float = 500.0
    reading_half_life_days: float = 365.0
    reading_oldest_days: float = 1095.0
    reading_least_share: float = 0.2
    seen_within_m: float = 15.0
    draws: int = 2000
    aggregation: str = "arithmetic"
    home_ratio: float = 0.6
    place_draws: dict[str, float] = field(default_factory=lambda: dict(PLACE_DRAWS))
    weight_concentration: float | None = 60.0
    classes: int = 5
    least_n_for_class: int = 10
    harm_table: int = 0
    severities: dict[str, float] = field(default_factory=dict)


@transaction.atomic
def freeze_scheme(
    *,
    commune: Commune,
    window_from: date,
    window_until: date,
    reason: str,
    created_by: User,
    weights: dict[str, Any] | None = None,
    rules: SchemeRules | None = None,
) -> ScoringScheme:
    """Learn the reference from a baseline window and put a new version of the scheme in use.

    A baseline too thin to learn from (under 30 cells, or without incidents) gives documented standard figures and says
    so in `normalisation["reference"]["learnt"]`. Raises RefusedSchemeError for weights that do not add up.
    """
    asked = rules or SchemeRules()
    exposure = _exposure(commune, asked=asked.exposure)
    rules = _settled(asked, commune=commune, exposure=exposure["chosen"])
    learnt = _learn(commune, window_from=window_from, window_until=window_until, rules=rules)
    return _write(
        commune=commune,
        weights=weights or DEFAULT_WEIGHTS,
        normalisation=learnt
        | {
            "exposure": exposure,
            "baseline": {"from": window_from.isoformat(), "until": window_until.isoformat()},
        },
        rules=asdict(rules),
        reason=checked_reason(reason),
        created_by=created_by,
    )


@transaction.atomic
def reweigh_scheme(*, scheme: ScoringScheme, weights: dict[str, Any], reason: str, created_by: User) -> ScoringScheme:
    """Put a new version in use with other weights and the same frozen reference."""
    return _write(
        commune=scheme.commune,
        weights=weights,
        normalisation=scheme.normalisation,
        rules=scheme.rules,
        reason=checked_reason(reason),
        created_by=created_by,
    )


def scheme_in_use(commune: Commune) -> ScoringScheme | None:
    """The commune's current scheme."""
    scheme: ScoringScheme | None = ScoringScheme.objects.for_commune(commune).current().first()
    return scheme


def rules_of(scheme: ScoringScheme) -> SchemeRules:
    """The rules of a stored scheme."""
    return SchemeRules(**scheme.rules)


def measure_rules(rules: SchemeRules, *, window_from: date, window_until: date) -> MeasureRules:
    """How measures are taken under a scheme in a window of local days, both included."""
    return MeasureRules(
        window_days=float((window_until - window_from).days + 1),
        exposure=rules.exposure,
        home_ratio=rules.home_ratio,
        place_draws=rules.place_draws,
        ambient_per_km2=rules.ambient_per_km2,
        reading_half_life_days=rules.reading_half_life_days,
        reading_oldest_days=rules.reading_oldest_days,
        reading_least_share=rules.reading_least_share,
        harm_cap_days=rules.harm_cap_days,
        seen_within_m=rules.seen_within_m,
    )


def computable(scheme: ScoringScheme) -> Scheme:
    """A stored scheme as the computation takes it. Raises RefusedSchemeError where it does not make a score."""
    return _computable(scheme.weights, scheme.normalisation, scheme.rules)


# --- weights, reference, rules ----------------------------------------------------------------------------------------


def _computable(weights: dict[str, Any], normalisation: dict[str, Any], rules: dict[str, Any]) -> Scheme:
    try:
        return Scheme(
            sub_weights=weights["sub_indices"],
            part_weights=weights["parts"],
            prior=Prior(**normalisation["prior"]),
            mean_harm_days=normalisation["mean_harm_days"],
            scales={name: Scale(**scale) for name, scale in normalisation["scales"].items()},
            draws=rules["draws"],
            weight_concentration=rules["weight_concentration"],
            classes=rules["classes"],
            least_n_for_class=rules["least_n_for_class"],
            aggregation=rules.get("aggregation", "arithmetic"),
        )
    except (KeyError, TypeError, ParameterError) as error:
        raise RefusedSchemeError(
            _("The weights must be numbers of at least zero and add up to one for: %(parts)s.")
            % {"parts": ", ".join(SUB_INDICES)}
        ) from error


def _write(
    *,
    commune: Commune,
    weights: dict[str, Any],
    normalisation: dict[str, Any],
    rules: dict[str, Any],
    reason: str,
    created_by: User,
) -> ScoringScheme:
    _computable(weights, normalisation, rules)
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)
    schemes = ScoringScheme.objects.for_commune(commune)
    latest = schemes.order_by("-version").values_list("version", flat=True).first() or 0
    schemes.current().update(current=False)
    scheme = ScoringScheme.objects.create(
        commune=commune,
        version=latest + 1,
        weights=weights,
        normalisation=normalisation,
        rules=rules,
        reason=reason,
        current=True,
        created_by=created_by,
    )
    record(
        "scheme.frozen",
        commune=commune,
        user=created_by,
        target=f"scheme v{scheme.version}",
        reason=reason,
        details={"weights": weights},
    )
    return scheme


def _exposure(commune: Commune, *, asked: str) -> dict[str, Any]:
    """What rates are per, and why: by people only where residents are known for most open sectors, else by ground.

    Before there is any sector, residents known anywhere are enough: the sectors to come are not known.
    """
    open_now = RiskSector.objects.for_commune(commune).open().in_force(today(commune))
    current = RiskSectorVersion.objects.for_commune(commune).current().filter(sector__in=open_now)
    versions = list(current.select_related("sector", "responsible"))
    known = residents_known(commune, versions)
    enough = known >= RESIDENTS_KNOWN_FOR * len(versions) if versions else bool(resident_units(commune))
    return {
        "asked": asked, "chosen": asked if enough else "area", "sectors": len(versions), "known": known,
        "least_ratio": RESIDENTS_KNOWN_FOR,
    }  # fmt: skip


def _settled(rules: SchemeRules, *, commune: Commune, exposure: str) -> SchemeRules:
    """Rules with the exposure, the harm table and the severities of this commune today written into them."""
    table: HarmTable = default_harm_table(commune=commune)
    return SchemeRules(
        **asdict(rules)
        | {
            "harm_table": rules.harm_table or table.version,
            "severities": rules.severities or dict(FactorType.objects.order_by("code").values_list("code", "severity")),
            "exposure": exposure,
        }
    )


def _learn(commune: Commune, *, window_from: date, window_until: date, rules: SchemeRules) -> dict[str, Any]:
    incidents = counted_incidents(commune, window_from=window_from, window_until=window_until, rules=rules)
    factors = factors_frame(commune, on=window_until, severities=rules.severities)
    try:
        reference = frozen_reference(
            study_area(commune),
            incidents=incidents.placed,
            events=known_exposure(commune, first_day=window_from, last_day=window_until),
            factors=factors,
            units=resident_units(commune),
            rules=measure_rules(rules, window_from=window_from, window_until=window_until),
        )
    except EmptyInputError:
        reference = _standard_reference()
    return {
        "prior": asdict(reference.prior),
        "mean_harm_days": reference.mean_harm_days,
        "scales": {name: asdict(scale) for name, scale in reference.scales.items()},
        "reference": {
            "learnt": reference.cells > 0,
            "cells": reference.cells,
            "cell_m": reference.cell_m,
            "incidents": reference.incidents,
            "sequence": incidents.sequence,
        },
    }


def _standard_reference() -> Reference:
    rate = THIN_PRIOR.mean_rate
    return Reference(
        prior=THIN_PRIOR,
        mean_harm_days=THIN_MEAN_HARM_DAYS,
        scales={
            "incidents": Scale(unit=rate, low=0.0, high=THIN_TOP),
            "harm": Scale(unit=rate * THIN_MEAN_HARM_DAYS, low=0.0, high=THIN_TOP),
            "factors": FACTOR_SCALE,
        },
        cells=0,
        incidents=0,
        cell_m=0.0,
    )
