"""Layers of the downloaded map: shapes and texts ready to be drawn, aggregated, every text escaped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.permissions import allows
from geo.crs import transformer
from geo.models import MaskArea, StreetSegment, TerritorialUnit, UnitKind
from incidents.models import Incident, MaskedIncident
from incidents.services.masking import masked_reader
from maps.cell_classes import FEW, limits
from maps.offline import safe
from maps.periods import Period
from sectors.models import RiskSector, TerritoryProposal
from sectors.services.catalogue import today
from sectors.services.map_features import sector_features

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CELL_M = 250.0
MOST_STREETS = 20_000
CLASS_COLOURS = ["#f2e6c4", "#fdca7c", "#f99245", "#dd4f26", "#962114"]
CELL_COLOURS = ["#d9dff0", "#aebfe0", "#8292c9", "#63549f", "#3f1d63"]
Feature = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """What one layer draws: features, tooltip fields with their words, style, legend (colour, words)."""

    features: list[Feature]
    style: Callable[[Feature], dict[str, Any]]
    fields: dict[str, str] = field(default_factory=dict)
    legend: list[tuple[str, str]] = field(default_factory=list)
    n: int | None = None  # what is counted, where that is not the shapes


@dataclass(frozen=True)
class ReportLayer:
    """One layer that may leave the house."""

    id: str
    title: str | _StrPromise
    permission: str
    draw: Callable[[Any, str, Period], Drawn]
    ground: bool = False


def _plain(style: dict[str, Any]) -> Callable[[Feature], dict[str, Any]]:
    return lambda feature: style


def _feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": json.loads(geometry.json), "properties": properties}


def _water(commune: Any, role: str, period: Period) -> Drawn:
    areas = MaskArea.objects.for_commune(commune).filter(kind="water").values_list("area", flat=True)
    return Drawn(
        [_feature(area.simplify(0.00005, preserve_topology=True)) for area in areas],
        _plain({"color": "#c4d8e4", "weight": 0, "fillColor": "#c4d8e4", "fillOpacity": 1}),
    )


def _streets(commune: Any, role: str, period: Period) -> Drawn:
    lines = StreetSegment.objects.for_commune(commune).values_list("line", flat=True)[:MOST_STREETS]
    parts = [part for line in lines for part in _rounded(line.coords)]
    whole = {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": parts}, "properties": {}}
    return Drawn([whole] if parts else [], _plain({"color": "#cfccc3", "weight": 1}))


def _rounded(lines: Any) -> list[list[list[float]]]:
    return [[[round(x, 5), round(y, 5)] for x, y in line] for line in lines]


def _units(commune: Any, role: str, period: Period) -> Drawn:
    rows = TerritorialUnit.objects.for_commune(commune).of_kind(UnitKind.UNIDAD_VECINAL).in_force().order_by("code")
    return Drawn(
        [_feature(one.boundary, name=safe(one.name or one.code)) for one in rows],
        _plain({"color": "#5b5f8f", "weight": 1.5, "dashArray": "6 4", "fillOpacity": 0}),
        fields={"name": _("Unit")},
        legend=[("#ffffff", _("Border of the unit"))],
    )


def _sectors(commune: Any, role: str, period: Period) -> Drawn:
    rows = RiskSector.objects.for_commune(commune).open().in_force(today(commune)).select_related("responsible")
    collection = sector_features(rows, commune=commune, role=role)
    features = [
        {
            "type": "Feature",
            "geometry": one["geometry"],
            "properties": {
                "name": safe(f"{one['properties']['code']} {one['properties']['name']}"),
                "score": _number(one["properties"].get("score")),
                "rank": safe(one["properties"].get("rank_text") or "–"),
                "step": one["properties"].get("score_class"),
            },
        }
        for one in collection["features"]
    ]
    names = [_("very low"), _("low"), _("medium"), _("high"), _("very high")]
    return Drawn(
        features,
        _sector_style,
        fields={"name": _("Sector"), "score": _("Score"), "rank": _("Rank")},
        legend=[*zip(CLASS_COLOURS, names, strict=True), ("#ffffff", _("without score"))],
    )


def _sector_style(feature: Feature) -> dict[str, Any]:
    step = feature["properties"]["step"]
    known = isinstance(step, int)
    colour = CLASS_COLOURS[step] if known else "#ffffff"
    return {"color": "#1c2429", "weight": 1.75, "fillColor": colour, "fillOpacity": 0.65 if known else 0.2}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def _proposals(commune: Any, role: str, period: Period) -> Drawn:
    rows = TerritoryProposal.objects.for_commune(commune).visible_to(role).in_state("borrador", "enviada")
    rows = rows.with_figures(of_reserved=allows(role, "incidents.view_exact"))
    return Drawn(
        [
            _feature(
                one.boundary,
                name=safe(_("Proposal %(number)s") % {"number": one.pk}),
                n="–" if one.told_n is None else str(one.told_n),
            )
            for one in rows
        ],
        _plain({"color": "#b3127d", "weight": 2.5, "dashArray": "8 5", "fillColor": "#b3127d", "fillOpacity": 0.15}),
        fields={"name": _("Proposal"), "n": _("Incidents")},
        legend=[("#f0cfe4", _("Hot spot that waits for a decision"))],
    )


def _cells(commune: Any, role: str, period: Period) -> Drawn:
    """Reported incidents counted in cells of 250 m, in classes taken from their counts; under five they are told as
    “<5”. Each role counts in the table of its own precision."""
    corners, counts = _counted(_points(commune, role, period), commune.metric_srid)
    breaks = limits(counts, fewest=FEW)
    features = [_cell(corner, int(n), commune.metric_srid, breaks) for corner, n in zip(corners, counts, strict=True)]
    return Drawn(
        features,
        lambda feature: {
            "weight": 0.5,
            "color": "#fff",
            "fillColor": feature["properties"]["colour"],
            "fillOpacity": 0.6,
        },
        fields={"n": _("Incidents")},
        legend=list(zip(CELL_COLOURS, _class_words(breaks), strict=True)),
        n=int(counts.sum()),
    )


def _points(commune: Any, role: str, period: Period) -> np.ndarray:
    if allows(role, "incidents.view_exact"):
        rows = Incident.objects.for_commune(commune).current().counted_once().reported().placed()
        return _coordinates(rows.between(period.first, period.last, timezone=commune.timezone))
    with masked_reader():
        rows = MaskedIncident.objects.for_commune(commune).current().counted_once().reported().placed()
        return _coordinates(rows.in_weeks(period.first, period.last))


def _coordinates(rows: Any) -> np.ndarray:
    return np.array([point.coords for point in rows.values_list("point", flat=True)], dtype=float).reshape(-1, 2)


def _counted(points: np.ndarray, srid: int) -> tuple[np.ndarray, np.ndarray]:
    """South-west corners of the cells that hold something, in metres, and their counts."""
    x, y = transformer(4326, srid).transform(points[:, 0], points[:, 1])
    cells = np.floor(np.column_stack([x, y]) / CELL_M)
    corners, counts = np.unique(cells, axis=0, return_counts=True)
    return corners * CELL_M, counts


def _class_words(breaks: list[int]) -> list[str]:
    told = [floatformat(one, "0g") for one in breaks]
    ends = [floatformat(after - 1, "0g") for after in breaks[1:]]
    middle = [first if first == end else f"{first}–{end}" for first, end in zip(told, ends, strict=False)]
    return [_("fewer than %(n)s") % {"n": told[0]}, *middle, _("%(n)s or more") % {"n": told[-1]}]


def _cell(corner: np.ndarray, n: int, srid: int, breaks: list[int]) -> Feature:
    x, y = corner
    ring = [(x, y), (x + CELL_M, y), (x + CELL_M, y + CELL_M), (x, y + CELL_M), (x, y)]
    lng, lat = transformer(srid, 4326).transform(*zip(*ring, strict=True))
    outline = [[round(a, 6), round(b, 6)] for a, b in zip(lng, lat, strict=True)]
    step = int(np.searchsorted(breaks, n, side="right"))
    told = {"n": "&lt;5" if n < FEW else str(n), "colour": CELL_COLOURS[step]}
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [outline]}, "properties": told}


REPORT_LAYERS = (
    ReportLayer("mascara", gettext_lazy("Water"), "units.view", _water, ground=True),
    ReportLayer("calles", gettext_lazy("Streets"), "units.view", _streets, ground=True),
    ReportLayer("unidades", gettext_lazy("Neighbourhood units"), "units.view", _units),
    ReportLayer("incidentes", gettext_lazy("Reported incidents"), "incidents.view_masked", _cells),
    ReportLayer("sectores", gettext_lazy("Sectors by score"), "sectors.view", _sectors),
    ReportLayer("propuestas", gettext_lazy("Proposals"), "proposals.view", _proposals),
)
