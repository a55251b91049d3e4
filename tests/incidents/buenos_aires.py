"""The real file of Buenos Aires: its commune, its profile, and what is known to be in it."""

from __future__ import annotations

import geopandas as gpd
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from geo.models import Commune

FOLDER = settings.ATALAYA_DATA / "incidents" / "buenos_aires_2016_2017"
FILE = FOLDER / "delitos_2016_2017.csv.gz"
ROWS, UNPLACED = 238_188, 743
BY_LABEL = {
    "Robo (Con violencia)": 132_506,
    "Hurto (Sin violencia)": 76_192,
    "Hurto Automotor": 12_107,
    "Lesiones Seg Vial": 9_833,
    "Robo Automotor": 7_013,
    "Homicidio Doloso": 273,
    "Homicidio Seg Vial": 264,
}

PROFILE = {
    "name": "Mapa del Delito (GCBA)",
    "source": "mapa-del-delito",
    "retention_months": 120,
    "legal_basis": "Datos abiertos, Decreto 478/2013",
    "settings": {
        "columns": {
            "record_id": "id",
            "date": "fecha",
            "time": "hora",
            "label": "tipo_delito",
            "x": "longitud",
            "y": "latitud",
        },
        "date_format": ["%Y-%m-%d"],
        "time_format": ["%H:%M:%S"],
        "own_taxonomy": "buenos-aires",
        "own_taxonomy_name": "Mapa del Delito",
        "own_types": [
            {"code": "robo", "name": "Robo (con violencia)", "dmcs": True},
            {"code": "hurto", "name": "Hurto (sin violencia)", "dmcs": True},
            {"code": "hurto-automotor", "name": "Hurto automotor", "dmcs": True},
            {"code": "robo-automotor", "name": "Robo automotor", "dmcs": True},
            {"code": "homicidio-doloso", "name": "Homicidio doloso", "dmcs": True},
            {"code": "lesiones-seg-vial", "name": "Lesiones por siniestro vial", "nature": "emergency"},
            {"code": "homicidio-seg-vial", "name": "Homicidio por siniestro vial", "nature": "emergency"},
        ],
        "type_mapping": {
            "Robo (Con violencia)": ["buenos-aires", "robo"],
            "Hurto (Sin violencia)": ["buenos-aires", "hurto"],
            "Hurto Automotor": ["buenos-aires", "hurto-automotor"],
            "Robo Automotor": ["buenos-aires", "robo-automotor"],
            "Homicidio Doloso": ["buenos-aires", "homicidio-doloso"],
            "Lesiones Seg Vial": ["buenos-aires", "lesiones-seg-vial"],
            "Homicidio Seg Vial": ["buenos-aires", "homicidio-seg-vial"],
        },
    },
}


def commune() -> Commune:
    """The city as one commune: the union of its comunas."""
    found = Commune.objects.filter(cut_code="BA").first()
    if found is not None:
        return found
    union = gpd.read_file(FOLDER / "comunas.gpkg").geometry.union_all()
    boundary = GEOSGeometry(union.wkt, srid=4326)
    if boundary.geom_type == "Polygon":
        boundary = MultiPolygon(boundary, srid=4326)
    return Commune.objects.create(
        cut_code="BA",
        name="Buenos Aires",
        boundary=boundary,
        metric_srid=32721,
        timezone="America/Argentina/Buenos_Aires",
        source="GCBA, CC BY 2.5 AR",
    )
