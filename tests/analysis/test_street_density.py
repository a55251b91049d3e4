from __future__ import annotations

import geopandas
import numpy as np
import pytest
from django.conf import settings
from scipy.integrate import quad
from shapely.geometry import LineString

from analysis.errors import EmptyInputError, OutsideMaskError, UnprojectedCoordinatesError
from analysis.street_density import street_density

CRS = 32718


def streets(*lines):
    return geopandas.GeoDataFrame(geometry=[LineString(line) for line in lines], crs=CRS)


LONG = streets([(1000, 1000), (2000, 1000)], [(2000, 1000), (3000, 1000)])
CROSS = streets(
    [(1000, 2000), (2000, 2000)], [(2000, 2000), (3000, 2000)],
    [(2000, 1000), (2000, 2000)], [(2000, 2000), (2000, 3000)],
)  # fmt: skip


def total(table):
    return (table["density_per_km"] * table["length_m"]).sum() / 1000


def test_one_incident_on_a_long_street_by_hand():
    table = street_density(LONG, [1990], [1003], bandwidth_m=200, edge=None)
    assert table["density_per_km"].max() == pytest.approx(15 / 16 / 0.2)
    assert total(table) == pytest.approx(1, abs=1e-4)


def test_distance_goes_along_streets_and_round_corners():
    table = street_density(CROSS, [1950], [2000], bandwidth_m=200, edge=None)
    middle = table.geometry.interpolate(0.5, normalized=True)
    north = (middle.x == 2000) & (middle.y == 2030)
    assert table["density_per_km"][north].tolist() == pytest.approx([15 / 16 / 0.2 * (1 - 0.4**2) ** 2])


def test_diggle_adds_up_to_the_incidents():
    generator = np.random.default_rng(1)
    x, y = (
        np.append(generator.uniform(1000, 3000, 40), np.full(40, 2000)),
        np.append(np.full(40, 2000), generator.uniform(1000, 3000, 40)),
    )
    assert total(street_density(CROSS, x, y, bandwidth_m=300, edge="diggle")) == pytest.approx(80)


def test_an_even_street_is_even_at_its_ends_and_crossings():
    middles = [(x, 2000) for x in np.arange(1010, 3000, 20)] + [(2000, y) for y in np.arange(1010, 3000, 20)]
    x, y = np.array(middles, dtype=float).T
    table = street_density(CROSS, x, y, bandwidth_m=250, edge="uniform")
    assert table["density_per_km"].to_numpy() == pytest.approx(np.full(len(table), 50), rel=1e-6)


def test_weights_are_repeats():
    doubled = street_density(LONG, [1500, 1500, 2100], [1000] * 3, bandwidth_m=200)
    weighted = street_density(LONG, [1500, 2100], [1000] * 2, [2, 1], bandwidth_m=200)
    assert np.allclose(doubled["density_per_km"], weighted["density_per_km"])


def test_incidents_far_from_any_street_are_told():
    table = street_density(LONG, [1500, 1500], [1000, 1500], bandwidth_m=200, edge="diggle")
    assert table.attrs["off_street"] == 1
    with pytest.raises(OutsideMaskError):
        street_density(LONG, [1500], [9000], bandwidth_m=200)


def test_lixels_cover_the_streets_and_keep_their_corners():
    bent = streets([(1000, 1000), (1050, 1000), (1050, 1070)])
    table = street_density(bent, [1000], [1000], bandwidth_m=100, lixel_m=50)
    assert table["length_m"].tolist() == pytest.approx([40, 40, 40])
    assert table.geometry.length.tolist() == pytest.approx([40, 40, 40])
    assert len(table.geometry[1].coords) == 3


def test_no_streets_and_degrees_are_refused():
    with pytest.raises(EmptyInputError):
        street_density(streets(), [1500], [1000], bandwidth_m=100)
    with pytest.raises(UnprojectedCoordinatesError):
        street_density(LONG.set_crs(4326, allow_override=True), [1500], [1000], bandwidth_m=100)


def test_the_quartic_on_a_line_integrates_to_one():
    assert quad(lambda d: 15 / 16 * (1 - d**2) ** 2, -1, 1)[0] == pytest.approx(1)


@pytest.mark.real_data
def test_mesa_crimes_add_up_on_their_streets():
    file = settings.ATALAYA_DATA / "geo" / "mesa_delitos" / "mesa.gpkg"
    lines, crimes = (geopandas.read_file(file, layer=layer).to_crs(26912) for layer in ("streets", "crimes"))
    table = street_density(lines, crimes.geometry.x, crimes.geometry.y, bandwidth_m=300, edge="diggle")
    assert total(table) == pytest.approx(287)
    assert table.attrs["off_street"] == 0
