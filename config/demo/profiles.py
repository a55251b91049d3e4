"""Source profiles of the demo's tables: the same settings an analyst would save for files like these.

Columns that hold who asked for help and what they said are not named here, so they never leave the decoder.
"""

from __future__ import annotations

from typing import Any

from config.demo.geography import METRIC_SRID
from config.demo.words import OFFENCE_LABELS

WRITTEN: dict[str, Any] = {
    "delimiter": ";",
    "encoding": "cp1252",
    "decimal": ",",
    "date_format": ["%d-%m-%Y"],
    "time_format": ["%H:%M"],
    "srid": METRIC_SRID,
}
LEGAL_BASIS = "Datos simulados: no corresponden a personas"

INCIDENTS: dict[str, Any] = {
    "name": "Registro policial simulado",
    "source": "registro-simulado",
    "kind": "incidents",
    "retention_months": 60,
    "legal_basis": LEGAL_BASIS,
    "settings": {
        **WRITTEN,
        "columns": {
            "record_id": "FOLIO",
            "date": "FECHA",
            "time": "HORA",
            "until_date": "FECHA_TERMINO",
            "until_time": "HORA_TERMINO",
            "label": "DELITO",
            "origin": "PROCEDENCIA",
            "x": "ESTE",
            "y": "NORTE",
        },
        "midnight_is_unknown": False,
        "type_mapping": {label: ["cead-2024-b", code] for code, label in OFFENCE_LABELS.items()},
        "origin_mapping": {"denuncia": "reported", "patrullaje": "discovered"},
    },
}

EVENTS: dict[str, Any] = {
    "name": "Eventos masivos simulados",
    "source": "eventos-simulados",
    "kind": "mass_events",
    "legal_basis": LEGAL_BASIS,
    "settings": {
        **WRITTEN,
        "date_format": ["%d-%m-%Y %H:%M"],
        "columns": {
            "code": "CODIGO",
            "name": "NOMBRE",
            "type": "TIPO",
            "organiser": "ORGANIZADOR",
            "starts_at": "INICIO",
            "ends_at": "TERMINO",
            "x": "ESTE",
            "y": "NORTE",
            "footprint": "RECINTO",
            "expected_attendance": "ASISTENCIA_ESPERADA",
            "actual_attendance": "ASISTENCIA_REAL",
            "capacity": "AFORO",
            "state": "ESTADO",
            "resolution": "RESOLUCION",
        },
    },
}

CAMERAS: dict[str, Any] = {
    "name": "Cámaras simuladas",
    "source": "camaras-simuladas",
    "kind": "cameras",
    "legal_basis": LEGAL_BASIS,
    "settings": {
        **WRITTEN,
        "columns": {
            "code": "CODIGO",
            "name": "NOMBRE",
            "owner": "PROPIETARIO",
            "monitored_live": "MONITOREADA",
            "kind": "TIPO",
            "x": "ESTE",
            "y": "NORTE",
            "height_m": "ALTURA_M",
            "azimuth_deg": "AZIMUT",
            "field_of_view_deg": "ANGULO",
            "range_m": "ALCANCE_M",
            "status": "ESTADO",
        },
    },
}

FACTORS: dict[str, Any] = {
    "name": "Factores de riesgo simulados",
    "source": "factores-simulados",
    "kind": "risk_factors",
    "legal_basis": LEGAL_BASIS,
    "settings": {
        **WRITTEN,
        "columns": {
            "record_id": "CODIGO",
            "kind": "TIPO",
            "name": "UBICACION",
            "x": "ESTE",
            "y": "NORTE",
            "state": "ESTADO",
            "observed_on": "FECHA_OBSERVACION",
            "solved_on": "FECHA_RESOLUCION",
        },
        "values": {
            "kind": {
                "Luminaria apagada": "luminaria-apagada",
                "Sitio eriazo": "sitio-eriazo",
                "Microbasural": "microbasural",
                "Mobiliario dañado": "mobiliario-danado",
                "Vegetación densa": "vegetacion-densa",
                "Vehículo abandonado": "vehiculo-abandonado",
                "Inmueble abandonado": "inmueble-abandonado",
                "Muro ciego": "muro-ciego",
            }
        },
    },
}

PERCEPTION: dict[str, Any] = {
    "name": "Encuesta de percepción simulada",
    "source": "percepcion-simulada",
    "kind": "perception",
    "legal_basis": LEGAL_BASIS,
    "settings": {
        **WRITTEN,
        "columns": {
            "record_id": "ENCUESTA",
            "unit": "UNIDAD_VECINAL",
            "value": "INSEGURIDAD",
            "n": "ENCUESTADOS",
            "measured_on": "FECHA",
            "instrument": "INSTRUMENTO",
        },
    },
}
