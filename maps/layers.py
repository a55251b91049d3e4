"""The layers of the map: what each shows, to whom, how it is drawn and told. The legend, the details panel, the map's
scripts and the downloaded map all read this list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.permissions import allows
from cameras.models import CameraKind, CameraStatus, Owner
from geo.models import PlaceKind, UnitKind
from incidents.models import EventState, Method, Origin, PlaceClass, TimePrecision
from sectors.models import FactorState, ProposalState, SectorStatus, Typology

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

# Cells of counted incidents: side at a zoom as `incidents.tiles` draws them, and the limits that hold until the legend
# brings those of the period (`maps.cell_classes`).
CELLS: dict[str, Any] = {"sideM": 250, "atZoom": 13, "coarsest": 6, "limits": [5, 10, 25, 50]}
GROUPS = (("analysis", _("Analysis")), ("surroundings", _("Surroundings")), ("territory", _("Territory")))


@dataclass(frozen=True)
class Mark:
    """One line of a legend: a mark of the style sheet and its words."""

    mark: str
    label: Words


@dataclass(frozen=True)
class Detail:
    """One line of the details panel: a property, its words, how it is written."""

    name: str
    label: Words
    kind: str = "text"  # text, number, date, moment (local wall time), area, choice, boolean, share
    choices: dict[str, Words] = field(default_factory=dict)
    missing: Words = ""  # what stands where the value is missing; without it the line is left out


@dataclass(frozen=True)
class Layer:
    """One layer. `ground` layers are always on; `dated` ones follow the period; `features` come whole, not in tiles."""

    id: str
    title: Words
    permission: str
    group: str
    tiles: str = ""  # name of the tiles' address
    tile_layer: str = ""  # its argument `layer`, where the address has one
    features: str = ""  # name of the address that answers with a whole FeatureCollection
    legend: tuple[Mark, ...] = ()
    details: tuple[Detail, ...] = ()
    shown: bool = True
    ground: bool = False
    dated: bool = False
    editable: bool = False
    min_zoom: int = 0
    max_zoom: int = 16

    def address(self) -> str:
        """Address of the tiles with {z}, {x}, {y} in their places."""
        place = {"zoom": 0, "column": 0, "row": 0}
        whole = reverse(self.tiles, kwargs=({"layer": self.tile_layer} if self.tile_layer else {}) | place)
        return whole.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")


SCORE_MARKS = (
    Mark("class-4", _("Very high")),
    Mark("class-3", _("High")),
    Mark("class-2", _("Medium")),
    Mark("class-1", _("Low")),
    Mark("class-0", _("Very low")),
    Mark("class-none", _("Without score, or fewer than 10 incidents")),
    Mark("draft", _("Draft (dashed border)")),
)
SECTOR_DETAILS = (
    Detail("code", _("Code")),
    Detail("status", _("Status"), "choice", dict(SectorStatus.choices)),
    Detail("typology", _("Typology"), "choice", dict(Typology.choices)),
    Detail("score", _("Score (0 to 100)"), "number", missing=_("not scored yet")),
    Detail("rank_text", _("Rank (interval)")),
    Detail("n", _("Incidents in the window"), "number"),
    Detail("confidence", _("Confidence"), "share"),
    Detail("valid_from", _("Since"), "date"),
    Detail("version", _("Version"), "number"),
)
METHOD_MARKS: dict[str, tuple[Mark, ...]] = {
    Method.DENSITY: (
        Mark("cell-1", _("2 to 4 times the mean")), Mark("cell-2", _("4 to 8 times the mean")),
        Mark("cell-3", _("8 to 16 times the mean")), Mark("cell-4", _("over 16 times the mean")),
    ),
    Method.RELATIVE: (Mark("cell-1", _("more than dwellings make")),),
    Method.SIGNIFICANCE: (
        Mark("cell-1", _("false discovery rate up to 10 %")), Mark("cell-2", _("up to 5 %")),
        Mark("cell-3", _("up to 1 %")), Mark("cell-4", _("hot in at least half of the scales tried")),
    ),
    Method.CLUSTERS: (Mark("cell-1", _("Dense group")),),
    Method.CHANGE: (
        Mark("cell-2", _("strong rise")), Mark("cell-1", _("rise")), Mark("cell-0", _("no change or fall")),
    ),
    Method.TILING: (Mark("cell-1", _("District")),),
}  # fmt: skip
METHOD_LAYERS = tuple(
    Layer(
        method.value, method.label, "analysis.view", "analysis", "incidents:method_tiles", method.value,
        shown=False, legend=METHOD_MARKS[method], details=(Detail("title", _("Name")),),
    )
    for method in Method
)  # fmt: skip
LAYERS = (
    Layer(
        "manzanas", _("Census blocks"), "units.view", "territory", "geo:tiles", "manzanas",
        legend=(Mark("block", _("Block")),), min_zoom=12,
    ),
    Layer("mascara", _("Water and wetlands"), "units.view", "territory", "geo:tiles", "mascara", ground=True),
    Layer("espacio-publico", _("Public space"), "units.view", "territory", "geo:tiles", "espacio-publico",
          legend=(Mark("public", _("Square, park, street")),), shown=False, min_zoom=13),
    Layer("edificios", _("Buildings"), "units.view", "territory", "geo:tiles", "edificios",
          legend=(Mark("building", _("Footprint")),), shown=False, min_zoom=15),
    Layer("calles", _("Streets"), "units.view", "territory", "geo:tiles", "calles",
          legend=(Mark("street", _("Street")),)),
    Layer(
        "unidades", _("Neighbourhood units and beats"), "units.view", "territory", "geo:tiles", "unidades",
        legend=(Mark("unit", _("Border of the unit")),), shown=False,
        details=(
            Detail("name", _("Name")), Detail("kind", _("Kind"), "choice", dict(UnitKind.choices)),
            Detail("code", _("Code")), Detail("residents", _("Residents"), "number"),
            Detail("dwellings", _("Dwellings"), "number"),
        ),
    ),
    Layer(
        "incidentes", _("Incidents"), "incidents.view_map", "analysis", "incidents:tiles", dated=True,
        legend=(
            Mark("cell-0", _("few")), Mark("cell-1", ""), Mark("cell-2", ""), Mark("cell-3", ""),
            Mark("cell-4", _("many")), Mark("dot", _("Reported")),
            Mark("diamond origin-discovered", _("Discovered by patrols")),
            Mark("triangle origin-sensor", _("Seen by a sensor")),
        ),
        details=(
            Detail("n_text", _("Incidents in the cell")), Detail("type", _("Type")), Detail("group", _("Group")),
            Detail("origin", _("Origin"), "choice", dict(Origin.choices)), Detail("moment", _("When"), "moment"),
            Detail("week", _("Week of"), "date"), Detail("hour", _("Hour"), "number"),
            Detail("time_precision", _("Precision of the time"), "choice", dict(TimePrecision.choices)),
            Detail("place_class", _("Precision of the place"), "choice", dict(PlaceClass.choices)),
        ),
    ),
    Layer(
        "sectores", _("Sectors by score"), "sectors.view", "analysis", "sectors:tiles", "sectores",
        features="api:sectors", legend=SCORE_MARKS, details=SECTOR_DETAILS, editable=True,
    ),
    Layer(
        "propuestas", _("Proposals"), "proposals.view", "analysis", "sectors:tiles", "propuestas",
        legend=(
            Mark("proposal", _("Hot spot that waits for a decision")),
            Mark("refused", pgettext_lazy("proposal", "Refused")),
        ),
        details=(
            Detail("told_n", _("Incidents"), "number"),
            Detail("told_per_km2", _("Incidents per km²"), "number"),
            Detail("state", _("State"), "choice", dict(ProposalState.choices)),
            Detail("rank", _("Place in the run"), "number"),
        ),
    ),
    *METHOD_LAYERS,
    Layer(
        "cobertura", _("Camera coverage"), "cameras.view_coverage", "surroundings", "cameras:tiles", "cobertura",
        legend=(Mark("cover", _("Ground seen by a live-monitored camera")),), shown=False,
    ),
    Layer(
        "calidad", _("What cameras can tell"), "cameras.view_coverage", "surroundings", "cameras:tiles", "calidad",
        legend=(Mark("view-1", _("weakest class that counts")), Mark("view-3", ""), Mark("view-5", _("sharpest"))),
        shown=False,
    ),
    Layer(
        "camaras", _("Cameras"), "cameras.view_points", "surroundings", "cameras:tiles", "camaras", shown=False,
        legend=(Mark("diamond", _("Monitored live")), Mark("diamond-open", _("Not monitored live"))),
        details=(
            Detail("code", _("Code")), Detail("name", _("Name")),
            Detail("owner", _("Owner"), "choice", dict(Owner.choices)),
            Detail("kind", _("Kind"), "choice", dict(CameraKind.choices)),
            Detail("status", _("Status"), "choice", dict(CameraStatus.choices)),
            Detail("monitored_live", _("Monitored live"), "boolean"),
        ),
    ),
    Layer(
        "eventos", _("Mass events"), "events.view", "surroundings", "incidents:event_tiles", dated=True, shown=False,
        legend=(Mark("star", _("Event of the period")),),
        details=(
            Detail("name", _("Name")), Detail("type", _("Type")),
            Detail("state", _("State"), "choice", dict(EventState.choices)), Detail("starts", _("Starts"), "moment"),
            Detail("ends", _("Ends"), "moment"), Detail("attendance", _("Attendance"), "number"),
        ),
    ),
    Layer(
        "factores", _("Risk factors"), "sectors.view", "surroundings", "sectors:tiles", "factores", shown=False,
        legend=(Mark("triangle", _("Open")), Mark("triangle-open", _("In hand"))),
        details=(
            Detail("kind_name", _("Kind")), Detail("name", _("Name")),
            Detail("state", _("State"), "choice", dict(FactorState.choices)),
            Detail("observed_on", _("Observed on"), "date"),
        ),
    ),
    Layer("lugares", _("Places"), "units.view", "territory", "geo:tiles", "lugares", shown=False, min_zoom=14,
          legend=(Mark("square", _("Bar, school, stop…")),),
          details=(Detail("name", _("Name")), Detail("kind", _("Kind"), "choice", dict(PlaceKind.choices)))),
)  # fmt: skip


def layers_for(role: str | None) -> list[Layer]:
    """The layers a role may see, from the ground up."""
    return [layer for layer in LAYERS if allows(role, layer.permission)]


def described(layer: Layer) -> dict[str, Any]:
    """What the map's scripts need to know of a layer."""
    return {
        "id": layer.id,
        "title": str(layer.title),
        "group": layer.group,
        "kind": "features" if layer.features else "tiles",
        "url": "" if layer.features else layer.address(),
        "legend": [{"mark": one.mark, "label": str(one.label)} for one in layer.legend],
        "details": [_described_detail(one) for one in layer.details],
        "shown": layer.shown,
        "ground": layer.ground,
        "dated": layer.dated,
        "editable": layer.editable,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
    }


def _described_detail(detail: Detail) -> dict[str, Any]:
    told: dict[str, Any] = {"name": detail.name, "label": str(detail.label), "kind": detail.kind}
    if detail.choices:
        told["choices"] = {value: str(words) for value, words in detail.choices.items()}
    if detail.missing:
        told["missing"] = str(detail.missing)
    return told
