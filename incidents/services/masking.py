"""Masks: the place that roles below the analyst see instead of an incident's own, fixed when the row is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction

from access.services.audit import record_act
from analysis.masking import hexagon_centres, nearest_snap
from geo.crs import STORAGE_SRID, transformer, xy_to_metric
from geo.models import SnapPoint, SnapRelease
from incidents.services.ledger import lock_ledger
from incidents.services.staging import copy_in, copy_out, run, staging_schema

MASKED_ROLE = "atalaya_masked"
HEXAGON_SIDE_M = 250.0
NO_RELEASE = 0
LONGEST_READ_MS = 10_000
CHUNK = 200_000
DIGITS = 7  # a hexagon's centre is an idea, not a place: the last bits of a projection are noise

# one row beside each incident row of `source`; `masks` holds the masked place of each exact one
MASKED_ROWS = """
INSERT INTO incidents_maskedincident
    (incident_id, commune_id, point, release, week, hour, offence_group_id, reserved, origin, recorded_in, withdrawn_in)
SELECT i.id, i.commune_id, ST_SetSRID(ST_MakePoint(m.lng, m.lat), 4326), {release},
       DATE_TRUNC('week', i.occurred_from AT TIME ZONE {zone})::date,
       CASE WHEN NOT t.reserved AND i.time_precision IN ('minute', 'hour')
            THEN EXTRACT(HOUR FROM i.occurred_from AT TIME ZONE {zone}) END,
       CASE WHEN t.level = 'subgroup' THEN COALESCE(t.parent_id, t.id) ELSE t.id END,
       t.reserved, i.origin, i.recorded_in, i.withdrawn_in
FROM {source} i
JOIN incidents_offencetype t ON t.id = i.offence_type_id
LEFT JOIN {schema}.masks m ON NOT t.reserved AND m.x = ST_X(i.point) AND m.y = ST_Y(i.point)
"""

REPEATS = """
UPDATE incidents_maskedincident masked SET repeats = told.repeats
FROM (
    SELECT DISTINCT i.id, me.withdrawn_in IS NULL AND EXISTS (
        SELECT FROM incidents_sameeventmember other
        JOIN incidents_incident first ON first.commune_id = other.commune_id AND first.source = other.source
             AND first.record_key = other.record_key AND first.withdrawn_in IS NULL
        WHERE other.event = me.event AND other.rank < me.rank AND other.withdrawn_in IS NULL
    ) AS repeats
    FROM (SELECT DISTINCT ON (commune_id, source, record_key) * FROM incidents_sameeventmember
          WHERE commune_id = %s ORDER BY commune_id, source, record_key, recorded_in DESC, id DESC) me
    JOIN incidents_incident i ON i.commune_id = me.commune_id AND i.source = me.source
         AND i.record_key = me.record_key AND i.withdrawn_in IS NULL
) told
WHERE masked.incident_id = told.id AND masked.repeats <> told.repeats
"""

DISTINCT_POINTS = "SELECT DISTINCT ST_X(point), ST_Y(point) FROM {source} AS exact WHERE point IS NOT NULL"
INCIDENTS_BY_ID = "(SELECT * FROM incidents_incident WHERE id IN ({ids}))"
OF_COMMUNE = "(SELECT * FROM incidents_incident WHERE commune_id = {commune})"


@dataclass(frozen=True)
class Mask:
    """The fixed set of masked places of a commune: a release of snap points, or hexagons where there is none."""

    commune: Any
    release: int
    lng: np.ndarray
    lat: np.ndarray

    def places(self, lng: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Masked longitude and latitude of each exact point."""
        east, north = xy_to_metric(lng, lat, commune=self.commune)
        if self.release == NO_RELEASE:
            x, y = hexagon_centres(east, north, side_m=HEXAGON_SIDE_M)
            back = transformer(self.commune.metric_srid, STORAGE_SRID)
            centre_lng, centre_lat = back.transform(x, y)
            return np.round(centre_lng, DIGITS), np.round(centre_lat, DIGITS)
        snaps_x, snaps_y = xy_to_metric(self.lng, self.lat, commune=self.commune)
        nearest = nearest_snap(east, north, snaps_x=snaps_x, snaps_y=snaps_y)
        return self.lng[nearest], self.lat[nearest]


def current_mask(commune: Any) -> Mask:
    """The mask in force: the newest release that holds snap points, else hexagons of 250 m."""
    release: SnapRelease | None = SnapRelease.objects.for_commune(commune).order_by("-number").first()
    points = SnapPoint.objects.filter(release=release).order_by("pk").values_list("point", flat=True) if release else []
    pairs = np.array([(point.x, point.y) for point in points], dtype=np.float64).reshape(-1, 2)
    number = release.number if release is not None and len(pairs) else NO_RELEASE
    return Mask(commune, number, pairs[:, 0], pairs[:, 1])


def write_masked_rows(*, commune: Any, schema: str, source: str) -> None:
    """Write the masked twin of every incident row of a table or query, inside the caller's transaction."""
    mask = current_mask(commune)
    run(f"CREATE UNLOGGED TABLE {schema}.masks (x float8, y float8, lng float8, lat float8)")
    exact = copy_out(
        DISTINCT_POINTS.format(source=source),
        {"x": pa.float64(), "y": pa.float64()},
    )
    if exact.num_rows:
        copy_in(f"{schema}.masks", ["x", "y", "lng", "lat"], _mask_batches(mask, exact))
    run("ANALYZE {schema}.masks", schema=schema)
    zone = "'" + commune.timezone.replace("'", "''") + "'"
    run(MASKED_ROWS.format(release=mask.release, zone=zone, source=source, schema=schema))
    mark_repeats(commune)


def mark_repeats(commune: Any) -> int:
    """Say of each masked row of a linked record whether another record of its event is counted; returns changes.

    The role that reads masked rows sees no links, so the answer stands in the row. It follows every act that writes or
    withdraws rows.
    """
    return run(REPEATS, [commune.pk])


def _mask_batches(mask: Mask, exact: pa.Table) -> Iterator[pa.RecordBatch]:
    for batch in exact.to_batches(max_chunksize=CHUNK):
        lng, lat = (batch.column(name).to_numpy() for name in ("x", "y"))
        masked_lng, masked_lat = mask.places(lng, lat)
        yield pa.RecordBatch.from_arrays(
            [pa.array(column) for column in (lng, lat, masked_lng, masked_lat)], names=["x", "y", "lng", "lat"]
        )


@transaction.atomic
def remask(*, commune: Any, reason: str, remasked_by: Any, role: str = "") -> int:
    """Write every masked row again under the mask in force: what follows a new release of snap points.

    Returns how many rows were written. The exact rows and the ledger are untouched.
    """
    lock_ledger(commune)
    with staging_schema() as schema:
        run("DELETE FROM incidents_maskedincident WHERE commune_id = %s", [commune.pk])
        source = OF_COMMUNE.format(commune=int(commune.pk))
        write_masked_rows(commune=commune, schema=schema, source=source)
        [(written,)] = _count(commune)
    record_act(
        commune=commune, user=remasked_by, role=role, verb="incidents.remask", reason=reason,
        details={"rows": written, "release": current_mask(commune).release},
    )  # fmt: skip
    return written


def _count(commune: Any) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM incidents_maskedincident WHERE commune_id = %s", [commune.pk])
        return list(cursor.fetchall())


@contextmanager
def masked_reader() -> Iterator[None]:
    """Read as the database role that has no right on the exact table: a forgotten filter cannot become a leak."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_READ_MS}; SET LOCAL ROLE {MASKED_ROLE}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE; SET LOCAL statement_timeout = DEFAULT")
