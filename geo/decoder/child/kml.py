"""KML and KMZ, read without GDAL: placemarks alone; links, overlays and tours are counted and left alone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

import numpy as np
import shapely

from . import archives, geojson
from .archives import Archive
from .features import build_shape, columns_of, text_fault, write_features
from .refusal import Refusal

DEEPEST = 100
MOST_KML_BYTES = 200_000_000
CHUNK = 1 << 16
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
IGNORED = {
    "NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour", "Model", "Track", "MultiTrack", "Schema",
}  # fmt: skip
SIMPLE = {"Point": 0, "LineString": 1, "LinearRing": 1, "Polygon": 2}
TEXTS = {"name", "description", "value", "SimpleData", "coordinates"}


def prepare() -> None:
    """Load what must load before the limits."""
    archives.prepare()
    geojson.prepare()
    expat.ParserCreate()


def kml(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the placemarks of a KML file."""
    return _stream(_file_chunks(instruction), [], instruction, output)


def kmz(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the placemarks of the document of a KMZ; its pictures stay where they are."""
    archive = Archive(instruction["path"], most_entries=200, most_bytes=MOST_KML_BYTES, most_ratio=100)
    documents = [name for name in archive.names if name.lower().endswith(".kml")]
    if not documents:
        raise Refusal("no_kml")
    chosen = next((name for name in documents if name.lower() == "doc.kml"), documents[0])
    ignored = [name for name in archive.names if name != chosen]
    return _stream(archive.chunks(chosen), ignored, instruction, output)


def _file_chunks(instruction: dict[str, Any]) -> Iterator[bytes]:
    with Path(instruction["path"]).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _stream(
    chunks: Iterator[bytes], ignored: list[str], instruction: dict[str, Any], output: BinaryIO
) -> dict[str, Any]:
    marks = _Placemarks(instruction["most_rows"])
    _parse(chunks, marks)
    if not marks.rows:
        raise Refusal("empty")
    errors = [row.error for row in marks.rows]
    geometry = np.empty(len(marks.rows), dtype=object)
    for index, row in enumerate(marks.rows):
        geometry[index], errors[index] = row.shape() if row.error is None else (None, row.error)
    columns = columns_of([row.properties for row in marks.rows], instruction)
    write_features(output, instruction, geometry, errors, columns)
    left_alone = [f"{name} ({count})" for name, count in marks.ignored.items()] + ignored
    return {
        "srid": 4326, "layer": "", "layers": [], "rows": len(marks.rows), "fields": list(columns),
        "ignored": [name[:100] for name in left_alone[:20]],
    }  # fmt: skip


def _parse(chunks: Iterator[bytes], marks: _Placemarks) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = marks.start
    parser.EndElementHandler = marks.end
    parser.CharacterDataHandler = marks.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refusal("broken_kml") from None
    if not marks.is_kml:
        raise Refusal("not_kml")


def _refuse_doctype(*_told: Any) -> None:
    raise Refusal("entities")


class _Row:
    """One placemark while it is read."""

    def __init__(self) -> None:
        self.properties: dict[str, Any] = {}
        self.parts: list[tuple[str, Any]] = []
        self.error: str | None = None

    def tell(self, name: str, text: str) -> None:
        """Keep a text under a name; the first one of a name counts."""
        self.error = self.error or text_fault(text)
        if name and text:
            self.properties.setdefault(name, text)

    def shape(self) -> tuple[Any, str | None]:
        """The placemark's shape: one part, or several of one kind."""
        kinds = {kind for kind, _coordinates in self.parts}
        if not kinds:
            return None, "no_geometry"
        if len(kinds) > 1:
            return None, "kind"
        kind, coordinates = kinds.pop(), [found for _kind, found in self.parts]
        try:
            return build_shape(
                *((kind, coordinates[0]) if len(coordinates) == 1 else (f"Multi{kind}", coordinates))
            ), None
        except (ValueError, TypeError, shapely.GEOSException):
            return None, "coordinates"


class _Placemarks:
    """Follows a KML document and gathers its placemarks."""

    def __init__(self, most_rows: int) -> None:
        self.rows: list[_Row] = []
        self.ignored: dict[str, int] = {}
        self.is_kml = False
        self._most_rows = most_rows
        self._path: list[str] = []
        self._folders: list[str] = []
        self._row: _Row | None = None
        self._text: list[str] = []
        self._data_name = ""
        self._rings: list[Any] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._path.append(name)
        self._text = []
        if len(self._path) == 1:
            self.is_kml = name == "kml"
        if len(self._path) > DEEPEST:
            raise Refusal("too_deep", limit=DEEPEST)
        if name == "Placemark":
            self._row = _Row()
        elif name == "Folder":
            self._folders.append("")
        elif name in IGNORED:
            self.ignored[name] = self.ignored.get(name, 0) + 1
        elif name in {"Data", "SimpleData"}:
            self._data_name = attributes.get("name", "")
        elif name == "Polygon":
            self._rings = []

    def text(self, told: str) -> None:
        if self._path[-1] in TEXTS:
            self._text.append(told)

    def end(self, tag: str) -> None:
        name = self._path.pop()
        text = "".join(self._text).strip()
        if name == "Placemark" and self._row is not None:
            self._close_row(self._row)
        elif name == "Folder":
            self._folders.pop()
        elif name == "name" and self._row is None and self._path[-1:] == ["Folder"]:
            self._folders[-1] = text[:200]
        elif self._row is not None:
            self._close_part(self._row, name, text)
        self._text = []

    def _close_row(self, row: _Row) -> None:
        folder = " / ".join(name for name in self._folders if name)
        row.tell("folder", folder)
        self.rows.append(row)
        self._row = None
        if len(self.rows) > self._most_rows:
            raise Refusal("too_many_rows", limit=self._most_rows)

    def _close_part(self, row: _Row, name: str, text: str) -> None:
        parent = self._path[-1] if self._path else ""
        if name in {"name", "description"} and parent == "Placemark":
            row.tell(name, text)
        elif name == "SimpleData" or (name == "value" and parent == "Data"):
            row.tell(self._data_name, text)
        elif name == "coordinates":
            self._close_coordinates(row, parent, text)
        elif name == "Polygon":
            row.parts.append(("Polygon", self._rings))
        elif name in {"Track", "Model", "MultiTrack"}:
            row.error = row.error or "kind"

    def _close_coordinates(self, row: _Row, parent: str, text: str) -> None:
        positions = _positions(text)
        if positions is None or parent not in SIMPLE:
            row.error = row.error or "coordinates"
        elif parent == "Point":
            row.parts.append(("Point", positions[0]))
        elif parent == "LineString" or "Polygon" not in self._path:
            row.parts.append(("LineString", positions))
        elif "innerBoundaryIs" in self._path:
            self._rings.append(positions)
        else:
            self._rings.insert(0, positions)


def _positions(text: str) -> list[tuple[float, float]] | None:
    """Longitudes and latitudes of a coordinates element; heights are left behind. None where it is damaged."""
    found = []
    for token in text.split():
        numbers = token.split(",")
        if not 2 <= len(numbers) <= 3 or any(NUMBER.fullmatch(number) is None for number in numbers):
            return None
        found.append((float(numbers[0]), float(numbers[1])))
        if not (math.isfinite(found[-1][0]) and math.isfinite(found[-1][1])):
            return None
    return found or None
