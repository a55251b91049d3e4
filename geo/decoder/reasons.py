"""The words for every reason a file or a row is refused. The child sends codes, never sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from geo.errors import RefusedFileError, TooLargeError

TOO_LARGE = {
    "too_many_pixels",
    "too_many_bytes",
    "too_many_rows",
    "gzip_bomb",
    "zip_bomb",
    "zip_bytes",
    "zip_entries",
    "too_many_cells",
}
FILE_REASONS = {
    "empty": gettext_noop("the file has no rows."),
    "not_a_table": gettext_noop("this is not a text table (found: %(found)s). Save it as CSV."),
    "gzip_bomb": gettext_noop("the compressed file grows more than a hundred times when opened."),
    "gzip_broken": gettext_noop("the compressed file is cut or damaged (line %(line)s)."),
    "too_many_bytes": gettext_noop("its content is larger than %(limit_mb)s MB. Split it."),
    "too_many_rows": gettext_noop("it has more than %(limit)s rows. Split it."),
    "too_many_columns": gettext_noop("it has more than %(limit)s columns."),
    "line_too_long": gettext_noop("line %(line)s is too long; perhaps a quotation mark is missing."),
    "field_too_long": gettext_noop(
        "a cell that starts at line %(line)s is too long; perhaps a quotation mark is missing."
    ),
    "unclosed_quote": gettext_noop("the quotation mark opened at line %(line)s is never closed."),
    "broken_row": gettext_noop("line %(line)s cannot be read as a row of a table."),
    "encoding_mixed": gettext_noop("line %(line)s is not written in %(encoding)s; the file mixes encodings."),
    "header_empty": gettext_noop("column %(column)s has no name in the first row."),
    "header_repeated": gettext_noop("the column name “%(column)s” is repeated."),
    "column_missing": gettext_noop("there is no column “%(column)s”. Columns found: %(header)s."),
    "not_geojson": gettext_noop("this is not GeoJSON (%(found)s)."),
    "too_deep": gettext_noop("its content is nested more than %(limit)s levels deep."),
    "repeated_key": gettext_noop("a member of the GeoJSON is repeated."),
    "crs_not_allowed": gettext_noop("the member “crs” is not allowed: GeoJSON is longitude and latitude (EPSG:4326)."),
    "not_geopackage": gettext_noop("this is not a GeoPackage (found: %(found)s)."),
    "broken_geopackage": gettext_noop("the GeoPackage is damaged."),
    "program_inside": gettext_noop("it holds a program (%(kind)s “%(name)s”); only plain tables are read."),
    "broken_geotiff": gettext_noop("the GeoTIFF is damaged, or it is not one."),
    "too_many_pixels": gettext_noop("it has more than %(limit)s million cells. Cut it into tiles."),
    "bands": gettext_noop("it has %(found)s bands; heights have one."),
    "not_heights": gettext_noop("its cells hold “%(found)s”, not heights."),
    "no_place": gettext_noop("it does not say where on the ground its cells lie."),
    "rotated": gettext_noop("its grid is rotated or upside down."),
    "no_layers": gettext_noop("it holds no map layer."),
    "too_many_layers": gettext_noop("it has more than %(limit)s layers."),
    "which_layer": gettext_noop("it holds several layers; say which one: %(layers)s."),
    "layer_missing": gettext_noop("there is no layer “%(layer)s”. Layers found: %(layers)s."),
    "memory": gettext_noop("it needs more memory than one file may take."),
    "drivers": gettext_noop("the reader is not set up safely (%(found)s). Tell the administrator."),
    "walls": gettext_noop(
        "this machine cannot shut the reader in (%(found)s is missing), so files of others are not opened. "
        "Tell the administrator: manage.py doctor says how to mend it."
    ),
    "time": gettext_noop("it takes too long to read."),
    "zip_entries": gettext_noop("the zip holds more than %(limit)s files."),
    "zip_path": gettext_noop("the zip holds a file with a path that is not allowed."),
    "zip_link": gettext_noop("the zip holds a link to another place, which is not allowed."),
    "zip_encrypted": gettext_noop("the zip is protected with a password. Save it without one."),
    "zip_method": gettext_noop("the zip is compressed in a way that is not read here (method %(found)s)."),
    "zip_twins": gettext_noop("the zip holds two files of the same name."),
    "zip_overlap": gettext_noop("the files of the zip overlap, as in a trap."),
    "zip_broken": gettext_noop("the zip is cut or damaged."),
    "zip_nested": gettext_noop("the zip holds another compressed file. Take it out first."),
    "zip_bytes": gettext_noop("what the zip holds is larger than %(limit_mb)s MB."),
    "zip_bomb": gettext_noop("what the zip holds grows more than %(limit)s times when opened."),
    "no_shapefile": gettext_noop("the zip holds no shapefile (.shp with .shx, .dbf and .prj)."),
    "missing_part": gettext_noop("the shapefile lacks a part: %(found)s. Put it in the zip."),
    "lone_part": gettext_noop("a shapefile has several parts: put .shp, .shx, .dbf, .prj and .cpg in one zip."),
    "broken_shapefile": gettext_noop("the shapefile is damaged."),
    "multipatch": gettext_noop("it holds three-dimensional bodies (MultiPatch), which are not read."),
    "no_kml": gettext_noop("the KMZ holds no KML."),
    "not_kml": gettext_noop("this is not KML."),
    "broken_kml": gettext_noop("the KML is damaged."),
    "broken_parquet": gettext_noop("the GeoParquet is damaged, or it is not one."),
    "not_geoparquet": gettext_noop("this is Parquet without shapes: it is not GeoParquet."),
    "not_zip": gettext_noop("it does not begin as a zip does."),
    "not_workbook": gettext_noop("this is not a workbook of the types XLSX or ODS."),
    "old_workbook": gettext_noop("it is an old or password-protected workbook. Save it as XLSX without a password."),
    "broken_workbook": gettext_noop("the workbook is damaged."),
    "too_many_cells": gettext_noop(
        "its sheet spans more than %(limit)s million cells. Delete what lies far from the table."
    ),
    "too_many_formulas": gettext_noop("it holds more than %(limit)s million formulas. Save it as CSV."),
    "entities": gettext_noop("it declares entities (DOCTYPE), which is not allowed."),
    "sheet_missing": gettext_noop("there is no sheet “%(layer)s”. Sheets found: %(layers)s."),
    "died": gettext_noop("it made the reader fail (%(found)s). It may be damaged."),
    "output": gettext_noop("the reader gave back something unexpected. The file may be damaged."),
    "extension": gettext_noop(
        "files of type “%(found)s” are not read here. "
        "Use CSV, XLSX, ODS, GeoPackage, GeoJSON, KML, GeoParquet, a zipped shapefile or GeoTIFF."
    ),
}
ROW_REASONS = {
    "nul": gettext_noop("The row holds a NUL character."),
    "ragged": gettext_noop("The row has %(first)s cells; the header has %(second)s."),
    "no_geometry": gettext_noop("The row has no geometry."),
    "empty_geometry": gettext_noop("The geometry is empty."),
    "kind": gettext_noop("The type of geometry is not read."),
    "coordinates": gettext_noop("The coordinates are damaged or not finite numbers."),
    "vertices": gettext_noop("The shape has %(first)s vertices, which is too many."),
    "holes": gettext_noop("An area has %(first)s holes, which is too many."),
    "direction": gettext_noop("A text holds signs that turn the direction of reading."),
    "text_too_long": gettext_noop("A text is longer than 10,000 characters."),
    "surrogate": gettext_noop("A text holds half a character."),
    "dbf_number": gettext_noop("A number of the table is written as stars (****): it did not fit."),
    "dbf_date": gettext_noop("A date of the table is all zeros."),
    "header_again": gettext_noop("The row repeats the header."),
    "total": gettext_noop("The row is a total, not a record."),
    "digits_lost": gettext_noop("A number has lost digits in the spreadsheet (1,2E+10): write it as text."),
    "cell_error": gettext_noop("A cell holds an error of the spreadsheet (#REF!, #N/A …)."),
    "formula_empty": gettext_noop(
        "A cell holds a formula without its result: open and save the file in the spreadsheet."
    ),
    "repeated_id": gettext_noop("The feature id is repeated."),
}
NOTES = {
    "macros": gettext_noop("It holds macros: they were not run nor read."),
    "external_links": gettext_noop("It holds links to other files: they were not followed."),
    "heights": gettext_noop("Heights and measures of the shapes were left behind."),
    "embedded": gettext_noop("It holds embedded objects: they were not opened."),
}
COUNTED_NOTES = {
    "inverted": gettext_noop("Shapes with their rings the wrong way round were set right: %(count)s."),
    "deleted": gettext_noop("Rows marked as deleted were left out: %(count)s."),
    "hidden_rows": gettext_noop("Hidden rows are read too: %(count)s."),
    "merged": gettext_noop("Merged cells: %(count)s. Only the first cell of each has its value."),
}
LISTED_NOTES = {
    "hidden_sheets": gettext_noop("Hidden sheets were left alone: %(names)s."),
    "ignored": gettext_noop("Left alone inside the file: %(names)s."),
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


def notes_of(values: dict[str, Any]) -> list[str]:
    """The words for what the child noticed about a file that can be used."""
    told = values.get("notes")
    notes = [_(NOTES[code]) for code in (told if isinstance(told, list) else []) if code in NOTES]
    for name, sentence in COUNTED_NOTES.items():
        count = values.get(name)
        if isinstance(count, int) and count > 0:
            notes.append(_(sentence) % {"count": count})
    sample = values.get("sample")
    if isinstance(sample, list) and len(sample) == 2:
        told = {"encoding": _plain(sample[0]), "sample": _plain(sample[1])}
        notes.append(_("The file does not say how its letters are written; %(encoding)s fits: “%(sample)s”.") % told)
    for name, sentence in LISTED_NOTES.items():
        listed = values.get(name)
        if isinstance(listed, list) and listed:
            notes.append(_(sentence) % {"names": _plain(listed[:10])})
    return notes


def row_reason(code: str) -> str:
    """The words for what is wrong with one row."""
    name, *numbers = code.split(":")
    first, second = ([*numbers, "?", "?"])[:2]
    reason = ROW_REASONS.get(name, ROW_REASONS["coordinates"])
    return _(reason) % {"first": _plain(first), "second": _plain(second)}
