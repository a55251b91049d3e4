"""What machines send and get about cameras."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class PointGeometry(Schema):
    """A GeoJSON point, longitude first."""

    type: Literal["Point"] = "Point"
    coordinates: list[float]


class CameraOut(Schema):
    """A camera of the register."""

    code: str
    name: str
    owner: str
    monitored_live: bool
    kind: str
    point: PointGeometry
    height_m: float
    elevation_m: float | None
    azimuth_deg: float | None
    field_of_view_deg: float | None
    focal_length_mm: float | None
    sensor_width_mm: float | None
    tilt_deg: float | None
    tele_field_of_view_deg: float | None
    pixels_wide: int | None
    pixels_high: int | None
    night: str
    range_m: float
    status: str
    brand: str
    installed_on: date | None
    retired_on: date | None
    assumed: list[str]
    version: int


class CameraList(Schema):
    """The register of a commune."""

    cameras: list[CameraOut]


class CameraIn(Schema):
    """What a save sends: the fields that change, and the version it was made from (a new camera: its code)."""

    model_config = ConfigDict(extra="forbid")

    code: str | None = Field(default=None, max_length=40)
    version: int | None = None
    reason: str = Field(default="", max_length=500)
    name: str | None = Field(default=None, max_length=200)
    owner: str | None = None
    monitored_live: bool | None = None
    kind: str | None = None
    point: dict[str, Any] | None = None
    height_m: float | None = None
    elevation_m: float | None = None
    azimuth_deg: float | None = None
    field_of_view_deg: float | None = None
    focal_length_mm: float | None = None
    sensor_width_mm: float | None = None
    tilt_deg: float | None = None
    tele_field_of_view_deg: float | None = None
    pixels_wide: int | None = None
    pixels_high: int | None = None
    night: str | None = None
    range_m: float | None = None
    status: str | None = None
    brand: str | None = Field(default=None, max_length=120)
    installed_on: date | None = None
    retired_on: date | None = None

    def content(self) -> dict[str, Any]:
        """The fields that were sent, apart from code, version and reason."""
        return self.model_dump(exclude_unset=True, exclude={"code", "version", "reason"})


class PreviewIn(Schema):
    """A camera of the register by its code, or one that nobody has saved."""

    model_config = ConfigDict(extra="forbid")

    code: str | None = Field(default=None, max_length=40)
    kind: str | None = None
    point: dict[str, Any] | None = None
    height_m: float | None = None
    elevation_m: float | None = None
    azimuth_deg: float | None = None
    field_of_view_deg: float | None = None
    focal_length_mm: float | None = None
    sensor_width_mm: float | None = None
    tilt_deg: float | None = None
    tele_field_of_view_deg: float | None = None
    pixels_wide: int | None = None
    pixels_high: int | None = None
    range_m: float | None = None

    def content(self) -> dict[str, Any]:
        """The fields that were sent, apart from the code."""
        return self.model_dump(exclude_unset=True, exclude={"code"})


class PreviewClassOut(Schema):
    """One quality class: its words, how far it reaches on level ground, the ground seen in it or better."""

    step: int
    title: str
    reach_m: float
    area_m2: float


class PreviewCameraOut(Schema):
    """What was taken for the camera."""

    kind: str
    point: PointGeometry
    height_m: float
    azimuth_deg: float | None
    range_m: float
    assumed: list[str]


class PreviewOut(Schema):
    """What a camera sees or would see; `problem` says why it sees nothing that can be told."""

    camera: PreviewCameraOut
    problem: str
    seen_m2: float
    model: str
    blind_m: float
    classes: list[PreviewClassOut]
    features: dict[str, Any]
    notes: list[str]


class CoverageOut(Schema):
    """How much of the public ground live-monitored cameras see, and how far that can be trusted today."""

    cameras: int
    counting: int
    outdated: int
    without_view: int
    complete: bool
    covered_m2: float
    ground_share: float | None
