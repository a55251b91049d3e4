"""Operations that machines call: the catalogue, its history, scores, proposals, focal territories, observations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from access.api import allowed
from access.models import Membership, User
from geo.models import TerritorialUnit
from sectors import schemas
from sectors.models import (
    FactorType,
    FocalTerritory,
    PerceptionReading,
    RiskFactor,
    RiskSector,
    SectorStatus,
    TerritoryProposal,
)
from sectors.services import catalogue, factors, focalising, perception, proposals
from sectors.services.features import version_feature
from sectors.services.map_features import collection, proposal_feature, sector_features
from sectors.services.score_views import scores_for_role, warnings_for_role
from sectors.services.scoring import latest_run

router = Router(tags=["sectors"])
CHANGEABLE = ("name", "typology", "status", "act", "responsible")


# --- catalogue --------------------------------------------------------------------------------------------------------


@router.get("/sectors/", auth=allowed("sectors.view"), response=schemas.FeaturesOut, url_name="sectors")
def list_sectors(request: HttpRequest) -> dict[str, Any]:
    """Sectors in force today, with the score of the latest run."""
    sectors = RiskSector.objects.for_commune(request.commune).open().in_force(catalogue.today(request.commune))
    rows = sectors.select_related("responsible").order_by("code")
    return sector_features(rows, commune=request.commune, role=request.role)


@router.get("/sectors/as-of/{day}", auth=allowed("sectors.view"), response=schemas.FeaturesOut)
def list_as_of(request: HttpRequest, day: date, known_at: datetime | None = None) -> dict[str, Any]:
    """The catalogue that held on a day, as known now or as it had been recorded at a moment."""
    versions = catalogue.catalogue_as_of(commune=request.commune, on=day, known_at=known_at)
    return collection([version_feature(version, role=request.role) for version in versions])


@router.post("/sectors/", auth=allowed("sectors.edit"), response={201: schemas.FeatureOut})
def create_sector(request: HttpRequest, feature: schemas.SectorIn) -> Status:
    """Enter a drawn sector in the catalogue."""
    told = feature.properties
    details = catalogue.SectorDetails(
        code=told.code or "",
        typology=told.typology or catalogue.SectorDetails.typology,
        status=told.status or SectorStatus.DRAFT,
        responsible=_member(request, told.responsible),
        act=told.act or "",
        valid_from=told.holds_from,
    )
    sector = catalogue.create_sector(
        commune=request.commune, name=told.name or "", boundary=feature.geometry or {}, reason=told.reason,
        created_by=request.user, details=details,
    )  # fmt: skip
    return Status(201, _one(request, sector))


@router.patch("/sectors/", auth=allowed("sectors.edit"), response=schemas.FeaturesOut)
def redraw_together(request: HttpRequest, told: schemas.BordersIn) -> dict[str, Any]:
    """Give neighbours their new borders in one save: all or none, each with its own version."""
    borders = [
        catalogue.Border(_sector(request, one.id), one.geometry, one.properties.version) for one in told.features
    ]
    saved = catalogue.redraw_together(borders=borders, reason=told.reason, edited_by=request.user)
    return sector_features(saved, commune=request.commune, role=request.role)


@router.get("/sectors/{code}", auth=allowed("sectors.view"), response=schemas.FeatureOut)
def read_sector(request: HttpRequest, code: str) -> dict[str, Any]:
    """One sector as it stands, closed ones too."""
    return _one(request, _sector(request, code))


@router.patch("/sectors/{code}", auth=allowed("sectors.edit"), response=schemas.FeatureOut)
def change_sector(request: HttpRequest, code: str, feature: schemas.SectorIn) -> dict[str, Any]:
    """Change boundary or properties. A missing version is 428; a stale one is 409 with `current` and `yours`."""
    told, sector = feature.properties, _sector(request, code)
    if told.status == SectorStatus.CLOSED:
        return _one(
            request,
            catalogue.close_sector(
                sector=sector, closed_on=told.valid_until, expected_version=told.version, reason=told.reason,
                closed_by=request.user,
            ),
        )  # fmt: skip
    changed = catalogue.change_sector(
        sector=sector, changes=_changes(request, feature), expected_version=told.version, reason=told.reason,
        edited_by=request.user, holds_from=told.holds_from,
    )  # fmt: skip
    return _one(request, changed)


@router.get("/sectors/{code}/versions", auth=allowed("sectors.view"), response=schemas.FeaturesOut)
def read_versions(request: HttpRequest, code: str) -> dict[str, Any]:
    """Every version of a sector, newest first."""
    versions = _sector(request, code).versions.newest_first().select_related("sector", "responsible", "changed_by")
    return collection([version_feature(version, role=request.role) for version in versions])


@router.post("/sectors/{code}/restore", auth=allowed("sectors.edit"), response=schemas.FeatureOut)
def restore_version(request: HttpRequest, code: str, wanted: schemas.RestoreIn) -> dict[str, Any]:
    """Write the content of an older version again, as the newest one."""
    restored = catalogue.restore_version(
        sector=_sector(request, code), version=wanted.version, expected_version=wanted.expected_version,
        reason=wanted.reason, restored_by=request.user,
    )  # fmt: skip
    return _one(request, restored)


@router.get("/scores/", auth=allowed("sectors.view"), response=schemas.ScoresOut)
def read_scores(request: HttpRequest) -> dict[str, Any]:
    """Scores of the latest run, by rank, with what must be said beside them."""
    run = latest_run(request.commune)
    if run is None:
        empty = dict.fromkeys(("run", "window_from", "window_until", "scheme_version"))
        return empty | {"warnings": [], "scores": []}
    return {
        "run": run.pk,
        "window_from": run.window_from,
        "window_until": run.window_until,
        "scheme_version": run.scheme.version,
        "warnings": warnings_for_role(run, request.role),
        "scores": scores_for_role(run, request.role),
    }


# --- proposals --------------------------------------------------------------------------------------------------------


@router.get("/proposals/", auth=allowed("proposals.view"), response=schemas.FeaturesOut)
def list_proposals(request: HttpRequest) -> dict[str, Any]:
    """Proposals the person may see, the newest run first."""
    rows = TerritoryProposal.objects.for_commune(request.commune).visible_to(request.role).strongest_first()
    return collection([proposal_feature(proposal, request.role) for proposal in rows])


@router.post("/proposals/{proposal}/send", auth=allowed("proposals.send"), response=schemas.FeatureOut)
def send_proposal(request: HttpRequest, proposal: int, told: schemas.ReasonIn) -> dict[str, Any]:
    """Put a draft before the director."""
    sent = proposals.send_proposal(proposal=_proposal(request, proposal), reason=told.reason, sent_by=request.user)
    return proposal_feature(sent, request.role)


@router.post("/proposals/{proposal}/accept", auth=allowed("proposals.decide"), response=schemas.FeatureOut)
def accept_proposal(request: HttpRequest, proposal: int, told: schemas.AcceptIn) -> dict[str, Any]:
    """Accept a sent proposal; the answer is its draft sector."""
    sector = proposals.accept_proposal(
        proposal=_proposal(request, proposal), reason=told.reason, decided_by=request.user, name=told.name,
        typology=told.typology,
    )  # fmt: skip
    return _one(request, sector)


@router.post("/proposals/{proposal}/refuse", auth=allowed("proposals.decide"), response=schemas.FeatureOut)
def refuse_proposal(request: HttpRequest, proposal: int, told: schemas.ReasonIn) -> dict[str, Any]:
    """Refuse a sent proposal; it is kept."""
    refused = proposals.refuse_proposal(
        proposal=_proposal(request, proposal), reason=told.reason, decided_by=request.user
    )
    return proposal_feature(refused, request.role)


# --- focal territories ------------------------------------------------------------------------------------------------


@router.get("/focal-territories/", auth=allowed("sectors.view"), response=list[schemas.FocalTerritoryOut])
def list_focal_territories(request: HttpRequest) -> Any:
    """Focal territories in force today."""
    rows = FocalTerritory.objects.for_commune(request.commune).in_force(catalogue.today(request.commune))
    return rows.prefetch_related("sectors").order_by("name")


@router.post("/focal-territories/", auth=allowed("sectors.focalise"), response={201: schemas.FocalTerritoryOut})
def approve_focal_territory(request: HttpRequest, told: schemas.FocalTerritoryIn) -> Status:
    """Focalise on sectors until a day."""
    chosen = told.dict()
    chosen["sectors"] = [_sector(request, code) for code in told.sectors]
    return Status(201, focalising.create_focal_territory(**chosen, approved_by=request.user))


@router.post(
    "/focal-territories/{territory}/renew", auth=allowed("sectors.focalise"), response=schemas.FocalTerritoryOut
)
def renew_focal_territory(request: HttpRequest, territory: int, told: schemas.RenewIn) -> FocalTerritory:
    """Let a territory stay until a later day."""
    found = get_object_or_404(FocalTerritory.objects.for_commune(request.commune), pk=territory)
    return focalising.renew_focal_territory(
        focal_territory=found, valid_until=told.valid_until, reason=told.reason, approved_by=request.user
    )


# --- observations -----------------------------------------------------------------------------------------------------


@router.post("/factors/", auth=allowed("factors.edit"), response={201: schemas.FactorOut})
def add_factor(request: HttpRequest, told: schemas.FactorIn) -> Status:
    """Write down a risk factor seen on the ground."""
    factor = factors.add_factor(
        commune=request.commune, kind=get_object_or_404(FactorType, code=told.kind), point=told.point,
        observed_on=told.observed_on, recorded_by=request.user, name=told.name,
    )  # fmt: skip
    return Status(201, factor)


@router.patch("/factors/{factor}", auth=allowed("factors.edit"), response=schemas.FactorOut)
def change_factor(request: HttpRequest, factor: int, told: schemas.FactorChangeIn) -> RiskFactor:
    """Follow a factor up. A missing version is 428; a stale one is 409 with both."""
    changes = told.dict(exclude_unset=True, exclude={"version"})
    if "kind" in changes:
        changes["kind"] = get_object_or_404(FactorType, code=changes["kind"])
    found = get_object_or_404(RiskFactor.objects.for_commune(request.commune), pk=factor)
    return factors.change_factor(factor=found, changes=changes, expected_version=told.version, changed_by=request.user)


@router.post("/perception/", auth=allowed("factors.edit"), response={201: schemas.ReadingOut})
def add_reading(request: HttpRequest, told: schemas.ReadingIn) -> Status:
    """Write down a perception reading of a unit or a sector."""
    if told.sector:
        place: Any = _sector(request, told.sector)
    else:
        place = get_object_or_404(TerritorialUnit.objects.for_commune(request.commune), pk=told.unit)
    answer = perception.Answer(told.value, told.measured_on, told.n, told.instrument)
    reading: PerceptionReading = perception.add_reading(place=place, answer=answer, recorded_by=request.user)
    return Status(201, reading)


# --- what a request names ---------------------------------------------------------------------------------------------


def _sector(request: HttpRequest, code: str) -> RiskSector:
    rows = RiskSector.objects.for_commune(request.commune).select_related("commune", "responsible")
    return get_object_or_404(rows, code=code)


def _proposal(request: HttpRequest, proposal: int) -> TerritoryProposal:
    rows = TerritoryProposal.objects.for_commune(request.commune).visible_to(request.role)
    return get_object_or_404(rows.select_related("commune", "cluster"), pk=proposal)


def _one(request: HttpRequest, sector: RiskSector) -> dict[str, Any]:
    return sector_features([sector], commune=request.commune, role=request.role)["features"][0]


def _changes(request: HttpRequest, feature: schemas.SectorIn) -> dict[str, Any]:
    """What the Feature says of the sector; properties that were not sent stay as they are."""
    sent = feature.properties.dict(exclude_unset=True)
    changes = {name: sent[name] for name in CHANGEABLE if name in sent and (sent[name] is not None)}
    if "responsible" in sent:
        changes["responsible"] = _member(request, sent["responsible"])
    if feature.geometry is not None:
        changes["boundary"] = feature.geometry
    return changes


def _member(request: HttpRequest, username: str | None) -> User | None:
    if not username:
        return None
    return get_object_or_404(Membership, commune=request.commune, user__username=username).user
