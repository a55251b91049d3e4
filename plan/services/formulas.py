"""The closed list of what an indicator can measure, each computed from the database at a ledger sequence.

Incidents are counted over whole weeks (Monday to Sunday), the finest time that the planner's role may know: windows
that could be moved by single days would give away single days by subtraction. Reserved types are counted only where
they are asked for by name; then a count of one to four of any of them is withheld, and larger ones enter in whole
fives, so that two windows, areas or readings never differ by one to four of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.db.models import Count
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import analysis
from analysis.canonical import canonical_json
from analysis.sector_measures import RESERVED_STEP, MeasureRules, residents_of
from cameras.services.coverage import covered_area, ensure_coverage
from geo.crs import geometry_to_metric
from geo.errors import RefusedError
from incidents.frames import incidents_frame
from incidents.models import HarmTable, HarmWeight, Incident, OffenceType, Origin
from incidents.models.taxonomy import Level
from incidents.services.harm import default_harm_table
from plan.models import Formula
from sectors.frames import readings_frame, versions_frame
from sectors.models import RiskFactor, RiskSectorVersion
from sectors.services.schemes import SchemeRules
from sectors.services.scoring_inputs import resident_units

if TYPE_CHECKING:
    from geo.models import Commune

LEAST_COUNT = RESERVED_STEP  # of reserved types: fewer are withheld
COUNTS = frozenset({"without_weight"})  # what a query tells of counts, left out where the value is withheld
PLACE_CLASSES = tuple(SchemeRules().place_classes)  # as in the score: a point that stands for an area is in no sector
LEAST_RESIDENTS = 100  # a rate for fewer people than these says nothing
DAYS = 7
OriginName = Literal["reported", "discovered", "sensor"]


class FormulaParameters(BaseModel):
    """What a formula is asked: window in weeks, offence types (taxonomy version and code), origins, kinds of factor."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weeks: Literal[4, 13, 26, 52] = 52
    types: list[tuple[str, str]] = Field(default_factory=list, max_length=200)
    origins: list[OriginName] = Field(default=["reported"], min_length=1, max_length=3)
    kinds: list[str] = Field(default_factory=list, max_length=50)
    calendar_year: bool = False  # the last whole calendar year in place of weeks
    fine: bool = True  # tells more than a planner's role may know; always filled in when the indicator is made
    harm_table: int | None = None  # version of the harm weights, filled in when the indicator is made


@dataclass(frozen=True)
class Measured:
    """A value (None: nothing to compute it from, or withheld), the rows it rests on, and what was asked."""

    value: float | None
    n: int | None
    query: str
    withheld: bool = False


@dataclass(frozen=True, eq=False)
class _Question:
    commune: Commune
    version: RiskSectorVersion
    parameters: FormulaParameters
    on: date
    sequence: int
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def until(self) -> date:
        """Last day of the window: the Sunday of the last week that was whole on the day asked about, or the last day
        of the last such year."""
        if self.parameters.calendar_year:
            return date(self.on.year if (self.on.month, self.on.day) == (12, 31) else self.on.year - 1, 12, 31)
        return self.on - timedelta(days=(self.on.weekday() + 1) % DAYS)

    @property
    def since(self) -> date:
        """First day of the window: a Monday, or the first of January."""
        if self.parameters.calendar_year:
            return date(self.until.year, 1, 1)
        return self.until - timedelta(days=self.parameters.weeks * DAYS - 1)


def read_parameters(parameters: dict[str, Any]) -> FormulaParameters:
    """Stored or sent parameters as typed values. Raises RefusedError."""
    try:
        return FormulaParameters.model_validate(parameters)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise RefusedError(_("The parameters of the formula are not right: %(where)s.") % {"where": where}) from error


def is_fine(asked: FormulaParameters) -> bool:
    """True where the types asked for are finer than groups, or hold reserved ones over less than a calendar year."""
    if not asked.types:
        return False
    ids = _type_ids(asked.types)
    if OffenceType.objects.filter(pk__in=ids, level=Level.SUBGROUP).exists():
        return True
    return not asked.calendar_year and OffenceType.objects.reserved().among(ids).exists()


