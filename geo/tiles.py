"""Vector tiles made by the database: one layer, one box, never every row."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import GeoFunc, Transform
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _

from geo.errors import RefusedError, TooLargeError

MOST_FEATURES = 10_000
MOST_BYTES = 2_000_000
DEEPEST_ZOOM = 22
EXTENT = 4096
BUFFER = 64
HALF_WORLD_M = 20_037_508.342789244
CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
MERCATOR_SRID = 3857
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


class NoSuchTileError(RefusedError):
    """The tile's address lies outside the grid."""

    status = 404


def is_address(zoom: int, column: int, row: int) -> bool:
    """True where the grid has such a tile."""
    return 0 <= zoom <= DEEPEST_ZOOM and 0 <= column < 2**zoom and 0 <= row < 2**zoom


def check_address(zoom: int, column: int, row: int) -> None:
    """Refuse an address outside the grid before any query is made. Raises NoSuchTileError."""
    if not is_address(zoom, column, row):
        raise NoSuchTileError(_("There is no such tile."))


def tile_bounds(zoom: int, column: int, row: int, *, margin: float = 0.0) -> tuple[float, float, float, float]:
    """Box (west, south, east, north) of a tile in degrees, widened by a share of its side."""
    side = 2 * HALF_WORLD_M / 2**zoom
    west, north = -HALF_WORLD_M + (column - margin) * side, HALF_WORLD_M - (row - margin) * side
    whole = side * (1 + 2 * margin)
    return (*_degrees(west, north - whole), *_degrees(west + whole, north))


def _degrees(x: float, y: float) -> tuple[float, float]:
    radius = HALF_WORLD_M / math.pi
    return math.degrees(x / radius), math.degrees(2 * math.atan(math.exp(y / radius)) - math.pi / 2)


def vector_tile(
    queryset: Any,
    *,
    zoom: int,
    column: int,
    row: int,
    layer: str,
    fields: Sequence[str] = (),
    geometry: str = "boundary",
    with_ids: bool = True,
) -> bytes:
    """A tile of the rows of a queryset, each with its id and the named fields or annotations.

    The tile's box is turned into the stored system, so that the index answers it. At most 10,000 features are drawn,
    the first by id, and fewer where they pass 2 MB. Ids are given in the order of writing, which is often that of
    time: `with_ids` False leaves them out and draws by place and fields instead, so that the order says nothing either.
    Raises NoSuchTileError for an address outside the grid.
    """
    check_address(zoom, column, row)
    for name in (layer, geometry, *fields):
        if NAME.fullmatch(name) is None:
            raise ValueError(f"not a plain name: {name!r}")
    box = Polygon.from_bbox(tile_bounds(zoom, column, row, margin=BUFFER / EXTENT))
    box.srid = 4326
    drawn = _DrawnInTile(Transform(geometry, MERCATOR_SRID), zoom, column, row)
    rows = queryset.filter(**{f"{geometry}__bboverlaps": box}).annotate(drawn_in_tile=drawn)
    if with_ids:
        named = rows.order_by("pk").values("pk", "drawn_in_tile", *fields)
    else:
        named = rows.order_by(geometry, *fields).values("drawn_in_tile", *fields)
    most = MOST_FEATURES
    while most:
        tile = _as_tile(named[:most], layer, with_ids=with_ids)
        if len(tile) <= MOST_BYTES:
            return tile
        most //= 4
    raise TooLargeError(_("One feature alone is too large for a tile."))


class _DrawnInTile(GeoFunc):
    """A geometry in web-mercator metres as tile coordinates, clipped to the tile and its margin."""

    function = "ST_AsMVTGeom"
    output_field = models.GeometryField(srid=0)  # type: ignore[assignment]

    def __init__(self, mercator: Any, zoom: int, column: int, row: int) -> None:
        envelope = models.Func(
            models.Value(zoom), models.Value(column), models.Value(row), function="ST_TileEnvelope",
            output_field=models.GeometryField(srid=MERCATOR_SRID),
        )  # fmt: skip
        super().__init__(mercator, envelope, models.Value(EXTENT), models.Value(BUFFER), models.Value(True))


def _as_tile(rows: Any, layer: str, *, with_ids: bool) -> bytes:
    sql, parameters = rows.query.sql_with_params()
    identity = ", 'pk'" if with_ids else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ST_AsMVT(t, %s, {EXTENT}, 'drawn_in_tile'{identity}) FROM ({sql}) t",  # noqa: S608 - made by the ORM
            [layer, *parameters],
        )
        (tile,) = cursor.fetchone()
    return bytes(tile)


def etag(*parts: object) -> str:
    """Tag of an answer from all it depends on: commune, role, layer, its version, the address."""
    told = "\x1f".join(str(part) for part in parts)
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def layer_version(queryset: Any) -> str:
    """Version of a layer whose rows are added and ended, never edited: how many there are and the last id."""
    counted = queryset.aggregate(rows=models.Count("pk"), last=models.Max("pk"))
    return f"{counted['rows']}-{counted['last']}"


def tile_response(request: HttpRequest, *, tag: str, draw: Callable[[], bytes]) -> HttpResponse:
    """The answer to a request for a tile: 304 where the browser has it, 204 where nothing lies in it."""
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        content = draw()
        answer = HttpResponse(content, content_type=CONTENT_TYPE, status=200 if content else 204)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
