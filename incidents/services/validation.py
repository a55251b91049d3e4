"""From text to typed rows, all rows at once: one statement makes the table `parsed` of a staging schema.

What makes a row bad is listed in its `problems` (column, reason); such a row is refused. What makes only its place bad
(`place_reason`) leaves the incident without point: it happened, and it counts.

Placing rules: no coordinates, one of two, text that is no number, (0, 0), and points more than 20 km outside the
commune's box leave the incident unplaced. A file most of whose points lie outside is refused as a whole, with the
reference system in which they would lie inside, because then it is the profile that is wrong and not the rows.
"""

from __future__ import annotations

from typing import Any

from geo.crs import STORAGE_SRID, commune_box, crs_of
from geo.geometry import MARGIN_M
from incidents.services.cells import PAIRS
from incidents.services.profile_settings import ADDRESS_FIELDS, ProfileSettings
from incidents.services.staging import run

NUMBER = r"^[-+]?[0-9]{1,12}(\.[0-9]{0,15})?([eE][-+]?[0-9]{1,2})?$"
GROUPED = r"^[-+]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?$"
PLACE_CLASSES = frozenset({"exact", "interpolated", "block", "area"})
PLACE_CLASS_WORDS = {
    "EXACTA": "exact", "EXACTO": "exact", "GPS": "exact", "DIRECCIÓN": "exact", "DIRECCION": "exact", "PUNTO": "exact",
    "INTERPOLADA": "interpolated", "INTERPOLADO": "interpolated", "CALLE": "interpolated", "APROXIMADA": "block",
    "APROXIMADO": "block", "CUADRA": "block", "MANZANA": "block", "ESQUINA": "block", "INTERSECCIÓN": "block",
    "SECTOR": "area", "BARRIO": "area", "CUADRANTE": "area", "COMUNA": "area", "CENTROIDE": "area",
}  # fmt: skip
METRES_LIMIT = 2e7  # beyond this no projected system of the table has a place, and PROJ need not be asked

