"""The trail: who did what, what left the house. Rows are only ever added; the database refuses anything else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from access.models import AuditEvent, ExportLog


def record_act(
    *,
    commune: Any,
    user: Any,
    role: str | None,
    verb: str,
    target: str = "",
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write one act, inside the caller's transaction: an act that is rolled back leaves no trace, and none is lost.

    `details` are counts, versions and names of settings: never a coordinate, never a person's words.
    """
    return AuditEvent.objects.create(
        commune=commune,
        user=user,
        role=role or "",
        verb=verb,
        target=target[:200],
        reason=reason[:500],
        details=details or {},
    )


def record_export(  # noqa: PLR0913 - an export is told by all of these
    *,
    commune: Any,
    user: Any,
    role: str,
    layer: str,
    file_format: str,
    srid: int | None,
    rows: int,
    path: Path,
    parameters: dict[str, Any],
    reason: str = "",
) -> ExportLog:
    """Write that a file is given out, with its digest, before it is sent."""
    with Path(path).open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return ExportLog.objects.create(
        commune=commune,
        user=user,
        role=role,
        layer=layer,
        file_format=file_format,
        srid=srid,
        rows=rows,
        file_name=Path(path).name[:200],
        sha256=digest,
        parameters=parameters,
        reason=reason[:500],
    )
