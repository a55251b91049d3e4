"""The form that asks for a search of hot spots."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.permissions import allows
from maps.forms.styling import DayField, StyledForm


class HotspotForm(StyledForm):
    """A window and, for who wants it, what the search reads and how strict it is. Empty fields take the usual value."""

    window_from = DayField(label=_("From"))
    window_until = DayField(label=_("Until"))
    false_alarm = forms.TypedChoiceField(
        label=_("How sure it must be"), required=False, coerce=float, empty_value=None,
        choices=[
            ("0.05", _("usual: 1 in 20 towns without hot spots would show one")),
            ("0.01", _("strict: 1 in 100")),
            ("0.2", _("lenient: 1 in 5, to explore")),
        ],
    )  # fmt: skip
    minimum_incidents = forms.IntegerField(
        label=_("Fewest incidents of a hot spot"), min_value=5, max_value=500, required=False
    )
    most_hectares = forms.FloatField(
        label=_("Largest territory (hectares)"), min_value=1, max_value=1000, required=False,
        help_text=_("Empty: 60 hectares, and never more than one and a half times the cells that convinced."),
    )  # fmt: skip
    most_residents = forms.IntegerField(
        label=_("Most residents of a territory"), min_value=50, required=False, help_text=_("Empty: no limit.")
    )
    by_cells = forms.BooleanField(
        label=_("Follow the cells, not the street blocks"), required=False,
        help_text=_("Usually the border follows whole blocks, which people know and patrols can walk."),
    )  # fmt: skip
    with_discovered = forms.BooleanField(
        label=_("Also count what patrols and cameras discovered"), required=False,
        help_text=_("It follows where patrols go and sends them back there: the result carries a warning."),
    )  # fmt: skip

    with_reserved = forms.BooleanField(
        label=_("Also count reserved types"), required=False,
        help_text=_(
            "Sexual and family violence, for example. Territories drawn from them are seen by others: "
            "ask only for a search that you keep to yourself."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allows(role, "incidents.view_exact"):  # who sees the incidents themselves
            del self.fields["with_reserved"]

    def clean(self) -> dict[str, Any]:
        """The window must not end before it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("window_from"), given.get("window_until")
        if first and last and last < first:
            self.add_error("window_until", _("The last day must not be before the first."))
        return given

    def job_parameters(self) -> dict[str, Any]:
        """Parameters of the job `sectors.propose`; what was left empty is chosen by the search itself."""
        given = self.cleaned_data
        search = {"false_alarm_ratio": given["false_alarm"], "minimum_incidents": given["minimum_incidents"]}
        told: dict[str, Any] = {"search": {name: value for name, value in search.items() if value is not None}}
        limits = {name: given[name] for name in ("most_hectares", "most_residents")}
        told |= {name: value for name, value in limits.items() if value is not None}
        if given["by_cells"]:
            told["snap_to_blocks"] = False
        if given["with_discovered"]:
            told |= {"origins": ["reported", "discovered", "sensor"], "with_enforcement_driven": True}
        if given.get("with_reserved"):
            told["with_reserved"] = True
        return {
            "window_from": given["window_from"].isoformat(),
            "window_until": given["window_until"].isoformat(),
            "parameters": told,
        }


class SendForm(StyledForm):
    """Why a proposal is sent to the director."""

    reason = forms.CharField(label=_("Why it deserves a decision"), max_length=500, widget=forms.Textarea({"rows": 2}))


class DecideForm(StyledForm):
    """The director's decision and its reason; the new sector may get its name here."""

    decision = forms.ChoiceField(choices=[("accept", "accept"), ("refuse", "refuse")])
    name = forms.CharField(label=_("Name of the new sector"), max_length=200, required=False)
    reason = forms.CharField(label=_("Reason of the decision"), max_length=500, widget=forms.Textarea({"rows": 2}))
