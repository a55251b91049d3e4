"""Chilean addresses as people write them, taken apart: street, house number, corner, place, area.

Nothing here knows which streets exist; where a text can be read in several ways, all readings are given and the
gazetteer decides. Conventions from the address rules of Correos de Chile and from municipal registers: kind of street
first ("Av.", "Pje."), the number after the name, the dwelling inside it after the number ("Depto.", "Block"), the
settlement last ("Villa", "Pobl.").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

KINDS = {
    "AV": "AVENIDA", "AVDA": "AVENIDA", "AVD": "AVENIDA", "AVDA.": "AVENIDA", "AVENIDA": "AVENIDA", "AVE": "AVENIDA",
    "PJE": "PASAJE", "PSJE": "PASAJE", "PSJ": "PASAJE", "PJ": "PASAJE", "PAS": "PASAJE", "PASAJE": "PASAJE",
    "PASJE": "PASAJE", "PSAJE": "PASAJE",
    "C": "CALLE", "CALLE": "CALLE", "CLL": "CALLE", "CAMINO": "CAMINO", "CNO": "CAMINO", "CAM": "CAMINO",
    "RUTA": "RUTA", "CARRETERA": "RUTA", "DIAGONAL": "DIAGONAL", "DIAG": "DIAGONAL",
}  # fmt: skip
SHORT_FORMS = {
    "GRAL": "GENERAL", "GRL": "GENERAL", "GENRL": "GENERAL", "CAP": "CAPITAN", "CPTAN": "CAPITAN", "TTE": "TENIENTE",
    "TNTE": "TENIENTE", "CNEL": "CORONEL", "CRNEL": "CORONEL", "ALMTE": "ALMIRANTE", "SGTO": "SARGENTO",
    "CDTE": "COMANDANTE", "CMDTE": "COMANDANTE", "PDTE": "PRESIDENTE", "PTE": "PRESIDENTE", "PRES": "PRESIDENTE",
    "DR": "DOCTOR", "DRA": "DOCTORA", "PROF": "PROFESOR", "ING": "INGENIERO", "MONS": "MONSENOR", "ARZ": "ARZOBISPO",
    "STA": "SANTA", "STO": "SANTO", "SN": "SAN", "NTRA": "NUESTRA", "SRA": "SENORA", "FCO": "FRANCISCO",
    "FRCO": "FRANCISCO", "GMO": "GUILLERMO", "BDO": "BERNARDO", "JN": "JUAN", "MA": "MARIA", "HNOS": "HERMANOS",
    "HNO": "HERMANO", "PDRE": "PADRE", "GDOR": "GOBERNADOR", "MTRO": "MAESTRO", "PZA": "PLAZA", "CONST": "CONSTITUCION",
    "NVA": "NUEVA", "NVO": "NUEVO", "INDEP": "INDEPENDENCIA", "LIB": "LIBERTADOR", "PDA": "PARADA",
    "LGO": "LAGO", "LAG": "LAGO",
}  # fmt: skip
COUNTED = {
    "UNO": "1", "UNA": "1", "PRIMERO": "1", "PRIMERA": "1", "1RA": "1", "1RO": "1", "DOS": "2", "SEGUNDO": "2",
    "SEGUNDA": "2", "TRES": "3", "TERCERO": "3", "TERCERA": "3", "CUATRO": "4", "CUARTO": "4", "CUARTA": "4",
    "CINCO": "5", "QUINTO": "5", "QUINTA": "5", "SEIS": "6", "SEXTO": "6", "SEXTA": "6", "SIETE": "7", "SEPTIMO": "7",
    "OCHO": "8", "OCTAVO": "8", "OCTAVA": "8", "NUEVE": "9", "NOVENO": "9", "DIEZ": "10", "ONCE": "11", "DOCE": "12",
    "TRECE": "13", "CATORCE": "14", "QUINCE": "15", "DIECISEIS": "16", "DIECISIETE": "17", "DIECIOCHO": "18",
    "DIECINUEVE": "19", "VEINTE": "20",
}  # fmt: skip
SMALL_WORDS = frozenset({"DE", "DEL", "LA", "EL", "LOS", "LAS", "Y", "AL", "EN"})
INSIDE = (
    r"DEPTOS?|DPTOS?|DEPARTAMENTOS?|DEPT|DP|DTO|BLOCKS?|BLOQUES?|BLK|BL|TORRES?|CASAS?|CSA|LOCAL(?:ES)?|OFICINAS?|OF|"
    r"PISOS?|INTERIOR|INT|SITIOS?|LOTES?|PARCELAS?|PC|MANZANAS?|MZNA|MZ|MZA|EDIFICIOS?|EDIF|ED"
)
AREA_WORDS = r"POBLACION|POBLAC|POBL|POB|VILLA|VLLA|SECTOR|SECT|CONDOMINIO|COND|CONJUNTO|BARRIO|BRRIO|LOTEO|CAMPAMENTO"
WITHOUT_NUMBER = re.compile(r"\bS\s*[/.]?\s*N(?:\s*[º°])?(?=\W|$)(?!\s+[A-Z])|\bSIN\s+(?:NUMERO|NUM|NRO)\b")
CORNER = re.compile(
    r"\s*(?:\bC/\s*|/|&|\b(?:ESQUINA|ESQ|ESQNA|INTERSECCION|INTERSEC|CRUCE)\b(?:\s+(?:CON|DE)\b)?|\bCON\b)[\s.]*"
)
AND = re.compile(r"\s+[YE]\s+")
KILOMETRE = re.compile(r"\b(?:KM|KILOMETRO|KMS)\b[\s.:]*(\d{1,3}(?:[.,]\d{1,3})?)")
MARKED_NUMBER = re.compile(r"(?:\b(?:NUMERO|NUM|NRO|NO|N)\b[\s.:]*|#\s*)(\d{1,5})\s*-?\s*([A-Z])?(?=\W|$)")
INSIDE_PART = re.compile(rf"\b(?:{INSIDE})\b[\s.:#]*(?:N\b[\s.]*)?[A-Z]{{0,2}}[\s-]?\d{{0,4}}\s*-?\s?(?:[A-Z]\b)?")
AREA_PART = re.compile(rf"\b(?:{AREA_WORDS})\b[\s.:]*([^,;]*)")
NOISE = re.compile(r"\([^)]*\)|\b(?:FRENTE|COSTADO|DETRAS|CERCA|ALTURA|ENTRE|A PASOS|AL LADO|AFUERA|DIRECCION)\b.*")
LONGEST = 300
HOUSE_DIGITS = 3  # a number as long as this is a house, not part of a street's name


@dataclass(frozen=True)
class Reading:
    """One way of reading an address. Names are tokens in canonical form; empty where the text says nothing."""

    street: tuple[str, ...] = ()
    kind: str = ""
    number: int | None = None
    corner: tuple[str, ...] = ()
    corner_kind: str = ""
    area: tuple[str, ...] = ()
    kilometre: float | None = None


def canonical(text: str) -> str:
    """Upper case, without accents, with one space between words; signs that part an address are kept."""
    marked = re.sub(r"\b[nN]\s?[º°ª](?=\s*\d)", " NRO ", text[:LONGEST])
    marked = re.sub("[º°ª]", " ", marked)
    letters = unicodedata.normalize("NFKD", marked.upper())
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"\s+", " ", re.sub(r"[^A-Z0-9#/&,;.()\- ]", " ", plain)).strip()


def name_tokens(text: str) -> tuple[str, tuple[str, ...]]:
    """Kind of street ("" where not said) and the words of its name: short forms written out, counted words as digits,
    small words left out unless nothing else is there."""
    words = [word for word in re.split(r"[^A-Z0-9]+", canonical(text)) if word]
    kind = ""
    if len(words) > 1 and words[0] in KINDS:
        kind, words = KINDS[words[0]], words[1:]
    told = [COUNTED.get(word, SHORT_FORMS.get(word, word)) for word in words]
    kept = tuple(
        word.lstrip("0") or "0"
        for place, word in enumerate(told)
        if word not in SMALL_WORDS and not (word == "A" and 0 < place < len(told) - 1)  # "Camino a Niebla"
    )
    return kind, kept or tuple(told)


def area_tokens(text: str) -> tuple[str, ...]:
    """The words of a settlement's name without what it is: "Villa Los Notros" is NOTROS."""
    _kind, tokens = name_tokens(text)
    bare = tuple(word for word in tokens if not re.fullmatch(AREA_WORDS, word))
    return bare or tokens


