"""Files of this app."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.services.audit import record_act
from plan.models import ExportFile

TYPES = {"shp": "application/zip", "gpkg": "application/geopackage+sqlite3"}


@requires("export.sectors")
@require_GET
def export_file(request: HttpRequest, file: int) -> FileResponse:
    """An exported file of the commune the person works in, as a download that no browser opens as a page of ours."""
    commune = request.commune  # type: ignore[attr-defined]
    exported = get_object_or_404(ExportFile.objects.for_commune(commune), pk=file)
    if not exported.path.is_file():
        raise Http404
    record_act(
        commune=commune,
        user=request.user,
        role=request.role,  # type: ignore[attr-defined]
        verb="export.downloaded",
        target=exported.file_name,
        details={"sha256": exported.sha256},
    )
    answer = FileResponse(
        exported.path.open("rb"),
        as_attachment=True,
        filename=exported.file_name,
        content_type=TYPES[exported.file_format],
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
