"""F: text tables, as the decoder reads them and as an import of incidents answers them."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from tests.corpus import Answer, case, read, refused

TABLE, INCIDENTS = "table", "incidents"
HEADER = ("folio", "fecha", "hora", "tipo", "procedencia", "lng", "lat", "nombre")
LNG, LAT = "-73.246", "-39.814"


def counted(accepted: int, **reasons: int) -> Answer:
    """An import with so many accepted rows; reasons of refused and of unplaced rows with their counts."""
    return Answer(kept=accepted, counts=reasons)


def _text(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    (folder / "tabla.csv").write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return folder / "tabla.csv"


def _incidents(folder: Path, *changes: dict[str, str]) -> Path:
    """Rows of incidents that would be accepted, but for what is changed."""
    path = folder / "incidentes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, change in enumerate(changes):
            told = dict(
                zip(HEADER, (str(number), "2025-06-02", "12:30", "Hurto", "denuncia", LNG, LAT, "X"), strict=True)
            )
            writer.writerow((told | change)[name] for name in HEADER)
    return path


@case("F1", TABLE, read(2, texts=("1.234,5", "-39,81"), notes=("delimiter ;", "decimal ,")))
def decimal_comma(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "id;lat;monto\r\n1;-39,81;1.234,5\r\n2;-39,82;7,5\r\n")


@case("F2", TABLE, read(2, texts=("Ñuñoa",), notes=("encoding cp1252",)))
def windows_letters(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "comuna;año\nÑuñoa;2025\nPeñalolén;2026\n", "cp1252")


@case("F2", TABLE, read(2, texts=("Ñuñoa",), notes=("encoding utf-16",)))
def utf16(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "comuna\taño\r\nÑuñoa\t2025\r\nPeñalolén\t2026\r\n", "utf-16")


@case("F2", TABLE, read(2, texts=("Ñuñoa",), notes=("encoding utf-8-sig",)))
def byte_order_mark(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "comuna,año\nÑuñoa,2025\nPeñalolén,2026\n", "utf-8-sig")


@case("F2", TABLE, read(2, texts=("Ñuñoa",)))
def bare_carriage_returns(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "comuna,año\rÑuñoa,2025\rPeñalolén,2026\r")


@case("F2", TABLE, refused("encoding_mixed", message="2"))
def two_encodings(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "comuna;año\nÑuñoa;2025\n".encode() + "Peñalolén;2026\n".encode("cp1252"))


@case("F3", TABLE, refused("unclosed_quote", message="3"))
def unclosed_quote(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, 'a,b\n1,2\n3,"cuatro\n' + "5,6\n" * 1000)


@case("F3", TABLE, refused("field_too_long", "line_too_long", message="3"))
def endless_field(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "a,b\n1,2\n3," + "x" * 200_000 + "\n")


@case("F4", TABLE, read(2, {3: "ragged:1:2", 4: "ragged:3:2"}))
def ragged_rows(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "a,b\n1,x\n2\n3,y,z\n4,w\n")


@case("F5", TABLE, refused("header_empty"))
def name_missing(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "a,,c\n1,2,3\n")


@case("F5", TABLE, refused("header_repeated"))
def name_twice(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "a,b,a\n1,2,3\n")


@case("F5", TABLE, refused("too_many_columns"))
def five_thousand_columns(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, ",".join(f"c{n}" for n in range(5000)) + "\n" + "1," * 4999 + "1\n")


@case("F5", TABLE, read(2, {3: "header_again", 5: "total"}))
def header_printed_again_and_a_total(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, "tipo,n\nRiña,3\ntipo,n\nHurto,4\nTOTAL,7\n")


FORMULAS = ('=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\uff1d1+1", "-73.2")


@case("F6", TABLE, read(6, texts=FORMULAS))
def formulas(folder: Path, _rng: random.Random) -> Path:
    path = folder / "tabla.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "texto"), *enumerate(FORMULAS)])
    return path


def _placed(folder: Path, *places: Sequence[str]) -> Path:
    return _incidents(folder, *[{"lng": lng, "lat": lat} for lng, lat in places])


@case("F7", INCIDENTS, refused("", message="latitud"))
def swapped(folder: Path, _rng: random.Random) -> Path:
    return _placed(folder, *[(LAT, f"-73.24{n}") for n in range(40)])


@case("F7", INCIDENTS, refused("", message="32718"))
def metres_in_columns_of_degrees(folder: Path, _rng: random.Random) -> Path:
    return _placed(folder, *[(f"6501{n}", "5591393") for n in range(10, 50)])


@case("F7", INCIDENTS, counted(2, coordinates_not_numbers=1))
def degrees_and_minutes(folder: Path, _rng: random.Random) -> Path:
    return _placed(folder, (LNG, LAT), ("73°14'45\" O", "39°48'50\" S"))


@case("F8", INCIDENTS, counted(3, zero_coordinates=1))
def nowhere(folder: Path, _rng: random.Random) -> Path:
    return _placed(folder, ("0", "0"), (LNG, LAT), (LNG, LAT))


@case("F9", INCIDENTS, counted(6, coordinates_not_numbers=4, incomplete_coordinates=1))
def numbers_that_are_none(folder: Path, _rng: random.Random) -> Path:
    odd = [(one, LAT) for one in ("nan", "inf", "-73_246", "-٧٣", "1e400")]
    return _placed(folder, (LNG, LAT), *odd)


@case("F10", INCIDENTS, counted(1, bad_date=7, future=1))
def impossible_dates(folder: Path, _rng: random.Random) -> Path:
    odd = ("2025-02-31", "2023-02-29", "01/02/03", "0202-01-01", "9999-01-01", "2027-06-01", "ayer", "2025-6")
    return _incidents(folder, {}, *[{"fecha": day} for day in odd])


@case("F10", INCIDENTS, counted(0, bad_time=1))
def hour_after_the_last(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {"hora": "25:00"})


@case("F11", INCIDENTS, counted(3))
def nights_when_the_clock_jumps(folder: Path, _rng: random.Random) -> Path:
    return _incidents(
        folder,
        {"fecha": "2025-09-07", "hora": "00:00"},
        {"fecha": "2025-09-07", "hora": "00:30"},
        {"fecha": "2025-04-05", "hora": "23:30"},
    )


@case("F12", INCIDENTS, counted(1))
def names_in_other_columns(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {"nombre": "11.111.111-1 persona@inventada.cl +56 9 1234 5678 ABCD12"})


@case("F13", "incidents-twice", counted(0))
def same_file_twice(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {}, {"hora": "13:00"})


@case("F14", INCIDENTS, counted(3))
def one_label_in_many_forms(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {"tipo": "\u00a0Hurto"}, {"tipo": "Hur\u200bto"}, {"tipo": "HURTO "})


@case("F15", TABLE, read(1, {2: "nul"}))
def nul(folder: Path, _rng: random.Random) -> Path:
    return _text(folder, b"a,b\n1,\0\n2,x\n")


@case("F16", "events", Answer(kept=0, counts={"not_a_geometry": 1}))
def nested_well_known_text(folder: Path, _rng: random.Random) -> Path:
    text = "GEOMETRYCOLLECTION(" * 4_000 + "POINT(0 0)" + ")" * 4_000
    row = f'E1,Fiesta,07-06-2025 20:00,07-06-2025 23:00,{LNG},{LAT},"{text}",4000,autorizado\n'
    return _text(folder, f"codigo,nombre,inicio,termino,lng,lat,recinto,asistencia,estado\n{row}")


@case("F17", INCIDENTS, counted(1, unknown_label=2))
def labels_of_another_taxonomy(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {}, {"tipo": "40101"}, {"tipo": "Otra cosa"})


@case("F18", INCIDENTS, counted(1, id_with_other_content=2))
def one_id_two_contents(folder: Path, _rng: random.Random) -> Path:
    return _incidents(folder, {}, {"folio": "A"}, {"folio": "A", "tipo": "Robo"})
