"""Benches of intake: workbooks and map layers from the file to the commit, and the first look at an unknown table."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tests.bench import Measure, bench

ROWS = 100_000
TABLE_ROWS = 1_000_000


@bench("intake-workbook", what="100,000 incidents of an XLSX, file to commit", unit="s", limit=60.0)
def import_workbook(workspace: Path) -> Measure:
    from django.conf import settings

    from incidents.services.importing import import_incidents
    from tests.factories.geo import CommuneFactory
    from tests.incidents.files import HEADER, profile_for

    settings.MEDIA_ROOT = workspace
    profile = profile_for(CommuneFactory())
    path = workspace / "cien_mil.xlsx"
    _write_workbook(path, HEADER)
    started = time.perf_counter()
    batch = import_incidents(commune=profile.commune, path=path, file_name=path.name, profile=profile, imported_by=None)
    seconds = time.perf_counter() - started
    assert (batch.read, batch.accepted) == (ROWS, ROWS)
    return Measure(seconds)


@bench("intake-geopackage", what="100,000 points of a GeoPackage, file to commit", unit="s", limit=15.0)
def import_geopackage(workspace: Path) -> Measure:
    import geopandas as gpd

    from geo.services.layers import import_layer
    from tests.factories.geo import EAST, NORTH, SOUTH, WEST, CommuneFactory

    generator = np.random.default_rng(3)
    points = gpd.points_from_xy(generator.uniform(WEST, EAST, ROWS), generator.uniform(SOUTH, NORTH, ROWS))
    columns = {"via": "Los Robles", "numero": np.arange(ROWS).astype(str)}
    path = workspace / "direcciones.gpkg"
    gpd.GeoDataFrame(columns, geometry=points, crs=4326).to_file(path, layer="direcciones")
    commune = CommuneFactory()
    started = time.perf_counter()
    told = import_layer(
        commune=commune,
        path=path,
        file_name=path.name,
        target="addresses",
        mapping={"street": "via", "number": "numero"},
        source="bench",
    )
    seconds = time.perf_counter() - started
    assert (told.read, told.accepted) == (ROWS, ROWS)
    return Measure(seconds)


@bench("intake-sniffing", what="what a CSV of 1,000,000 rows probably says", unit="s", limit=1.0)
def sniff(workspace: Path) -> Measure:
    from geo.decoder import describe_table
    from incidents.services.sniffing import understood
    from tests.factories.geo import CommuneFactory

    path = workspace / "tabla.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("folio;fecha;hora;tipo;lat;lng\n")
        file.writelines(
            f"{n};01-02-2026;12:{n % 60:02d};Robo;-39,8{n % 1000:03d};-73,2{n % 997:03d}\n" for n in range(TABLE_ROWS)
        )
    commune = CommuneFactory()
    started = time.perf_counter()
    told = understood(describe_table(path), kind="incidents", commune=commune)
    seconds = time.perf_counter() - started
    assert told.fields()["date"] == "fecha"
    return Measure(seconds)


def _write_workbook(path: Path, header: list[str]) -> None:
    """Incidents with real dates and hours, as an office program writes them."""
    import xlsxwriter

    generator = np.random.default_rng(4)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Registro")
    day, hour = book.add_format({"num_format": "dd-mm-yyyy"}), book.add_format({"num_format": "hh:mm"})
    sheet.write_row(0, 0, header)
    serials = generator.integers(43_000, 45_900, ROWS)
    minutes = generator.integers(1, 1_440, ROWS)
    places = generator.uniform((-73.29, -39.85), (-73.21, -39.77), (ROWS, 2)).round(6)
    for number in range(ROWS):
        sheet.write_number(number + 1, 0, number)
        sheet.write_number(number + 1, 1, int(serials[number]), day)
        sheet.write_number(number + 1, 2, float(minutes[number] / 1_440), hour)
        sheet.write_row(number + 1, 3, ["Hurto", "denuncia", *places[number].tolist(), "no se importa"])
    book.close()
