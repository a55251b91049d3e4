"""Personal data in text: RUT, phone numbers, e-mail addresses, number plates, names; found, and masked.

Sources: the check digit of the RUT (modulo 11), the national numbering plan as the library `phonenumbers` holds it, the
two forms of Chilean plates (LL·NNNN until 2007, CCCC·NN with consonants only since). Names are found after words that
announce a person and by lists of common names, so some are missed: masking lowers the risk of a text, it does not make
it public. All patterns are linear in the length of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import phonenumbers
from stdnum.cl import rut as chilean_rut

from analysis.sniffing.names import GIVEN, SURNAMES
from analysis.sniffing.words import plain

MARKS = {"rut": "[RUT]", "phone": "[TELÉFONO]", "email": "[CORREO]", "plate": "[PATENTE]", "name": "[NOMBRE]"}
MOST_TEXT = 10_000
COLUMN_SHARE = 0.5  # a column is personal where this share of its filled cells is
_RUT = re.compile(r"(?<![\w.])(\d{1,2}\.\d{3}\.\d{3}|\d{7,8})\s?-\s?([\dkK])(?!\w)")
_DOTTED_RUT = re.compile(r"(?<![\w.])\d{1,2}\.\d{3}\.\d{3}(?![\w.,])")
_NAMED_RUT = re.compile(r"\b(?:rut|run|c\.?i\.?)[\s:.°º#n]{0,6}(\d{7,8}(?:\s?-?\s?[\dkK])?)(?!\w)", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,4}")
_PHONE = re.compile(r"(?<![\w.,/:-])[+(]?\d[\d ().-]{6,17}\d(?![\w/:])")
_DECIMAL = re.compile(r"[-+]?\d{1,9}\.\d+")  # a coordinate has as many digits as a telephone
_PLATE = re.compile(r"\b[BCDFGHJKLPRSTVWXYZ]{4}[-·. ]?\d{2}(?:-[\dkK])?\b", re.IGNORECASE)
# old plates look like an abbreviation of a street with its number: those prefixes are no plates
_OLD_PLATE = re.compile(r"\b(?!AV|PJ|PS|KM|NO|DE|LA|EL|RT|UV|VV)[A-Z]{2}(?:[-·]?\d{4}|[-·. ]\d{2}[-·. ]\d{2})\b")
_NAMED_PLATE = re.compile(
    r"\b(?:patente|placa|ppu)[\s:.°º#n]{0,6}([A-Z]{2,4}[-·. ]?\d{2}(?:[-·. ]?\d{2})?)(?!\w)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,30}")
_CUES = frozenset(
    """sr sra srta senor senora senorita don dona nombre nombres llamado llamada individuo sujeto imputado imputada
    victima denunciante solicitante afectado afectada testigo vecino vecina funcionario funcionaria inspector
    inspectora operador operadora patrullero patrullera sargento cabo carabinero usuario usuaria apoderado
    """.split()  # noqa: SIM905 - fifty quoted words would hide the list
)
_TITLES = frozenset({"sr", "sra", "srta", "senor", "senora", "senorita", "don", "dona"})
_PLACE_WORDS = frozenset(
    """calle av avda avenida pasaje pje psje poblacion pobl villa sector plaza plazuela escuela liceo colegio hospital
    cesfam jardin condominio edificio block camino ruta puente cerro cancha estadio parque terminal costanera pob
    cuartel comisaria feria supermercado local con esquina esq interseccion entre""".split()  # noqa: SIM905 - fifty quoted words would hide the list
)
_LINKS = frozenset({"de", "del", "la", "las", "los", "y"})


@dataclass(frozen=True)
class Finding:
    """One stretch of personal data in a text."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, names: bool = True) -> list[Finding]:
    """Personal data of a text in order, none overlapping another. Without `names` they are left, as in addresses."""
    text = text[:MOST_TEXT]
    found: list[Finding] = []
    for one in _candidates(text, names):
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def mask_personal(text: str, *, names: bool = True) -> tuple[str, Counter[str]]:
    """The text with a mark in the place of every find, and how many of each kind; cut at 10,000 signs."""
    text = text[:MOST_TEXT]
    found = find_personal(text, names=names)
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], MARKS[one.kind]]
        at = one.end
    return "".join([*parts, text[at:]]), Counter(one.kind for one in found)


