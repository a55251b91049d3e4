"""The job of the product as one sequence of services, for anybody's commune: demo and `manage.py analyse` run it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from access.models import User
from analysis.progress import Report, silent
from geo.crs import CHILEAN_SRIDS, geometry_to_metric
from geo.frames import study_area
from geo.models import TerritorialUnit
from incidents.models import HotspotRun, Incident
from incidents.services.hotspots import HotspotParameters, run_hotspots
from plan.models import ExportFile
from plan.services.exporting import export_sectors
from sectors.models import RiskSector, ScoringRun, TerritoryProposal
from sectors.services.catalogue import today
from sectors.services.proposals import accept_proposal, propose_territories, send_proposal
from sectors.services.scoring import score_sectors

YEAR = timedelta(days=365)
DEGREES_SRID = 4326


@dataclass(frozen=True)
class Window:
    """First and last day of what is looked at."""

    first: date
    last: date


def year_until(last: date) -> date:
    """First of the twelve months that end on a day."""
    return last - YEAR + timedelta(days=1)


def last_year_of(commune: Any) -> Window | None:
    """The twelve months that end with the newest incident of a commune; None where there is none."""
    moments = Incident.objects.for_commune(commune).current().aggregate(newest=Max("occurred_from"))
    if moments["newest"] is None:
        return None
    last = moments["newest"].astimezone(ZoneInfo(commune.timezone)).date()
    return Window(year_until(last), last)


def sectors_in_force(commune: Any) -> list[RiskSector]:
    """Open sectors of today."""
    return list(RiskSector.objects.for_commune(commune).open().in_force(today(commune)).order_by("code"))


def proposed_area_ratio(proposals: list[TerritoryProposal]) -> float:
    """Share of the ground where incidents can happen that the proposals cover."""
    if not proposals:
        return 0.0
    commune = proposals[0].commune
    shapes = [geometry_to_metric(proposal.boundary, commune=commune) for proposal in proposals]
    ground = study_area(commune)
    return round(float(shapely.unary_union(shapes).intersection(ground).area / ground.area), 6)


def look_for_hotspots(*, commune: Any, window: Window, asked_by: User, report: Report = silent) -> HotspotRun:
    """Look for hot spots with the automatic parameters."""
    return run_hotspots(
        commune=commune,
        window_from=window.first,
        window_until=window.last,
        parameters=HotspotParameters(),
        requested_by=asked_by,
        report=report,
    )


def propose_and_send(*, run: HotspotRun, analyst: User, reason: str) -> list[TerritoryProposal]:
    """Proposals of a run, the strongest first, put before the director."""
    proposals = propose_territories(hotspot_run=run, proposed_by=analyst)
    return [send_proposal(proposal=proposal, reason=reason, sent_by=analyst) for proposal in proposals]


def accept(*, proposals: list[TerritoryProposal], director: User, reason: str) -> list[RiskSector]:
    """Sectors of proposals a named person accepts, named after the unit they lie in."""
    return [
        accept_proposal(proposal=proposal, reason=reason, decided_by=director, name=name_of(proposal))
        for proposal in proposals
    ]


def name_of(proposal: TerritoryProposal) -> str:
    """Name for the sector of a proposal: its number and the territorial unit that holds its middle."""
    middle = proposal.boundary.point_on_surface
    units = TerritorialUnit.objects.for_commune(proposal.commune).in_force().filter(boundary__contains=middle)
    unit = units.exclude(kind="manzana").exclude(name="").order_by("kind", "code").last()
    place = unit.name if unit is not None else proposal.commune.name
    return _("Sector %(number)s, %(place)s") % {"number": proposal.cluster.rank, "place": place}


def score(*, commune: Any, window: Window, asked_by: User, report: Report = silent) -> ScoringRun:
    """Score the sectors in force with the commune's current scheme."""
    return score_sectors(
        commune=commune,
        window_from=window.first,
        window_until=window.last,
        scheme=None,
        requested_by=asked_by,
        report=report,
    )


def export_both(*, commune: Any, exported_by: User, role: str, plan: Any = None) -> list[ExportFile]:
    """Shapefile and its GeoPackage twin, in the commune's metric system where Chile's table has it, else in degrees."""
    srid = commune.metric_srid if commune.metric_srid in CHILEAN_SRIDS else DEGREES_SRID
    return [
        export_sectors(
            commune=commune, file_format=file_format, srid=srid, exported_by=exported_by, role=role, plan=plan
        )
        for file_format in ("shp", "gpkg")
    ]


def path_of(file: ExportFile) -> Path:
    """Where an exported file lies."""
    return Path(settings.MEDIA_ROOT) / file.stored_as


def told(file: ExportFile) -> dict[str, Any]:
    """What a report says of an exported file."""
    return {"file": file.file_name, "rows": file.rows, "sha256": file.sha256, "path": str(path_of(file))}
