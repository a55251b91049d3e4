"""Tiles of incidents and events. Under zoom 14 incidents are counts on a metric grid; from there on, points.

Whose table answers is decided by the role: the analyst's is exact, the camera operator's exact for 72 hours, everybody
else's is the masked one, read by a database role that has no right on the other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon
from django.db import connection, transaction
from django.db.models import F, Func
from django.db.models.functions import Coalesce
from django.utils import timezone

from access.permissions import allows
from access.roles import Role
from geo.models import SnapRelease
from geo.tiles import BUFFER, EXTENT, MOST_FEATURES, check_address, tile_bounds, vector_tile
from incidents.models import Incident, MaskedIncident, MassEvent
from incidents.services.ledger import latest_sequence
from incidents.services.masking import LONGEST_READ_MS, masked_reader

LAYER, EVENT_LAYER = "incidentes", "eventos"
POINTS_FROM_ZOOM = 14
CELL_M, CELL_ZOOM, COARSEST_ZOOM = 250.0, 13, 6
FEW = 5  # counts below this are told as "<5" to roles that read the masked table
RECENT = dt.timedelta(hours=72)
METRES_PER_DEGREE = 111_000.0

CELLS = """
WITH places AS (SELECT point, COUNT(*) AS n FROM ({rows}) AS chosen GROUP BY point),
metric AS (SELECT ST_Transform(point, %s) AS place, n FROM places),
cells AS (
    SELECT FLOOR(ST_X(place) / %s)::bigint AS across, FLOOR(ST_Y(place) / %s)::bigint AS up, SUM(n)::integer AS n
    FROM metric GROUP BY 1, 2 ORDER BY 1, 2
), drawn AS (
    SELECT ST_AsMVTGeom(ST_Transform(ST_MakeEnvelope(across * %s, up * %s, (across + 1) * %s, (up + 1) * %s, %s), 3857),
                        ST_TileEnvelope(%s, %s, %s), {extent}, {buffer}, true) AS shape,
           CASE WHEN n >= %s THEN n END AS n,
           CASE WHEN n >= %s THEN n::text ELSE '<' || %s END AS n_text
    FROM cells
)
SELECT ST_AsMVT(t, %s, {extent}, 'shape') FROM (SELECT * FROM drawn WHERE shape IS NOT NULL LIMIT {most}) AS t
"""


@dataclass(frozen=True)
class TileAddress:
    """One tile of the web-mercator grid."""

    zoom: int
    column: int
    row: int


@dataclass(frozen=True)
class Period:
    """Local days from first to last, both included; None: all there is."""

    first_day: dt.date
    last_day: dt.date


class LocalMinute(Func):
    """A moment as local wall time, to the minute, as text."""

    template = "TO_CHAR((%(expressions)s) AT TIME ZONE '%(zone)s', 'YYYY-MM-DD HH24:MI')"
    output_field = models.CharField()

    def __init__(self, expression: Any, *, zone: str) -> None:
        super().__init__(expression, zone=zone.replace("'", "''"))


def precision_of(role: str | None) -> str:
    """Which table a role reads: exact, recent (exact, last 72 hours) or masked."""
    if allows(role, "incidents.view_exact"):
        return "exact"
    return "recent" if allows(role, "incidents.view_recent") else "masked"


def version_of(commune: Any, role: str | None) -> tuple[object, ...]:
    """What the tiles of a role depend on beside their address and filters."""
    precision = precision_of(role)
    if precision == "recent":
        now = timezone.now()
        return (precision, latest_sequence(commune), now.date(), now.hour, now.minute // 10)
    if precision == "exact":
        return (precision, latest_sequence(commune))
    release = SnapRelease.objects.for_commune(commune).aggregate(last=models.Max("number"))["last"]
    return (precision, latest_sequence(commune), release, role == Role.DIRECTOR)


def incident_tile(*, commune: Any, role: str | None, address: TileAddress, period: Period | None) -> bytes:
    """One tile of incidents as a role may see them. Raises NoSuchTileError for an address outside the grid."""
    check_address(address.zoom, address.column, address.row)
    if precision_of(role) == "masked":
        with masked_reader():
            return _masked_tile(commune, role, address, period)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_READ_MS}")
        return _exact_tile(commune, role, address, period)


def event_tile(*, commune: Any, address: TileAddress, period: Period | None) -> bytes:
    """One tile of mass events: footprints, and venues of those that have none."""
    events = MassEvent.objects.for_commune(commune)
    if period is not None:
        events = events.on_days(period.first_day, period.last_day, timezone=commune.timezone)
    rows = events.annotate(
        place=Coalesce("footprint", "venue", output_field=models.GeometryField(srid=4326)),
        attendance=Coalesce("actual_attendance", "expected_attendance"),
        starts=LocalMinute(F("starts_at"), zone=commune.timezone),
        ends=LocalMinute(F("ends_at"), zone=commune.timezone),
    )
    return vector_tile(
        rows, zoom=address.zoom, column=address.column, row=address.row, layer=EVENT_LAYER, geometry="place",
        fields=("code", "name", "type", "state", "attendance", "capacity", "starts", "ends", "version"),
    )  # fmt: skip


def events_version(commune: Any) -> str:
    """What the tiles of events depend on."""
    told = MassEvent.objects.for_commune(commune).aggregate(
        rows=models.Count("pk"), last=models.Max("pk"), versions=models.Sum("version")
    )
    return f"{told['rows']}-{told['last']}-{told['versions']}"


def _exact_tile(commune: Any, role: str | None, address: TileAddress, period: Period | None) -> bytes:
    rows = Incident.objects.for_commune(commune).current().counted_once().placed()
    if precision_of(role) == "recent":
        rows = rows.filter(occurred_from__gte=timezone.now() - RECENT, offence_type__reserved=False)
    if period is not None:
        rows = rows.between(period.first_day, period.last_day, timezone=commune.timezone)
    if address.zoom < POINTS_FROM_ZOOM:
        return _cells(rows, commune=commune, address=address, fewest=1)
    named = rows.annotate(
        type=F("offence_type__name"),
        moment=LocalMinute(F("occurred_from"), zone=commune.timezone),
    )
    return vector_tile(
        named, zoom=address.zoom, column=address.column, row=address.row, layer=LAYER, geometry="point",
        fields=("type", "origin", "moment", "time_precision", "place_class"),
    )  # fmt: skip


def _masked_tile(commune: Any, role: str | None, address: TileAddress, period: Period | None) -> bytes:
    rows = MaskedIncident.objects.for_commune(commune).current().counted_once().placed()
    if period is not None:
        rows = rows.in_weeks(period.first_day, period.last_day)
    if address.zoom < POINTS_FROM_ZOOM:
        return _cells(rows, commune=commune, address=address, fewest=FEW)
    hour = ("hour",) if role == Role.DIRECTOR else ()
    return vector_tile(
        rows.annotate(group=F("offence_group__name")), zoom=address.zoom, column=address.column, row=address.row,
        layer=LAYER, geometry="point", fields=("group", "origin", "week", *hour), with_ids=False,
    )  # fmt: skip


def cell_side_m(zoom: int) -> float:
    """Side of a counting cell: 250 m at zoom 13, twice as long with every zoom outwards."""
    return float(CELL_M * 2 ** (CELL_ZOOM - max(zoom, COARSEST_ZOOM)))


def _cells(rows: Any, *, commune: Any, address: TileAddress, fewest: int) -> bytes:
    """Counts on a grid of the commune's metres. The box is widened by a cell, so that no cell is counted in part."""
    side = cell_side_m(address.zoom)
    west, south, east, north = tile_bounds(address.zoom, address.column, address.row, margin=BUFFER / EXTENT)
    margin = 2.5 * side / METRES_PER_DEGREE
    widest = min(3.0 * margin, 90.0)  # a degree of longitude is shorter, down to 70 degrees of latitude
    box = Polygon.from_bbox((west - widest, south - margin, east + widest, north + margin))
    box.srid = 4326
    chosen = rows.filter(point__bboverlaps=box).order_by().values("point")
    sql, parameters = chosen.query.sql_with_params()
    srid = commune.metric_srid
    statement = CELLS.format(rows=sql, extent=EXTENT, buffer=BUFFER, most=MOST_FEATURES)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [*parameters, srid, side, side, side, side, side, side, srid, address.zoom, address.column, address.row,
             fewest, fewest, fewest, LAYER],
        )  # fmt: skip
        (tile,) = cursor.fetchone()
    return bytes(tile)