def personal_column(cells: Sequence[str]) -> str:
    """What kind of personal data the cells of a column are, each as a whole; nothing where fewer than half are."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return ""
    kinds = Counter(kind for cell in filled if (kind := _whole_cell(cell)))
    kind, count = max(kinds.items(), key=lambda item: item[1], default=("", 0))
    return kind if count >= COLUMN_SHARE * len(filled) else ""


def is_rut(text: str) -> bool:
    """True for a RUT written with its hyphen or points, check digit included."""
    return bool(_RUT.fullmatch(text.strip())) and chilean_rut.is_valid(text)


def _whole_cell(cell: str) -> str:
    digits = re.sub(r"[.\s-]", "", cell)
    if re.fullmatch(r"\d{7,8}[\dkK]", digits) and ("-" in cell or "." in cell) and chilean_rut.is_valid(digits):
        return "rut"
    if _EMAIL.fullmatch(cell):
        return "email"
    if _PLATE.fullmatch(cell) or _OLD_PLATE.fullmatch(cell):
        return "plate"
    if 8 <= sum(sign.isdigit() for sign in cell) <= 12 and _is_phone(cell):
        return "phone"
    words = plain(cell).split()
    if 2 <= len(words) <= 5 and words[0] in GIVEN and any(word in SURNAMES for word in words[1:]):
        return "name"
    return ""


def _candidates(text: str, names: bool) -> Iterator[Finding]:
    """Finds in the order of trust: what comes first keeps its place."""
    for found in _EMAIL.finditer(text):
        yield Finding("email", *found.span())
    has_digit = any(sign.isdigit() for sign in text)
    if has_digit:
        yield from _ruts(text)
        yield from _plates(text)
        for found in _PHONE.finditer(text):
            if _is_phone(found[0]):
                yield Finding("phone", *found.span())
    if names:
        yield from _names(text)


def _ruts(text: str) -> Iterator[Finding]:
    for found in _RUT.finditer(text):
        if "." in found[1] or chilean_rut.is_valid(found[1] + found[2]):
            yield Finding("rut", *found.span())
    for found in _DOTTED_RUT.finditer(text):
        is_money = "$" in text[max(0, found.start() - 3) : found.start()]
        if 1_000_000 <= int(found[0].replace(".", "")) < 30_000_000 and not is_money:
            yield Finding("rut", *found.span())
    for found in _NAMED_RUT.finditer(text):
        yield Finding("rut", *found.span(1))


def _plates(text: str) -> Iterator[Finding]:
    for pattern, group in ((_NAMED_PLATE, 1), (_PLATE, 0), (_OLD_PLATE, 0)):
        for found in pattern.finditer(text):
            yield Finding("plate", *found.span(group))


def _is_phone(text: str) -> bool:
    digits = sum(sign.isdigit() for sign in text)
    if not 8 <= digits <= 12 or _DECIMAL.fullmatch(text):
        return False
    try:
        number = phonenumbers.parse(text, "CL")
    except phonenumbers.NumberParseException:
        return False
    is_announced = text.startswith("+") or (digits == 9 and text.lstrip("(")[0] == "9")  # mobiles begin with 9
    return bool(phonenumbers.is_possible_number(number) if is_announced else phonenumbers.is_valid_number(number))


def _names(text: str) -> Iterator[Finding]:
    words = [(found[0], plain(found[0]), *found.span()) for found in _WORD.finditer(text)]
    position = 0
    while position < len(words):
        run = _name_at(words, position, text)
        if run:
            yield Finding("name", words[position][2], words[position + run - 1][3])
        position += run or 1


def _name_at(words: Sequence[tuple[str, str, int, int]], position: int, text: str) -> int:
    """How many words from a position on are a person's name; 0 for none."""
    before = [word[1] for word in words[max(0, position - 2) : position]]
    if before and (before[-1] in _PLACE_WORDS or (before[-1] in _LINKS and before[0] in _PLACE_WORDS)):
        return 0
    run = _run_length(words, position, text)
    names = [word[1] for word in words[position : position + run]]
    if run >= 2 and names[0] in GIVEN and any(name in SURNAMES for name in names[1:]):
        return run
    if before and before[-1] in _TITLES and not text.isupper():
        run = max(run, _capitals(words, position))
        return run
    is_cued = bool(before) and before[-1] in _CUES
    return run if is_cued and run and names[0] not in _LINKS else 0


def _capitals(words: Sequence[tuple[str, str, int, int]], position: int) -> int:
    """Words in a row that begin with a capital, three at most."""
    return len(list(takewhile(lambda word: word[0][0].isupper(), words[position : position + 3])))


def _run_length(words: Sequence[tuple[str, str, int, int]], position: int, text: str) -> int:
    """Words that follow each other with one space between, each known as a name or joining two."""
    run = 0
    for word, following in zip(
        words[position : position + 5], [*words[position + 1 : position + 5], None], strict=False
    ):
        if word[1] not in GIVEN and word[1] not in SURNAMES and word[1] not in _LINKS:
            break
        run += 1
        if following is None or text[word[3] : following[2]] != " ":
            break
    while run and words[position + run - 1][1] in _LINKS:
        run -= 1
    return run
