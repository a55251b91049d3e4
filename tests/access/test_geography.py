"""Layers and terrain come in as jobs, on record."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from django.core.management import CommandError, call_command
from rasterio.transform import from_origin

from access.geography import run_layer_import, run_surface_import
from access.jobs import KINDS
from access.models import AuditEvent, JobRun
from analysis.progress import silent
from geo.errors import RefusedFileError
from geo.models import Place, TerrainSurface

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


def job(commune: Any, job_kind: str, **parameters: Any) -> JobRun:
    return JobRun.objects.create(commune=commune, kind=job_kind, parameters=parameters)


def hill(path: Path) -> None:
    """A GeoTIFF of flat ground, 200 m on each side."""
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 20, "height": 20, "crs": "EPSG:32718"}
    with rasterio.open(path, "w", **profile, transform=from_origin(649_000, 5_592_000, 10, 10)) as raster:
        raster.write(np.ones((20, 20), np.float32), 1)


def test_a_layer_comes_in_on_record_and_its_upload_goes(
    uploads: Path, commune: Any, django_capture_on_commit_callbacks: Any
) -> None:
    path = uploads / "abc.gpkg"
    points = gpd.points_from_xy([-73.25, 10.0], [-39.8, 10.0])
    gpd.GeoDataFrame({"tipo": ["bar", "bar"], "nombre": ["Uno", "Dos"]}, geometry=points, crs=4326).to_file(path)
    asked = job(commune, "geo.import_layer", path=str(path), file_name="bares.gpkg", target="places", source="prueba")
    with django_capture_on_commit_callbacks(execute=True):
        result = run_layer_import(asked, silent)
    assert (result["read"], result["accepted"], result["refused"]) == (2, 1, 1)
    assert result["refusals"][0]["row"] == 2
    assert Place.objects.for_commune(commune).get().name == "Uno"
    assert AuditEvent.objects.get().details["accepted"] == 1
    assert not path.exists()


def test_terrain_comes_in_on_record(uploads: Path, commune: Any) -> None:
    path = uploads / "abc.tif"
    hill(path)
    asked = job(commune, "geo.add_surface", path=str(path), file_name="cerro.tif", name="Cerro", kind="dtm")
    result = run_surface_import(asked, silent)
    assert TerrainSurface.objects.get().pk == result["surface"]
    assert AuditEvent.objects.count() == 1


def test_a_lost_upload_is_told(uploads: Path, commune: Any) -> None:
    with pytest.raises(RefusedFileError):
        run_layer_import(job(commune, "geo.import_layer", path=str(uploads / "no"), file_name="x.gpkg"), silent)


def test_both_kinds_need_the_right_to_import_geography() -> None:
    assert {KINDS[kind].permission for kind in ("geo.import_layer", "geo.add_surface")} == {"geography.import"}


def test_the_commands_leave_the_same_record_as_the_jobs_and_a_trial_none(
    commune: Any, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    layer, terrain = tmp_path / "bares.gpkg", tmp_path / "cerro.tif"
    bar = gpd.GeoDataFrame(
        {"tipo": ["bar"], "nombre": ["Uno"]}, geometry=gpd.points_from_xy([-73.25], [-39.8]), crs=4326
    )
    bar.to_file(layer)
    hill(terrain)
    told = {"commune": commune.cut_code, "stdout": StringIO(), "stderr": StringIO()}
    call_command("import_layer", str(layer), target="places", dry_run=True, **told)
    assert not AuditEvent.objects.exists()
    call_command("import_layer", str(layer), target="places", **told)
    call_command("add_surface", str(terrain), name="Cerro", kind="dtm", **told)
    events = AuditEvent.objects.order_by("pk")
    assert [(one.verb, one.target, one.user, one.commune) for one in events] == [
        ("geography.import", "places", None, commune),
        ("geography.import", "terrain Cerro", None, commune),
    ]
    assert [one.details.get("accepted", one.details.get("kind")) for one in events] == [1, "dtm"]


def test_a_refused_command_leaves_no_record(commune: Any, tmp_path: Path) -> None:
    broken = tmp_path / "rota.gpkg"
    broken.write_bytes(b"no es un GeoPackage")
    with pytest.raises(CommandError):
        call_command("import_layer", str(broken), commune=commune.cut_code, target="places", stdout=StringIO())
    assert not AuditEvent.objects.exists()
