"""What a score reads: rows into frames, at one sequence, under the rules of a scheme."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.sector_measures import Measures, ambient_people, residents_of, sector_measures
from cameras.services.coverage import covered_area
from cameras.services.ground import public_ground
from geo.frames import places_frame, units_frame
from geo.models import UnitKind
from incidents.frames import events_frame, incidents_frame
from incidents.models import HarmTable, Incident, Ledger, OffenceType
from incidents.services.harm import harm_days
from sectors.frames import factors_frame, readings_frame, versions_frame

if TYPE_CHECKING:
    from analysis.arrays import FloatArray
    from analysis.sector_measures import MeasureRules
    from geo.models import Commune
    from sectors.models import RiskSectorVersion
    from sectors.services.schemes import SchemeRules

# the finest units whose residents are known divide them best among sectors
RESIDENT_KINDS = (
    UnitKind.MANZANA,
    UnitKind.ZONA_CENSAL,
    UnitKind.UNIDAD_VECINAL,
    UnitKind.BARRIO,
    UnitKind.CUADRANTE,
    UnitKind.MACROSECTOR,
)


@dataclass(frozen=True, eq=False)
class CountedIncidents:
    """Incidents of a window that the rules let in: the placed ones as a frame, and how many were left aside."""

    placed: gpd.GeoDataFrame
    sequence: int
    in_window: int
    unplaced: int
    placed_coarsely: int
    types_without_harm: list[dict[str, Any]]

    @property
    def placed_ratio(self) -> float:
        """Share of the window's incidents that have a place fine enough to be counted in a sector."""
        return len(self.placed) / self.in_window if self.in_window else 1.0


def counted_incidents(
    commune: Commune, *, window_from: date, window_until: date, rules: SchemeRules, sequence: int | None = None
) -> CountedIncidents:
    """Read the incidents of a window as they stood at a sequence (the latest, when none is given)."""
    if sequence is None:
        sequence = Ledger.objects.for_commune(commune).latest_number()
    let_in = (
        Incident.objects.for_commune(commune)
        .as_of(sequence)
        .counted_once(sequence)
        .of_origins(rules.origins)
        .of_natures(rules.natures)
        .between(window_from, window_until, timezone=commune.timezone)
    )
    if not rules.enforcement_driven:
        let_in = let_in.without_enforcement_driven()
    fine = let_in.filter(place_class__in=rules.place_classes)
    table = HarmTable.objects.for_commune(commune).filter(version=rules.harm_table).first()
    harm = harm_days(commune=commune, accept_fallback=rules.harm_fallback, table=table)
    placed = incidents_frame(fine.placed(), commune=commune, harm=harm.days)
    total, unplaced = let_in.count(), let_in.unplaced().count()
    return CountedIncidents(
        placed=placed,
        sequence=sequence,
        in_window=total,
        unplaced=unplaced,
        placed_coarsely=total - unplaced - len(placed),
        types_without_harm=_types_without_harm(Counter(placed["type_id"].tolist()), harm.without_value, harm.days),
    )


def resident_units(commune: Commune) -> list[gpd.GeoDataFrame]:
    """Divisions of the commune in force of which some residents are known, the finest first: `residents_of` asks them
    one after the other."""
    divisions = (units_frame(commune, kind=kind) for kind in RESIDENT_KINDS)
    return [units for units in divisions if units["residents"].notna().any()]


def residents_known(commune: Commune, versions: list[RiskSectorVersion]) -> int:
    """Of how many sector versions the residents are known today."""
    found = residents_of(versions_frame(versions, commune=commune), resident_units(commune))
    return int(np.isfinite(found).sum())


@dataclass(frozen=True, eq=False)
class ScoreInputs:
    """Everything that a score is made of, in the metres of the commune; `sectors` know residents and people by day."""

    sectors: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
    events: gpd.GeoDataFrame
    factors: gpd.GeoDataFrame
    readings: gpd.GeoDataFrame
    covered: BaseGeometry
    ground: BaseGeometry


def read_inputs(
    versions: list[RiskSectorVersion],
    *,
    commune: Commune,
    incidents: CountedIncidents,
    window: tuple[date, date],
    severities: dict[str, float],
    rules: MeasureRules,
    observed: int | None,
) -> ScoreInputs:
    """Read sector versions and what lies in them in a window of local days, both included; events, factors, readings
    and what cameras see as they stood at a sequence of kept rows (as they stand now, for None)."""
    sectors = versions_frame(versions, commune=commune)
    divisions = resident_units(commune)
    sectors["residents"] = residents_of(sectors, divisions)
    sectors["ambient"] = _ambient(sectors, divisions, commune=commune, rules=rules)
    window_from, window_until = window
    return ScoreInputs(
        sectors=sectors,
        incidents=incidents.placed,
        events=known_exposure(commune, first_day=window_from, last_day=window_until, sequence=observed),
        factors=factors_frame(commune, on=window_until, severities=severities, sequence=observed),
        readings=readings_frame(commune, on=window_until, sequence=observed, versions=versions),
        covered=covered_area(commune, sequence=observed),
        ground=public_ground(commune, area=shapely.union_all(sectors.geometry.to_numpy())),
    )


def measured_sectors(inputs: ScoreInputs, *, rules: MeasureRules) -> Measures:
    """Measure the sectors that were read."""
    return sector_measures(
        inputs.sectors,
        incidents=inputs.incidents,
        events=inputs.events,
        factors=inputs.factors,
        readings=inputs.readings,
        covered=inputs.covered,
        rules=rules,
        ground=inputs.ground,
    )


def _ambient(
    sectors: gpd.GeoDataFrame, divisions: list[gpd.GeoDataFrame], *, commune: Commune, rules: MeasureRules
) -> FloatArray:
    """People about by day in each sector, where residents and places of the commune are loaded."""
    places = places_frame(commune, kinds=sorted(rules.place_draws))
    places["draw"] = places["kind"].map(dict(rules.place_draws)).astype(float)
    total = float(divisions[0]["residents"].sum()) if divisions else 0.0
    residents = sectors["residents"].to_numpy(dtype=float)
    return ambient_people(sectors, residents, places=places, total=total, home_ratio=rules.home_ratio)


def known_exposure(
    commune: Commune, *, first_day: date, last_day: date, sequence: int | None = None
) -> gpd.GeoDataFrame:
    """Mass events of a window whose attendance somebody knows: the others cannot be an exposure."""
    events = events_frame(commune=commune, first_day=first_day, last_day=last_day, sequence=sequence)
    return events[events["person_hours"].notna()]


def _types_without_harm(
    counts: Counter[int], without_value: frozenset[int], used: dict[int, float]
) -> list[dict[str, Any]]:
    """Types that nobody has given a weight and that occur, with their counts and the fallback used, if any."""
    types = OffenceType.objects.filter(pk__in=set(counts) & without_value).select_related("taxonomy")
    return [
        {
            "taxonomy": one.taxonomy.version,
            "code": one.code,
            "name": one.name,
            "n": counts[one.pk],
            "fallback_days": used.get(one.pk),
        }
        for one in types.order_by("taxonomy__version", "code")
    ]
