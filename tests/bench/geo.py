"""Benches of the ground floor: what a user's file costs on its way in, and a tile on its way out."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np

from tests.bench import Measure, bench

ROWS = 100_000
TABLE_ROWS = 1_000_000


@bench("decode-geopackage", what="100,000 points of a GeoPackage through the child process", unit="s", limit=5.0)
def decode_geopackage(workspace: Path) -> Measure:
    from geo.decoder import decode_layer

    path = workspace / "puntos.gpkg"
    generator = np.random.default_rng(1)
    points = gpd.points_from_xy(generator.uniform(-73.3, -73.2, ROWS), generator.uniform(-39.9, -39.8, ROWS))
    gpd.GeoDataFrame({"n": np.arange(ROWS), "texto": "calle"}, geometry=points, crs=4326).to_file(path, layer="puntos")
    started = time.perf_counter()
    decoded = decode_layer(path)
    ours = time.perf_counter() - started
    assert len(decoded.frame) == ROWS
    started = time.perf_counter()
    gpd.read_file(path)
    return Measure(ours, peer="geopandas, same process, unguarded", peer_value=time.perf_counter() - started)


@bench("decode-csv", what="1,000,000 rows of a CSV through the child process", unit="s", limit=40.0)
def decode_csv(workspace: Path) -> Measure:
    import pandas as pd

    from geo.decoder import decode_table, describe_table

    path = workspace / "tabla.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id;fecha;hora;tipo;lat;lng\n")
        file.writelines(
            f"{n};2026-01-01;12:00;robo;-39,8{n % 1000:03d};-73,2{n % 997:03d}\n" for n in range(TABLE_ROWS)
        )
    started = time.perf_counter()
    described = describe_table(path)
    count = sum(b.num_rows for b in decode_table(path, dialect=described.dialect, columns=described.header))
    ours = time.perf_counter() - started
    assert count == TABLE_ROWS
    started = time.perf_counter()
    pd.read_csv(path, sep=";", dtype=str)
    return Measure(ours, peer="pandas.read_csv, same process, unguarded", peer_value=time.perf_counter() - started)


@bench("tile-points", what="one tile of 60,000 points, capped at 10,000 features", unit="s", limit=0.5)
def tile_points(workspace: Path) -> Measure:
    import django

    django.setup()
    from django.contrib.gis.geos import Point

    from geo.models import AddressPoint
    from geo.tiles import MOST_FEATURES, vector_tile
    from tests.factories.geo import CommuneFactory
    from tests.geo.grid import ids_of, tile_of

    commune = CommuneFactory()
    generator = np.random.default_rng(2)
    AddressPoint.objects.bulk_create(
        (
            AddressPoint(commune=commune, street="x", number=str(n), point=Point(*place, srid=4326))
            for n, place in enumerate(generator.uniform((-73.30, -39.86), (-73.24, -39.80), (60_000, 2)).tolist())
        ),
        batch_size=10_000,
    )
    rows = AddressPoint.objects.for_commune(commune)
    best = float("inf")
    for _turn in range(3):
        started = time.perf_counter()
        tile = vector_tile(rows, **tile_of(Point(-73.265, -39.83), zoom=11), layer="puntos", geometry="point")
        best = min(best, time.perf_counter() - started)
        assert len(ids_of(tile)["puntos"]) == MOST_FEATURES
    return Measure(best)
