"""Forms of the data page: a file, and the profile that says how to read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo.crs import CHILEAN_SRIDS
from geo.decoder import TableDescription
from geo.decoder.tables import LAYER, TEXT
from incidents.models import Origin, ProfileKind
from maps.forms.styling import StyledForm, style
from maps.profile_fields import FIELDS
from maps.type_mapping import read_choice
from maps.uploads import TABLES

KINDS = [
    (ProfileKind.INCIDENTS, _("Incidents")),
    (ProfileKind.MASS_EVENTS, _("Mass events")),
    (ProfileKind.CAMERAS, _("Cameras")),
    (ProfileKind.RISK_FACTORS, _("Risk factors")),
    (ProfileKind.PERCEPTION, _("Perception readings")),
]
SYSTEMS = [(4326, "EPSG:4326 · WGS 84 (grados)")] + [
    (srid, f"EPSG:{srid} · {title}") for srid, title in CHILEAN_SRIDS.items() if srid != 4326
]
ENCODINGS = [
    ("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-8-sig", _("UTF-8 with mark")), ("utf-16", "UTF-16"),
]  # fmt: skip
FORMATS_APART = "|"  # a source may write its dates in several ways: the first that fits is taken
EXAMPLE = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)
DATE_FORMATS = [
    ("%d-%m-%Y", "22-11-2026"), ("%d/%m/%Y", "22/11/2026"), ("%d-%m-%y", "22-11-26"), ("%d/%m/%y", "22/11/26"),
    ("%Y-%m-%d", "2026-11-22"), ("%Y%m%d", "20261122"), ("%d-%m-%Y %H:%M", "22-11-2026 18:30"),
    ("%d/%m/%Y %H:%M", "22/11/2026 18:30"), ("%Y-%m-%d %H:%M:%S", "2026-11-22 18:30:00"),
    ("%m/%d/%Y", _("11/22/2026 (month first)")), ("excel", _("serial number of a spreadsheet: 46348")),
]  # fmt: skip
TIME_FORMATS = [
    ("%H:%M:%S|%H:%M|%H", _("18:30, 18:30:00 or 18")), ("%H:%M", "18:30"), ("%H:%M:%S", "18:30:00"), ("%H", "18"),
    ("%I:%M %p", "6:30 p. m."), ("%H%M", "1830"), ("excel", _("fraction of a day: 0,7708")),
]  # fmt: skip
OF_TEXT = ("delimiter", "encoding", "decimal", "has_header")


def like(formats: str) -> str:
    """Formats as an example that people read: 22/11/2026 or 22-11-26."""
    shown = [EXAMPLE.strftime(one) if one != "excel" else "46348" for one in formats.split(FORMATS_APART)]
    return _(" or ").join(shown)


class UploadForm(StyledForm):
    """A file and what it holds."""

    kind = forms.ChoiceField(label=_("What the file holds"), choices=KINDS)
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join(one.removeprefix(".csv") if one == ".csv.gz" else one for one in TABLES)}
        ),
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [one for one in KINDS if one[0] in kinds]


class ProfileForm(StyledForm):
    """How a source writes its tables. Columns and types are asked for from the file that is at hand."""

    name = forms.CharField(label=_("Name of the source"), max_length=120)
    delimiter = forms.ChoiceField(
        label=_("Columns are separated by"),
        choices=[(";", _("semicolon ;")), (",", _("comma ,")), ("\t", _("tab")), ("|", _("bar |"))],
    )
    encoding = forms.ChoiceField(
        label=_("Text encoding"),
        choices=ENCODINGS,
    )
    decimal = forms.ChoiceField(
        label=_("Decimals with"), choices=[(",", _("comma: 3,5")), (".", _("point: 3.5")), ("any", _("both"))]
    )
    has_header = forms.BooleanField(label=_("The first row holds the headings"), required=False, initial=True)
    date_format = forms.ChoiceField(label=_("Dates are written like"), choices=DATE_FORMATS)
    time_format = forms.ChoiceField(label=_("Hours are written like"), choices=TIME_FORMATS)
    srid = forms.TypedChoiceField(label=_("Reference system of the coordinates"), choices=SYSTEMS, coerce=int)
    unsigned = forms.BooleanField(label=_("Put the minus sign of south and west to the coordinates"), required=False)
    keep_unmapped = forms.BooleanField(
        label=_("Keep rows whose word has no type yet, as not classified"), required=False, initial=True
    )
    constant_label = forms.CharField(
        label=_("What all rows are, where no column says it"), max_length=200, required=False,
        help_text=_("For example “robo de vehículo”; then read the words again and give it a type."),
    )  # fmt: skip
    default_origin = forms.ChoiceField(
        label=_("Origin, where the file does not say it"), choices=[("", _("as usual for each type")), *Origin.choices],
        required=False,
    )  # fmt: skip
    retention_months = forms.IntegerField(label=_("Kept for (months)"), min_value=1, max_value=600, required=False)
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False,
        help_text=_("Why the municipality may hold these data, for example an agreement or article."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, described: TableDescription, labels: list[str], **kwargs: Any) -> None:
        self.kind, self.labels, self.described = kind, labels, described
        super().__init__(*args, **kwargs)
        headings = [("", _("– not in the file –")), *((heading, heading) for heading in described.header)]
        for field in FIELDS[kind]:
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=field.label, choices=headings, required=field.required
            )
        if kind != ProfileKind.INCIDENTS:
            for name in ("default_origin", "keep_unmapped", "time_format", "constant_label"):
                del self.fields[name]
        for name, choices in (("date_format", DATE_FORMATS), ("time_format", TIME_FORMATS), ("srid", SYSTEMS)):
            self._offer(name, choices)
        for name in () if described.kind == TEXT else OF_TEXT:
            del self.fields[name]
        for number, label in enumerate(labels):
            self.fields[f"type_{number}"] = forms.CharField(
                label=label, required=False, widget=forms.TextInput(attrs={"list": "tipos", "autocomplete": "off"})
            )
        style(self)

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """Let a field offer what was understood of the file beside the usual choices."""
        told = self.initial.get(name)
        if name not in self.fields or told in (None, "") or told in {value for value, _title in choices}:
            return
        title = f"EPSG:{told}" if name == "srid" else like(str(told))
        field: Any = self.fields[name]
        field.choices = [(told, title), *choices]

    def explain(self, reasons: dict[str, str]) -> None:
        """Say beside fields what was understood and what proves it."""
        for name, reason in reasons.items():
            if name in self.fields:
                self.fields[name].help_text = reason

    def open_labels(self) -> list[str]:
        """Labels by the number of their field; empty where a type is given already."""
        return ["" if self.initial.get(f"type_{number}") else label for number, label in enumerate(self.labels)]

    def columns(self) -> list[Any]:
        """Bound fields of the columns."""
        return [self[f"column_{field.name}"] for field in FIELDS[self.kind]]

    def types(self) -> list[Any]:
        """Bound fields of the type mapping."""
        return [self[f"type_{number}"] for number in range(len(self.labels))]

    def settings(self, *, base: dict[str, Any]) -> dict[str, Any]:
        """Settings of a profile: what the form says over what the profile said before."""
        given = self.cleaned_data
        told = {name: given[name] for name in (*OF_TEXT, "srid") if name in given}
        if self.described.kind != TEXT:
            told |= {"decimal": self.described.decimal, "has_header": self.described.dialect.has_header}
        if self.described.kind == LAYER and len(self.described.sheets) > 1:
            told["layer"] = self.described.dialect.sheet
        told["date_format"] = given["date_format"].split(FORMATS_APART)
        told["unsigned"] = given["unsigned"]
        told["columns"] = {
            field.name: given[f"column_{field.name}"] for field in FIELDS[self.kind] if given[f"column_{field.name}"]
        }
        if self.kind == ProfileKind.INCIDENTS:
            told["time_format"] = given["time_format"].split(FORMATS_APART)
            told["constant_label"] = "" if given["column_label"] else given["constant_label"]
            told["unmapped"] = "keep" if given["keep_unmapped"] else "refuse"
            told["default_origin"] = given["default_origin"] or None
            chosen = {label: given[f"type_{number}"] for number, label in enumerate(self.labels)}
            told["type_mapping"] = base.get("type_mapping", {}) | {
                label: read_choice(text) for label, text in chosen.items() if text
            }
        return base | told
