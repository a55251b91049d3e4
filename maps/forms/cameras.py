"""Forms of the camera register and of its logs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.optics import EDITIONS
from cameras.models import (
    HIGHEST_MOUNT_M,
    LONGEST_RANGE_M,
    CameraKind,
    CameraStatus,
    Edition,
    EvidenceState,
    FindingOutcome,
    Night,
    OutageCause,
    Owner,
    Requester,
)
from cameras.services.class_words import class_words
from geo.crs import CHILEAN_SRIDS
from incidents.models import OffenceType
from maps.forms.places import PlaceField
from maps.forms.styling import DayField, MomentField, StyledForm

# what decides the view stands beside the map, the rest of the record apart
IN_VIEW = (
    "point", "kind", "azimuth_deg", "field_of_view_deg", "height_m", "tilt_deg", "range_m", "elevation_m",
    "sensor_width_mm", "focal_length_mm", "tele_field_of_view_deg", "pixels_wide", "pixels_high",
)  # fmt: skip


class CameraForm(StyledForm):
    """A camera of the register. Numbers that nobody knows stay empty: the register takes documented values."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    owner = forms.ChoiceField(label=_("Owner"), choices=Owner.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=CameraKind.choices)
    status = forms.ChoiceField(label=_("Status"), choices=CameraStatus.choices, initial=CameraStatus.OPERATIVE)
    monitored_live = forms.BooleanField(
        label=_("Monitored live"), required=False, help_text=_("Only live-monitored cameras count as coverage.")
    )
    point = PlaceField(label=_("Place"), help_text=_("Latitude; longitude in degrees, or a click on the map."))
    azimuth_deg = forms.FloatField(
        localize=True, label=_("Azimuth (degrees)"), min_value=0, max_value=360, required=False,
        help_text=_("Where the middle of the picture looks: 0 north, 90 east. A dome needs none."),
    )  # fmt: skip
    field_of_view_deg = forms.FloatField(
        localize=True, label=_("Field of view (degrees)"), min_value=1, max_value=360, required=False,
        help_text=_("Or give sensor and focal length."),
    )  # fmt: skip
    height_m = forms.FloatField(
        localize=True, label=_("Mount height (m)"), min_value=0.5, max_value=HIGHEST_MOUNT_M, required=False,
        help_text=_("Above the ground at its foot."),
    )  # fmt: skip
    tilt_deg = forms.FloatField(
        localize=True, label=_("Tilt (degrees)"), min_value=-29, max_value=90, required=False,
        help_text=_("Below the horizon. Empty: it is taken to see from its foot to its range."),
    )  # fmt: skip
    range_m = forms.FloatField(
        localize=True, label=_("Range (m)"), min_value=1, max_value=LONGEST_RANGE_M, required=False
    )
    elevation_m = forms.FloatField(
        localize=True, label=_("Absolute elevation (m)"), min_value=-99, max_value=7000, required=False,
        help_text=_("If known, it goes before the mount height."),
    )  # fmt: skip
    sensor_width_mm = forms.FloatField(
        localize=True, label=_("Sensor width (mm)"), min_value=0.1, max_value=100, required=False
    )
    focal_length_mm = forms.FloatField(
        localize=True, label=_("Focal length (mm)"), min_value=0.1, max_value=2000, required=False
    )
    tele_field_of_view_deg = forms.FloatField(
        localize=True, label=_("Narrowest field of view (degrees)"), min_value=0.1, max_value=360, required=False,
        help_text=_("With full zoom; only for a dome."),
    )  # fmt: skip
    pixels_wide = forms.IntegerField(label=_("Pixels across"), min_value=160, max_value=20000, required=False)
    pixels_high = forms.IntegerField(label=_("Pixels down"), min_value=120, max_value=20000, required=False)
    night = forms.ChoiceField(label=_("At night"), choices=[("", _("Not known")), *Night.choices], required=False)
    brand = forms.CharField(label=_("Brand and model"), max_length=120, required=False)
    installed_on = DayField(label=_("Installed on"), required=False)
    retired_on = DayField(label=_("Retired on"), required=False)

    def clean(self) -> dict[str, Any]:
        """A camera is taken down after it was put up; a fixed one says where it looks."""
        given: dict[str, Any] = super().clean() or {}
        installed, retired = given.get("installed_on"), given.get("retired_on")
        if installed and retired and retired < installed:
            self.add_error("retired_on", _("It cannot be retired before it was installed."))
        return given

    def content(self) -> dict[str, Any]:
        """What the register is told of a new camera: what was left empty keeps the register's documented values."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}

    def changes(self) -> dict[str, Any]:
        """What the register is told of one that stands: an emptied number is emptied, except those it must hold."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "code"}
        return {name: value for name, value in told.items() if value is not None or name not in {"height_m", "range_m"}}