def readings(
    address: str = "", *, street: str = "", number: str = "", corner: str = "", place_name: str = ""
) -> list[Reading]:
    """Every way of reading what a source wrote, the likeliest first; none where it wrote nothing of use.

    `address` is the whole in one text; a source that has columns of its own gives `street`, `number`, `corner`.
    `place_name` is not read here: names of places are compared whole.
    """
    if street.strip():
        kind, tokens = name_tokens(street)
        _corner_kind, other = name_tokens(corner)
        whole = Reading(tokens, kind, whole_number(number), other, _corner_kind)
        return [whole] if tokens else []
    text = canonical(address)
    if not text:
        return []
    area, text = _take_area(WITHOUT_NUMBER.sub(" ", text))
    found = [replace(one, area=area) for one in _street_readings(text)] or [Reading(area=area)]
    return list(dict.fromkeys(one for one in found if one.street or one.area))


def address_key(reading: Reading) -> str:
    """One text for all spellings of one address that read alike; what an alias is kept under."""
    street = " ".join(filter(None, [reading.kind, *reading.street]))
    corner = " ".join(reading.corner)
    parts = [f"{street} {reading.number or ''}".strip(), corner and f"/ {corner}", " ".join(reading.area)]
    return " ".join(part for part in parts if part)


def whole_number(text: str) -> int | None:
    """The house number in a column of its own; None for "S/N", "?", 0 and texts without digits."""
    found = re.search(r"\d{1,5}", text)
    return int(found[0]) or None if found else None


