"""Operations that machines call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from access.api import allowed
from cameras.models import Camera
from cameras.schemas import CameraIn, CameraList, CameraOut, CoverageOut, PreviewIn, PreviewOut
from cameras.services import content, coverage, preview, register

router = Router(tags=["cameras"])


@router.get("/cameras", response=CameraList, auth=allowed("cameras.view_points"))
def list_cameras(request: HttpRequest) -> dict[str, Any]:
    """The register, retired cameras too."""
    cameras = Camera.objects.for_commune(request.commune).order_by("code")  # type: ignore[attr-defined]
    return {"cameras": [content.told_of(camera) for camera in cameras]}


@router.get("/cameras/coverage", response=CoverageOut, auth=allowed("cameras.view_coverage"))
def show_coverage(request: HttpRequest) -> dict[str, Any]:
    """Coverage of the commune's public ground."""
    commune = request.commune  # type: ignore[attr-defined]
    status, covered = coverage.coverage_status(commune), coverage.covered_area(commune)
    return {
        "cameras": status.cameras,
        "counting": status.counting,
        "outdated": status.outdated,
        "without_view": status.without_view,
        "complete": status.complete,
        "covered_m2": round(covered.area, 2),
        "ground_share": coverage.ground_share(commune, covered=covered),
    }


@router.post("/cameras/preview", response=PreviewOut, auth=allowed("cameras.view_coverage"), url_name="preview_view")
def preview_view(request: HttpRequest, sent: PreviewIn) -> preview.Preview:
    """What a camera of the register sees, or what one that nobody has saved would see. Nothing is kept."""
    commune = request.commune  # type: ignore[attr-defined]
    known = Camera.objects.for_commune(commune)
    camera = get_object_or_404(known.with_code(sent.code)) if sent.code else None
    return preview.preview_view(commune=commune, content=sent.content(), camera=camera)


@router.post("/cameras", response={201: CameraOut}, auth=allowed("cameras.edit"))
def enter_camera(request: HttpRequest, sent: CameraIn) -> Status:
    """Enter a new camera."""
    camera = register.save_camera(
        commune=request.commune,  # type: ignore[attr-defined]
        content={"code": sent.code or "", **sent.content()},
        saved_by=request.user,
        reason=sent.reason,
    )
    return Status(201, content.told_of(camera))


@router.patch("/cameras/{code}", response=CameraOut, auth=allowed("cameras.edit"))
def change_camera(request: HttpRequest, code: str, sent: CameraIn) -> dict[str, Any]:
    """Change some fields. Without version 428, with an old one 409 and both sides."""
    commune = request.commune  # type: ignore[attr-defined]
    camera = get_object_or_404(Camera.objects.for_commune(commune).with_code(code))
    saved = register.save_camera(
        commune=commune,
        content=sent.content(),
        saved_by=request.user,
        camera=camera,
        expected_version=sent.version,
        reason=sent.reason,
    )
    return content.told_of(saved)