def measure(
    *, formula: str, parameters: FormulaParameters, version: RiskSectorVersion, on: date, sequence: int
) -> Measured:
    """Compute a formula on the ground of a sector version, as of a day and a ledger sequence."""
    question = _Question(version.sector.commune, version, parameters, on, sequence)
    value, n, withheld = COMPUTATIONS[Formula(formula)](question)
    query = canonical_json(
        {
            "formula": formula,
            "sector": {"code": version.sector.code, "version": version.version},
            "on": on,
            "sequence": sequence,
            "code_version": analysis.__version__,
            **{name: told for name, told in question.told.items() if not (withheld and name in COUNTS)},
        }
    )
    rounded = None if value is None or withheld else float(f"{value:.12g}")
    return Measured(rounded, None if withheld else n, query, withheld)


def current_harm_table(commune: Commune) -> int:
    """Version of the harm weights in use."""
    return int(default_harm_table(commune=commune).version)


# --- incidents --------------------------------------------------------------------------------------

Answer = tuple[float | None, int, bool]


def _incidents(question: _Question) -> Any:
    """Incidents of the window inside the sector, and what was asked, told."""
    asked = question.parameters
    question.told.update(
        {
            "from": question.since,
            "until": question.until,
            "origins": list(asked.origins),
            "types": [list(one) for one in asked.types],
            "reserved_types": "only those named" if asked.types else "left out",
            "place_classes": list(PLACE_CLASSES),
        }
    )
    rows = (
        Incident.objects.for_commune(question.commune)
        .as_of(question.sequence)
        .counted_once(question.sequence)
        .between(question.since, question.until, timezone=question.commune.timezone)
        .of_origins([Origin(one) for one in asked.origins])
        .within(question.version.boundary)
        .filter(place_class__in=PLACE_CLASSES)
    )
    if asked.types:
        return rows.of_types(_type_ids(asked.types))
    return rows.filter(offence_type__reserved=False)


def _type_ids(types: list[tuple[str, str]]) -> list[int]:
    ids: list[int] = []
    for version, code in types:
        found = OffenceType.objects.with_key(version, code).values_list("pk", flat=True)
        if not found:
            raise RefusedError(
                _("The offence type %(code)s of %(version)s is not known.") % {"code": code, "version": version}
            )
        ids.extend(found)
    return ids


def _withheld(rows: Any) -> bool:
    """True where any reserved type has a small count: a sum of types, less the sum without it, would tell it."""
    reserved = rows.filter(offence_type__reserved=True).order_by().values_list("offence_type_id")
    return any(n < LEAST_COUNT for _type, n in reserved.annotate(n=Count("pk")))


def _counts_by_type(rows: Any) -> dict[int, int]:
    """Rows of each type; those of reserved types in whole fives."""
    counted = rows.order_by().values_list("offence_type_id", "offence_type__reserved").annotate(n=Count("pk"))
    return {type_id: n - n % RESERVED_STEP if reserved else n for type_id, reserved, n in counted}


def _count(question: _Question) -> Answer:
    rows = _incidents(question)
    n = sum(_counts_by_type(rows).values())
    return float(n), n, _withheld(rows)


def _rate(question: _Question) -> Answer:
    value, n, withheld = _count(question)
    sector = versions_frame([question.version], commune=question.commune)
    (residents,) = residents_of(sector, resident_units(question.commune))
    known = bool(np.isfinite(residents) and residents >= LEAST_RESIDENTS)
    question.told["residents"] = round(float(residents), 1) if np.isfinite(residents) else None
    return (1000.0 * (value or 0.0) / float(residents) if known else None), n, withheld


