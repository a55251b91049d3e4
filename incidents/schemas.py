"""What machines send and get."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema
from pydantic import Field


class BatchOut(Schema):
    """An import: counts that add up, why rows were refused or stayed without place."""

    id: int
    file_name: str
    profile: str
    state: str
    read: int
    accepted: int
    repeated: int
    refused: int
    unplaced: int
    counts: dict[str, Any]
    has_refused_file: bool
    sequence: int | None
    created_at: dt.datetime

    @staticmethod
    def resolve_profile(batch: Any) -> str:
        return str(batch.profile.source)

    @staticmethod
    def resolve_has_refused_file(batch: Any) -> bool:
        return bool(batch.refused_file)


class ProfileIn(Schema):
    """A source profile to save: a new source, or a new version of a known one."""

    name: str = Field(min_length=1, max_length=120)
    source: str = Field(default="", max_length=40)
    kind: str = "incidents"
    settings: dict[str, Any]
    retention_months: int | None = Field(default=None, ge=1, le=600)
    legal_basis: str = Field(default="", max_length=300)


class ProfileOut(Schema):
    """The newest version of a source's profile."""

    source: str
    version: int
    kind: str
    name: str
    settings: dict[str, Any]
    retention_months: int | None
    legal_basis: str


class CorrectionIn(Schema):
    """A correction of one incident: another point (GeoJSON), no point at all, or another type; a reason is required."""

    reason: str = Field(min_length=1, max_length=300)
    point: dict[str, Any] | None = None
    unplace: bool = False
    taxonomy: str | None = None
    code: str | None = None


class IncidentOut(Schema):
    """One version of one incident, as the analyst sees it."""

    id: int
    source: str
    record_key: str
    offence_type: str
    origin: str
    occurred_from: dt.datetime
    occurred_until: dt.datetime
    time_precision: str
    place_class: str
    corrected: list[str]
    recorded_in: int
    withdrawn_in: int | None

    @staticmethod
    def resolve_offence_type(incident: Any) -> str:
        return str(incident.offence_type.code)


class EventIn(Schema):
    """A mass event to write or fields of one to change; geometries are GeoJSON, `version` that of the one changed."""

    version: int | None = None
    code: str | None = Field(default=None, max_length=60)
    name: str | None = Field(default=None, max_length=160)
    type: str | None = Field(default=None, max_length=80)
    organiser: str | None = Field(default=None, max_length=160)
    venue: dict[str, Any] | None = None
    footprint: dict[str, Any] | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    expected_attendance: int | None = Field(default=None, ge=0, le=5_000_000)
    actual_attendance: int | None = Field(default=None, ge=0, le=5_000_000)
    capacity: int | None = Field(default=None, ge=0, le=5_000_000)
    state: str | None = None
    authority: str | None = Field(default=None, max_length=120)
    resolution: str | None = Field(default=None, max_length=60)
    resolved_on: dt.date | None = None
    guards: int | None = Field(default=None, ge=0, le=100_000)


class EventOut(Schema):
    """A mass event without its geometry, which the tiles carry."""

    code: str
    name: str
    type: str
    organiser: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    expected_attendance: int | None
    actual_attendance: int | None
    capacity: int | None
    state: str
    authority: str
    resolution: str
    version: int


class HotspotRunOut(Schema):
    """A hot-spot run and everything needed to repeat it."""

    id: int
    window_from: dt.date
    window_until: dt.date
    method: str
    parameters: dict[str, Any]
    seed: int
    code_version: str
    sequence: int
    counts: dict[str, Any]
    clusters: int
    created_at: dt.datetime

    @staticmethod
    def resolve_clusters(run: Any) -> int:
        return int(run.clusters.count())
