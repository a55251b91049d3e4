"""The uploaded file of a job: found when the job starts, deleted once its rows are in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from geo.errors import RefusedFileError


def uploaded(parameters: dict[str, Any]) -> Path:
    """The uploaded file of a job. Raises RefusedFileError where it is gone."""
    path = Path(parameters["path"])
    if not path.is_file():
        raise RefusedFileError(_("The uploaded file is no longer here: upload it again."))
    return path


def delete_upload(path: Path) -> None:
    """Delete an uploaded file when the transaction holds; a file from anywhere else is its owner's and stays."""
    if path.is_relative_to(Path(settings.MEDIA_ROOT) / "uploads"):
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
