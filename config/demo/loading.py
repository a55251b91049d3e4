"""The first half of the demo: its files are written and enter by the same services as a user's."""

from __future__ import annotations

from typing import Any

from cameras.services.coverage import compute_coverage
from cameras.services.register import import_cameras
from config.demo import profiles
from config.demo.files import write_demo
from config.demo.geography import METRIC_SRID, SOURCE, commune_code, commune_name
from config.demo.people import seat_everybody
from config.demo.setting import Setting
from geo.services.communes import create_commune, read_boundary
from geo.services.layers import import_layer
from geo.services.terrain import add_surface
from incidents.services import grounding
from incidents.services.events import import_mass_events
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from incidents.services.taxonomies import load_taxonomies
from sectors.services.factors import import_factors
from sectors.services.perception import import_readings

SURFACE_NAME = "Terreno simulado"
SNAP_REASON = "Primera carga de direcciones simuladas"
COUNTS = ("read", "accepted", "repeated", "refused")
LAYER_TARGETS = {
    "mascaras": "masks",
    "manzanas": "manzana",
    "unidades_vecinales": "unidad_vecinal",
    "cuadrantes": "cuadrante",
    "calles": "streets",
    "direcciones": "addresses",
    "lugares": "places",
    "edificios": "buildings",
}


def write_files(setting: Setting) -> dict[str, Any]:
    """Simulate the town and its years; write every file of the demo."""
    files = setting.files
    write_demo(files.folder, seed=files.seed, last_day=files.last_day)
    written = sorted(path.name for path in files.folder.iterdir() if path.is_file() and path.name != "manifest.json")
    return {"files": written, "first_day": str(files.first_day), "last_day": str(files.last_day)}


def open_commune(setting: Setting) -> dict[str, Any]:
    """The commune from its outline, marked as simulated, with one person per role."""
    if setting.commune is None:
        setting.commune = create_commune(
            cut_code=commune_code(setting.files.seed),
            name=commune_name(setting.files.seed),
            boundary=read_boundary(setting.files["comuna.geojson"]),
            metric_srid=METRIC_SRID,
            simulated=True,
            source=SOURCE,
        )
    setting.people = seat_everybody(setting.commune)
    load_taxonomies()
    return {"commune": setting.commune.cut_code, "people": sorted(setting.people)}


def import_geography(setting: Setting) -> dict[str, Any]:
    """Every layer, the terrain, the public space that follows from them and the mask points."""
    counts: dict[str, Any] = {}
    for name, target in LAYER_TARGETS.items():
        done = import_layer(
            commune=setting.commune,
            path=setting.files[f"{name}.gpkg"],
            file_name=f"{name}.gpkg",
            target=target,
            source=SOURCE,
            imported_by=setting.analyst,
        )
        counts[name] = {field: getattr(done, field) for field in COUNTS}
    add_surface(
        commune=setting.commune,
        path=setting.files["terreno.tif"],
        file_name="terreno.tif",
        name=SURFACE_NAME,
        kind="dtm",
        source=SOURCE,
    )
    return counts


def prepare_ground(setting: Setting) -> dict[str, Any]:
    """Public space, which follows from blocks and buildings, and the points that places are masked to."""
    return grounding.prepare_ground(commune=setting.commune, reason=SNAP_REASON, prepared_by=setting.analyst)


def import_register(setting: Setting) -> dict[str, Any]:
    """The register of police cases."""
    profile = save_profile(commune=setting.commune, saved_by=setting.analyst, **profiles.INCIDENTS)
    batch = import_incidents(
        commune=setting.commune,
        path=setting.files["incidentes.csv"],
        file_name="incidentes.csv",
        profile=profile,
        imported_by=setting.analyst,
    )
    return {field: getattr(batch, field) for field in (*COUNTS, "unplaced")}


def import_observations(setting: Setting) -> dict[str, Any]:
    """Mass events, cameras, risk factors and perception readings, each through a profile of its own."""
    counts: dict[str, Any] = {}
    for name, described, import_file in (
        ("eventos.csv", profiles.EVENTS, import_mass_events),
        ("camaras.csv", profiles.CAMERAS, import_cameras),
        ("factores.csv", profiles.FACTORS, import_factors),
        ("percepcion.csv", profiles.PERCEPTION, import_readings),
    ):
        profile = save_profile(commune=setting.commune, saved_by=setting.analyst, **described)
        batch = import_file(path=setting.files[name], file_name=name, profile=profile, imported_by=setting.analyst)
        counts[name] = {field: getattr(batch, field) for field in COUNTS}
    return counts


def see_coverage(setting: Setting) -> dict[str, Any]:
    """What each camera in service sees of the public space."""
    result = compute_coverage(commune=setting.commune, requested_by=setting.analyst)
    return {"viewsheds": result.computed, "covered_m2": round(result.covered_m2)}
