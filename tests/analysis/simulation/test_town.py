"""The town stands as a town must."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from analysis.simulation.people import DWELLINGS, RESIDENTS
from analysis.simulation.streets import BRIDGE
from analysis.simulation.town import Town, build_town

from .conftest import SEED


def fingerprint(town: Town) -> bytes:
    """Bytes of everything that stands still."""
    parts = [
        shapely.to_wkb(town.ground.masked),
        *shapely.to_wkb(town.network.lines),
        *shapely.to_wkb(town.blocks.plots),
        *shapely.to_wkb(town.buildings.footprints),
        town.ground.surface.heights_m.tobytes(),
        town.blocks.residents.tobytes(),
        town.addresses.number.tobytes(),
        town.venues.x.tobytes(),
        *shapely.to_wkb(town.neighbourhood_units.areas),
    ]
    return b"".join(parts)


def test_same_seed_gives_the_same_town_byte_for_byte(town):
    assert fingerprint(build_town(seed=SEED)) == fingerprint(town)


def test_another_seed_gives_another_town(town):
    assert fingerprint(build_town(seed=SEED + 1)) != fingerprint(town)


def test_people_and_dwellings_add_up(town):
    assert town.blocks.residents.sum() == RESIDENTS
    assert town.blocks.dwellings.sum() == town.buildings.dwellings.sum() == town.addresses.dwellings.sum() == DWELLINGS


def test_streets_hang_together(town):
    ends = town.network.ends
    size = len(town.network.nodes)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    assert connected_components(graph, directed=False)[0] == 1


def test_only_bridges_cross_the_water(town):
    lines = np.array(town.network.lines)
    wet = shapely.length(shapely.intersection(lines, town.ground.water)) > 1.0
    assert wet.any()
    assert (town.network.rank[wet] == BRIDGE).all()


def test_streets_are_no_grid(town):
    lines = [line for line in town.network.lines if line.length > 30]
    heading = np.degrees(
        [np.arctan2(c[-1][1] - c[0][1], c[-1][0] - c[0][0]) % np.pi for c in (x.coords for x in lines)]
    )
    share = np.histogram(heading % 90, bins=18, range=(0, 90))[0] / len(lines)
    assert share.max() < 0.25


def test_blocks_do_not_overlap(town):
    one, _other = shapely.STRtree(town.blocks.plots).query(town.blocks.plots, predicate="overlaps")
    assert len(one) == 0


def test_nobody_lives_in_the_water(town):
    assert not shapely.intersects(np.array(town.buildings.footprints), town.ground.water).any()


def test_people_thin_out_from_the_centre(town):
    middles = shapely.get_coordinates(shapely.centroid(town.blocks.plots))
    away = np.hypot(middles[:, 0], middles[:, 1])
    area = shapely.area(town.blocks.plots)
    near, far = (away > 700) & (away < 1700), away > 2600
    density = [town.blocks.residents[part].sum() / area[part].sum() for part in (near, far)]
    assert density[0] > 1.3 * density[1]


def test_divisions_tile_the_commune(town):
    for divisions in (town.neighbourhood_units, town.beats):
        assert abs(sum(area.area for area in divisions.areas) / town.ground.boundary.area - 1) < 0.001


def test_every_building_is_high_enough_for_its_dwellings(town):
    assert (town.buildings.levels >= 1).all()
    assert (town.buildings.dwellings <= 6 * town.buildings.levels).all()
    known = np.isfinite(town.buildings.height_m)
    assert 0.9 < known.mean() < 1.0
    assert (town.buildings.height_m[known] > 2.5).all()


def test_hills_rise_from_the_river(town):
    surface = town.ground.surface
    river = shapely.get_coordinates(town.ground.water)
    assert surface.at(river[:, 0], river[:, 1]).mean() < 12
    assert 60 < surface.heights_m.max() < 400
