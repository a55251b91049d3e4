"""Any system in, a cloud-optimised GeoTIFF in the commune's metres out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from django.core.management import CommandError, call_command
from rasterio.transform import Affine, from_origin

from geo.crs import crs_of, transformer
from geo.errors import ConflictError, RefusedFileError
from geo.models import Commune, TerrainSurface
from geo.rasters import read_surface, surface_path
from geo.services.communes import create_commune
from geo.services.terrain import SurfaceImport, add_surface

pytestmark = pytest.mark.django_db
WEST, NORTH = 649_000.0, 5_592_000.0


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def write(folder: Path, heights: np.ndarray, *, srid: int | None = 32718, **profile: Any) -> Path:
    path = folder / "terreno.tif"
    told: dict[str, Any] = {
        "driver": "GTiff", "dtype": heights.dtype, "count": 1, "width": heights.shape[1], "height": heights.shape[0],
        "transform": from_origin(WEST, NORTH, 10, 10), **({"crs": crs_of(srid).to_wkt()} if srid else {}), **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **told) as raster:
        raster.write(heights, 1)
    return path


def slope(rows: int = 60, columns: int = 80) -> np.ndarray:
    """One metre up per 10 m to the east."""
    return np.tile(np.arange(columns, dtype=np.float32), (rows, 1))


def add(commune: Commune, path: Path, **options: Any) -> SurfaceImport:
    told = {"name": "terreno", "kind": "dtm", "source": "prueba", **options}
    return add_surface(commune=commune, path=path, file_name=path.name, **told)


def refusal(commune: Commune, path: Path, **options: Any) -> str:
    with pytest.raises(RefusedFileError) as caught:
        add(commune, path, **options)
    assert TerrainSurface.objects.count() == 0
    return str(caught.value.extra["code"])


def test_a_surface_in_the_commune_s_own_metres_is_kept_as_it_is(tmp_path: Path, commune: Commune) -> None:
    surface = add(commune, write(tmp_path, slope())).surface
    assert (surface.srid, surface.cell_m, surface.lowest_m, surface.highest_m) == (32718, 10.0, 0.0, 79.0)
    kept = read_surface(surface)
    assert (kept.west, kept.north) == (WEST, NORTH)
    assert np.array_equal(kept.heights, slope())


def test_the_file_is_cloud_optimised(tmp_path: Path, commune: Commune) -> None:
    surface = add(commune, write(tmp_path, np.tile(slope(), (12, 12)))).surface
    with rasterio.open(surface_path(surface)) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert file.crs.to_epsg() == 32718


def test_degrees_come_out_as_square_metres(tmp_path: Path, commune: Commune) -> None:
    heights = np.fromfunction(lambda row, column: 100 + column, (80, 100)).astype(np.float32)
    path = write(tmp_path, heights, srid=4326, transform=from_origin(-73.25, -39.80, 0.0001, 0.0001))
    surface = add(commune, path).surface
    assert 8 < surface.cell_m < 11.5
    kept = read_surface(surface)
    for longitude, expected in ((-73.2475, 124.5), (-73.2425, 174.5)):
        x, y = transformer(4326, 32718).transform(longitude, -39.804)
        row, column = int((kept.north - y) / kept.cell_m), int((x - kept.west) / kept.cell_m)
        assert kept.heights[row, column] == pytest.approx(expected, abs=1.5)


def test_a_window_holds_the_cells_that_a_box_touches(tmp_path: Path, commune: Commune) -> None:
    surface = add(commune, write(tmp_path, slope())).surface
    part = read_surface(surface, bounds_m=(WEST + 101, NORTH - 55, WEST + 139, NORTH - 21))
    assert part.heights.shape == (4, 4)
    assert (part.west, part.north) == (WEST + 100, NORTH - 20)
    assert part.heights[0].tolist() == [10, 11, 12, 13]
    assert read_surface(surface, bounds_m=(0, 0, 10, 10)).heights.size == 0


def test_part_cover_is_told(tmp_path: Path, commune: Commune) -> None:
    result = add(commune, write(tmp_path, slope()))
    assert result.surface.covered_ratio == pytest.approx(0.48e6 / 95e6, rel=0.03)
    assert result.notes


def test_the_same_file_twice_is_one_surface(tmp_path: Path, commune: Commune) -> None:
    path = write(tmp_path, slope())
    first, second = add(commune, path), add(commune, path)
    assert (second.surface, second.repeated) == (first.surface, True)
    with pytest.raises(ConflictError):
        add(commune, write(tmp_path, slope() + 1))


def test_without_system_the_question_comes_with_a_hint(tmp_path: Path, commune: Commune) -> None:
    path = write(tmp_path, slope(), srid=None)
    assert refusal(commune, path) == "which_srid"
    assert add(commune, path, srid=32718).surface.srid == 32718


def test_the_wrong_zone_is_refused_with_a_hint(tmp_path: Path, commune: Commune) -> None:
    path = write(tmp_path, slope(), srid=32719)
    with pytest.raises(RefusedFileError) as caught:
        add(commune, path)
    assert caught.value.extra["suggested"] == 32718


@pytest.mark.parametrize("sentinel", [-3.4e38, 32767.0, -9999.0])
def test_an_untold_value_for_nothing_is_asked_for(tmp_path: Path, commune: Commune, sentinel: float) -> None:
    heights = slope()
    heights[:5] = sentinel
    path = write(tmp_path, heights)
    assert refusal(commune, path) == "which_nodata"
    surface = add(commune, path, nodata=sentinel).surface
    assert (surface.lowest_m, surface.highest_m) == (0.0, 79.0)


def test_a_told_value_for_nothing_is_taken_out(tmp_path: Path, commune: Commune) -> None:
    heights = slope()
    heights[0, 0] = -9999
    surface = add(commune, write(tmp_path, heights, nodata=-9999)).surface
    assert np.isnan(read_surface(surface).heights[0, 0])


def test_a_raster_of_nothing_is_refused(tmp_path: Path, commune: Commune) -> None:
    assert refusal(commune, write(tmp_path, np.full((9, 9), np.nan, np.float32))) == "no_heights"


def test_a_rotated_grid_is_refused(tmp_path: Path, commune: Commune) -> None:
    turned = Affine.translation(WEST, NORTH) * Affine.rotation(20) * Affine.scale(10, -10)
    assert refusal(commune, write(tmp_path, slope(), transform=turned)) == "rotated"


def test_several_bands_are_refused(tmp_path: Path, commune: Commune) -> None:
    path = tmp_path / "foto.tif"
    with rasterio.open(path, "w", driver="GTiff", dtype="uint8", count=3, width=4, height=4) as raster:
        raster.write(np.zeros((3, 4, 4), np.uint8))
    assert refusal(commune, path) == "bands"


def test_a_sparse_continent_is_refused_before_it_is_read(tmp_path: Path, commune: Commune) -> None:
    path = tmp_path / "continente.tif"
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 90_000, "height": 90_000, "tiled": True}
    with rasterio.open(path, "w", **profile, sparse_ok="TRUE", BIGTIFF="YES", blockxsize=4096, blockysize=4096):
        pass
    assert path.stat().st_size < 1_000_000
    assert refusal(commune, path) == "too_many_pixels"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"II*\x00garbage",
        b"<VRTDataset rasterXSize='2' rasterYSize='2'><VRTRasterBand dataType='Byte' band='1' "
        b"subClass='VRTRawRasterBand'><SourceFilename>/etc/passwd</SourceFilename></VRTRasterBand></VRTDataset>",
        b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service></GDAL_WMS>",
    ],
)
def test_what_is_no_geotiff_is_refused(tmp_path: Path, commune: Commune, content: bytes) -> None:
    path = tmp_path / "falso.tif"
    path.write_bytes(content)
    assert refusal(commune, path) == "broken_geotiff"


def test_sidecars_never_enter(tmp_path: Path, commune: Commune) -> None:
    path = write(tmp_path, slope())
    (tmp_path / "terreno.tif.ovr").write_bytes(b"<VRTDataset/>")
    (tmp_path / "terreno.tif.aux.xml").write_text("<PAMDataset><SRS>EPSG:32719</SRS></PAMDataset>", encoding="utf-8")
    assert add(commune, path).surface.srid == 32718


@pytest.mark.real_data
def test_bilbao_comes_in_with_its_traps_told(db: Any, real_data: Any) -> None:
    boundary = shapely.box(-3.005, 43.299, -2.967, 43.326)
    commune = create_commune(cut_code="BIO", name="Barakaldo", boundary=boundary, metric_srid=25830)
    folder = real_data("geo/bilbao_dsm")
    whole = add(commune, folder / "dsm_absoluto_2m5.tif", name="superficie", kind="dsm")
    assert whole.surface.cell_m == pytest.approx(2.502, abs=0.001)
    assert whole.surface.covered_ratio > 0.98
    assert whole.surface.lowest_m == pytest.approx(-1.95, abs=0.3)
    assert whole.surface.highest_m == pytest.approx(109, abs=2)
    assert any("nothing is known" in note or "no se conoce" in note for note in whole.notes)
    terrain = add(commune, folder / "dtm_5m.tif", name="terreno")
    assert terrain.surface.cell_m == pytest.approx(5.0, abs=0.01)
    relative = add(commune, folder / "alturas_edificios_relativas_2m5.tif", name="alturas", kind="dsm")
    assert len(relative.notes) > len(whole.notes)


@pytest.mark.real_data
def test_mountains_in_degrees_come_out_in_metres(db: Any, real_data: Any) -> None:
    files = sorted(real_data("geo/colorado_dem_geografico").glob("*.tif"))
    for file in files:
        with rasterio.open(file) as raster:
            if raster.crs and raster.crs.is_geographic:
                west, south, east, north = raster.bounds
                commune = create_commune(
                    cut_code="CO", name="Colorado", boundary=shapely.box(west, south, east, north), metric_srid=26913
                )
                surface = add(commune, file, name=file.stem).surface
                assert 5 < surface.cell_m < 15
                assert surface.covered_ratio > 0.95
                return
    pytest.fail("no raster in degrees found")


def test_terrain_by_command(tmp_path: Path, commune: Commune, capsys: Any) -> None:
    path = str(write(tmp_path, slope()))
    call_command("add_surface", path, commune=commune.cut_code, name="Cerro", kind="dtm", json=True)
    assert json.loads(capsys.readouterr().out)["cell_m"] == 10.0
    with pytest.raises(CommandError):
        call_command("add_surface", path, commune="no", name="Cerro", kind="dtm")
