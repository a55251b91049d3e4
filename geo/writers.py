"""Files that leave the house: GeoPackage with its style, zipped shapefile with its field dictionary and its losses."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import tempfile
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from geo.crs import srid_of, title_of
from geo.errors import RefusedError

Kind = Literal["text", "integer", "decimal", "date", "boolean"]
LONGEST_SHAPEFILE_TEXT = 254
LARGEST_EXACT_INTEGER = 2**53
TOLD_ROWS = 10
SHORT_NAME = re.compile(r"[a-z][a-z0-9_]{0,9}")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # of entries in a zip, so that the same rows give the same bytes
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
SINGLE_TO_MULTI = {"Polygon": "MultiPolygon", "LineString": "MultiLineString"}


@dataclass(frozen=True)
class ExportField:
    """One column of an export: the frame's column, its short name in a shapefile, its title for people, its kind."""

    name: str
    short_name: str
    title: str | Promise
    kind: Kind


def export_file_name(*, commune: str, layer: str, on: date, srid: int, extension: str) -> str:
    """`comuna_capa_AAAA-MM-DD_crs.ext`: lower case, without accents."""
    return f"{_slug(commune)}_{_slug(layer)}_{on.isoformat()}_epsg{srid}.{extension}"


def _slug(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    kept = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-") or "x"


def inert_cell(value: object) -> str:
    """Text of a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_SIGNS) and PLAIN_NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text


# --- GeoPackage ------------------------------------------------------------------------------------------------------


def write_geopackage(
    frame: gpd.GeoDataFrame, path: Path, *, layer: str, fields: Sequence[ExportField], style_qml: str | None = None
) -> None:
    """Write a frame, in its own system, as one layer with full column names; a QGIS style goes inside.

    The file is written beside and renamed at the end: nobody sees half of it.
    """
    columns = {field.name: _typed(frame[field.name], field.kind) for field in fields}
    beside = path.with_name(f".{path.name}.partial.gpkg")
    beside.unlink(missing_ok=True)
    try:
        pyogrio.write_dataframe(
            _of_one_type(frame, columns),
            beside,
            layer=layer,
            driver="GPKG",
            geometry_type=_geometry_type(frame),
            use_arrow=True,
        )
        if style_qml is not None:
            _add_style(beside, layer, style_qml)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _add_style(path: Path, layer: str, style_qml: str) -> None:
    """The table in which QGIS looks for the style of a layer."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
            "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), "
            "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
        )
        (column,) = connection.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [layer]
        ).fetchone()
        connection.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, 'atalaya', ?, '', 1, '', '')",
            [layer, column, style_qml],
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
    connection.close()


# --- shapefile -------------------------------------------------------------------------------------------------------


def write_shapefile_zip(
    frame: gpd.GeoDataFrame, path: Path, *, name: str, fields: Sequence[ExportField], readme_lines: Sequence[str]
) -> list[str]:
    """Write a frame, in its own system, as a zipped shapefile; returns the losses, which LEEME.txt lists too.

    The zip holds `<name>.shp .shx .dbf .prj .cpg` (UTF-8), `LEEME.txt` (what the caller says, the system, the field
    dictionary, every loss) and the dictionary as `campos.csv`. A shapefile keeps dates without hours, texts of 254
    bytes, and no difference between an empty text and none.
    """
    _check_short_names(fields)
    losses: list[str] = []
    columns = {field.short_name: _for_shapefile(frame[field.name], field, losses) for field in fields}
    _tell_general_losses(fields, losses)
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(
            _of_one_type(frame, columns),
            Path(folder) / f"{name}.shp",
            driver="ESRI Shapefile",
            encoding="UTF-8",
            geometry_type=_geometry_type(frame),
            use_arrow=True,
        )
        entries = {entry.name: entry.read_bytes() for entry in sorted(Path(folder).iterdir())}
    entries["LEEME.txt"] = _readme(frame, fields, readme_lines, losses).encode("utf-8")
    entries["campos.csv"] = _dictionary(fields).encode("utf-8-sig")
    beside = path.with_name(f".{path.name}.partial")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry_name, content in entries.items():
                entry = zipfile.ZipInfo(entry_name, FIXED_TIME)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return losses


def _check_short_names(fields: Sequence[ExportField]) -> None:
    names = [field.short_name for field in fields]
    odd = [name for name in names if SHORT_NAME.fullmatch(name) is None]
    if odd or len(set(names)) != len(names):
        raise ValueError(f"short names must be unique, of at most ten plain signs: {odd or names}")


def _for_shapefile(column: pd.Series, field: ExportField, losses: list[str]) -> pd.Series:
    """The column as a shapefile can hold it; what is lost is told."""
    if field.kind == "text":
        return _cut(column, field, losses)
    if field.kind == "boolean":
        return _typed(column, "boolean").astype("Int64").astype("Int32")
    if field.kind == "date":
        hours = sum(isinstance(value, datetime) and value.time() != datetime.min.time() for value in column)
        if hours:
            losses.append(
                _("%(field)s: the hour of %(count)s dates is left out.") % {"field": field.short_name, "count": hours}
            )
        return _typed(column, "date")
    typed = _typed(column, field.kind)
    if field.kind == "integer" and (typed.dropna().abs() > LARGEST_EXACT_INTEGER).any():
        losses.append(_("%(field)s: whole numbers above 2^53 are not exact.") % {"field": field.short_name})
    return typed


