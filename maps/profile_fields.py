"""The fields that a table of each kind may bring, in words, and headings that usually hold them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class ProfileField:
    """One field of a table: its name in a profile's `columns`, its words, headings that suggest it."""

    name: str
    label: str | _StrPromise
    required: bool = False
    guesses: tuple[str, ...] = ()


X = ProfileField("x", _("X, east or longitude"), guesses=("x", "este", "longitud", "lng", "lon", "long", "coord_x"))
Y = ProfileField("y", _("Y, north or latitude"), guesses=("y", "norte", "latitud", "lat", "coord_y"))
BOTH = ProfileField("coordinates", _("Both coordinates in one column"), guesses=("coordenadas", "ubicacion_gps"))
FIELDS: dict[str, tuple[ProfileField, ...]] = {
    "incidents": (
        ProfileField("record_id", _("Identifier in the source"), guesses=("folio", "id", "numero", "parte", "id-mapa")),
        ProfileField("date", _("Date"), required=True, guesses=("fecha", "fecha_hecho", "date", "fecha_delito")),
        ProfileField("time", _("Time"), guesses=("hora", "hora_hecho", "time")),
        ProfileField("until_date", _("End: date"), guesses=("fecha_termino", "fecha_fin")),
        ProfileField("until_time", _("End: time"), guesses=("hora_termino", "hora_fin")),
        ProfileField(
            "label", _("Type, as the source writes it"), required=True,
            guesses=("delito", "tipo", "tipo_delito", "materia", "categoria", "glosa"),
        ),
        ProfileField("origin", _("Origin"), guesses=("procedencia", "origen", "via")),
        X, Y, BOTH,
        ProfileField("address", _("Address or corner, as written"), guesses=("direccion", "lugar", "domicilio_hecho")),
        ProfileField("street", _("Street"), guesses=("calle", "nombre_calle")),
        ProfileField("number", _("House number"), guesses=("numeracion", "n_calle", "altura")),
        ProfileField("corner", _("Corner with"), guesses=("interseccion", "esquina", "con_calle")),
        ProfileField("place_name", _("Name of the place"), guesses=("nombre_lugar", "punto_referencia")),
    ),
    "mass_events": (
        ProfileField("code", _("Code"), required=True, guesses=("codigo", "id", "folio")),
        ProfileField("name", _("Name"), required=True, guesses=("nombre", "evento")),
        ProfileField("type", _("Type"), guesses=("tipo",)),
        ProfileField("organiser", _("Organising institution"), guesses=("organizador", "organiza")),
        ProfileField("starts_at", _("Starts"), required=True, guesses=("inicio", "comienza", "fecha_inicio")),
        ProfileField("ends_at", _("Ends"), required=True, guesses=("termino", "fin", "fecha_termino")),
        X, Y,
        ProfileField("footprint", _("Footprint (WKT)"), guesses=("recinto", "poligono", "wkt")),
        ProfileField("expected_attendance", _("Expected attendance"), guesses=("asistencia_esperada",)),
        ProfileField("actual_attendance", _("Actual attendance"), guesses=("asistencia_real", "asistencia")),
        ProfileField("capacity", _("Capacity"), guesses=("aforo", "capacidad")),
        ProfileField("state", _("State"), guesses=("estado",)),
        ProfileField("resolution", _("Resolution number"), guesses=("resolucion",)),
    ),
    "cameras": (
        ProfileField("code", _("Code"), required=True, guesses=("codigo", "id", "camara")),
        ProfileField("name", _("Name"), guesses=("nombre", "ubicacion")),
        ProfileField("owner", _("Owner"), guesses=("propietario", "dueno", "propiedad")),
        ProfileField("monitored_live", _("Monitored live"), guesses=("monitoreada", "en_vivo", "monitoreo")),
        ProfileField("kind", _("Kind"), guesses=("tipo",)),
        X, Y,
        ProfileField("height_m", _("Height (m)"), guesses=("altura", "altura_m")),
        ProfileField("azimuth_deg", _("Azimuth (degrees)"), guesses=("azimut", "rumbo")),
        ProfileField("field_of_view_deg", _("Field of view (degrees)"), guesses=("campo_visual", "angulo")),
        ProfileField("tilt_deg", _("Tilt (degrees)"), guesses=("inclinacion", "tilt")),
        ProfileField("range_m", _("Range (m)"), guesses=("alcance", "alcance_m")),
        ProfileField("elevation_m", _("Absolute elevation (m)"), guesses=("altitud", "cota")),
        ProfileField("sensor_width_mm", _("Sensor width (mm)"), guesses=("sensor", "sensor_mm")),
        ProfileField("focal_length_mm", _("Focal length (mm)"), guesses=("focal", "distancia_focal")),
        ProfileField("tele_field_of_view_deg", _("Narrowest field of view (degrees)"), guesses=("angulo_zoom",)),
        ProfileField("pixels_wide", _("Pixels across"), guesses=("resolucion_ancho", "pixeles_ancho")),
        ProfileField("pixels_high", _("Pixels down"), guesses=("resolucion_alto", "pixeles_alto")),
        ProfileField("night", _("At night"), guesses=("noche", "vision_nocturna")),
        ProfileField("brand", _("Brand and model"), guesses=("marca", "modelo", "marca_modelo")),
        ProfileField("installed_on", _("Installed on"), guesses=("fecha_instalacion", "instalada")),
        ProfileField("retired_on", _("Retired on"), guesses=("fecha_retiro", "retirada")),
        ProfileField("status", _("Status"), guesses=("estado",)),
    ),
    "risk_factors": (
        ProfileField("record_id", _("Identifier in the source"), guesses=("id", "folio", "codigo")),
        ProfileField("kind", _("Kind"), required=True, guesses=("tipo", "factor")),
        ProfileField("name", _("Name"), guesses=("nombre", "descripcion")),
        X, Y,
        ProfileField("state", _("State"), guesses=("estado",)),
        ProfileField("observed_on", _("Observed on"), required=True, guesses=("fecha", "fecha_observacion")),
        ProfileField("solved_on", _("Solved on"), guesses=("resuelto", "fecha_solucion")),
    ),
    "perception": (
        ProfileField("unit", _("Unit (code)"), guesses=("unidad", "unidad_vecinal", "uv")),
        ProfileField("unit_kind", _("Kind of unit"), guesses=("tipo_unidad",)),
        ProfileField("sector", _("Sector (code)"), guesses=("sector",)),
        ProfileField("value", _("Perceived insecurity (0 to 100)"), required=True, guesses=("valor", "inseguridad")),
        ProfileField("measured_on", _("Measured on"), required=True, guesses=("fecha",)),
        ProfileField("n", _("People who answered"), required=True, guesses=("n", "respuestas", "encuestados")),
        ProfileField("instrument", _("Instrument"), guesses=("instrumento", "encuesta")),
    ),
}  # fmt: skip


def told_columns(kind: str, columns: dict[str, str]) -> list[tuple[Any, str]]:
    """A profile's columns in words, in the order of the fields: (words of the field, heading of the file)."""
    return [(field.label, columns[field.name]) for field in FIELDS[kind] if columns.get(field.name)]


def guessed_columns(kind: str, header: list[str]) -> dict[str, str]:
    """For each field, the heading that most likely holds it."""
    plain = {_plain(heading): heading for heading in header}
    guesses = {
        field.name: next((plain[guess] for guess in field.guesses if guess in plain), "") for field in FIELDS[kind]
    }
    return {name: heading for name, heading in guesses.items() if heading}


def _plain(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return letters.strip().lower().replace(" ", "_")
