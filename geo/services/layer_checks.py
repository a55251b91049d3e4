"""Rows of a decoded layer, checked one by one: what each lacks is told with its number."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.utils.translation import gettext as _

from geo.crs import geometry_to_metric, to_metric, to_storage
from geo.decoder import ROW_ERROR, ROW_NUMBER
from geo.geometry import AREAS, invalidity, repair
from geo.models import Commune
from geo.services.targets import CONSTANT, Field, Target, plain

LARGEST_COUNT = 2_000_000_000
EDGE_M = 300.0  # sources disagree on one boundary by this much: census blocks of Valdivia stand in its simplified sea
FAMILIES = {"point": {"Point"}, "line": {"MultiLineString"}, "area": {"MultiPolygon"}}


@dataclass
class Rows:
    """Checked rows in storage coordinates: `values[column]` and `geometry` are aligned; refused rows are left out."""

    numbers: list[int] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    geometry: list[Any] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    repaired: list[int] = field(default_factory=list)


def checked_rows(
    frame: gpd.GeoDataFrame, *, target: Target, mapping: dict[str, str], commune: Commune, repair_shapes: bool
) -> Rows:
    """Look at every row of a frame (any system); the result is in EPSG:4326."""
    rows = Rows()
    numbers = frame[ROW_NUMBER].to_numpy()
    shapes = to_storage(frame).geometry.to_numpy()
    reasons: list[str | None] = [None if pd.isna(error) else str(error) for error in frame[ROW_ERROR]]
    _check_shapes(shapes, reasons, numbers, target, rows if repair_shapes else None)
    _check_place(shapes, reasons, target, commune)
    values = {name: [fixed] * len(frame) for name, fixed in target.fixed}
    for one in target.fields:
        values[one.name] = _column(frame, one, mapping.get(one.name), reasons)
    if target.name == "buildings" and "height_source" not in mapping:
        values["height_source"] = _height_sources(values)
    for index, reason in enumerate(reasons):
        if reason is not None:
            rows.reasons[int(numbers[index])] = reason
    kept = [index for index, reason in enumerate(reasons) if reason is None]
    rows.numbers = [int(numbers[index]) for index in kept]
    rows.geometry = [shapes[index] for index in kept]
    rows.values = {name: [column[index] for index in kept] for name, column in values.items()}
    return rows


# --- shapes ----------------------------------------------------------------------------------------------------------


def _check_shapes(
    shapes: np.ndarray, reasons: list[str | None], numbers: np.ndarray, target: Target, mended: Rows | None
) -> None:
    """Right family, finite, valid; an invalid shape is mended only where that was asked for."""
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    valid = shapely.is_valid(shapes)
    for index in np.flatnonzero([reason is None for reason in reasons]):
        shape = shapes[index]
        if shape.geom_type not in FAMILIES[target.family]:
            reasons[index] = _("The geometry is not of the type this layer takes.")
        elif not finite[index]:
            reasons[index] = _("The coordinates cannot be turned into longitude and latitude.")
        elif not valid[index]:
            better = _mended(shape) if mended is not None else None
            if better is None or mended is None:
                reasons[index] = _("The shape is not valid: %(reason)s.") % {"reason": invalidity(shape)}
            else:
                shapes[index] = better
                mended.repaired.append(int(numbers[index]))


def _mended(shape: Any) -> Any:
    better = repair(shape)
    if better is not None and better.geom_type in AREAS and better.geom_type != "MultiPolygon":
        better = shapely.MultiPolygon([better])
    return better


def _check_place(shapes: np.ndarray, reasons: list[str | None], target: Target, commune: Commune) -> None:
    """Shapes must lie in the commune: by a share of their area, or at least touch it."""
    looked_at = np.flatnonzero([reason is None for reason in reasons])
    if not looked_at.size:
        return
    metric = to_metric(gpd.GeoDataFrame(geometry=shapes[looked_at], crs=4326), commune=commune).geometry.to_numpy()
    boundary = shapely.buffer(geometry_to_metric(commune.boundary, commune=commune), EDGE_M)
    shapely.prepare(boundary)
    inside = shapely.intersects(boundary, metric)
    if target.least_inside_ratio:
        crossing = inside & ~shapely.covers(boundary, metric)
        area = shapely.area(metric[crossing])
        share = shapely.area(shapely.intersection(metric[crossing], boundary)) / np.where(area > 0, area, 1)
        inside[crossing] = share >= target.least_inside_ratio
    for index in looked_at[~inside]:
        reasons[index] = _("It lies outside %(commune)s.") % {"commune": commune.name}


# --- attributes ------------------------------------------------------------------------------------------------------


def _column(frame: gpd.GeoDataFrame, one: Field, column: str | None, reasons: list[str | None]) -> list[Any]:
    """Values of one field for every row; where a value cannot be taken, the row gets its reason."""
    if column is None:
        return [one.default] * len(frame)
    told = [column[1:]] * len(frame) if column.startswith(CONSTANT) else frame[column].tolist()
    read = READERS[one.kind]
    values = []
    for index, value in enumerate(told):
        taken = None
        try:
            taken = read(value, one)
            if taken is None and one.required and one.default is None:
                raise ValueError(_("it is empty"))
        except ValueError as error:
            reasons[index] = reasons[index] or _("Column “%(column)s”: %(reason)s.") % {
                "column": column.lstrip(CONSTANT),
                "reason": error,
            }
        values.append(one.default if taken is None else taken)
    return values


def _height_sources(values: dict[str, list[Any]]) -> list[str]:
    """Where nobody says how a height was found: a height counts as measured, levels as what they are."""
    pairs = zip(values["height_m"], values["levels"], strict=True)
    return ["medida" if height else "niveles" if levels else "desconocida" for height, levels in pairs]


def _text(value: Any, one: Field) -> str | None:
    """Text without margins, in one normal form; whole numbers lose their “.0”. Raises ValueError for odd text."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    if len(text) > one.most:
        raise ValueError(_("the text is longer than %(limit)s characters") % {"limit": one.most})
    if not text.isprintable() and any(unicodedata.category(sign) == "Cc" for sign in text):
        raise ValueError(_("the text holds control characters"))
    return None if not text or (one.nothing and plain(text) in one.nothing) else text


