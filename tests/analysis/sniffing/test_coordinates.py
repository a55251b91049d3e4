"""Places are told from figures, and a system from where its points fall."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from analysis.sniffing.coordinates import Area, guess_coordinates, number_of

WEST, SOUTH, EAST, NORTH = -73.33, -39.90, -73.15, -39.75
SYSTEMS = (4326, 32718, 32719, 24878, 24879)
AREA = Area((WEST, SOUTH, EAST, NORTH), SYSTEMS)


def addresses(count: int = 60, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Points 8 m beside streets that lie every 900 m from north to south."""
    chance = np.random.default_rng(seed)
    streets = np.arange(-73.30, -73.18, 0.0105)
    return chance.choice(streets, count) + 0.0001, chance.uniform(-39.88, -39.77, count)


def streets() -> np.ndarray:
    """The streets themselves, a point each 30 m."""
    return np.array([(x, y) for x in np.arange(-73.30, -73.18, 0.0105) for y in np.arange(-39.89, -39.76, 0.0003)])


def written(srid: int, *, decimal: str = ".") -> tuple[list[str], list[str]]:
    x, y = Transformer.from_crs(4326, srid, always_xy=True).transform(*addresses())
    digits = 6 if srid == 4326 else 2
    return tuple([f"{value:.{digits}f}".replace(".", decimal) for value in axis] for axis in (x, y))  # type: ignore[return-value]


@pytest.mark.parametrize("srid", [4326, 32718, 32719])
@pytest.mark.parametrize("decimal", [".", ","])
def test_the_system_is_the_one_in_which_points_fall_inside(srid: int, decimal: str) -> None:
    x, y = written(srid, decimal=decimal)
    told = guess_coordinates({"folio": ["1"] * len(x), "este": x, "norte": y}, area=AREA)
    assert told is not None
    assert (told.x, told.y, told.srid, told.share) == ("este", "norte", srid, 1.0)


@pytest.mark.parametrize("srid", [32718, 24878, 32719, 24879])
def test_streets_tell_psad56_from_wgs84(srid: int) -> None:
    x, y = written(srid)
    told = guess_coordinates({"x": x, "y": y}, area=Area(AREA.box, SYSTEMS, streets))
    assert told is not None
    assert (told.srid, told.why) == (srid, "datum")


def test_without_streets_the_datum_stays_open_and_wgs84_is_taken() -> None:
    x, y = written(24878)
    told = guess_coordinates({"x": x, "y": y}, area=AREA)
    assert told is not None
    assert (told.srid, told.why) == (32718, "datum_open")


def test_headings_the_wrong_way_round_are_seen() -> None:
    x, y = written(4326)
    told = guess_coordinates({"latitud": x, "longitud": y}, area=AREA)
    assert told is not None
    assert (told.x, told.y, told.swapped) == ("latitud", "longitud", True)


def test_missing_minus_signs_are_seen() -> None:
    x, y = ([value.lstrip("-") for value in axis] for axis in written(4326))
    told = guess_coordinates({"lon": x, "lat": y}, area=AREA)
    assert told is not None
    assert (told.srid, told.unsigned) == (4326, True)


@pytest.mark.parametrize("order", ["latitude_first", "longitude_first"])
def test_both_coordinates_in_one_cell(order: str) -> None:
    x, y = written(4326)
    first, second = (y, x) if order == "latitude_first" else (x, y)
    told = guess_coordinates({"GPS": [f"{a}, {b}" for a, b in zip(first, second, strict=True)]}, area=AREA)
    assert told is not None
    assert (told.both, told.order, told.srid) == ("GPS", order, 4326)


def test_zeros_and_blanks_do_not_hide_the_system() -> None:
    x, y = written(4326)
    told = guess_coordinates({"lon": [*x, "0", ""], "lat": [*y, "0", ""]}, area=AREA)
    assert told is not None
    assert told.share == 1.0


def test_points_of_elsewhere_are_told_by_their_headings_alone() -> None:
    told = guess_coordinates({"lon": ["-70.6"] * 30, "lat": ["-33.4"] * 30}, area=AREA)
    assert told is not None
    assert (told.why, told.share) == ("outside", 0.0)


def test_figures_that_are_no_place_are_none() -> None:
    assert guess_coordinates({"km": ["12", "40"] * 10, "edad": ["39", "73"] * 10}, area=AREA) is None


def test_numbers_are_read_however_they_are_written() -> None:
    assert number_of("650.139,25") == 650_139.25
    assert number_of("5.591.393") == 5_591_393
    assert number_of("-39,8142") == -39.8142
    assert np.isnan(number_of("39° 48' S"))