def _cut(column: pd.Series, field: ExportField, losses: list[str]) -> pd.Series:
    cut_rows, texts = [], []
    for number, value in enumerate(_typed(column, "text"), start=1):
        text = None if value is None or pd.isna(value) else str(value)
        raw = (text or "").encode("utf-8")
        if text is not None and len(raw) > LONGEST_SHAPEFILE_TEXT:
            cut_rows.append(number)
            text = raw[:LONGEST_SHAPEFILE_TEXT].decode("utf-8", errors="ignore")
        texts.append(text)
    if cut_rows:
        losses.append(
            _("%(field)s: %(count)s texts are cut to 254 bytes (rows %(rows)s).")
            % {
                "field": field.short_name,
                "count": len(cut_rows),
                "rows": ", ".join(map(str, cut_rows[:TOLD_ROWS])) + (" …" if len(cut_rows) > TOLD_ROWS else ""),
            }
        )
    return pd.Series(texts, index=column.index, dtype=object)


def _tell_general_losses(fields: Sequence[ExportField], losses: list[str]) -> None:
    renamed = [f"{field.name} → {field.short_name}" for field in fields if field.name != field.short_name]
    if renamed:
        losses.append(_("Column names have ten signs at most: %(names)s.") % {"names": ", ".join(renamed)})
    kinds = {field.kind for field in fields}
    if "text" in kinds:
        losses.append(_("Empty texts and missing texts cannot be told apart."))
    if "boolean" in kinds:
        losses.append(_("Yes and no are written as 1 and 0."))
    if "decimal" in kinds:
        losses.append(_("Decimal numbers keep at most 15 decimals."))


def _readme(
    frame: gpd.GeoDataFrame, fields: Sequence[ExportField], readme_lines: Sequence[str], losses: Sequence[str]
) -> str:
    srid = srid_of(frame.crs)
    system = f"{title_of(srid)} (EPSG:{srid})" if srid else str(frame.crs)
    width = max((len(field.short_name) for field in fields), default=0)
    lines = [
        *readme_lines,
        "",
        _("Reference system: %(system)s") % {"system": system},
        _("Rows: %(rows)s") % {"rows": len(frame)},
        _("Texts: UTF-8"),
        "",
        _("FIELDS"),
        *(f"{field.short_name:<{width}}  {field.title} [{_kind_title(field.kind)}]" for field in fields),
        "",
        _("WHAT THIS FORMAT LOSES"),
        *(f"- {loss}" for loss in losses),
    ]
    return "\r\n".join(lines) + "\r\n"


def _kind_title(kind: Kind) -> str:
    return {
        "text": _("text"),
        "integer": _("whole number"),
        "decimal": _("decimal number"),
        "date": _("date"),
        "boolean": _("1 = yes, 0 = no"),
    }[kind]


def _dictionary(fields: Sequence[ExportField]) -> str:
    told = io.StringIO()
    writer = csv.writer(told, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("field"), _("name"), _("title"), _("kind")])
    for field in fields:
        writer.writerow(map(inert_cell, [field.short_name, field.name, str(field.title), _kind_title(field.kind)]))
    return told.getvalue()


# --- both ------------------------------------------------------------------------------------------------------------


def _typed(column: pd.Series, kind: Kind) -> pd.Series:
    """The column in the type its kind promises; missing values stay missing."""
    if kind == "integer":
        return pd.to_numeric(column).astype("Int64")
    if kind == "decimal":
        return pd.to_numeric(column).astype("float64")
    if kind == "boolean":
        return column.astype("boolean")
    if kind == "date":
        days = [None if value is None or pd.isna(value) else _day(value) for value in column]
        return pd.Series(days, index=column.index, dtype=pd.ArrowDtype(pa.date32()))
    return pd.Series(
        [None if value is None or pd.isna(value) else str(value) for value in column], column.index, object
    )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _of_one_type(frame: gpd.GeoDataFrame, columns: dict[str, pd.Series]) -> gpd.GeoDataFrame:
    if frame.crs is None:
        raise RefusedError(_("The layer does not say which reference system its coordinates are in."))
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=frame.index), geometry=frame.geometry, crs=frame.crs)


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    """The one type of a layer: collections, so that single and joined shapes fit. Raises ValueError for a mixture."""
    kinds = {SINGLE_TO_MULTI.get(kind, kind) for kind in frame.geometry.dropna().geom_type.unique()}
    if len(kinds) > 1:
        raise ValueError(f"a layer holds one type of geometry, not {sorted(kinds)}")
    return str(kinds.pop()) if kinds else "MultiPolygon"


def equal_within(one: gpd.GeoSeries, other: gpd.GeoSeries, *, tolerance_m: float) -> np.ndarray:
    """True for each pair of shapes that agree vertex by vertex, whatever order parts and rings come in."""
    first, second = (shapely.normalize(_as_collections(series.to_numpy())) for series in (one, other))
    agreed: np.ndarray = shapely.equals_exact(first, second, tolerance_m)
    return agreed


def _as_collections(shapes: np.ndarray) -> np.ndarray:
    """Single shapes as collections of one, as files give them back."""
    parts, rows = shapely.get_parts(shapes, return_index=True)
    return np.array([shapely.GeometryCollection(list(parts[rows == row])) for row in range(len(shapes))], dtype=object)
