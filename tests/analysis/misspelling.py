"""How people write addresses, as a grammar of its own: nothing here knows how the search reads them.

Drawn from habits of municipal registers (domain handbook, section 8): upper case without accents, short forms of the
kind of street and of titles, the number with or without mark, dwelling and settlement after it, slips of hand and ear.
"""

from __future__ import annotations

import numpy as np

KIND_FORMS = {
    "AVENIDA": ["Av.", "Avda.", "AVENIDA", "Av", "avda"],
    "PASAJE": ["Pje.", "Psje.", "Pasaje", "PJE", "psje"],
    "CALLE": ["Calle", "", "", "calle", "C/"],
}
TITLES = {
    "GENERAL": ["Gral.", "Gral", "General"], "SANTA": ["Sta.", "Sta", "Santa"], "SAN": ["San", "Sn"],
    "FRANCISCO": ["Fco.", "Francisco"], "LAGO": ["Lago", "lago"], "GUILLERMO": ["Gmo.", "Guillermo"],
    "UNO": ["1", "Uno"], "DOS": ["2", "Dos"], "TRES": ["3", "Tres"], "CUATRO": ["4", "Cuatro"], "CINCO": ["5"],
    "NUEVA": ["Nueva", "Nva."],
}  # fmt: skip
MARKS = [" {}", " {}", " Nº {}", " N° {}", " #{}", ", {}", " No. {}", " nro {}", " N {}", " {}-A", " Nº{}"]
TAILS = ["", "", "", "", " depto 302", ", Dpto. 21", " casa 4", " block B depto 12", ", Valdivia", " Torre 2",
         ", Pobl. Inés de Suárez", " (frente al almacén)", ", Villa Los Notros", " casa B"]  # fmt: skip
EAR = [("B", "V"), ("V", "B"), ("S", "Z"), ("Z", "S"), ("S", "C"), ("C", "S"), ("LL", "Y"), ("Y", "LL"), ("G", "J"),
       ("J", "G"), ("H", ""), ("QU", "K"), ("C", "K"), ("I", "Y"), ("Ñ", "N")]  # fmt: skip
KEYS = "QWERTYUIOP ASDFGHJKLÑ ZXCVBNM"
ACCENTS = str.maketrans("AEIOU", "ÁÉÍÓÚ")


def write_address(kind: str, street: str, number: str, draw: np.random.Generator) -> str:
    """An official address as somebody in a hurry would write it."""
    name = street.removeprefix(f"{kind} ")
    words = [_slip(word, draw) if len(word) > 3 and draw.random() < 0.30 else word for word in name.split()]
    words = [_short(word, draw) for word in words]
    if len(words) > 2 and draw.random() < 0.10:
        words[0] = f"{words[0][0]}."
    told = " ".join(words)
    told = _cased(told, draw)
    prefix = draw.choice(KIND_FORMS[kind]) if draw.random() < 0.7 or name != street else ""
    if name != street and not prefix:
        prefix = kind  # "PASAJE DOS" is never written "DOS"
    joined = f"{prefix}{'' if prefix.endswith('/') else ' '}{told}" if prefix else told
    return f"{joined}{draw.choice(MARKS).format(number)}{draw.choice(TAILS)}".strip()


def _short(word: str, draw: np.random.Generator) -> str:
    forms = TITLES.get(word)
    return str(draw.choice(forms)) if forms is not None and draw.random() < 0.5 else word


def _cased(text: str, draw: np.random.Generator) -> str:
    way = draw.integers(4)
    if way == 0:
        return text.lower()
    if way == 1:
        return text.title()
    if way == 2 and len(text) > 4:
        at = int(draw.integers(1, len(text)))
        return text[:at] + text[at].upper().translate(ACCENTS) + text[at + 1 :]
    return text.upper()


def _slip(word: str, draw: np.random.Generator) -> str:
    """One slip of hand or ear inside a word, its first letter mostly kept."""
    at = int(draw.integers(1, len(word) - 1))
    way = draw.integers(5)
    if way == 0:
        return word[:at] + word[at + 1 :]
    if way == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    if way == 3:
        row = next((keys for keys in KEYS.split() if word[at] in keys), "")
        place = row.find(word[at])
        beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
        return word[:at] + (str(draw.choice(list(beside))) if beside else word[at]) + word[at + 1 :]
    fitting = [(heard, meant) for heard, meant in EAR if heard in word[1:]]
    if not fitting:
        return word
    heard, meant = fitting[int(draw.integers(len(fitting)))]
    where = word.index(heard, 1)
    return word[:where] + meant + word[where + len(heard) :]
