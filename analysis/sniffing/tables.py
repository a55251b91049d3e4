"""A whole table: for each column what it holds and why, how dates, hours and places are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from analysis.sniffing.coordinates import Area, CoordinateGuess, guess_coordinates
from analysis.sniffing.moments import MomentGuess, guess_dates, guess_times
from analysis.sniffing.personal import find_personal, mask_personal, personal_column
from analysis.sniffing.words import plain

SAMPLE = 200
DOTS = "•••"
PERSONAL_WORDS = {
    "rut": "rut", "run": "rut", "dni": "rut", "pasaporte": "rut", "cedula": "rut", "telefono": "phone", "fono": "phone",
    "celular": "phone", "correo": "email", "email": "email", "mail": "email", "patente": "plate", "ppu": "plate",
    "placa": "plate", "solicitante": "name", "operador": "name", "operadora": "name", "patrullero": "name",
    "patrullera": "name", "inspector": "name", "inspectora": "name", "usuario": "name", "usuaria": "name",
    "denunciante": "name", "victima": "name", "imputado": "name", "infractor": "name", "funcionario": "name",
    "apellido": "name", "apellidos": "name", "nombres": "name", "domicilio": "address",
}  # fmt: skip
NAMES_OF_PEOPLE = ("nombre", "nombre completo", "nombre y apellido", "nombre infractor")
FREE_TEXT_WORDS = frozenset(
    {"observaciones", "observacion", "relato", "detalle", "descripcion", "comentarios", "narrativa"}
)
FREE_TEXT_LENGTH = 40  # signs; longer on average, in many different texts, is a narrative and no category
MOST_LABELS = 0.5  # a column of types has fewer different words than this share of its rows, where there are many


@dataclass(frozen=True)
class FieldWords:
    """A field that a table may bring: its name, what it holds (`date`, `time`, `label`, `id`, `text`), its headings.

    Headings come best first, as `plain` writes them. `place` fields are found by `guess_coordinates` instead.
    """

    name: str
    holds: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class ColumnGuess:
    """One column: the field it brings (nothing: left out), and why.

    `why`: `heading`, `content`, `place`, `personal` (with its kind in `personal`), `free_text`, `unknown`.
    `found` counts the cells of the sample that hold personal data inside a longer text.
    """

    heading: str
    field: str = ""
    why: str = "unknown"
    personal: str = ""
    found: int = 0


@dataclass(frozen=True)
class Understanding:
    """All that was understood of a table."""

    columns: list[ColumnGuess]
    dates: MomentGuess | None
    times: MomentGuess | None
    place: CoordinateGuess | None
    labels: dict[str, int] = field(default_factory=dict)

    def fields(self) -> dict[str, str]:
        """Heading of each field that was found."""
        return {one.field: one.heading for one in self.columns if one.field}


def understand(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    fields: Sequence[FieldWords],
    area: Area | None,
    date_field: str = "date",
) -> Understanding:
    """What the columns of a table hold, from its headings and first 200 rows; rows of another width are left out."""
    sound = [row for row in islice(rows, SAMPLE) if len(row) == len(header)]
    cells = {heading: [row[place].strip() for row in sound] for place, heading in enumerate(header)}
    personal = {heading: _personal(heading, told) for heading, told in cells.items()}
    open_columns = {heading: told for heading, told in cells.items() if not personal[heading]}
    place = guess_coordinates(open_columns, area=area) if area is not None else None
    placed = {place.x: "x", place.y: "y", place.both: "coordinates"} if place else {}
    left = {heading: told for heading, told in open_columns.items() if heading not in placed}
    given = _assign(left, fields)
    columns = []
    for heading in header:
        if personal[heading]:
            columns.append(ColumnGuess(heading, why="personal", personal=personal[heading]))
        elif heading in placed:
            columns.append(ColumnGuess(heading, placed[heading], "place"))
        else:
            columns.append(_told_column(heading, cells[heading], given))
    by_field = {name: heading for heading, (name, _why) in given.items()}
    return Understanding(
        columns=columns,
        dates=guess_dates(cells[by_field[date_field]]) if date_field in by_field else None,
        times=guess_times(cells[by_field["time"]], named_as_hour=True) if "time" in by_field else None,
        place=place,
        labels=_counted(cells[by_field["label"]]) if "label" in by_field else {},
    )


def shown_rows(header: Sequence[str], rows: Sequence[Sequence[str]], *, limit: int = 20) -> list[list[str]]:
    """First rows for people to look at: cells of personal columns as dots, personal data in other texts as marks."""
    first = [list(row) for row in rows[:limit]]
    told = rows[:SAMPLE]
    hidden = {
        place
        for place, heading in enumerate(header)
        if _personal(heading, [row[place] for row in told if place < len(row)])
    }
    return [
        [DOTS if place in hidden and cell else mask_personal(cell)[0] for place, cell in enumerate(row)]
        for row in first
    ]


def _told_column(heading: str, cells: Sequence[str], given: dict[str, tuple[str, str]]) -> ColumnGuess:
    found = sum(bool(find_personal(cell)) for cell in cells[:50] if cell)
    if heading in given:
        name, why = given[heading]
        return ColumnGuess(heading, name, why, found=found)
    return ColumnGuess(heading, why="free_text" if _is_free_text(heading, cells) else "unknown", found=found)


def _personal(heading: str, cells: Sequence[str]) -> str:
    """Kind of personal data of a column: by what its cells are, else by a word of its heading."""
    by_cells = personal_column(cells)
    if by_cells and not (by_cells == "phone" and _looks_like_id(heading)):
        return by_cells
    told = plain(heading)
    if told in NAMES_OF_PEOPLE[1:]:
        return "name"
    return next((PERSONAL_WORDS[word] for word in told.split() if word in PERSONAL_WORDS), "")


def _looks_like_id(heading: str) -> bool:
    return bool({"folio", "id", "n", "numero", "uid", "codigo"} & set(plain(heading).split()))


def _assign(columns: dict[str, list[str]], fields: Sequence[FieldWords]) -> dict[str, tuple[str, str]]:
    """(field, why) of headings: by the best word, and where no heading says it, dates and hours by their cells."""
    given: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    ranked = sorted(
        (
            (score, -order, one.name, heading)
            for order, one in enumerate(fields)
            for heading, cells in columns.items()
            if (score := _heading_score(heading, one)) and _holds(one, heading, cells)
        ),
        reverse=True,
    )
    for _score, _order, name, heading in ranked:
        if name not in taken and heading not in given:
            given[heading] = name, "heading"
            taken.add(name)
    for one in fields:
        if one.name in taken or one.holds not in {"date", "time"} or one.name not in {"date", "time"}:
            continue
        for heading, cells in columns.items():
            if heading not in given and _sure_moment(one.holds, cells):
                given[heading] = one.name, "content"
                taken.add(one.name)
                break
    return given


def _heading_score(heading: str, one: FieldWords) -> int:
    """How well a heading names a field: a whole match before a part of it, an early word before a late one."""
    told = plain(heading)
    best = 0
    for rank, word in enumerate(one.words):
        if told == word:
            best = max(best, 200 - rank)
        elif re.search(rf"\b{re.escape(word)}\b", told) and len(word) > 2:
            best = max(best, 100 - rank)
    return best


def _holds(one: FieldWords, heading: str, cells: Sequence[str]) -> bool:
    """Whether the cells may hold what the field is; an empty column may hold anything."""
    if not any(cells):
        return True
    if one.holds == "date":
        return guess_dates(cells) is not None
    if one.holds == "time":
        return guess_times(cells, named_as_hour=True) is not None
    if one.holds == "label":
        filled = [cell for cell in cells if cell]
        few = len(filled) < 20 or len(set(filled)) <= MOST_LABELS * len(filled)
        return few and not _is_free_text(heading, cells) and guess_dates(cells) is None
    return True


def _sure_moment(holds: str, cells: Sequence[str]) -> bool:
    found = guess_dates(cells) if holds == "date" else guess_times(cells)
    return found is not None and found.share >= 0.9 and found.why not in {"serial"}


def _is_free_text(heading: str, cells: Sequence[str]) -> bool:
    if FREE_TEXT_WORDS & set(plain(heading).split()):
        return True
    filled = [cell for cell in cells if cell]
    if len(filled) < 5:
        return False
    return sum(map(len, filled)) / len(filled) > FREE_TEXT_LENGTH and len(set(filled)) > len(filled) / 2


def _counted(cells: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for cell in cells:
        if cell:
            counts[cell] = counts.get(cell, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
