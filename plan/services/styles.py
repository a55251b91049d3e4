"""The QGIS style that travels inside the GeoPackage: sectors by class of their score."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

# colour-blind safe, light to dark; grey where the score has no class
COLOURS = {
    "1": "255,247,188",
    "2": "254,217,118",
    "3": "254,153,41",
    "4": "217,95,14",
    "5": "140,45,4",
    "": "189,189,189",
}


def sectors_style() -> str:
    """QML of a categorised renderer on the column `clase`, labelled with the code."""
    titles = {"1": _("1 (lowest)"), "5": _("5 (highest)"), "": _("without class")}
    categories, symbols = [], []
    for number, (value, colour) in enumerate(COLOURS.items()):
        label = titles.get(value, value)
        kind = "integer" if value else "NULL"
        categories.append(
            f'<category render="true" symbol="{number}" type="{kind}" value={quoteattr(value)} '
            f"label={quoteattr(label)}/>"
        )
        symbols.append(
            f'<symbol name="{number}" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">'
            f'<layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">'
            f'<Option name="color" type="QString" value="{colour},255"/>'
            f'<Option name="outline_color" type="QString" value="64,64,64,255"/>'
            f'<Option name="outline_style" type="QString" value="solid"/>'
            f'<Option name="outline_width" type="QString" value="0.4"/>'
            f'<Option name="outline_width_unit" type="QString" value="MM"/>'
            f'<Option name="style" type="QString" value="solid"/>'
            f"</Option></layer></symbol>"
        )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.34" styleCategories="Symbology|Labeling" labelsEnabled="1">'
        '<renderer-v2 type="categorizedSymbol" attr="clase" forceraster="0" symbollevels="0" enableorderby="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols>"
        "</renderer-v2>"
        '<labeling type="simple"><settings calloutType="simple">'
        '<text-style fieldName="codigo" isExpression="0" fontSize="9" fontSizeUnit="Point" textColor="32,32,32,255">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255"/>'
        "</text-style></settings></labeling>"
        "</qgis>"
    )