def _take_area(text: str) -> tuple[tuple[str, ...], str]:
    """Name of the settlement after "Villa", "Pobl." …, and the text without it."""
    found = AREA_PART.search(text)
    if found is None:
        return (), text
    inside = INSIDE_PART.sub(" ", CORNER.split(found[1])[0])
    name = re.match(r"[^\d]*", inside)
    _kind, tokens = name_tokens(name[0] if name else "")
    rest = f"{text[: found.start()]}, {text[found.end() :]}"
    if not tokens and not rest.strip(" ,"):
        return (), text
    return tokens, rest


def _street_readings(text: str) -> list[Reading]:
    kilometre = KILOMETRE.search(text)
    if kilometre is not None:
        kind, tokens = name_tokens(text[: kilometre.start()])
        return [Reading(tokens, kind, kilometre=float(kilometre[1].replace(",", ".")))] if tokens else []
    calm = NOISE.sub(" ", text)
    parts = [part for part in CORNER.split(calm) if part.strip(" ,.;-")]
    if len(parts) >= 2:
        return _corner_readings(parts[0], parts[1])
    found = _numbered(calm)
    both = AND.split(calm.split(",")[0])
    if len(both) == 2 and not any(one.number for one in found[:1]):
        found += _corner_readings(*both)
    return found


def _corner_readings(first: str, second: str) -> list[Reading]:
    """A corner; and, where the first street has a number too, that house."""
    one = _numbered(first)
    kind, tokens = name_tokens(INSIDE_PART.sub(" ", second.split(",", maxsplit=1)[0]))
    other = tuple(word for word in tokens if not (word.isdigit() and len(word) >= HOUSE_DIGITS))
    if not one or not other:
        return one
    return [replace(one[0], corner=other, corner_kind=kind), *one[1:]]


def _numbered(text: str) -> list[Reading]:
    """Readings of a street with or without number: the marked number, else the last one, else none."""
    inside_at = INSIDE_PART.search(text)
    head = INSIDE_PART.sub(" , ", text)
    marked = MARKED_NUMBER.search(head)
    if marked is not None and head[: marked.start()].strip(" ,.;-"):
        read = _reading(head[: marked.start()], int(marked[1]))
        letter = re.fullmatch(r"N\s*", head[marked.start() : marked.start(1)])  # "Pasaje 2 N 123": N may be the name's
        return [read, _reading(head[: marked.start(1)], int(marked[1]))] if letter else [read]
    numbers = list(re.finditer(r"(?<![A-Z0-9])\d{1,5}(?=[^\d]|$)", head))
    found = []
    for place in reversed(numbers[-2:]):
        before = head[: place.start()].strip(" ,.;-")
        kind, tokens = name_tokens(before)
        if before and (tokens and before not in KINDS):
            found.append(Reading(tokens, kind, int(place[0]) or None))
    if not found and inside_at is None and numbers and head[numbers[-1].end() :].strip(" ,.;-"):
        after = head[numbers[-1].end() :]  # "123 Picarte"
        found.append(_reading(after, int(numbers[-1][0])))
    first = next((part for part in head.split(",") if part.strip(" .;-")), "")
    whole = _reading(first, None)
    if found and numbers[-1].group() not in first:
        return found  # "Pasaje 10, 682": the house is not to be dropped
    longest = max((len(word) for word in whole.street if word.isdigit()), default=0)
    named_by_number = longest < HOUSE_DIGITS or whole.kind == "RUTA"
    return [*found, whole] if whole.street and (named_by_number or not found) else found


def _reading(name: str, number: int | None) -> Reading:
    kind, tokens = name_tokens(name.strip(" ,.;-"))
    return Reading(tokens, kind, number or None)