def _harm_by_type(question: _Question) -> dict[int, float]:
    version = question.parameters.harm_table or current_harm_table(question.commune)
    table = HarmTable.objects.for_commune(question.commune).filter(version=version).first()
    if table is None:
        raise RefusedError(_("Version %(version)s of the harm weights is not known.") % {"version": version})
    question.told["harm_table"] = version
    given = HarmWeight.objects.filter(table=table, days__isnull=False)
    return {type_id: float(days or 0) for type_id, days in given.values_list("offence_type_id", "days")}


def _harm(question: _Question) -> Answer:
    rows = _incidents(question)
    days = _harm_by_type(question)
    counts = _counts_by_type(rows)
    weighted = {type_id: n for type_id, n in counts.items() if type_id in days}
    question.told["without_weight"] = sum(counts.values()) - sum(weighted.values())
    total = sum(days[type_id] * n for type_id, n in sorted(weighted.items()))
    return total, sum(weighted.values()), _withheld(rows)


def _uncovered_harm(question: _Question) -> Answer:
    """Share of the harm that lies out of sight of what counts as coverage today: there is no older coverage to ask.

    Harm is seen as the score sees it: where covered ground is near, since addresses lie behind the street's edge.
    """
    rows = _incidents(question)
    frame = incidents_frame(rows, commune=question.commune, harm=_harm_by_type(question))
    ensure_coverage(commune=question.commune)
    covered = covered_area(question.commune)
    question.told["coverage"] = "as stored when this was computed"
    shapely.prepare(covered)
    frame["seen"] = shapely.dwithin(covered, frame.geometry.to_numpy(), MeasureRules.seen_within_m)
    told = frame[frame["harm_days"].notna() & _in_whole_fives(frame)]
    total = float(told["harm_days"].sum())
    share = float(told.loc[~told["seen"], "harm_days"].sum()) / total if total > 0 else None
    return share, len(told), _withheld(rows)


def _in_whole_fives(frame: gpd.GeoDataFrame) -> pd.Series:
    """True for all rows but those that are over the last five of a reserved type, seen and unseen ones apart."""
    alike = frame.groupby(["type_id", "seen"])
    whole = alike["type_id"].transform("size") // RESERVED_STEP * RESERVED_STEP
    kept: pd.Series = ~frame["reserved"] | (alike.cumcount() < whole)
    return kept


# --- what is seen and said --------------------------------------------------------------------------


def _open_factors(question: _Question) -> Answer:
    factors = RiskFactor.objects.for_commune(question.commune).unsolved(question.on)
    factors = factors.within(question.version.boundary)
    if question.parameters.kinds:
        factors = factors.filter(kind__code__in=question.parameters.kinds)
    question.told["kinds"] = list(question.parameters.kinds)
    n = factors.count()
    return float(n), n, False


def _perception(question: _Question) -> Answer:
    """Mean of the sector's own readings weighted by n; without any, of its units' readings by n and shared ground."""
    frame = readings_frame(question.commune, on=question.on)
    frame = frame[frame["age_days"] < question.parameters.weeks * DAYS]
    own = frame[frame["sector"] == question.version.sector.code]
    question.told.update({"weeks": question.parameters.weeks, "readings_of": "sector" if len(own) else "units"})
    if len(own):
        weights = own["n"].to_numpy(dtype=float)
        return float(np.average(own["value"], weights=weights)), int(weights.sum()), False
    units = frame[frame["sector"].isna()]
    ground = geometry_to_metric(question.version.boundary, commune=question.commune)
    shapes = units.geometry.to_numpy()
    shares = shapely.area(shapely.intersection(shapes, ground)) / np.maximum(shapely.area(shapes), 1e-9)
    weights = units["n"].to_numpy(dtype=float) * shares
    if weights.sum() <= 0:
        return None, 0, False
    return float(np.average(units["value"], weights=weights)), round(float(weights.sum())), False


COMPUTATIONS: dict[Formula, Callable[[_Question], Answer]] = {
    Formula.INCIDENTS: _count,
    Formula.HARM: _harm,
    Formula.RATE: _rate,
    Formula.OPEN_FACTORS: _open_factors,
    Formula.UNCOVERED_HARM: _uncovered_harm,
    Formula.PERCEPTION: _perception,
}
