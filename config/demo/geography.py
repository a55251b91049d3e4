"""The standing part of the demo commune, as frames with the names a municipal file would use."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import shapely

from analysis.simulation.divisions import Divisions
from analysis.simulation.town import Town
from config.demo.words import STREET_NOUNS, VENUE_WORDS, street_name

METRIC_SRID = 32718
EAST_M, NORTH_M = 530_000.0, 5_590_000.0  # in the open sea: nobody can take the town for a real one
SOURCE = "Datos simulados de Atalaya"


def commune_code(seed: int) -> str:
    """Test code in the place of a CUT code: SIM01 for seed 1."""
    return f"SIM{seed:02d}"


def commune_name(seed: int) -> str:
    """Name that says what it is."""
    return "Comuna simulada" if seed == 1 else f"Comuna simulada {seed}"


def to_map(geometries: object) -> np.ndarray:
    """Geometries moved from the town's own metres to the metric system of the commune."""
    return np.asarray(shapely.transform(geometries, lambda place: place + np.array([EAST_M, NORTH_M])))


def frame(columns: dict[str, object], geometries: object) -> gpd.GeoDataFrame:
    """A frame in the commune's metric system."""
    return gpd.GeoDataFrame(columns, geometry=to_map(geometries), crs=f"EPSG:{METRIC_SRID}")


def street_names(town: Town) -> list[str]:
    """Name of every street, unique within its rank."""
    rank_of = np.zeros(len(town.network.courses), dtype=int)
    rank_of[town.network.street] = town.network.rank
    seen: Counter[int] = Counter()
    names = []
    for rank in rank_of:
        names.append(street_name(int(rank), seen[int(rank)]))
        seen[int(rank)] += 1
    return names


def commune_frame(town: Town) -> gpd.GeoDataFrame:
    """Outline of the commune in longitude and latitude."""
    row = frame({"cut": [commune_code(town.seed)], "nombre": [commune_name(town.seed)]}, [town.ground.boundary])
    return row.to_crs(4326)


def block_codes(town: Town) -> list[str]:
    """Block codes shaped like census ones: commune, district, area, zone, block."""
    seen: Counter[int] = Counter()
    codes = []
    for unit in town.neighbourhood_units.of_block:
        seen[int(unit)] += 1
        codes.append(f"{commune_code(town.seed)}{int(unit) // 4 + 1:02d}1{int(unit) + 1:03d}{seen[int(unit)]:03d}")
    return codes


def blocks_frame(town: Town) -> gpd.GeoDataFrame:
    """Census blocks with residents and dwellings."""
    blocks = town.blocks
    return frame(
        {"manzent": block_codes(town), "personas": blocks.residents, "viviendas": blocks.dwellings}, blocks.plots
    )


def _divisions(town: Town, divisions: Divisions, prefix: str, title: str) -> gpd.GeoDataFrame:
    numbers = range(len(divisions.areas))
    residents = np.bincount(divisions.of_block, weights=town.blocks.residents, minlength=len(divisions.areas))
    dwellings = np.bincount(divisions.of_block, weights=town.blocks.dwellings, minlength=len(divisions.areas))
    columns = {
        "codigo": [f"{prefix}-{number + 1:02d}" for number in numbers],
        "nombre": [f"{title} {STREET_NOUNS[(number * 7) % len(STREET_NOUNS)]}" for number in numbers],
        "personas": residents.astype(int),
        "viviendas": dwellings.astype(int),
    }
    return frame(columns, divisions.areas)


def neighbourhood_units_frame(town: Town) -> gpd.GeoDataFrame:
    """Unidades vecinales."""
    return _divisions(town, town.neighbourhood_units, "UV", "Villa")


def beats_frame(town: Town) -> gpd.GeoDataFrame:
    """Cuadrantes."""
    return _divisions(town, town.beats, "C", "Cuadrante")


def streets_frame(town: Town) -> gpd.GeoDataFrame:
    """Pieces of street with their names."""
    names = street_names(town)
    return frame({"nombre": [names[street] for street in town.network.street]}, town.network.lines)


def addresses_frame(town: Town) -> gpd.GeoDataFrame:
    """Numbered doors with the dwellings behind each; two doors with one number get a letter."""
    names, doors = street_names(town), town.addresses
    seen: Counter[tuple[int, int]] = Counter()
    numbers = []
    for street, number in zip(doors.street, doors.number, strict=True):
        turn = seen[int(street), int(number)]
        seen[int(street), int(number)] += 1
        numbers.append(f"{number}" if turn == 0 else f"{number}-{chr(64 + min(turn, 26))}")
    columns = {
        "calle": [names[street] for street in doors.street],
        "numero": numbers,
        "viviendas": doors.dwellings,
    }
    return frame(columns, shapely.points(doors.x, doors.y))


def places_frame(town: Town) -> gpd.GeoDataFrame:
    """Bars, schools, shops, stops and services."""
    seen: Counter[str] = Counter()
    names, kinds = [], []
    for kind in town.venues.kind:
        title, place_kind = VENUE_WORDS[kind]
        noun = STREET_NOUNS[(seen[kind] * 5 + len(kind)) % len(STREET_NOUNS)]
        turn = seen[kind] // len(STREET_NOUNS)
        seen[kind] += 1
        names.append(f"{title} {noun}" if turn == 0 else f"{title} {noun} {turn + 1}")
        kinds.append(place_kind)
    return frame({"tipo": kinds, "nombre": names}, shapely.points(town.venues.x, town.venues.y))


def buildings_frame(town: Town) -> gpd.GeoDataFrame:
    """Footprints with levels and, where the register knows it, the height."""
    buildings = town.buildings
    known = np.isfinite(buildings.height_m)
    columns = {
        "altura_m": buildings.height_m,
        "pisos": buildings.levels,
        "origen": np.where(known, "medida", "niveles"),
    }
    return frame(columns, buildings.footprints)


def masks_frame(town: Town) -> gpd.GeoDataFrame:
    """Water, wetlands and forest."""
    ground = town.ground
    parts = [
        (kind, part)
        for kind, area in (("water", ground.water), ("wetland", ground.wetlands), ("forest", ground.forest))
        for part in shapely.get_parts(area)
        if part.area > 100.0
    ]
    return frame({"tipo": [kind for kind, _ in parts]}, [part for _, part in parts])
