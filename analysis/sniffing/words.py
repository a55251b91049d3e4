"""Texts made comparable: no accents, no capitals, one space between words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_OTHER = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A text without accents, capitals and punctuation: `Tipo_de LLAMADO` becomes `tipo de llamado`.

    The sign for numbers (`N°`, `Nº`) becomes the word `n`; joined capitals (`fechaHecho`) are parted.
    """
    parted = _CAMEL.sub(" ", text.replace("°", " ").replace("º", " "))
    letters = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub(" ", letters).strip()
