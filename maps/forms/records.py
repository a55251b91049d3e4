"""Forms that write one record: mass event, risk factor, perception reading."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo.errors import RefusedError, TooLargeError
from geo.geometry import as_multi, parse_geometry
from geo.models import TerritorialUnit
from incidents.models import EventState
from maps.forms.places import AreaField, PlaceField
from maps.forms.styling import DayField, MomentField, StyledForm
from sectors.models import FactorState, FactorType, RiskSector


class EventForm(StyledForm):
    """A mass event. The organiser is an institution: no person's name, RUT or phone."""

    code = forms.CharField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=160)
    type = forms.CharField(label=_("Type"), max_length=80, required=False)
    organiser = forms.CharField(
        label=_("Organising institution"), max_length=160, required=False, help_text=_("An institution, not a person.")
    )
    venue = PlaceField(label=_("Venue (a point)"), required=False)
    footprint = AreaField(label=_("Footprint (an area)"), required=False)
    starts_at = MomentField(label=_("Starts"))
    ends_at = MomentField(label=_("Ends"))
    expected_attendance = forms.IntegerField(label=_("Expected attendance"), min_value=0, required=False)
    actual_attendance = forms.IntegerField(label=_("Actual attendance"), min_value=0, required=False)
    capacity = forms.IntegerField(label=_("Capacity"), min_value=0, required=False)
    state = forms.ChoiceField(label=_("State"), choices=EventState.choices)
    authority = forms.CharField(label=_("Authority"), max_length=120, required=False)
    resolution = forms.CharField(label=_("Resolution number"), max_length=60, required=False)
    resolved_on = DayField(label=_("Resolution date"), required=False)
    guards = forms.IntegerField(label=_("Guards"), min_value=0, required=False)

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commune = commune

    def clean_footprint(self) -> Any:
        """The drawn area as it is stored. What is wrong with it is said beside the field."""
        drawn = self.cleaned_data["footprint"]
        if drawn is None:
            return None
        if "footprint" not in self.changed_data:
            return self.initial["footprint"]  # the field shows fewer digits than are stored
        try:
            return as_multi(parse_geometry(drawn, commune=self.commune, kinds={"Polygon", "MultiPolygon"}))
        except (RefusedError, TooLargeError) as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """An event has a place, a point or an area or both, and ends after it starts."""
        given: dict[str, Any] = super().clean() or {}
        asked = {"venue", "footprint"}
        if not asked & set(self.errors) and not any(given.get(name) for name in asked):
            self.add_error("venue", _("Give the venue as a point, as an area or as both."))
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The event must end after it starts."))
        return given


class FactorForm(StyledForm):
    """A risk factor seen in public space."""

    kind = forms.ModelChoiceField(label=_("Kind"), queryset=FactorType.objects.order_by("name"))
    name = forms.CharField(
        label=_("What and where"), max_length=200, required=False, help_text=_("No names of people or house numbers.")
    )
    point = PlaceField(label=_("Place"))
    observed_on = DayField(label=_("Observed on"))


class FactorStateForm(StyledForm):
    """What has been done about a factor."""

    state = forms.ChoiceField(label=_("State"), choices=FactorState.choices)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReadingForm(StyledForm):
    """Perceived insecurity in a unit or a sector."""

    unit = forms.ModelChoiceField(
        label=_("Neighbourhood unit"), queryset=TerritorialUnit.objects.none(), required=False, empty_label="–"
    )
    sector = forms.ModelChoiceField(
        label=_("or sector"), queryset=RiskSector.objects.none(), required=False, empty_label="–"
    )
    value = forms.FloatField(label=_("Share who feel unsafe (0 to 100)"), min_value=0, max_value=100)
    n = forms.IntegerField(label=_("People who answered"), min_value=1)
    measured_on = DayField(label=_("Measured on"))
    instrument = forms.CharField(label=_("Instrument"), max_length=120, help_text=_("For example, the yearly survey."))

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = (
            TerritorialUnit.objects.for_commune(commune).of_kind("unidad_vecinal").in_force().order_by("code")
        )
        sectors: Any = self.fields["sector"]
        sectors.queryset = RiskSector.objects.for_commune(commune).open().order_by("code")

    def clean(self) -> dict[str, Any]:
        """A reading is of one place: a unit or a sector."""
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("unit")) == bool(given.get("sector")):
            self.add_error("unit", _("Choose a unit or a sector, one of the two."))
        return given