# OFFSET 0 keeps each step a step: merged into one, PostgreSQL would compute every expression again wherever it is used
PARSED = """
CREATE UNLOGGED TABLE {schema}.parsed AS
WITH cleaned AS (
    SELECT r.row_number, r.broken, {record_id} AS record_id,
           d.day, COALESCE(t.seconds, d.seconds) AS seconds,
           COALESCE(t.precision, d.precision) AS precision, COALESCE(t.flag, d.flag, '') AS flag,
           ud.day AS until_day, COALESCE(ut.seconds, ud.seconds) AS until_seconds,
           LEFT(CONCAT_WS(' ', BTRIM({date}), BTRIM({time})), 80) AS local_text,
           LEFT(BTRIM({label}), 200) AS source_label, l.type_id,
           o.origin AS told_origin, l.type_origin,
           {x} AS x_text, {y} AS y_text, {address} AS address_text, {class_text} AS class_text,
           d.reason AS date_reason, t.reason AS time_reason, l.reason AS label_reason, o.reason AS origin_reason,
           COALESCE(ud.reason, ut.reason) AS until_reason
    FROM {schema}.raw r
    LEFT JOIN {schema}.dates d ON d.word = {date}
    LEFT JOIN {schema}.times t ON t.word = {time}
    LEFT JOIN {schema}.dates ud ON ud.word = {until_date}
    LEFT JOIN {schema}.times ut ON ut.word = {until_time}
    LEFT JOIN {schema}.labels l ON l.word = {label}
    LEFT JOIN {schema}.origins o ON o.word = {origin}
    OFFSET 0
), typed AS (
    SELECT c.*,
           day + MAKE_INTERVAL(secs => COALESCE(seconds, 0)) AS wall_from,
           CASE WHEN until_day IS NOT NULL OR until_seconds IS NOT NULL
                THEN COALESCE(until_day, day + (until_seconds < COALESCE(seconds, 0))::int)
                     + MAKE_INTERVAL(secs => COALESCE(until_seconds, 86400)) END AS told_until,
           CASE WHEN x_text ~ '{number}' THEN {sign_x} END AS x,
           CASE WHEN y_text ~ '{number}' THEN {sign_y} END AS y
    FROM cleaned c
    OFFSET 0
), placed AS (
    SELECT typed.*, COALESCE(told_until, CASE precision
               WHEN 'minute' THEN wall_from WHEN 'hour' THEN wall_from + INTERVAL '1 hour'
               ELSE (day + 1)::timestamp END) AS wall_until,
           CASE WHEN x_text IS NULL AND y_text IS NULL THEN 'no_coordinates'
                WHEN x_text IS NULL OR y_text IS NULL THEN 'incomplete_coordinates'
                WHEN x IS NULL OR y IS NULL THEN 'coordinates_not_numbers'
                WHEN x = 0 AND y = 0 THEN 'zero_coordinates'
                WHEN ABS(x) > {x_limit} OR ABS(y) > {y_limit} THEN 'far_outside' END AS place_problem
    FROM typed
    OFFSET 0
), moved AS (
    SELECT placed.*,
           CASE WHEN place_problem IS NULL THEN {point} END AS written_point,
           {instant_from} AS candidate_from, {instant_until} AS candidate_until
    FROM placed
    OFFSET 0
), judged AS (
    SELECT moved.*,
           (candidate_from - INTERVAL '1 hour') AT TIME ZONE {zone} = wall_from AS doubled,
           candidate_from AT TIME ZONE {zone} <> wall_from AS nonexistent,
           (candidate_until - INTERVAL '1 hour') AT TIME ZONE {zone} = wall_until AS until_doubled,
           COALESCE(place_problem, CASE WHEN NOT (ST_X(written_point) BETWEEN {west} AND {east}
                AND ST_Y(written_point) BETWEEN {south} AND {north}) THEN 'far_outside' END) AS place_reason
    FROM moved
    OFFSET 0
), settled AS (
    SELECT judged.*,
           candidate_from - CASE WHEN doubled THEN INTERVAL '1 hour' ELSE INTERVAL '0' END AS occurred_from,
           candidate_until - CASE WHEN until_doubled THEN INTERVAL '1 hour' ELSE INTERVAL '0' END AS early_until
    FROM judged
    OFFSET 0
), bounded AS (
    SELECT settled.*,
           CASE WHEN wall_until < wall_from THEN early_until ELSE GREATEST(early_until, occurred_from) END
               AS occurred_until
    FROM settled
    OFFSET 0
), listed AS (
    SELECT bounded.*, ARRAY_REMOVE(ARRAY[
               CASE WHEN broken THEN 'row:broken_row' END,
               CASE WHEN NOT broken AND day IS NULL THEN 'date:' || COALESCE(date_reason, 'missing_date') END,
               CASE WHEN time_reason IS NOT NULL THEN 'time:' || time_reason END,
               CASE WHEN until_reason IS NOT NULL THEN 'until_date:' || until_reason END,
               CASE WHEN NOT broken AND type_id IS NULL THEN 'label:' || COALESCE(label_reason, 'missing_label') END,
               CASE WHEN origin_reason IS NOT NULL THEN 'origin:' || origin_reason END,
               CASE WHEN record_id = '[RUT]' THEN 'record_id:personal_id' END,
               CASE WHEN LENGTH(record_id) > 80 THEN 'record_id:id_too_long' END,
               CASE WHEN occurred_from > NOW() + INTERVAL '1 day' THEN 'date:future' END,
               CASE WHEN wall_until < wall_from OR until_day < day THEN 'until_date:ends_before_start' END
           ], NULL) AS problems,
           ENCODE(SUBSTRING(SHA256(CONVERT_TO(CONCAT_WS('|',
               wall_from, COALESCE(precision, 'day'), COALESCE(told_until::text, ''), source_label,
               COALESCE(told_origin, ''), {x_digest}, {y_digest}, address_text, class_text), 'UTF8'))
               FROM 1 FOR 16), 'hex') AS digest
    FROM bounded
    OFFSET 0
)
SELECT row_number, COALESCE(record_id, '') AS record_id, digest,
       problems || CASE WHEN problems = '{{}}' AND record_id IS NOT NULL
           AND MIN(digest) OVER one_record <> MAX(digest) OVER one_record
           THEN ARRAY['record_id:id_with_other_content'] ELSE '{{}}'::text[] END AS problems,
       ROW_NUMBER() OVER (PARTITION BY record_id, digest, problems = '{{}}' ORDER BY row_number) AS occurrence,
       type_id, source_label, COALESCE(told_origin, type_origin) AS origin, told_origin IS NULL AS origin_assumed,
       occurred_from, occurred_until, local_text, COALESCE(precision, 'day') AS time_precision,
       CASE WHEN nonexistent THEN 'nonexistent' WHEN doubled THEN 'doubled' ELSE flag END AS time_flag,
       CASE WHEN place_reason IS NULL THEN written_point END AS point, place_reason,
       {place_class} AS place_class,
       CASE WHEN place_reason = 'far_outside' THEN x END AS far_x,
       CASE WHEN place_reason = 'far_outside' THEN y END AS far_y
FROM listed
WINDOW one_record AS (PARTITION BY record_id, problems = '{{}}')
"""


def parse_rows(schema: str, *, commune: Any, settings: ProfileSettings) -> None:
    """Make `parsed` from `raw` and the lookup tables of a staging schema."""
    run(parsed_statement(schema, commune=commune, settings=settings))
    run(f"ANALYZE {schema}.parsed")