def _classes() -> list[tuple[str, list[tuple[str, str]]]]:
    """Classes of both tables, each under its own heading."""
    return [
        (str(Edition(edition).label), [(one.code, f"{class_words(one.code)} ({one.px_per_m:g} px/m)") for one in table])
        for edition, table in EDITIONS.items()
    ]


class RulesForm(StyledForm):
    """By which rules what cameras see is judged."""

    edition = forms.ChoiceField(label=_("Table of quality classes"), choices=Edition.choices)
    weakest = forms.ChoiceField(
        label=_("Weakest class that counts as seen"), choices=_classes,
        help_text=_("A class of the table chosen. With “detect” one can tell that somebody is there."),
    )  # fmt: skip
    target_height_m = forms.FloatField(
        label=_("Height of what is looked at (m)"), min_value=0, max_value=3,
        help_text=_("0 for the ground, 1,7 for a head, 0,5 for a plate."),
    )  # fmt: skip
    building_height_m = forms.FloatField(
        label=_("Height of buildings of which none is known (m)"), min_value=1, max_value=HIGHEST_MOUNT_M
    )
    curvature = forms.BooleanField(
        label=_("Curve of the Earth"), required=False, help_text=_("Only matters beyond one kilometre.")
    )


class CoverageMomentForm(StyledForm):
    """Of which moment the coverage is asked."""

    moment = MomentField(label=_("Coverage of a date"), required=False, help_text=_("Empty: of now."))


class CoverageExportForm(StyledForm):
    """Format and system of a file of coverage and gaps, and what it is for."""

    file_format = forms.ChoiceField(
        label=_("Format"), choices=[("gpkg", _("GeoPackage")), ("shp", _("Shapefile (zip)"))]
    )
    srid = forms.TypedChoiceField(
        label=_("Reference system"), coerce=int,
        choices=[(srid, f"EPSG:{srid} · {title}") for srid, title in CHILEAN_SRIDS.items()],
    )  # fmt: skip
    reason = forms.CharField(label=_("What it is for"), max_length=500)


DEMANDS = [
    ("focos", _("Hot spots of the newest search, by their harm")),
    ("dano", _("Reported incidents of the last year, by their harm")),
    ("calles", _("Streets, metre by metre")),
]
CANDIDATES = [
    ("esquinas", _("Street corners")), ("postes", _("Poles, of the places loaded")),
    ("edificios", _("Corners of buildings")), ("malla", _("A grid over public space, every 50 m")),
]  # fmt: skip


