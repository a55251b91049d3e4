"""What machines send and get about the plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class PlanOut(Schema):
    """One version of a plan."""

    id: int
    name: str
    period_from: date
    period_until: date
    version: int
    act: str
    approved_on: date | None
    state: str
    revision: int


class PlanList(Schema):
    """Plans of a commune, the newest first."""

    plans: list[PlanOut]


class ObjectiveOut(Schema):
    """One objective."""

    id: int
    number: int
    text: str
    version: int


class IndicatorOut(Schema):
    """An indicator with its frozen baseline and its last reading."""

    id: int
    name: str
    formula: str
    baseline_value: float
    baseline_on: date
    goal: float
    goal_on: date
    direction: str
    latest_value: float | None
    latest_on: date | None
    version: int


class StrategyOut(Schema):
    """A strategy with its indicators."""

    id: int
    plan: int
    sector: str
    sector_version: int
    objective: int | None
    type: str
    type_name: str
    causes: str
    description: str
    responsible: str
    starts_on: date
    ends_on: date
    budget_clp: int | None
    funding_source: str
    evidence: str
    status: str
    version: int
    indicators: list[IndicatorOut] = Field(default_factory=list)


class PlanContent(Schema):
    """A plan with all that belongs to it."""

    plan: PlanOut
    objectives: list[ObjectiveOut]
    strategies: list[StrategyOut]


class StrategyChange(Schema):
    """Fields of a strategy that change, and the version the change was made from."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    reason: str = Field(default="", max_length=500)
    objective: int | None = None
    type: str | None = None
    causes: str | None = None
    description: str | None = None
    responsible: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    budget_clp: int | None = None
    funding_source: str | None = None
    evidence: str | None = None
    status: str | None = None

    def content(self) -> dict[str, Any]:
        """The fields that were sent, apart from version and reason."""
        return self.model_dump(exclude_unset=True, exclude={"version", "reason"})


class ExportAsked(Schema):
    """What an export should be."""

    model_config = ConfigDict(extra="forbid")

    file_format: Literal["shp", "gpkg"]
    srid: int
    plan: int | None = None
    reason: str = Field(default="", max_length=500)


class JobAsked(Schema):
    """The job that was put in the queue."""

    job: int


class ExportOut(Schema):
    """One exported file."""

    id: int
    file_name: str
    file_format: str
    srid: int
    rows: int
    size_bytes: int
    sha256: str
    losses: list[str]
    created_at: datetime
    address: str


class ExportList(Schema):
    """Exported files of a commune, the newest first."""

    exports: list[ExportOut]
