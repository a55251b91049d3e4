"""Files that imports leave for people, written so that a crash or a spreadsheet can do no harm, and their sweeping."""

from __future__ import annotations

import csv
import io
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from incidents.models import ImportBatch
from incidents.services.reasons import sentence

FOLDER = "refused"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[-+]?[\d.,]+")
SWEEP_AFTER_S = 24 * 3600


@dataclass(frozen=True)
class RefusedRows:
    """Rows of a file that were refused: why, and what they said in the columns of the profile (personal data masked).

    `reasons` are (row, heading, reason class); `cells` the texts of a row by heading, absent where the row could not
    be read.
    """

    reasons: Sequence[tuple[int, str, str]]
    headings: Sequence[str] = ()
    cells: Mapping[int, Sequence[str | None]] = field(default_factory=dict)


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; numbers stay numbers."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text) else text


def refused_path(name: str) -> Path:
    """Where a file of refused rows lies on disk."""
    return Path(settings.MEDIA_ROOT) / name


def write_refused_file(*, commune: Any, refused: RefusedRows, delimiter: str = ";", encoding: str = "utf-8-sig") -> str:
    """Write refused rows as a table that can be mended and sent again; returns its name under MEDIA_ROOT.

    First the row's number and why it was refused, then the columns of its profile under their own headings, written
    as the profile reads them. Temp name, fsync, rename, fsync of the folder: a file that has its name is whole.
    """
    name = f"{FOLDER}/{commune.pk}/{uuid.uuid4().hex}.csv"
    path = refused_path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".part")
    marked = "utf-8-sig" if encoding == "utf-8" else encoding
    with unfinished.open("w", encoding=marked, newline="", errors="replace") as handle:
        writer = csv.writer(handle, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
        for row in refused_table(refused):
            writer.writerow([inert(cell) for cell in row])
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return name


def refused_table(refused: RefusedRows) -> Iterator[list[str]]:
    """Headings and rows of a table of refused rows, one for each row, its reasons joined."""
    yield [_("Source row"), _("Why it was refused"), *refused.headings]
    blank = [""] * len(refused.headings)
    for number, group in groupby(sorted(refused.reasons, key=lambda one: one[0]), key=lambda one: one[0]):
        told = "; ".join(
            f"{heading}: {sentence(reason)}" if heading else sentence(reason) for _n, heading, reason in group
        )
        yield [str(number), told, *(cell or "" for cell in refused.cells.get(number, blank))]


def refused_workbook(path: Path, *, delimiter: str, encoding: str) -> bytes:
    """A stored table of refused rows as a workbook. Every cell is text, so none can be a formula or lose its zeros."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("Refused"))
        head, text = book.add_format({"bold": True, "bg_color": "#F2E6C8"}), book.add_format({"num_format": "@"})
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as handle:
            for place, row in enumerate(csv.reader(handle, delimiter=delimiter)):
                for column, cell in enumerate(row):
                    sheet.write_string(place, column, cell.removeprefix("'"), head if place == 0 else text)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 40, 18)
        sheet.freeze_panes(1, 2)
    return sink.getvalue()


def sweep_refused_files(*, now_s: float | None = None) -> int:
    """Delete files of refused rows that no batch names and that are older than a day; returns how many."""
    root = Path(settings.MEDIA_ROOT) / FOLDER
    if not root.exists():
        return 0
    limit = (time.time() if now_s is None else now_s) - SWEEP_AFTER_S
    old = [path for path in root.glob("*/*") if path.is_file() and path.stat().st_mtime < limit]
    names = {str(path.relative_to(settings.MEDIA_ROOT)): path for path in old}
    kept = set(ImportBatch.objects.filter(refused_file__in=names).values_list("refused_file", flat=True))
    for name in set(names) - kept:
        names[name].unlink(missing_ok=True)
    return len(set(names) - kept)
