"""What is counted in each sector before it is scored: incidents, harm, people's time, factors, readings, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray
from analysis.checks import require_positive, require_projected

HOURS = 24.0
MOST_OF_AN_AREA = 0.5  # blocks leave the streets between them out, so they never cover all of a place
RESERVED_STEP = 5  # reserved incidents count in whole fives: no sum and no difference of sums tells one to four of them
NOT_RESERVED = -1


@dataclass(frozen=True)
class MeasureRules:
    """How things are counted. Days, persons per km², shares from 0 to 1."""

    window_days: float
    exposure: str = "residents"  # or "ambient" (who is about by day), or "area": ground alone
    home_ratio: float = 0.6  # of a day that people spend at home; the rest they are where places draw them
    place_draws: Mapping[str, float] = field(default_factory=dict)  # people that a place of each kind draws
    ambient_per_km2: float = 500.0  # people who are about wherever nobody lives: no rate explodes in an empty place
    reading_half_life_days: float = 365.0
    reading_oldest_days: float = 1095.0
    reading_least_share: float = 0.2  # a unit's reading speaks for a sector that it covers at least this much
    harm_cap_days: float | None = None
    seen_within_m: float = (
        15.0  # addresses lie behind the street's edge: harm is seen where covered ground is this near
    )


@dataclass(frozen=True, eq=False)
class Measures:
    """`table` has one row per sector, NaN where nothing is known; `harm_groups` counts equal harms inside a sector.

    `harm_groups` columns: sector (position in the table), harm_days (0 where an offence has no weight), covered, count.
    """

    table: pd.DataFrame
    harm_groups: pd.DataFrame


def sector_measures(
    sectors: gpd.GeoDataFrame,
    *,
    incidents: gpd.GeoDataFrame,
    events: gpd.GeoDataFrame,
    factors: gpd.GeoDataFrame,
    readings: gpd.GeoDataFrame,
    covered: BaseGeometry,
    rules: MeasureRules,
    ground: BaseGeometry | None = None,
) -> Measures:
    """Measure every sector. All frames are in one metric system; the inputs are not altered.

    Parameters
        sectors: polygons, index = code; column `residents` (NaN where unknown), perhaps `ambient`: people about by day.
        incidents: points, column `harm_days` (NaN where the offence has no weight); where there are columns `reserved`
            and `type_id`, incidents of each reserved type, seen or unseen, count in whole fives, and the table says how
            many there are (`n_reserved`) and how many of them count (`n_reserved_counted`).
        events: footprints or venues, column `person_hours` inside the window.
        factors: points, column `severity`; None of them anywhere means that nobody has looked, so the measure is NaN.
        readings: polygons, columns `value` (0 to 100), `n`, `age_days`, `sector` (code, or None for a unit's reading).
        covered: ground seen by live-monitored cameras (empty where there are none).
        ground: public space; the ground of a sector is its share of it, or the whole sector where it has none.
    """
    for frame in (sectors, incidents, events, factors, readings):
        require_projected(frame)
    require_positive("window_days", rules.window_days)
    table = pd.DataFrame(index=sectors.index)
    table["area_m2"] = sectors.area.to_numpy()
    table["residents"] = sectors["residents"].to_numpy(dtype=float)
    table["ambient"] = sectors["ambient"].to_numpy(dtype=float) if "ambient" in sectors else np.nan
    present = table["ambient"] if rules.exposure == "ambient" else table["residents"]
    table["base_person_hours"] = base_person_hours(table["area_m2"], present, rules=rules)
    table["event_person_hours"] = shared_values(sectors, events, events["person_hours"].to_numpy(dtype=float))
    groups = _harm_groups(sectors, incidents, covered=covered, rules=rules)
    _count_incidents(table, groups)
    table["factor_weight"] = _factor_weight(sectors, factors)
    table = table.join(_reading_measures(sectors, readings, rules=rules))
    table["ground_uncovered_ratio"] = uncovered_ratio(sectors, covered=covered, ground=ground)
    return Measures(table=table, harm_groups=groups)


def base_person_hours(area_m2: pd.Series, people_there: pd.Series, *, rules: MeasureRules) -> FloatArray:
    """Person-hours of a window without events: who is there (unless exposure is by area) and the ambient few."""
    ambient = rules.ambient_per_km2 * area_m2.to_numpy() / 1e6
    people = ambient if rules.exposure == "area" else ambient + people_there.to_numpy()
    return np.asarray(people * HOURS * rules.window_days)


def shared_values(areas: gpd.GeoDataFrame, sources: gpd.GeoDataFrame, values: FloatArray) -> FloatArray:
    """Each area's part of values that belong to polygons (by shared area) or points (whole, if inside).

    The dasymetric assumption is the plainest one: a value is spread evenly over its polygon.
    """
    totals = np.zeros(len(areas))
    if not len(sources):
        return totals
    area_shapes, source_shapes = np.asarray(areas.geometry), np.asarray(sources.geometry)
    pairs = shapely.STRtree(area_shapes).query(source_shapes, predicate="intersects")
    for source, area in zip(*pairs, strict=True):
        size = shapely.area(source_shapes[source])
        shared = shapely.area(shapely.intersection(source_shapes[source], area_shapes[area])) / size if size else 1.0
        totals[area] += values[source] * shared
    return totals


def residents_of(areas: gpd.GeoDataFrame, kinds: Sequence[gpd.GeoDataFrame]) -> FloatArray:
    """Residents of each area out of the first of several divisions of the commune that knows them (`residents`).

    A division answers for an area only where units with known residents cover most of it: a few loaded blocks must not
    turn the rest of the commune into ground where nobody lives. NaN where no division answers.
    """
    residents = np.full(len(areas), np.nan)
    size = areas.area.to_numpy()
    for units in kinds:
        known = units[units["residents"].notna()]
        covered = shared_values(areas, known, known.area.to_numpy())
        answers = np.isnan(residents) & (covered >= MOST_OF_AN_AREA * size)
        spread = shared_values(areas, known, known["residents"].to_numpy(dtype=float))
        residents = np.where(answers, spread, residents)
    return residents


def ambient_people(
    areas: gpd.GeoDataFrame, residents: FloatArray, *, places: gpd.GeoDataFrame, total: float, home_ratio: float
) -> FloatArray:
    """People about in each area over the day: `home_ratio` of a day at home, the rest where places draw them.

    `residents` (n,) of the areas; `places` points with `draw` (people that a place of its kind draws) of the whole
    commune; `total` residents of the commune. NaN without places or where residents are not known.

    Source: ambient population as an alternative denominator (Andresen 2006); the split of the day is a parameter.
    """
    draw = places["draw"].to_numpy(dtype=float) if len(places) else np.zeros(0)
    if not 0 <= home_ratio <= 1 or draw.sum() <= 0 or not total > 0:
        return np.full(len(areas), np.nan)
    drawn = shared_values(areas, places, draw) / draw.sum()
    return np.asarray(home_ratio * residents + (1.0 - home_ratio) * total * drawn)


def uncovered_ratio(
    sectors: gpd.GeoDataFrame, *, covered: BaseGeometry, ground: BaseGeometry | None = None
) -> FloatArray:
    """Share (0 to 1) of each sector's ground that no live-monitored camera sees."""
    ratios = np.ones(len(sectors))
    for position, shape in enumerate(sectors.geometry):
        floor = shape if ground is None else shape.intersection(ground)
        floor = shape if floor.area < 1.0 else floor
        ratios[position] = 1.0 - floor.intersection(covered).area / floor.area
    return np.clip(ratios, 0.0, 1.0)


def _harm_groups(
    sectors: gpd.GeoDataFrame, incidents: gpd.GeoDataFrame, *, covered: BaseGeometry, rules: MeasureRules
) -> pd.DataFrame:
    points = np.asarray(incidents.geometry)
    inside = shapely.STRtree(points).query(np.asarray(sectors.geometry), predicate="intersects")
    harm = incidents["harm_days"].to_numpy(dtype=float)
    weighted, reserved_type = np.isfinite(harm), _reserved_types(incidents)
    harm = np.where(weighted, np.minimum(harm, np.inf if rules.harm_cap_days is None else rules.harm_cap_days), 0.0)
    shapely.prepare(covered)
    seen = shapely.dwithin(covered, points, rules.seen_within_m)
    rows = pd.DataFrame(
        {
            "sector": inside[0],
            "harm_days": harm[inside[1]],
            "weighted": weighted[inside[1]],
            "covered": seen[inside[1]],
            "reserved_type": reserved_type[inside[1]],
        }
    )
    keys = ["sector", "harm_days", "weighted", "covered", "reserved_type"]
    counted: pd.DataFrame = rows.groupby(keys, sort=True).size().rename("there_are").reset_index()
    there_are, reserved = counted["there_are"], counted["reserved_type"] != NOT_RESERVED
    counted["count"] = there_are.where(~reserved, there_are // RESERVED_STEP * RESERVED_STEP)
    return counted


def _reserved_types(incidents: gpd.GeoDataFrame) -> np.ndarray:
    if "reserved" not in incidents:
        return np.full(len(incidents), NOT_RESERVED)
    return np.where(incidents["reserved"], incidents["type_id"], NOT_RESERVED)


def _count_incidents(table: pd.DataFrame, groups: pd.DataFrame) -> None:
    position = groups["sector"].to_numpy(dtype=np.int64)
    count = groups["count"].to_numpy(dtype=float)
    harm = groups["harm_days"].to_numpy(dtype=float)
    table["n"] = np.bincount(position, weights=count, minlength=len(table))
    table["unweighted_n"] = np.bincount(position, weights=count * ~groups["weighted"], minlength=len(table))
    table["harm_days"] = np.bincount(position, weights=count * harm, minlength=len(table))
    reserved = (groups["reserved_type"] != NOT_RESERVED).to_numpy()
    there_are = groups["there_are"].to_numpy(dtype=float)
    table["n_reserved"] = np.bincount(position, weights=there_are * reserved, minlength=len(table))
    table["n_reserved_counted"] = np.bincount(position, weights=count * reserved, minlength=len(table))
    largest = np.zeros(len(table))
    np.maximum.at(largest, position, np.where(count > 0, harm, 0.0))
    table["largest_harm_days"] = largest


def _factor_weight(sectors: gpd.GeoDataFrame, factors: gpd.GeoDataFrame) -> FloatArray:
    if not len(factors):
        return np.full(len(sectors), np.nan)
    inside = shapely.STRtree(np.asarray(factors.geometry)).query(np.asarray(sectors.geometry), predicate="intersects")
    severity = factors["severity"].to_numpy(dtype=float)
    return np.bincount(inside[0], weights=severity[inside[1]], minlength=len(sectors)).astype(np.float64)


def _reading_measures(sectors: gpd.GeoDataFrame, readings: gpd.GeoDataFrame, *, rules: MeasureRules) -> pd.DataFrame:
    """Mean perceived insecurity of each sector, weighted by who answered, how much of the sector and how long ago."""
    young = readings[readings["age_days"].between(0, rules.reading_oldest_days)]
    value, age = young["value"].to_numpy(dtype=float), young["age_days"].to_numpy(dtype=float)
    answers = young["n"].to_numpy(dtype=float) * 0.5 ** (age / rules.reading_half_life_days)
    of_sector, own = young["sector"].notna().to_numpy(), young["sector"].to_numpy(dtype=object)
    shapes = np.asarray(young.geometry)
    rows = []
    for code, sector in zip(sectors.index, sectors.geometry, strict=True):
        share = np.array(
            [
                float(own[one] == code) if of_sector[one] else sector.intersection(shapes[one]).area / sector.area
                for one in range(len(young))
            ]
        )
        weight = answers * share
        if not len(young) or _spoken_for(sector, shapes[share > 0]) < rules.reading_least_share or weight.sum() <= 0:
            rows.append((np.nan, 0.0, np.nan))
        else:
            total = weight.sum()
            rows.append(((weight * value).sum() / total, total, (weight * age).sum() / total))
    return pd.DataFrame(rows, index=sectors.index, columns=["reading_value", "reading_n", "reading_age_days"])


def _spoken_for(sector: BaseGeometry, shapes: np.ndarray) -> float:
    """Share of a sector that readings speak for: ground that was asked about twice counts once."""
    return float(sector.intersection(shapely.union_all(shapes)).area / sector.area)
