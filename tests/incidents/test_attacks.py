"""Two attacks through the signed-in browser of a role below the analyst, on incidents that a file brought.

Each incident happened in a week of its own, so that the filter by days lets the attacker ask for one at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.crs import transformer, xy_to_metric
from geo.frames import snap_points_frame
from geo.models import AddressPoint, Commune
from geo.services.snapping import release_snap_points
from tests.factories.geo import AddressPointFactory, StreetSegmentFactory, line, point
from tests.geo.grid import points_of, tile_of
from tests.incidents.files import bring_in, profile_for, row

pytestmark = pytest.mark.django_db
FIRST_MONDAY = dt.date(2015, 1, 5)
SIDE_M, MINIMUM_DWELLINGS = 250.0, 8
HALF_A_CELL_M = SIDE_M * np.sqrt(3) / 2
DEEPEST, REQUESTS = 21, 40
LONG = pytest.mark.soak
Place = tuple[float, float]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def metric(places: list[Place], commune: Commune) -> np.ndarray:
    """Metres east and north of places in degrees, one row each."""
    lng, lat = np.array(places).T
    return np.column_stack(xy_to_metric(lng, lat, commune=commune))


def happen(commune: Commune, places: list[Place], folder: Path) -> None:
    """An incident at each place, each in a week of its own."""
    rows = [
        row(number, fecha=(FIRST_MONDAY + dt.timedelta(weeks=number)).isoformat(), lng=f"{x:.7f}", lat=f"{y:.7f}")
        for number, (x, y) in enumerate(places)
    ]
    assert bring_in(folder, profile_for(commune), rows).accepted == len(places)


class Attacker:
    """Somebody who asks for tiles of one week and counts the requests."""

    def __init__(self, client: Client, week: int) -> None:
        self.client, self.requests = client, 0
        first = FIRST_MONDAY + dt.timedelta(weeks=week)
        self.days = {"desde": first.isoformat(), "hasta": (first + dt.timedelta(days=6)).isoformat()}

    def tile(self, address: dict[str, int]) -> bytes:
        self.requests += 1
        answer = self.client.get(reverse("incidents:tiles", kwargs=address), self.days)
        assert answer.status_code in {200, 204}
        return answer.content

    def bisect(self, start: dict[str, int]) -> Place:
        """Halve the tile that holds the incident as deep as the requests go; the last point that was told."""
        address, told = start, points_of(self.tile(start), **start)
        while address["zoom"] < DEEPEST and self.requests <= REQUESTS - 4:
            for child in children(address):
                found = points_of(self.tile(child), **child)
                if found:
                    address, told = child, found
                    break
        (place,) = told
        return place


def children(address: dict[str, int]) -> Iterator[dict[str, int]]:
    zoom, column, row_ = address["zoom"] + 1, 2 * address["column"], 2 * address["row"]
    for east in (0, 1):
        for south in (0, 1):
            yield {"zoom": zoom, "column": column + east, "row": row_ + south}


def near_the_corners_of_cells(commune: Commune, count: int) -> tuple[list[Place], np.ndarray]:
    """Places 230 m from the centres of as many cells of 250 m, and these centres, in metres."""
    [[east, north]] = metric([(point().x, point().y)], commune)
    middle_q = round((np.sqrt(3) / 3 * east - north / 3) / SIDE_M)
    middle_r = round(2 / 3 * north / SIDE_M)
    around = np.array([(q - 8, r - 8) for q in range(17) for r in range(17)])[:count]
    cells = around + np.array([middle_q, middle_r])
    centres = np.column_stack([SIDE_M * np.sqrt(3) * (cells[:, 0] + cells[:, 1] / 2), SIDE_M * 1.5 * cells[:, 1]])
    angle = np.pi / 6 + np.pi / 3 * np.random.default_rng(11).integers(0, 6, count)
    places = centres + 230.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    lng, lat = transformer(commune.metric_srid, 4326).transform(*places.T)
    return list(zip(lng.tolist(), lat.tolist(), strict=True)), centres


@pytest.mark.parametrize("count", [8, pytest.param(200, marks=LONG)])
def test_bisecting_with_days_and_tile_edges_ends_at_the_masked_place(
    commune: Commune, client_as: Callable[..., Client], tmp_path: Path, count: int
) -> None:
    places, centres = near_the_corners_of_cells(commune, count)
    happen(commune, places, tmp_path)
    client = client_as(Role.PLANNER)
    found = []
    for week, centre in enumerate(centres):
        lng, lat = transformer(commune.metric_srid, 4326).transform(*centre)
        attacker = Attacker(client, week)
        found.append(attacker.bisect(tile_of(Point(lng, lat), zoom=14)))
        assert attacker.requests <= REQUESTS
    told = metric(found, commune)
    assert np.hypot(*(told - centres).T).max() < 1.0
    assert np.hypot(*(told - metric(places, commune)).T).min() >= HALF_A_CELL_M


@pytest.mark.parametrize("homes", [60, pytest.param(400, marks=LONG)])
def test_no_told_place_leads_to_a_dwelling_more_often_than_one_in_eight(
    commune: Commune, client_as: Callable[..., Client], tmp_path: Path, homes: int
) -> None:
    doors = town(commune, homes)
    release = release_snap_points(commune=commune, reason="primera carga")
    happen(commune, doors, tmp_path)
    client = client_as(Role.DIRECTOR)
    told = metric([the_place(Attacker(client, week), point()) for week in range(len(doors))], commune)
    homes_m, snaps_m = metric(doors, commune), snap_points_frame(release).get_coordinates().to_numpy()
    nearest_home = nearest(told, homes_m)
    assert (nearest_home == np.arange(len(doors))).mean() <= 1 / MINIMUM_DWELLINGS
    hidden_in = np.bincount(nearest(homes_m, snaps_m), minlength=len(snaps_m))[nearest(told, snaps_m)]
    assert hidden_in.min() >= MINIMUM_DWELLINGS


def town(commune: Commune, homes: int) -> list[Place]:
    """Streets with doors at uneven distances, and a farm far from all."""
    generator = np.random.default_rng(4)
    streets = [(-300, north) for north in (-180, -60, 60, 180)]
    for west, north in streets:
        StreetSegmentFactory(commune=commune, line=line((west, north), (300, north)))
    spots = [
        (generator.uniform(-290, 290), streets[number % 4][1] + generator.uniform(6, 14) * (-1) ** number)
        for number in range(homes)
    ]
    spots.append((560.0, 420.0))
    doors = [point(*spot) for spot in spots]
    AddressPoint.objects.bulk_create(AddressPointFactory.build(commune=commune, point=door) for door in doors)
    return [(door.x, door.y) for door in doors]


def the_place(attacker: Attacker, middle: Any) -> Place:
    """The one place that the tiles of the town tell for a week."""
    here = tile_of(middle, zoom=14)
    around = [
        {**here, "column": here["column"] + east, "row": here["row"] + south}
        for east in (0, -1, 1)
        for south in (0, -1, 1)
    ]
    for address in around:
        found = points_of(attacker.tile(address), **address)
        if found:
            return found[0]
    raise AssertionError("no tile of the town holds the incident")


def nearest(places: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Position of the nearest of some places for each of others, in metres."""
    return np.asarray(np.hypot(*(places[:, None, :] - others[None, :, :]).transpose(2, 0, 1)).argmin(axis=1))
