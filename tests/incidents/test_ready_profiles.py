"""Ready profiles on the files they are for: made to the shapes of municipal sources, and real ones."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from geo.decoder import describe_table
from geo.models import Commune
from incidents.models import ImportBatch, Incident
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from incidents.services.ready_profiles import ready_profiles, recognised
from incidents.services.sniffing import guessed_settings, understood
from tests.incidents.source_files import SHAPES, Style, content_of

pytestmark = pytest.mark.django_db
SLICE = 4_000
READY = {
    "llamados": "llamados", "patrullajes (respuestas)": "patrullajes", "procedimientos": "procedimientos",
    "cctv": "cctv", "citaciones": "citaciones", "requerimientos": "requerimientos", "app de alertas": "app-de-alertas",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def bring(commune: Commune, path: Path) -> tuple[ImportBatch, str]:
    """Import a file as the page does: described, recognised, adapted, saved, imported."""
    described = describe_table(path)
    told = understood(described, kind="incidents", commune=commune)
    ready = recognised(described.header, kind="incidents")
    assert ready is not None
    settings = ready.settings_for(described.header, guessed_settings(described, told))
    profile = save_profile(
        commune=commune, name=ready.name, settings=settings, retention_months=ready.retention_months,
        legal_basis=ready.legal_basis,
    )  # fmt: skip
    batch = import_incidents(commune=commune, path=path, file_name=path.name, profile=profile, imported_by=None)
    return batch, ready.code


@pytest.mark.parametrize("shape", [one for one in SHAPES if one.name in READY], ids=lambda one: one.name)
def test_a_municipal_file_is_recognised_and_comes_in_whole(shape: Any, commune: Commune, tmp_path: Path) -> None:
    path = tmp_path / "archivo.csv"
    path.write_bytes(content_of(shape, Style(), rows=80))
    batch, code = bring(commune, path)
    assert code == READY[shape.name]
    assert (batch.read, batch.accepted + batch.repeated, batch.refused) == (80, 80, 0), batch.counts
    stored = Incident.objects.for_commune(commune).current()
    assert set(stored.values_list("source_label", flat=True)) <= set(shape.labels)
    assert batch.profile.retention_months
    for heading in shape.personal | shape.free_text:
        assert heading not in batch.profile.settings["columns"].values()


def test_every_ready_profile_is_sound(commune: Commune) -> None:
    for one in ready_profiles():
        saved = save_profile(
            commune=commune, name=one.name, source=one.code, settings=one.settings, legal_basis=one.legal_basis,
            retention_months=one.retention_months,
        )  # fmt: skip
        assert saved.version == 1


def around(name: str, code: str, box: tuple[float, float, float, float], srid: int, zone: str) -> Commune:
    """A city as a commune: its box in degrees."""
    boundary = MultiPolygon(Polygon.from_bbox(box), srid=4326)
    return Commune.objects.create(
        cut_code=code, name=name, boundary=boundary, metric_srid=srid, timezone=zone, source="prueba"
    )


CITIES: dict[str, tuple[str, str, tuple[float, float, float, float], int, str]] = {
    "buenos_aires_2016_2017/delitos_2016_2017.csv.gz": (
        "Buenos Aires", "BA", (-58.54, -34.71, -58.33, -34.52), 32721, "America/Argentina/Buenos_Aires"),
    "toronto_mci_2014_2021/mci_2014_2021.csv.gz": (
        "Toronto", "TO", (-79.65, 43.57, -79.11, 43.87), 32617, "America/Toronto"),
    "nyc_vehicle_thefts_2014_2017/nyc_vehicle_thefts_2014_2017.csv.gz": (
        "Nueva York", "NY", (-74.26, 40.49, -73.69, 40.92), 32618, "America/New_York"),
    "portland_nij_2012_2017/burglary_mvt_2012_2017.csv.gz": (
        "Portland", "PO", (-122.84, 45.43, -122.47, 45.66), 32610, "America/Los_Angeles"),
    "portland_nij_2012_2017/cfs_2016_08_09.csv.gz": (
        "Portland", "PO", (-122.84, 45.43, -122.47, 45.66), 32610, "America/Los_Angeles"),
    "memphis_robberies_2019/memphis_robberies.csv": (
        "Memphis", "ME", (-90.31, 34.98, -89.63, 35.27), 32615, "America/Chicago"),
    "chicago_near_repeat/chicago_arson_2016.csv": (
        "Chicago", "CH", (-87.95, 41.63, -87.51, 42.03), 32616, "America/Chicago"),
    "cdmx_robo_vehiculo_2019/cdmx_car_jacking.gpkg": (
        "Ciudad de México", "MX", (-99.37, 19.04, -98.94, 19.60), 32614, "America/Mexico_City"),
}  # fmt: skip
# what the README of each says is really in it: rows; without place by reason; refused by reason; repeated rows
WHOLE: dict[str, tuple[int, dict[str, int], dict[str, int], int]] = {
    "buenos_aires_2016_2017/delitos_2016_2017.csv.gz": (238_188, {"zero_coordinates": 743}, {}, 0),
    "toronto_mci_2014_2021/mci_2014_2021.csv.gz": (240_992, {}, {}, 0),
    "nyc_vehicle_thefts_2014_2017/nyc_vehicle_thefts_2014_2017.csv.gz": (35_746, {}, {}, 0),
    "portland_nij_2012_2017/burglary_mvt_2012_2017.csv.gz": (15_206, {}, {}, 0),
    "portland_nij_2012_2017/cfs_2016_08_09.csv.gz": (37_819, {}, {"missing_date": 1, "missing_label": 1}, 0),
    "memphis_robberies_2019/memphis_robberies.csv": (2_245, {}, {}, 0),
    "chicago_near_repeat/chicago_arson_2016.csv": (522, {}, {}, 0),
    "cdmx_robo_vehiculo_2019/cdmx_car_jacking.gpkg": (2_811, {"zero_coordinates": 152}, {}, 0),
}


def cut(path: Path, folder: Path) -> Path:
    """The first thousands of rows of a file of many."""
    if not path.name.endswith(".csv.gz"):
        return path
    kept = folder / path.name
    with gzip.open(path, "rb") as whole, gzip.open(kept, "wb", compresslevel=1) as part:
        part.writelines(itertools.islice(whole, SLICE + 1))
    return kept


@pytest.mark.real_data
@pytest.mark.parametrize("name", CITIES)
def test_a_slice_of_a_real_file_comes_in(name: str, real_data: Callable[[str], Path], tmp_path: Path) -> None:
    path = cut(real_data(f"incidents/{name}"), tmp_path)
    batch, _code = bring(around(*CITIES[name]), path)
    rows, unplaced, refused, _repeated = WHOLE[name]
    assert batch.read == min(rows, SLICE if path.name.endswith(".gz") else rows)
    assert set(batch.counts["refused"]) <= set(refused)
    assert set(batch.counts["unplaced"]) <= set(unplaced) | {"far_outside"}
    assert batch.accepted + batch.repeated >= 0.99 * batch.read


@pytest.mark.soak
@pytest.mark.real_data
@pytest.mark.parametrize("name", CITIES)
def test_a_whole_real_file_has_the_defects_of_its_readme_and_no_others(
    name: str, real_data: Callable[[str], Path]
) -> None:
    batch, _code = bring(around(*CITIES[name]), real_data(f"incidents/{name}"))
    rows, unplaced, refused, repeated = WHOLE[name]
    assert (batch.read, batch.counts["unplaced"], batch.counts["refused"]) == (rows, unplaced, refused)
    assert batch.repeated == repeated


@pytest.mark.real_data
def test_real_files_are_understood_in_a_second(real_data: Callable[[str], Path]) -> None:
    path = real_data("incidents/toronto_mci_2014_2021/mci_2014_2021.csv.gz")
    commune = around(*CITIES["toronto_mci_2014_2021/mci_2014_2021.csv.gz"])
    described = describe_table(path)
    started = time.process_time()
    told = understood(described, kind="incidents", commune=commune)
    assert time.process_time() - started < 1.0
    assert told.fields() == {
        "date": "occurrence_date", "time": "occurrence_hour", "label": "mci_category", "x": "longitude",
        "y": "latitude",
    }  # fmt: skip


@pytest.mark.real_data
def test_mexico_city_has_the_boroughs_of_its_layer(real_data: Callable[[str], Path]) -> None:
    boroughs = gpd.read_file(real_data("incidents/cdmx_robo_vehiculo_2019/cdmx_alcaldias.gpkg"))
    commune = around(*CITIES["cdmx_robo_vehiculo_2019/cdmx_car_jacking.gpkg"])
    bring(commune, real_data("incidents/cdmx_robo_vehiculo_2019/cdmx_car_jacking.gpkg"))
    points = gpd.GeoSeries.from_wkt(
        [one.point.wkt for one in Incident.objects.for_commune(commune).current().placed()], crs=4326
    )
    assert points.within(boroughs.to_crs(4326).union_all()).all()
