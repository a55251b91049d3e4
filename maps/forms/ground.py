"""Forms of the ground floor: which layer of a file becomes which table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo.models import TerrainSurface
from geo.services.targets import CONSTANT, TARGETS, titles_of
from maps.forms.imports import SYSTEMS
from maps.forms.styling import StyledForm, style


class LayerUploadForm(StyledForm):
    """A GeoPackage or GeoJSON file and what it holds."""

    target = forms.ChoiceField(
        label=_("What the file holds"), choices=[(name, target.title) for name, target in TARGETS.items()]
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".gpkg,.geojson,.json,.zip,.kml,.kmz,.parquet,.geoparquet"}),
        error_messages={"required": _("Choose a file.")},
    )


class SurfaceForm(StyledForm):
    """A GeoTIFF of heights and what it shows."""

    surface = forms.FileField(
        label=_("GeoTIFF of heights in metres"),
        widget=forms.FileInput(attrs={"accept": ".tif,.tiff"}),
        error_messages={"required": _("Choose a file.")},
    )
    name = forms.CharField(label=_("Name of the surface"), max_length=120)
    kind = forms.ChoiceField(label=_("What it shows"), choices=TerrainSurface.Kind.choices)
    srid = forms.TypedChoiceField(
        label=_("Reference system"), coerce=int, empty_value=None, required=False,
        choices=[("", _("the one the file declares")), *SYSTEMS],
    )  # fmt: skip
    source = forms.CharField(label=_("Source (institution and date)"), max_length=200)

    def job_parameters(self) -> dict[str, Any]:
        """Parameters of the job `geo.add_surface`."""
        return {name: self.cleaned_data[name] for name in ("name", "kind", "srid", "source")}


class LayerForm(StyledForm):
    """How the layer is read: layer, reference system, columns, source."""

    layer = forms.ChoiceField(label=_("Layer of the file"))
    srid = forms.TypedChoiceField(
        label=_("Reference system"), coerce=int, empty_value=None, required=False,
        choices=[("", _("the one the file declares")), *SYSTEMS],
    )  # fmt: skip
    source = forms.CharField(label=_("Source (institution and date)"), max_length=200)
    replace = forms.BooleanField(label=_("Replace what the file does not hold"), required=False)
    repair = forms.BooleanField(label=_("Mend invalid shapes instead of refusing them"), required=False)

    def __init__(self, *args: Any, target: str, decoded: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layer"].choices = [(name, name) for name in decoded.layers] or [("", "–")]
        self.fields["layer"].required = bool(decoded.layers)
        columns = [("", _("– not in the file –")), *((name, name) for name in decoded.fields)]
        self.names = [field.name for field in TARGETS[target].fields]
        for field in TARGETS[target].fields:
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=str(field.title).capitalize(),
                choices=[*columns, *_constants(field)],
                required=field.required and field.default is None,
            )
        style(self)

    def columns(self) -> list[Any]:
        """Bound fields of the columns."""
        return [self[f"column_{name}"] for name in self.names]

    def job_parameters(self) -> dict[str, Any]:
        """Parameters of the job `geo.import_layer`."""
        given = self.cleaned_data
        mapping = {name: given[f"column_{name}"] for name in self.names if given[f"column_{name}"]}
        kept = {name: given[name] for name in ("srid", "source", "replace", "repair")}
        return kept | {"mapping": mapping, "layer": given["layer"] or None}


def _constants(field: Any) -> list[tuple[str, str]]:
    """Values that every row may be given, where no column tells: “all: water”."""
    return [(f"{CONSTANT}{choice}", _("all: %(value)s") % {"value": title}) for choice, title in titles_of(field)]
