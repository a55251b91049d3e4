"""The words for every reason a file or a row is refused. The child sends codes, never sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from geo.errors import RefusedFileError, TooLargeError

TOO_LARGE = {"too_many_pixels", "too_many_bytes", "too_many_rows", "gzip_bomb"}
FILE_REASONS = {
    "empty": mark("the file has no rows."),
    "not_a_table": mark("this is not a text table (found: %(found)s). Save it as CSV."),
    "gzip_bomb": mark("the compressed file grows more than a hundred times when opened."),
    "gzip_broken": mark("the compressed file is cut or damaged (line %(line)s)."),
    "too_many_bytes": mark("its content is larger than %(limit_mb)s MB. Split it."),
    "too_many_rows": mark("it has more than %(limit)s rows. Split it."),
    "too_many_columns": mark("it has more than %(limit)s columns."),
    "line_too_long": mark("line %(line)s is too long; perhaps a quotation mark is missing."),
    "field_too_long": mark("a cell that starts at line %(line)s is too long; perhaps a quotation mark is missing."),
    "unclosed_quote": mark("the quotation mark opened at line %(line)s is never closed."),
    "broken_row": mark("line %(line)s cannot be read as a row of a table."),
    "encoding_mixed": mark("line %(line)s is not written in %(encoding)s; the file mixes encodings."),
    "header_empty": mark("column %(column)s has no name in the first row."),
    "header_repeated": mark("the column name “%(column)s” is repeated."),
    "column_missing": mark("there is no column “%(column)s”. Columns found: %(header)s."),
    "not_geojson": mark("this is not GeoJSON (%(found)s)."),
    "too_deep": mark("its content is nested more than %(limit)s levels deep."),
    "repeated_key": mark("a member of the GeoJSON is repeated."),
    "crs_not_allowed": mark("the member “crs” is not allowed: GeoJSON is longitude and latitude (EPSG:4326)."),
    "not_geopackage": mark("this is not a GeoPackage (found: %(found)s)."),
    "broken_geopackage": mark("the GeoPackage is damaged."),
    "program_inside": mark("it holds a program (%(kind)s “%(name)s”); only plain tables are read."),
    "broken_geotiff": mark("the GeoTIFF is damaged, or it is not one."),
    "too_many_pixels": mark("it has more than %(limit)s million cells. Cut it into tiles."),
    "bands": mark("it has %(found)s bands; heights have one."),
    "not_heights": mark("its cells hold “%(found)s”, not heights."),
    "rotated": mark("its grid is rotated or upside down."),
    "no_layers": mark("it holds no map layer."),
    "too_many_layers": mark("it has more than %(limit)s layers."),
    "which_layer": mark("it holds several layers; say which one: %(layers)s."),
    "layer_missing": mark("there is no layer “%(layer)s”. Layers found: %(layers)s."),
    "memory": mark("it needs more memory than one file may take."),
    "drivers": mark("the reader is not set up safely (%(found)s). Tell the administrator."),
    "time": mark("it takes too long to read."),
    "died": mark("it made the reader fail (%(found)s). It may be damaged."),
    "output": mark("the reader gave back something unexpected. The file may be damaged."),
    "extension": mark("files of type “%(found)s” are not read. Use CSV, GeoJSON or GeoPackage."),
}
ROW_REASONS = {
    "nul": mark("The row holds a NUL character."),
    "ragged": mark("The row has %(first)s cells; the header has %(second)s."),
    "no_geometry": mark("The row has no geometry."),
    "empty_geometry": mark("The geometry is empty."),
    "kind": mark("The type of geometry is not read."),
    "coordinates": mark("The coordinates are damaged or not finite numbers."),
    "vertices": mark("The shape has %(first)s vertices, which is too many."),
    "text_too_long": mark("A text is longer than 10,000 characters."),
    "surrogate": mark("A text holds half a character."),
    "repeated_id": mark("The feature id is repeated."),
}
LONGEST_VALUE = 500


def refused(code: str, file_name: str, values: dict[str, Any] | None = None) -> RefusedFileError:
    """The error for a file, its message translated; unknown codes and odd values of the child do no harm."""
    told = values if isinstance(values, dict) else {}
    plain = {name: _plain(told.get(name, "?")) for name in PLACEHOLDERS}
    reason = _(FILE_REASONS.get(code, FILE_REASONS["output"])) % plain
    message = _("%(file)s: %(reason)s") % {"file": file_name, "reason": reason}
    extra: dict[str, Any] = {"code": code}
    layers = told.get("layers")
    if isinstance(layers, list):
        extra["layers"] = [str(name)[:200] for name in layers[:200]]
    return (TooLargeFileError if code in TOO_LARGE else RefusedFileError)(message, **extra)


class TooLargeFileError(TooLargeError, RefusedFileError):
    """The file, or what it holds once opened, passes a size limit."""

    status = TooLargeError.status


PLACEHOLDERS = (
    "found", "line", "limit", "limit_mb", "encoding", "column", "header", "kind", "name", "layer", "layers",
)  # fmt: skip


def _plain(value: Any) -> str:
    text = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
    return "".join(sign for sign in text[:LONGEST_VALUE] if sign.isprintable())


def row_reason(code: str) -> str:
    """The words for what is wrong with one row."""
    name, *numbers = code.split(":")
    first, second = ([*numbers, "?", "?"])[:2]
    reason = ROW_REASONS.get(name, ROW_REASONS["coordinates"])
    return _(reason) % {"first": _plain(first), "second": _plain(second)}
