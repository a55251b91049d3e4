"""Profiles that the product brings for known sources: recognised by their headings, adapted to the file at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analysis.sniffing.words import plain
from incidents.services.taxonomies import REFERENCE

LEAST_COLUMNS = 3  # fewer shared headings say nothing: every second file has a date and a type


@dataclass(frozen=True)
class ReadyProfile:
    """A profile without the way its files are written, which each file tells by itself."""

    code: str
    name: str
    kind: str
    retention_months: int | None
    legal_basis: str
    settings: dict[str, Any]

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file has all the columns, however its headings are written."""
        wanted = {plain(heading) for heading in self.settings["columns"].values()}
        return len(wanted) >= LEAST_COLUMNS and wanted <= {plain(heading) for heading in header}

    def settings_for(self, header: Sequence[str], guessed: Mapping[str, Any]) -> dict[str, Any]:
        """Settings for a file: its writing as guessed, the meaning from here, headings as the file has them."""
        written = {plain(heading): heading for heading in header}
        columns = {field: written[plain(heading)] for field, heading in self.settings["columns"].items()}
        return {**guessed, **self.settings, "columns": columns}


@lru_cache(maxsize=1)
def ready_profiles() -> tuple[ReadyProfile, ...]:
    """All of them, in the order of their codes."""
    files = sorted((REFERENCE / "profiles").glob("*.json"))
    return tuple(ReadyProfile(**json.loads(file.read_text(encoding="utf-8"))) for file in files)


def recognised(header: Sequence[str], *, kind: str) -> ReadyProfile | None:
    """The ready profile whose columns a file has; of several the one that names most. None where none fits."""
    fitting = [one for one in ready_profiles() if one.kind == kind and one.fits(header)]
    return max(fitting, key=lambda one: len(one.settings["columns"]), default=None)
