"""Runs of methods in words, tables and pictures: what each answers, what it chose and why, what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.permissions import allows
from incidents.models import Method, MethodRun
from incidents.services.methods import told_by
from maps.figures.curves import curve_picture
from maps.figures.ground import classed_picture
from maps.proposal_words import window_words
from maps.templatetags.people import percent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FEW = 5


@dataclass(frozen=True)
class Page:
    """What a method's page says: the question it answers, how it may mislead, the columns of its table, its curve."""

    question: _StrPromise
    caution: _StrPromise
    columns: tuple[tuple[str, _StrPromise], ...]
    curve: tuple[_StrPromise, _StrPromise, _StrPromise] | None = None  # title, x axis, y axis


INSIDE = (
    ("n", gettext_lazy("Incidents")),
    ("share", gettext_lazy("Share of the incidents")),
    ("km2", gettext_lazy("Area (km²)")),
    ("area_share", gettext_lazy("Share of the ground")),
)
PAGES: dict[str, Page] = {
    Method.DENSITY: Page(
        gettext_lazy("Where do incidents concentrate on the map?"),
        gettext_lazy("To look at, not to decide: chance may make the same, and the bandwidth makes the map."),
        (("words", gettext_lazy("Class")), ("from", gettext_lazy("From (per km² and year)")), *INSIDE),
        (gettext_lazy("How well each bandwidth foretells later incidents"), gettext_lazy("bandwidth (m)"),
         gettext_lazy("mean log density")),
    ),
    Method.RELATIVE: Page(
        gettext_lazy("Where do more incidents happen than the dwellings there would make?"),
        gettext_lazy("Streets with shops and few homes stand out by themselves: visitors are not in the denominator."),
        (("words", gettext_lazy("Class")), ("expected", gettext_lazy("Expected by dwellings")),
         ("ratio", gettext_lazy("Times the expected")), *INSIDE),
        (gettext_lazy("How well each bandwidth foretells later incidents"), gettext_lazy("bandwidth (m)"),
         gettext_lazy("mean log density")),
    ),
    Method.SIGNIFICANCE: Page(
        gettext_lazy("Which places are fuller than chance makes when the cells are shuffled?"),
        gettext_lazy("Another cell or radius is another question. A class is a false discovery rate, no certainty."),
        (("words", gettext_lazy("Class")), *INSIDE),
        (gettext_lazy("Correlogram: at which distance cells are most alike"), gettext_lazy("distance (m)"),
         gettext_lazy("z of Moran's I")),
    ),
    Method.CLUSTERS: Page(
        gettext_lazy("Which dense groups do incidents form, and when?"),
        gettext_lazy("A group is dense, not surprising: the centre of a town is always one. Use proposals to decide."),
        (("number", gettext_lazy("Number")), ("n", gettext_lazy("Incidents")), ("km2", gettext_lazy("Area (km²)")),
         ("per_km2", gettext_lazy("Per km²")), ("core_share", gettext_lazy("In its core")),
         ("when", gettext_lazy("When"))),
        (gettext_lazy("Distance that gathers the fewest incidents, place by place"), gettext_lazy("% of the places"),
         gettext_lazy("distance (m)")),
    ),
    Method.CHANGE: Page(
        gettext_lazy("Which sectors hold more or fewer incidents than in the same period of earlier years?"),
        gettext_lazy("Recording things in another way looks like a change of what happens. Few incidents show little."),
        (("name", gettext_lazy("Sector")), ("words", gettext_lazy("Change")), ("n", gettext_lazy("Now")),
         ("expected", gettext_lazy("Expected by earlier years")), ("limits", gettext_lazy("No change between")),
         ("p", gettext_lazy("p")), ("q", gettext_lazy("False discovery rate"))),
    ),
    Method.TILING: Page(
        gettext_lazy("How could the whole town be shared out in contiguous districts?"),
        gettext_lazy("A proposal on paper: rivers, bridges and habits of neighbours decide too."),
        (("number", gettext_lazy("Number")), ("units", gettext_lazy("Units")), ("residents", gettext_lazy("Residents")),
         ("n", gettext_lazy("Incidents")), ("km2", gettext_lazy("Area (km²)"))),
    ),
}  # fmt: skip
CHOICES: dict[str, _StrPromise] = {
    "mean": gettext_lazy("Mean of the ground: %(mean)s per km² and year; classes begin at 2, 4, 8 and 16 times it."),
    "bandwidth_asked": gettext_lazy("Bandwidth as asked: %(bandwidth_m)s m."),
    "bandwidth_rolling": gettext_lazy(
        "Bandwidth chosen: %(bandwidth_m)s m (like a Gaussian of %(sigma_m)s m), the smoothest that foretells later "
        "incidents as well as the best (%(best_m)s m), over %(folds)s periods."
    ),
    "bandwidth_folds": gettext_lazy(
        "Bandwidth chosen: %(bandwidth_m)s m (like a Gaussian of %(sigma_m)s m), the smoothest that describes left-out "
        "incidents as well as the best (%(best_m)s m), over %(folds)s parts."
    ),
    "relabelled": gettext_lazy("Tolerance from %(draws)s shuffles of what is incident and what is dwelling."),
    "radius_asked": gettext_lazy("Radius as asked: %(radius_m)s m."),
    "radius_suggested": gettext_lazy("Radius chosen: %(radius_m)s m, the first peak of the correlogram."),
    "radius_bounded": gettext_lazy(
        "Radius chosen: %(radius_m)s m; the correlogram suggests %(suggested_m)s m, outside 2 to 6 cells."
    ),
    "radius_usual": gettext_lazy("Radius chosen: %(radius_m)s m (two cells): the correlogram has no peak."),
    "tested": gettext_lazy(
        "%(cells)s cells of %(cell_m)s m tested, up to %(k)s in a window; counts above %(cap)s taken down to it in "
        "%(capped)s cells, so that one pile does not hide the rest."
    ),
    "hdbscan": gettext_lazy("HDBSCAN with at least %(minimum)s incidents: labels change when data are added."),
    "dbscan_asked": gettext_lazy("DBSCAN: at least %(minimum)s incidents within %(radius_m)s m, the radius as asked."),
    "dbscan_knee": gettext_lazy(
        "DBSCAN: at least %(minimum)s incidents within %(radius_m)s m, the knee of the curve of distances."
    ),
    "dbscan_bounded": gettext_lazy(
        "DBSCAN: at least %(minimum)s incidents within %(radius_m)s m; the knee of the curve lies outside 40 to 300 m."
    ),
    "years": gettext_lazy("Against %(years)s earlier years; sectors spread %(dispersion)s times as much as chance."),
    "years_missing": gettext_lazy("%(missing)s of the years asked for lie before the first data and are left out."),
    "tiling_max_p": gettext_lazy(
        "%(districts)s districts; %(explained)s of the differences between units lie between "
        "districts; %(bridges)s links join parts that do not touch."
    ),
    "tiled_units": gettext_lazy("Made of %(units)s units of the kind “%(kind)s”."),
}
CHOICES |= {"tiling_ward": CHOICES["tiling_max_p"], "tiling_skater": CHOICES["tiling_max_p"]}
STEP_WORDS: dict[str, dict[int, _StrPromise]] = {
    Method.DENSITY: {
        1: gettext_lazy("2 to 4 times the mean"), 2: gettext_lazy("4 to 8 times the mean"),
        3: gettext_lazy("8 to 16 times the mean"), 4: gettext_lazy("over 16 times the mean"),
    },
    Method.RELATIVE: {1: gettext_lazy("more than dwellings make"), -1: gettext_lazy("less than dwellings make")},
    Method.SIGNIFICANCE: {
        1: gettext_lazy("false discovery rate up to 10 %"), 2: gettext_lazy("up to 5 %"), 3: gettext_lazy("up to 1 %"),
        4: gettext_lazy("hot in at least half of the scales tried"),
    },
    Method.CHANGE: {
        -2: gettext_lazy("strong fall"), -1: gettext_lazy("fall"), 0: gettext_lazy("no change"),
        1: gettext_lazy("rise"), 2: gettext_lazy("strong rise"),
    },
}  # fmt: skip
SHARES = {"share", "area_share", "core_share"}
DECIMALS = {"km2": 2, "from": 1, "expected": 1, "ratio": 1, "per_km2": 0, "residents": 0, "p": 4, "q": 4}


