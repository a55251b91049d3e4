"""read = accepted + repeated + refused, on generated files of many dialects whose records are counted when written.

The ordinary suite tries a few; `make soak` tries 10,000.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from incidents.services.importing import import_incidents
from tests.factories.geo import CommuneFactory
from tests.incidents.files import HEADER, profile_for
from tests.incidents.test_laws import rows_of_files

CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
FEW = settings(
    max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=CHECKS
)
MANY = settings(max_examples=10_000, deadline=None, suppress_health_check=CHECKS)
KINDS = ("good", "good", "good", "short", "long", "blank", "header", "total", "nul", "two lines")
dialects = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
        "end": st.sampled_from(["\n", "\r\n", "\r"]),
        "titles": st.integers(0, 2),
        "is_workbook": st.sampled_from([False, False, False, True]),
    }
)
kinds_of_rows = st.lists(st.sampled_from(KINDS), min_size=12, max_size=12)


def spoiled(row: list[str], kind: str, *, is_workbook: bool) -> list[str]:
    """A row with one thing wrong, as people and programs get it wrong."""
    wrong = {
        "blank": [],
        "long": [*row, "de más"],
        "header": list(HEADER),
        "total": ["Total", *[""] * 6, "12"],
        "two lines": [*row[:7], "una\ndos"],
    }
    if not is_workbook:  # sheets are rectangles, and hold no such sign
        wrong |= {"short": row[:3], "nul": [row[0], "\0", *row[2:]]}
    return wrong.get(kind, row)


def write_text(path: Path, rows: list[list[str]], dialect: dict[str, Any]) -> None:
    """Every cell in quotes, blank rows where a row is empty."""
    mark = dialect["delimiter"]
    lines = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    text = dialect["end"].join(lines) + dialect["end"]
    path.write_bytes(text.encode(dialect["encoding"], "replace"))


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    """Every cell as text: what looks like a formula is one only for who writes it as such."""
    book = openpyxl.Workbook()
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            place = book.active.cell(number, column)
            place.value, place.data_type = cell, "s"
    book.save(path)


def check_identity(folder: Path, rows: list[list[str]], kinds: list[str], dialect: dict[str, Any]) -> None:
    """Write a file, count its records, import it twice."""
    is_workbook = dialect["is_workbook"]
    body = [spoiled(row, kind, is_workbook=is_workbook) for row, kind in zip(rows, kinds, strict=False)]
    written = sum(any(cell.strip() for cell in row) for row in body)
    titles = [["Registro municipal"]] * dialect["titles"]
    path = folder / ("libro.xlsx" if is_workbook else "tabla.csv")
    if is_workbook:
        write_workbook(path, [*titles, HEADER, *body])
    else:
        write_text(path, [*titles, HEADER, *body], dialect)
    told = {name: dialect[name] for name in ("delimiter", "encoding")}
    with transaction.atomic():
        profile = profile_for(CommuneFactory(), **told)
        options: dict[str, Any] = {"commune": profile.commune, "path": path, "file_name": path.name}
        batch = import_incidents(**options, profile=profile, imported_by=None)
        assert batch.read == written == batch.accepted + batch.repeated + batch.refused
        again = import_incidents(**options, profile=profile, imported_by=None)
        assert (again.read, again.accepted, again.refused) == (written, 0, batch.refused)
        transaction.set_rollback(True)


@pytest.mark.django_db
@FEW
@given(rows=rows_of_files, kinds=kinds_of_rows, dialect=dialects)
def test_every_row_is_accounted_for(
    rows: Any, kinds: Any, dialect: Any, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    folder = tmp_path_factory.mktemp("identidad")
    settings.MEDIA_ROOT = folder / "files"
    check_identity(folder, [rows[0], *rows], ["good", *kinds], dialect)


@pytest.mark.soak
@pytest.mark.django_db
@MANY
@given(rows=rows_of_files, kinds=kinds_of_rows, dialect=dialects)
def test_every_row_of_ten_thousand_files_is_accounted_for(
    rows: Any, kinds: Any, dialect: Any, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    folder = tmp_path_factory.mktemp("identidad")
    settings.MEDIA_ROOT = folder / "files"
    check_identity(folder, [rows[0], *rows], ["good", *kinds], dialect)
