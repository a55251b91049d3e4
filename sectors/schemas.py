"""What machines send and get: GeoJSON Features of sectors, decisions with reasons, observations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Field, Schema

Geometry = dict[str, Any]


class SectorProperties(Schema):
    """What may be said of a sector. `version` is the one the change was made from; without it a change is refused."""

    name: str | None = None
    code: str | None = None
    typology: str | None = None
    status: str | None = None
    responsible: str | None = None
    act: str | None = None
    holds_from: date | None = None
    valid_until: date | None = None
    version: int | None = None
    reason: str = ""


class SectorIn(Schema):
    """A Feature from the editor."""

    type: Literal["Feature"] = "Feature"
    geometry: Geometry | None = None
    properties: SectorProperties


class BorderVersion(Schema):
    """The version a border was drawn on; without it the change is refused."""

    version: int | None = None


class BorderIn(Schema):
    """One of the sectors whose borders move together."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Geometry
    properties: BorderVersion


class BordersIn(Schema):
    """Sectors whose borders move together: each with its code as `id`, its geometry and its version."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: Annotated[list[BorderIn], Field(min_length=1, max_length=100)]
    reason: str = ""


class FeatureOut(Schema):
    """A Feature for the map."""

    type: Literal["Feature"]
    id: str | int
    geometry: Geometry
    properties: dict[str, Any]


class FeaturesOut(Schema):
    """Features for the map."""

    type: Literal["FeatureCollection"]
    features: list[FeatureOut]


class RestoreIn(Schema):
    """Which version to write again, and which one stands now for the person who asks."""

    version: int
    expected_version: int | None = None
    reason: str = ""


class ScoresOut(Schema):
    """Scores of a run as the person's role may see them."""

    run: int | None
    window_from: date | None
    window_until: date | None
    scheme_version: int | None
    warnings: list[str]
    scores: list[dict[str, Any]]


class ReasonIn(Schema):
    """Why something is sent or refused."""

    reason: str = ""


class AcceptIn(ReasonIn):
    """Why a proposal is accepted, and what its sector will be called."""

    name: str = ""
    typology: str = "mixto"


class FocalTerritoryIn(Schema):
    """A focal territory as the director approves it."""

    sectors: list[str]
    name: str
    act: str
    period_from: date
    period_until: date
    valid_until: date | None = None
    reason: str = ""


class FocalTerritoryOut(Schema):
    """A focal territory and the sectors it holds."""

    id: int
    name: str
    act: str
    period_from: date
    period_until: date
    valid_until: date
    sectors: list[str]

    @staticmethod
    def resolve_sectors(territory: Any) -> list[str]:
        """Codes of its sectors."""
        return sorted(sector.code for sector in territory.sectors.all())


class RenewIn(ReasonIn):
    """Until when a territory stays, and why."""

    valid_until: date


class FactorIn(Schema):
    """A risk factor seen on the ground."""

    kind: str
    point: Geometry
    observed_on: date
    name: str = ""


class FactorChangeIn(Schema):
    """What changed of a factor. `version` is the one the change was made from."""

    version: int | None = None
    kind: str | None = None
    name: str | None = None
    point: Geometry | None = None
    state: str | None = None
    observed_on: date | None = None
    solved_on: date | None = None


class FactorOut(Schema):
    """A risk factor as it stands."""

    id: int
    kind: str
    name: str
    state: str
    observed_on: date
    solved_on: date | None
    version: int

    @staticmethod
    def resolve_kind(factor: Any) -> str:
        """Code of its kind."""
        return str(factor.kind.code)


class ReadingIn(Schema):
    """A perception reading of one unit (by id) or one sector (by code)."""

    unit: int | None = None
    sector: str | None = None
    value: float
    n: int
    measured_on: date
    instrument: str


class ReadingOut(Schema):
    """A perception reading as it was written."""

    id: int
    value: float
    n: int
    measured_on: date
    instrument: str