def parsed_statement(schema: str, *, commune: Any, settings: ProfileSettings) -> str:
    """The statement itself. Every part of it comes from us or from checked settings, none from a file."""
    x, y = _coordinate_texts(settings)
    west, south, east, north = commune_box(commune, margin_m=MARGIN_M)
    zone = _literal(commune.timezone)
    geographic = crs_of(settings.srid).is_geographic
    digits = 7 if geographic else 2
    return PARSED.format(
        schema=schema, zone=zone, number=NUMBER, x=x, y=y,
        record_id=_clean("record_id", settings),
        date=_column("date", settings), time=_column("time", settings),
        until_date=_column("until_date", settings), until_time=_column("until_time", settings),
        label=_column("label", settings), origin=_column("origin", settings),
        address=address_digest(settings), class_text=_class_text(settings), place_class=_place_class(settings),
        x_limit=180 if geographic else METRES_LIMIT, y_limit=90 if geographic else METRES_LIMIT,
        point=_point(settings.srid),
        instant_from=f"wall_from AT TIME ZONE {zone}", instant_until=f"wall_until AT TIME ZONE {zone}",
        west=west, south=south, east=east, north=north,
        sign_x=_signed("x_text", settings), sign_y=_signed("y_text", settings),
        x_digest=_digest("x", digits), y_digest=_digest("y", digits),
    )  # fmt: skip


def address_digest(settings: ProfileSettings) -> str:
    """What the address says, for the digest; NULL, which leaves the digest alone, where the profile names none."""
    named = [f"COALESCE({_clean(field, settings)}, '')" for field in ADDRESS_FIELDS if field in settings.columns]
    return f"UPPER(CONCAT_WS('¦', {', '.join(named)}))" if named else "NULL::text"


def _class_text(settings: ProfileSettings) -> str:
    return f"UPPER({_clean('place_class', settings)})" if "place_class" in settings.columns else "NULL::text"


def _place_class(settings: ProfileSettings) -> str:
    """How well the row's place is known: what its own column says, else what the profile says of all its rows."""
    words = PLACE_CLASS_WORDS | {word.upper(): name for word, name in settings.values.get("place_class", {}).items()}
    known = {word: name for word, name in words.items() if name in PLACE_CLASSES}
    cases = " ".join(f"WHEN {_literal(word)} THEN {_literal(name)}" for word, name in sorted(known.items()))
    return f"CASE class_text {cases} ELSE {_literal(settings.place_class)} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(field: str, settings: ProfileSettings) -> str:
    if field == "label" and field not in settings.columns and settings.constant_label:
        return _literal(settings.constant_label) + "::text"
    return f"r.{field}" if field in settings.columns else "NULL::text"


def _clean(field: str, settings: ProfileSettings) -> str:
    """Trimmed text of a raw column; NULL for the profile's words for nothing."""
    if field not in settings.columns:
        return "NULL::text"
    words = ", ".join(_literal(word) for word in settings.nothing) or "''"
    return f"CASE WHEN BTRIM(r.{field}) NOT IN ({words}, '') THEN BTRIM(r.{field}) END"


def _coordinate_texts(settings: ProfileSettings) -> tuple[str, str]:
    """Expressions of the two coordinates as text with a point for the decimal mark."""
    if "coordinates" in settings.columns:
        both = f"REGEXP_MATCH({_clean('coordinates', settings)}, {_literal(PAIRS[settings.decimal])})"
        first = f"COALESCE(({both})[1], {_clean('coordinates', settings)})"
        second = f"COALESCE(({both})[2], {_clean('coordinates', settings)})"
        x, y = (second, first) if settings.coordinates_order == "latitude_first" else (first, second)
    else:
        x, y = _clean("x", settings), _clean("y", settings)
    return _with_point(x, settings), _with_point(y, settings)


def _with_point(text: str, settings: ProfileSettings) -> str:
    if settings.decimal == ".":
        return text
    grouped = f"CASE WHEN {text} ~ {_literal(GROUPED)} THEN REPLACE({text}, '.', '') ELSE {text} END"
    with_point = f"REPLACE({grouped}, ',', '.')"
    return with_point if settings.decimal == "," else f"CASE WHEN {text} LIKE '%%,%%' THEN {with_point} ELSE {text} END"


def _signed(text: str, settings: ProfileSettings) -> str:
    return f"-ABS({text}::float8)" if settings.unsigned else f"{text}::float8"


def _point(srid: int) -> str:
    written = f"ST_SetSRID(ST_MakePoint(x, y), {int(srid)})"
    return written if srid == STORAGE_SRID else f"ST_Transform({written}, {STORAGE_SRID})"


def _digest(axis: str, digits: int) -> str:
    """A coordinate for the digest: rounded, so that a file saved again by a spreadsheet is the same file."""
    return f"COALESCE(ROUND({axis}::numeric, {digits})::float8::text, {axis}_text, '')"
