"""Files that imports leave for people, written so that a crash or a spreadsheet can do no harm, and their sweeping."""

from __future__ import annotations

import csv
import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from incidents.models import ImportBatch
from incidents.services.reasons import sentence

FOLDER = "refused"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SWEEP_AFTER_S = 24 * 3600


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def refused_path(name: str) -> Path:
    """Where a file of refused rows lies on disk."""
    return Path(settings.MEDIA_ROOT) / name


def write_refused_file(*, commune: Any, file_name: str, refusals: Iterable[tuple[int, str, str]]) -> str:
    """Write (row, column, reason class) as a CSV that opens in a spreadsheet; returns its name under MEDIA_ROOT.

    Temp name, fsync, rename, fsync of the folder: a file that has its name is whole. Holds no value of any row.
    """
    name = f"{FOLDER}/{commune.pk}/{uuid.uuid4().hex}.csv"
    path = refused_path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, delimiter=";", quoting=csv.QUOTE_MINIMAL)
        writer.writerow([_("file"), _("row"), _("column"), _("reason"), _("explanation")])
        for row, column, reason in refusals:
            writer.writerow([inert(file_name), row, inert(column), reason, inert(sentence(reason))])
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return name


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