def _number(value: Any) -> float | None:
    text = _text(value, Field("", "", "text", most=40))
    if text is None:
        return None
    plain_text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not all(sign in "0123456789.-+eE" for sign in plain_text):
        raise ValueError(_("“%(value)s” is not a number") % {"value": text})
    try:
        number = float(plain_text)
    except ValueError:
        raise ValueError(_("“%(value)s” is not a number") % {"value": text}) from None
    if not np.isfinite(number):
        raise ValueError(_("“%(value)s” is not a number") % {"value": text})
    return number


def _count(value: Any, one: Field) -> int | None:
    number = _number(value)
    if number is None:
        return None
    if number < 0 or not number.is_integer() or number > LARGEST_COUNT:
        raise ValueError(_("“%(value)s” is not a count") % {"value": value})
    if one.name == "levels":
        _refuse_out_of_range(number, 1, 250)
    return int(number)


def _metres(value: Any, one: Field) -> float | None:
    number = _number(value)
    if number is not None:
        _refuse_out_of_range(number, 0.001, 1000.0)
    return number


def _refuse_out_of_range(number: float, least: float, most: float) -> None:
    if not least <= number <= most:
        raise ValueError(_("%(value)s is out of range") % {"value": number})


def _choice(value: Any, one: Field) -> str | None:
    text = _text(value, one)
    if text is None:
        return None
    word = plain(text)
    for choice in one.choices:
        if word == plain(choice):
            return choice
    synonym = dict(one.synonyms).get(word)
    if synonym is None and one.default is None:
        raise ValueError(
            _("“%(value)s” is not one of: %(choices)s") % {"value": text[:60], "choices": ", ".join(one.choices)}
        )
    return synonym


READERS = {"text": _text, "code": _text, "count": _count, "metres": _metres, "choice": _choice}
