"""What a file of a source probably says: fields by their usual headings, places tried against the commune."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from analysis.sniffing.coordinates import GEOGRAPHIC, Area
from analysis.sniffing.tables import FieldWords, Understanding, understand
from geo.crs import commune_box
from geo.decoder import TableDescription
from incidents.models import ProfileKind
from incidents.services.staging import rows

BOX_MARGIN_M = 5_000.0
STREET_POINTS = """
SELECT ST_X(point), ST_Y(point)
FROM (SELECT (ST_DumpPoints(ST_Segmentize(line, 0.0005))).geom AS point FROM geo_streetsegment WHERE commune_id = %s) s
LIMIT 300000
"""
DEFAULT_DATES = ["%d-%m-%Y", "%d/%m/%Y"]
ZONES = (32718, 32719, 24878, 24879)

_INCIDENTS = (
    FieldWords("date", "date", ("fecha", "fecha hecho", "fecha del hecho", "fecha delito", "fecha creacion",
               "fecha hechos", "fecha ocurrencia", "occurrence date", "occ date", "date", "date start",
               "marca temporal", "fecha ingreso", "dia")),
    FieldWords("time", "time", ("hora", "hora hecho", "hora del hecho", "hora inicio", "occurrence hour", "time",
               "hora llamado", "hora ingreso")),
    FieldWords("until_date", "date", ("fecha termino", "fecha fin", "date end")),
    FieldWords("until_time", "time", ("hora termino", "hora fin", "hora cierre")),
    FieldWords("label", "label", ("delito", "tipo delito", "tipo de delito", "motivo", "tipo de procedimiento",
               "procedimiento", "hallazgo", "infraccion", "materia", "tipo de llamado", "tipo", "tipo incidente",
               "categoria", "mci category", "offense type", "category", "glosa")),
    FieldWords("record_id", "id", ("folio", "id", "n citacion", "n ingreso", "n parte", "n", "numero", "uid",
               "id incidente", "codigo", "parte", "id mapa")),
    FieldWords("origin", "text", ("procedencia", "origen", "via", "canal")),
    FieldWords("address", "text", ("direccion", "lugar", "direccion del hecho", "lugar del hecho", "ubicacion")),
    FieldWords("street", "text", ("calle", "nombre calle")),
    FieldWords("number", "text", ("numeracion", "n calle", "altura")),
    FieldWords("corner", "text", ("interseccion", "esquina", "con calle")),
    FieldWords("place_name", "text", ("nombre lugar", "punto referencia", "recinto")),
)  # fmt: skip
WORDS: dict[str, tuple[FieldWords, ...]] = {
    ProfileKind.INCIDENTS: _INCIDENTS,
    ProfileKind.MASS_EVENTS: (
        FieldWords("code", "id", ("codigo", "id", "folio")),
        FieldWords("name", "text", ("nombre", "evento", "nombre evento")),
        FieldWords("type", "label", ("tipo", "tipo evento")),
        FieldWords("organiser", "text", ("organizador", "organiza")),
        FieldWords("starts_at", "date", ("inicio", "comienza", "fecha inicio")),
        FieldWords("ends_at", "date", ("termino", "fin", "fecha termino")),
        FieldWords("footprint", "text", ("recinto", "poligono", "wkt")),
        FieldWords("expected_attendance", "text", ("asistencia esperada",)),
        FieldWords("actual_attendance", "text", ("asistencia real", "asistencia")),
        FieldWords("capacity", "text", ("aforo", "capacidad")),
        FieldWords("state", "text", ("estado",)),
        FieldWords("resolution", "text", ("resolucion",)),
    ),
    ProfileKind.CAMERAS: (
        FieldWords("code", "id", ("codigo", "id", "camara")),
        FieldWords("name", "text", ("nombre", "ubicacion")),
        FieldWords("owner", "text", ("propietario", "dueno", "propiedad")),
        FieldWords("monitored_live", "text", ("monitoreada", "en vivo", "monitoreo")),
        FieldWords("kind", "text", ("tipo",)),
        FieldWords("height_m", "text", ("altura", "altura m")),
        FieldWords("azimuth_deg", "text", ("azimut", "rumbo")),
        FieldWords("field_of_view_deg", "text", ("campo visual", "angulo")),
        FieldWords("range_m", "text", ("alcance", "alcance m")),
        FieldWords("tilt_deg", "text", ("inclinacion", "tilt")),
        FieldWords("elevation_m", "text", ("altitud", "cota")),
        FieldWords("sensor_width_mm", "text", ("sensor", "sensor mm")),
        FieldWords("focal_length_mm", "text", ("focal", "distancia focal")),
        FieldWords("tele_field_of_view_deg", "text", ("angulo zoom",)),
        FieldWords("pixels_wide", "text", ("resolucion ancho", "pixeles ancho")),
        FieldWords("pixels_high", "text", ("resolucion alto", "pixeles alto")),
        FieldWords("night", "text", ("noche", "vision nocturna")),
        FieldWords("brand", "text", ("marca", "modelo", "marca modelo")),
        FieldWords("installed_on", "date", ("fecha instalacion", "instalada")),
        FieldWords("retired_on", "date", ("fecha retiro", "retirada")),
        FieldWords("status", "text", ("estado",)),
    ),
    ProfileKind.RISK_FACTORS: (
        FieldWords("record_id", "id", ("id", "folio", "codigo")),
        FieldWords("kind", "text", ("tipo", "factor")),
        FieldWords("name", "text", ("nombre", "descripcion")),
        FieldWords("state", "text", ("estado",)),
        FieldWords("observed_on", "date", ("fecha", "fecha observacion")),
        FieldWords("solved_on", "date", ("resuelto", "fecha solucion")),
    ),
    ProfileKind.PERCEPTION: (
        FieldWords("unit", "text", ("unidad", "unidad vecinal", "uv")),
        FieldWords("unit_kind", "text", ("tipo unidad",)),
        FieldWords("sector", "text", ("sector",)),
        FieldWords("value", "text", ("valor", "inseguridad")),
        FieldWords("measured_on", "date", ("fecha",)),
        FieldWords("n", "text", ("n", "respuestas", "encuestados")),
        FieldWords("instrument", "text", ("instrumento", "encuesta")),
    ),
}
DATE_FIELDS = {"mass_events": "starts_at", "risk_factors": "observed_on", "perception": "measured_on"}


def understood(described: TableDescription, *, kind: str, commune: Any) -> Understanding:
    """What the columns of a described table hold, for a kind of table and a commune."""
    return understand(
        described.header, described.first_rows, fields=WORDS[kind], area=area_of(commune),
        date_field=DATE_FIELDS.get(kind, "date"),
    )  # fmt: skip


def area_of(commune: Any) -> Area:
    """Where rows of a commune must lie, in which systems they may be written, and points along its streets."""
    others = [srid for srid in ZONES if srid != commune.metric_srid]
    systems = dict.fromkeys([GEOGRAPHIC, commune.metric_srid, *others])
    return Area(commune_box(commune, margin_m=BOX_MARGIN_M), tuple(systems), partial(_street_points, commune))


def guessed_settings(described: TableDescription, told: Understanding) -> dict[str, Any]:
    """Settings of a profile as far as the file tells them."""
    dialect = described.dialect
    settings: dict[str, Any] = {
        "delimiter": dialect.delimiter, "encoding": dialect.encoding, "has_header": dialect.has_header,
        "decimal": described.decimal, "columns": told.fields(),
        "date_format": told.dates.formats if told.dates else list(DEFAULT_DATES), "srid": GEOGRAPHIC,
        "unmapped": "keep",
    }  # fmt: skip
    if told.times:
        settings["time_format"] = told.times.formats
    if told.place:
        settings |= {"srid": told.place.srid, "unsigned": told.place.unsigned, "coordinates_order": told.place.order}
    return settings


def _street_points(commune: Any) -> np.ndarray | None:
    """Points every fifty metres along the streets, in degrees; None where no streets are loaded."""
    points = rows(STREET_POINTS, [commune.pk])
    return np.array(points, dtype=float) if points else None
