"""One place finds and deletes the uploaded file of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.services.uploads import delete_upload, uploaded
from geo.errors import RefusedFileError


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError):
        uploaded({"path": str(tmp_path / "no.csv")})


@pytest.mark.django_db
@pytest.mark.parametrize(("folder", "stays"), [("uploads/1", False), ("otra", True)])
def test_only_an_upload_is_deleted(
    folder: str, stays: bool, tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    path = tmp_path / folder / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text("x")
    with django_capture_on_commit_callbacks(execute=True):
        delete_upload(path)
    assert path.exists() is stays