class SitingForm(StyledForm):
    """What the next cameras should see, where they could hang, and how many or how much."""

    demand = forms.ChoiceField(label=_("What they should see"), choices=DEMANDS)
    candidates = forms.MultipleChoiceField(
        label=_("Where they could hang"),
        choices=CANDIDATES,
        widget=forms.CheckboxSelectMultiple(),
        initial=["esquinas"],
    )
    limit = forms.ChoiceField(
        label=_("Limit"), choices=[("cantidad", _("A number of cameras")), ("presupuesto", _("A budget"))]
    )
    amount = forms.FloatField(label=_("How many, or how much (millions of pesos)"), min_value=1, initial=5)
    dome_cost = forms.FloatField(
        label=_("Cost of a dome (millions of pesos)"), min_value=0.01, required=False, initial=9,
        help_text=_("Empty: no domes."),
    )  # fmt: skip
    fixed_cost = forms.FloatField(
        label=_("Cost of a fixed camera (millions of pesos)"), min_value=0.01, required=False, initial=3,
        help_text=_("Empty: no fixed cameras. Each is tried in eight directions."),
    )  # fmt: skip
    per_site = forms.IntegerField(label=_("Most cameras at one place"), min_value=1, max_value=8, initial=2)
    height_m = forms.FloatField(label=_("Mount height (m)"), min_value=2, max_value=HIGHEST_MOUNT_M, initial=6)
    seconds = forms.IntegerField(
        label=_("Seconds to search for a proof"), min_value=1, max_value=600, initial=30,
        help_text=_("An answer comes at once; the time is for proving how good it is."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """At least one kind of camera; a number of cameras is whole."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("dome_cost") and not given.get("fixed_cost") and not self.errors:
            self.add_error("dome_cost", _("Give the cost of a dome or of a fixed camera."))
        if given.get("limit") == "cantidad" and given.get("amount") and given["amount"] != int(given["amount"]):
            self.add_error("amount", _("A number of cameras is whole."))
        return given


class ChoiceForm(StyledForm):
    """Why a proposed camera is taken or not."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class OutageForm(StyledForm):
    """A time in which the camera did not work."""

    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"), required=False, help_text=_("Empty: it is still out."))
    cause = forms.ChoiceField(label=_("Cause"), choices=OutageCause.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class OutageEndForm(StyledForm):
    """When an open outage ended."""

    ends_at = MomentField(label=_("Works again since"))


class FindingForm(StyledForm):
    """What an operator saw."""

    seen_at = MomentField(label=_("Seen at"))
    label = forms.CharField(
        label=_("What was seen"), max_length=120, help_text=_("In a few words, without names or plates.")
    )
    offence_type = forms.ModelChoiceField(
        label=_("Offence type"), queryset=OffenceType.objects.none(), required=False, empty_label="–"
    )
    outcome = forms.ChoiceField(label=_("What was done"), choices=FindingOutcome.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types: Any = self.fields["offence_type"]
        types.queryset = OffenceType.objects.filter(taxonomy__version="municipal-1").order_by("name")


class EvidenceForm(StyledForm):
    """A request for a recording."""

    requester = forms.ChoiceField(label=_("Institution"), choices=Requester.choices)
    basis = forms.CharField(
        label=_("Legal basis or number of the order"), max_length=120, help_text=_("No names of people.")
    )
    interval_from = MomentField(label=_("Recording from"))
    interval_until = MomentField(label=_("Recording until"))
    received_on = DayField(label=_("Received on"))

    def clean(self) -> dict[str, Any]:
        """The interval ends after it starts."""
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("interval_from"), given.get("interval_until")
        if since and until and until <= since:
            self.add_error("interval_until", _("The interval must end after it starts."))
        return given

    def interval(self) -> tuple[datetime, datetime]:
        """From and until."""
        return self.cleaned_data["interval_from"], self.cleaned_data["interval_until"]


class EvidenceAnswerForm(StyledForm):
    """How a request ended."""

    state = forms.ChoiceField(
        label=_("Answer"), choices=[(value, words) for value, words in EvidenceState.choices if value != "recibida"]
    )
    answered_on = DayField(label=_("Answered on"))
    sha256 = forms.CharField(
        label=_("SHA-256 of the file handed over"), max_length=64, required=False, help_text=_("Only if delivered.")
    )


class TourForm(StyledForm):
    """The tour of a dome, one preset a line: azimuth; field of view; stay in seconds; move in seconds; name."""

    presets = forms.CharField(
        label=_("Presets"), required=False, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One a line: azimuth; field of view; stay (s); move (s); name. For example: 90; 60; 10; 2; Plaza"),
    )  # fmt: skip

    def clean_presets(self) -> list[dict[str, Any]]:
        """Each line as a preset; an error names its line."""
        return [
            _preset(number, line)
            for number, line in enumerate(self.cleaned_data["presets"].splitlines(), start=1)
            if line.strip()
        ]


def _preset(number: int, line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(";")]
    try:
        azimuth, opening, dwell = (float(part.replace(",", ".")) for part in parts[:3])
        move = float(parts[3].replace(",", ".")) if len(parts) > 3 and parts[3] else 2.0
    except ValueError:
        raise forms.ValidationError(
            _("Line %(number)s: write azimuth; field of view; stay (s); move (s); name."), params={"number": number}
        ) from None
    name = parts[4][:80] if len(parts) > 4 else ""
    return {
        "azimuth_deg": azimuth % 360, "field_of_view_deg": opening, "dwell_s": dwell, "move_s": move, "name": name,
    }  # fmt: skip


def written(value: Any) -> Any:
    """A stored value as the form shows it: a whole number without decimals."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def written_tour(presets: Any) -> str:
    """The presets as `TourForm` reads them."""
    numbers = ("azimuth_deg", "field_of_view_deg", "dwell_s", "move_s")
    lines = [
        "; ".join([*(f"{getattr(one, name):g}".replace(".", ",") for name in numbers), one.name]) for one in presets
    ]
    return "\n".join(lines)
