"""Files between the moment a person drops them and the moment a job has read them: on disk, named by a signed token."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from geo.errors import RefusedFileError, TooLargeError

KEPT_HOURS = 24
LARGEST_BYTES = 500 * 1024 * 1024
TABLES = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xlsm", ".ods", ".geojson", ".gpkg", ".kml", ".kmz", ".zip")
LAYERS = (".gpkg", ".geojson", ".json", ".zip", ".kml", ".kmz", ".parquet", ".geoparquet")
SURFACES = (".tif", ".tiff")


@dataclass(frozen=True)
class Upload:
    """One file that waits: where it lies, what its owner called it, the token that names it in an address."""

    path: Path
    file_name: str
    token: str


def keep_upload(uploaded: Any, *, commune: Any, suffixes: tuple[str, ...]) -> Upload:
    """Write an uploaded file to the folder of waiting files. Raises RefusedFileError, TooLargeError."""
    file_name = _name(uploaded.name)
    suffix = next((one for one in suffixes if file_name.lower().endswith(one)), None)
    if suffix is None:
        raise RefusedFileError(
            _("“%(file)s” is of a kind that is not read here. Kinds: %(kinds)s.")
            % {"file": file_name, "kinds": ", ".join(suffixes)}
        )
    if uploaded.size > LARGEST_BYTES:
        raise TooLargeError(_("“%(file)s” is larger than 500 MB. Split it.") % {"file": file_name})
    sweep_uploads()
    folder = _folder(commune)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}{suffix}"
    with path.open("wb") as handle:
        for chunk in uploaded.chunks():
            handle.write(chunk)
    return Upload(path, file_name, signing.dumps([path.name, file_name, commune.pk], salt=__name__))


def find_upload(token: str, *, commune: Any) -> Upload:
    """The file a token names, for the commune it was given to. Raises Http404 when it is gone or another's."""
    try:
        stored, file_name, owner = signing.loads(token, salt=__name__, max_age=KEPT_HOURS * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    path = _folder(commune) / stored
    if owner != commune.pk or not path.is_file():
        raise Http404
    return Upload(path, file_name, token)


def sweep_uploads() -> None:
    """Remove files that have waited too long."""
    oldest = time.time() - KEPT_HOURS * 3600
    for path in _root().glob("*/*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def _folder(commune: Any) -> Path:
    return _root() / str(commune.pk)


def _name(given: str) -> str:
    return get_valid_filename(Path(given).name)[-150:]
