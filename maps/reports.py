"""The current view of the map as one HTML file (folium) that opens without a network. Aggregated layers only: a file
that leaves the house holds sectors, proposals, units and counted cells, never a point of an incident or a camera."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import folium
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext as _

from access.permissions import allows
from maps.map_settings import settled_extent
from maps.offline import safe, self_contained
from maps.periods import Period
from maps.report_layers import REPORT_LAYERS, Drawn

# the address that folium itself writes; `maps.offline` puts the kept file in its place
LEAFLET = "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/"
STYLE = (
    "body{margin:0;font:14px system-ui,'Segoe UI',Roboto,sans-serif}.folium-map{position:absolute;inset:0}"
    ".leaflet-container{background:#f1f0ec}#leyenda{position:absolute;left:10px;bottom:26px;z-index:1000;background:#fff;"
    "border:1px solid #d9dee2;border-radius:8px;padding:10px 14px;max-width:300px;max-height:70%;overflow:auto}"
    "#leyenda h1{font-size:16px;margin:0 0 4px}#leyenda h2{font-size:13px;margin:8px 0 2px}#leyenda p{margin:2px 0;"
    "color:#545f67;font-size:12px}#leyenda .m{display:inline-block;width:16px;height:11px;border:1px solid #888;"
    "margin-right:6px}#leyenda strong{color:#5c4300}"
)


@dataclass(frozen=True)
class View:
    """What is downloaded: layers, period, centre and zoom."""

    layers: tuple[str, ...]
    period: Period
    centre: tuple[float, float] | None = None
    zoom: float | None = None


def report_layers(role: str, wanted: tuple[str, ...]) -> list[Any]:
    """The layers of a view that may leave the house with a role, from the ground up."""
    return [one for one in REPORT_LAYERS if (one.ground or one.id in wanted) and allows(role, one.permission)]


def map_document(*, commune: Any, role: str, view: View) -> tuple[str, int]:
    """The HTML of a view and how many shapes it holds."""
    drawn = [(one, one.draw(commune, role, view.period)) for one in report_layers(role, view.layers)]
    chart = _empty_map(commune, view)
    for one, content in drawn:
        _add(chart, one.title, content)
    folium.LayerControl(collapsed=True).add_to(chart)
    page = chart.get_root().render()
    page = page.replace("</head>", f"<title>{_title(commune)}</title><style>{STYLE}</style></head>", 1)
    page = page.replace("<body>", f"<body>{_legend(commune, view, drawn)}", 1)
    return self_contained(page), sum(len(content.features) for _one, content in drawn)


def _empty_map(commune: Any, view: View) -> folium.Map:
    chart = folium.Map(tiles=None, prefer_canvas=True, zoom_control=True, attribution_control=False)
    chart.default_js = [("leaflet", f"{LEAFLET}leaflet.js")]
    chart.default_css = [("leaflet_css", f"{LEAFLET}leaflet.css")]
    chart.options["maxZoom"] = 19
    if view.centre and view.zoom:
        chart.location, chart.options["zoom"] = [view.centre[1], view.centre[0]], view.zoom
    else:
        west, south, east, north = settled_extent(commune)
        chart.fit_bounds([[south, west], [north, east]])
    return chart


def _add(chart: folium.Map, title: Any, content: Drawn) -> None:
    """One layer with its tooltip; every text has passed the one escaping function."""
    if not content.features:
        return
    collection = {"type": "FeatureCollection", "features": content.features}
    names = list(content.fields)
    tooltip = folium.GeoJsonTooltip(names, aliases=[safe(content.fields[name]) for name in names]) if names else None
    folium.GeoJson(
        collection,
        name=safe(title),
        style_function=content.style,
        tooltip=tooltip,
        smooth_factor=0.5,
        control=bool(names),
    ).add_to(chart)


def _title(commune: Any) -> str:
    return html.escape(_("Map of %(commune)s") % {"commune": commune.name})


def _legend(commune: Any, view: View, drawn: list[tuple[Any, Drawn]]) -> str:
    """Title, date, period, classes and counts, and the mark of simulated data."""
    parts = [f"<h1>{_title(commune)}</h1>"]
    if commune.simulated:
        simulated = html.escape(_("Simulated data: places, people and figures are invented."))
        parts.append(f"<p><strong>{simulated}</strong></p>")
    days = f"{view.period.first:%d-%m-%Y} – {view.period.last:%d-%m-%Y}"
    made = timezone.localtime().strftime("%d-%m-%Y %H:%M")
    told = _("Period: %(days)s") % {"days": days}, _("Made on %(moment)s · Atalaya") % {"moment": made}
    parts.append(f"<p>{'<br>'.join(html.escape(line) for line in told)}</p>")
    for one, content in drawn:
        if one.ground or not content.features:
            continue
        parts.append(f"<h2>{safe(one.title)} (n = {floatformat(content.n or len(content.features), '0g')})</h2>")
        parts += [
            f'<p><span class="m" style="background:{colour}"></span>{safe(words)}</p>'
            for colour, words in content.legend
        ]
    return f'<div id="leyenda">{"".join(parts)}</div>'