def method_title(method: str) -> str:
    """Name of a method."""
    return str(Method(method).label)


def told(run: MethodRun, *, role: str | None) -> dict[str, Any]:
    """A run as its page shows it: choices in sentences, table, curve, picture."""
    result, page = told_by(run), PAGES[Method(run.method)]
    shapes = list(run.shapes.order_by("number"))
    return {
        "row": run,
        "title": method_title(run.method),
        "page": page,
        "used": result["used"],
        "choices": [choice_words(one) for one in result["choices"]],
        "heads": [str(title) for _name, title in page.columns],
        "rows": [_cells(run.method, row, page, role) for row in result["rows"]],
        "curve": _curve(result["curve"], page),
        "points": result["curve"],
        "picture": classed_picture(
            run.commune, [(one.area, one.step, one.title) for one in shapes], title=method_title(run.method),
            labelled=run.method in (Method.CLUSTERS, Method.TILING),
        ) if shapes else "",
        "legend": _legend(run.method, {one.step for one in shapes}),
    }  # fmt: skip


def choice_words(choice: dict[str, Any]) -> str:
    """What a method chose by itself and why, in a sentence."""
    values = {name: _written(name, value) for name, value in choice["values"].items()}
    return str(CHOICES[choice["code"]]) % values


def _written(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "explained":
        return percent(value)
    if isinstance(value, str):
        return value
    return number_format(round(value, 1) if value % 1 and value < 100 else round(value))


def _cells(method: str, row: dict[str, Any], page: Page, role: str | None) -> list[dict[str, str]]:
    """Cells of one row of the table, with the heading each stands under; small counts below the analyst as "<5"."""
    told_cells = []
    for name, title in page.columns:
        told_cells.append({"title": str(title), "value": _cell(method, name, row, role), "number": name not in WORDS})
    return told_cells


WORDS = {"words", "name", "when"}


def _cell(method: str, name: str, row: dict[str, Any], role: str | None) -> str:
    made = {
        "words": lambda: str(STEP_WORDS[method][row["step"]]),
        "when": lambda: window_words(row["window"]) or _("all week"),
        "limits": lambda: f"{number_format(round(row['low']))} – {number_format(round(row['high']))}",
    }
    return made[name]() if name in made else _figure(name, row.get(name), role)


def _figure(name: str, value: Any, role: str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    if name == "n" and 0 < value < FEW and not allows(role, "incidents.view_exact"):
        return f"<{FEW}"
    return percent(value) if name in SHARES else number_format(value, DECIMALS.get(name, 0))


def _curve(points: list[dict[str, Any]], page: Page) -> str:
    if not points or page.curve is None:
        return ""
    title, across, up = (str(words) for words in page.curve)
    return curve_picture(points, title=title, across=across, up=up)


def _legend(method: str, steps: set[int]) -> list[dict[str, Any]]:
    words = STEP_WORDS.get(method, {})
    return [{"step": step_class(step), "words": words[step]} for step in sorted(steps, reverse=True) if step in words]


def step_class(step: int) -> str:
    """Class of the style sheet for a step."""
    return f"step-{step}" if step >= 0 else f"step-below-{-step}"
