"""Files in the shapes that municipal sources have, made with a seed: all names, numbers and plates are invented.

Each shape says which heading holds which field, which columns are personal and which are free text, so that what was
understood can be compared with what is true.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyproj import Transformer

CENTRE_LNG, CENTRE_LAT = -73.246, -39.814
GIVEN = ["JUAN", "MARÍA", "PEDRO", "CAMILA", "LUIS", "CARMEN", "JOSÉ", "DANIELA", "Ana", "Rodrigo"]
SURNAMES = ["PÉREZ", "GONZÁLEZ", "SOTO", "MUÑOZ", "ROJAS", "Vera", "Barrientos", "Cárdenas", "OYARZÚN"]
STREETS = ["RAMÓN PICARTE", "CHACABUCO", "PEDRO MONTT", "CARLOS ANWANDTER", "RENÉ SCHNEIDER", "Errázuriz", "Beauchef"]
NARRATIVES = [
    "VECINA INDICA RUIDOS DESDE LAS 22 HORAS EN EL DEPARTAMENTO DE ARRIBA",
    "Se despacha móvil al lugar, sin novedad a la llegada de la patrulla",
    "Sujeto huye en dirección al puente, se informa a Carabineros",
    "Llamada de {name}, fono {phone}, por vehículo {plate} mal estacionado",
    "Afectado {name} RUT {rut} entrega antecedentes en el lugar",
]
CALLS = ["RUIDOS MOLESTOS", "VEHÍCULO ABANDONADO", "RIÑA", "SOSPECHOSO", "LUMINARIA APAGADA", "COMERCIO AMBULANTE"]
FINDINGS = ["Riña", "Consumo de alcohol en la vía pública", "Comercio ambulante", "Sospechoso", "Accidente de tránsito"]
FINES = [
    "EXCESO DE VELOCIDAD",
    "ESTACIONAR EN LUGAR PROHIBIDO",
    "COMERCIO SIN PERMISO",
    "CONSUMO DE ALCOHOL VÍA PÚBLICA",
]
STATES = ["CERRADO", "EN CURSO", "DERIVADO"]
SECTORS = ["Las Ánimas", "Barrios Bajos", "Corvi", "Pablo Neruda", "Villa Europa"]

Cell = Callable[[random.Random, "Style", int], str]


@dataclass(frozen=True)
class Style:
    """How one file is written."""

    delimiter: str = ";"
    encoding: str = "cp1252"
    decimal: str = ","
    title_rows: int = 2
    date: str = "%d-%m-%Y"
    time: str = "%H:%M"
    place: str = "degrees"  # degrees, unsigned, utm18, utm19


@dataclass(frozen=True)
class Shape:
    """One kind of source: its columns, and what is true of them."""

    name: str
    columns: dict[str, Cell]
    fields: dict[str, str]
    personal: frozenset[str] = frozenset()
    free_text: frozenset[str] = frozenset()
    labels: list[str] = field(default_factory=list)


def rut(chance: random.Random) -> str:
    """A RUT with its right check digit, of a number that no person has (below a million of the series 40 million)."""
    number = chance.randrange(40_000_000, 41_000_000)
    total, factor = 0, 2
    for digit in reversed(str(number)):
        total, factor = total + int(digit) * factor, 2 if factor == 7 else factor + 1
    check = "0K987654321"[total % 11] if total % 11 else "0"
    check = {11: "0", 10: "K"}.get(11 - total % 11, str(11 - total % 11))
    return f"{number:,}".replace(",", ".") + f"-{check}"


def phone(chance: random.Random) -> str:
    return f"+56 9 {chance.randrange(5000, 9999)} {chance.randrange(1000, 9999)}"


def plate(chance: random.Random) -> str:
    return "".join(chance.choice("BCDFGHJKLPRSTVWXYZ") for _ in range(4)) + f"-{chance.randrange(10, 99)}"


def person(chance: random.Random) -> str:
    return f"{chance.choice(GIVEN)} {chance.choice(SURNAMES)} {chance.choice(SURNAMES)}"


def narrative(chance: random.Random) -> str:
    told = chance.choice(NARRATIVES)
    return told.format(name=person(chance), phone=phone(chance), plate=plate(chance), rut=rut(chance))


def _day(chance: random.Random) -> dt.datetime:
    return dt.datetime(2025, 10, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=chance.randrange(31 * 1440))


def _date(chance: random.Random, style: Style, _row: int) -> str:
    return _day(chance).strftime(style.date)


def _stamp(chance: random.Random, style: Style, _row: int) -> str:
    return _day(chance).strftime(f"{style.date} %H:%M:%S")


def _time(chance: random.Random, style: Style, _row: int) -> str:
    return _day(chance).strftime(style.time)


def _address(chance: random.Random, _style: Style, _row: int) -> str:
    street = chance.choice(STREETS)
    other = chance.choice(STREETS)
    return chance.choice([f"{street} {chance.randrange(10, 3000)}", f"{street} CON {other}", f"{street} S/N"])


def _choice(words: list[str]) -> Cell:
    return lambda chance, _style, _row: chance.choice(words)


def _made(maker: Callable[[random.Random], str]) -> Cell:
    return lambda chance, _style, _row: maker(chance)


def _numbered(prefix: str) -> Cell:
    return lambda _chance, _style, row: f"{prefix}{row + 1:05d}"


def _integer(low: int, high: int) -> Cell:
    return lambda chance, _style, _row: str(chance.randrange(low, high))


def _coordinate(axis: int) -> Cell:
    def write(chance: random.Random, style: Style, row: int) -> str:
        there = random.Random(row)
        lng, lat = CENTRE_LNG + there.uniform(-0.03, 0.03), CENTRE_LAT + there.uniform(-0.03, 0.03)
        if style.place.startswith("utm"):
            srid = 32718 if style.place == "utm18" else 32719
            x, y = Transformer.from_crs(4326, srid, always_xy=True).transform(lng, lat)
            return f"{(x, y)[axis]:.2f}".replace(".", style.decimal)
        value = (lng, lat)[axis]
        value = abs(value) if style.place == "unsigned" else value
        return f"{value:.6f}".replace(".", style.decimal)

    return write


SHAPES = [
    Shape(
        "llamados",
        {"FOLIO": _numbered("1461-"), "FECHA": _date, "HORA": _time, "OPERADOR": _made(person),
         "TIPO DE LLAMADO": _choice(["TELEFÓNICO", "RADIAL", "WHATSAPP"]), "MOTIVO": _choice(CALLS),
         "DIRECCIÓN": _address, "SECTOR": _choice(SECTORS), "SOLICITANTE": _made(person), "TELÉFONO": _made(phone),
         "MÓVIL": _integer(1, 12), "HORA DESPACHO": _time, "HORA CIERRE": _time, "RESULTADO": _choice(STATES),
         "OBSERVACIONES": _made(narrative)},
        {"record_id": "FOLIO", "date": "FECHA", "time": "HORA", "label": "MOTIVO", "address": "DIRECCIÓN"},
        frozenset({"OPERADOR", "SOLICITANTE", "TELÉFONO"}), frozenset({"OBSERVACIONES"}), CALLS,
    ),
    Shape(
        "patrullajes (respuestas)",
        {"Marca temporal": _stamp, "Fecha": _date, "Turno": _choice(["Día", "Noche"]), "Móvil": _integer(1, 12),
         "Patrullero/a": _made(person), "Sector": _choice(SECTORS), "Hora inicio": _time, "Hora término": _time,
         "Km inicial": _integer(10_000, 90_000), "Procedimiento": _choice(FINDINGS), "Observaciones": _made(narrative)},
        {"date": "Fecha", "time": "Hora inicio", "label": "Procedimiento"},
        frozenset({"Patrullero/a"}), frozenset({"Observaciones"}), FINDINGS,
    ),
    Shape(
        "procedimientos",
        {"N°": _numbered(""), "FECHA": _date, "HORA": _time, "TIPO DE PROCEDIMIENTO": _choice(CALLS),
         "DIRECCIÓN": _address, "CUADRANTE": _integer(1, 9), "INSTITUCIÓN DERIVADA": _choice(["CARABINEROS", "PDI"]),
         "RESULTADO": _choice(STATES)},
        {"record_id": "N°", "date": "FECHA", "time": "HORA", "label": "TIPO DE PROCEDIMIENTO",
         "address": "DIRECCIÓN"}, labels=CALLS,
    ),
    Shape(
        "cctv",
        {"FECHA": _date, "HORA": _time, "CÁMARA": _numbered("CAM-"), "OPERADOR": _made(person),
         "HALLAZGO": _choice(FINDINGS), "DERIVACIÓN": _choice(["Carabineros", "Ninguna"]),
         "RESULTADO": _choice(STATES), "OBSERVACIONES": _made(narrative)},
        {"date": "FECHA", "time": "HORA", "label": "HALLAZGO"},
        frozenset({"OPERADOR"}), frozenset({"OBSERVACIONES"}), FINDINGS,
    ),
    Shape(
        "citaciones",
        {"N° CITACIÓN": _numbered("C"), "FECHA": _date, "HORA": _time, "INFRACCIÓN": _choice(FINES),
         "NORMA": _choice(["LEY 18.290", "ORD. 12"]), "LUGAR": _address, "RUT": _made(rut), "NOMBRE": _made(person),
         "PATENTE": _made(plate), "INSPECTOR": _made(person), "JPL": _choice(["1", "2"])},
        {"record_id": "N° CITACIÓN", "date": "FECHA", "time": "HORA", "label": "INFRACCIÓN", "address": "LUGAR"},
        frozenset({"RUT", "NOMBRE", "PATENTE", "INSPECTOR"}), labels=FINES,
    ),
    Shape(
        "requerimientos",
        {"N° INGRESO": _numbered("R"), "FECHA": _date, "MATERIA": _choice(CALLS), "SOLICITANTE": _made(person),
         "DIRECCIÓN": _address, "UNIDAD DERIVADA": _choice(["DIMAO", "Seguridad"]), "ESTADO": _choice(STATES)},
        {"record_id": "N° INGRESO", "date": "FECHA", "label": "MATERIA", "address": "DIRECCIÓN"},
        frozenset({"SOLICITANTE"}), labels=CALLS,
    ),
    Shape(
        "app de alertas",
        {"ID": _numbered("9"), "TIPO": _choice(FINDINGS), "FECHA CREACIÓN": _stamp, "LAT": _coordinate(1),
         "LON": _coordinate(0), "ESTADO": _choice(STATES), "TIEMPO RESPUESTA": _integer(1, 60),
         "USUARIO": _made(person)},
        {"record_id": "ID", "date": "FECHA CREACIÓN", "label": "TIPO", "x": "LON", "y": "LAT"},
        frozenset({"USUARIO"}), labels=FINDINGS,
    ),
    Shape(
        "partes con coordenadas",
        {"FOLIO": _numbered("P"), "FECHA": _date, "HORA": _time, "DELITO": _choice(["Hurto", "Robo por sorpresa"]),
         "ESTE": _coordinate(0), "NORTE": _coordinate(1)},
        {"record_id": "FOLIO", "date": "FECHA", "time": "HORA", "label": "DELITO", "x": "ESTE", "y": "NORTE"},
        labels=["Hurto", "Robo por sorpresa"],
    ),
]  # fmt: skip


def styles(count: int, *, seed: int) -> list[Style]:
    """Ways of writing a file."""
    chance = random.Random(seed)
    return [
        Style(
            delimiter=chance.choice([";", ";", ",", "\t"]),
            encoding=chance.choice(["cp1252", "utf-8", "utf-8-sig"]),
            decimal=chance.choice([",", "."]),
            title_rows=chance.choice([0, 0, 1, 3]),
            date=chance.choice(["%d-%m-%Y", "%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d", "%d.%m.%Y"]),
            time=chance.choice(["%H:%M", "%H:%M:%S", "%H:%M hrs"]),
            place=chance.choice(["degrees", "degrees", "unsigned", "utm18", "utm19"]),
        )
        for _number in range(count)
    ]


def table_of(shape: Shape, style: Style, *, rows: int = 60, seed: int = 1) -> list[list[str]]:
    """Title rows, headings and rows of a file, as cells."""
    chance = random.Random(seed)
    width = len(shape.columns)
    titles = [["ILUSTRE MUNICIPALIDAD", *[""] * (width - 1)], [f"Registro de {shape.name}", *[""] * (width - 1)],
              ["Emitido el", "01-11-2026", *[""] * (width - 2)]][: style.title_rows]  # fmt: skip
    body = [[write(chance, style, row) for write in shape.columns.values()] for row in range(rows)]
    return [*titles, list(shape.columns), *body]


def content_of(shape: Shape, style: Style, **how: Any) -> bytes:
    """The file itself."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=style.delimiter).writerows(table_of(shape, style, **how))
    return sink.getvalue().encode(style.encoding)
