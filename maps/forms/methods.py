"""The forms of the analysis methods: a window, and settings that the method chooses where they are left empty."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo.models import UnitKind
from incidents.models import Method
from maps.forms.styling import DayField, StyledForm


class MethodForm(StyledForm):
    """The window that every method reads."""

    window_from = DayField(label=_("From"))
    window_until = DayField(label=_("Until"))
    settings_shown: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """The window must not end before it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("window_from"), given.get("window_until")
        if first and last and last < first:
            self.add_error("window_until", _("The last day must not be before the first."))
        return given

    def parameters(self) -> dict[str, Any]:
        """What was set; what was left empty is not among it."""
        names = [name for name in self.fields if name not in ("window_from", "window_until")]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name] not in (None, "", False)}

    def settings_fields(self) -> list[Any]:
        """Fields beside the window, for the page."""
        return [self[name] for name in self.fields if name not in ("window_from", "window_until")]


class DensityForm(MethodForm):
    """Settings of the density."""

    bandwidth_m = forms.FloatField(
        label=_("Bandwidth (m)"), required=False, min_value=20, max_value=5000,
        help_text=_("How far an incident spreads. Empty: the smoothest that foretells later incidents as well as the "
                    "best, with its curve."),
    )  # fmt: skip
    cell_m = forms.FloatField(
        label=_("Cell (m)"), required=False, min_value=10, max_value=500,
        help_text=_("Empty: 25 m. It hardly changes the map; the bandwidth does."),
    )  # fmt: skip
    kernel = forms.ChoiceField(
        label=_("Kernel"), required=False,
        choices=[("", _("quartic (usual)")), ("gaussian", _("Gaussian"))],
        help_text=_("A quartic of 200 m spreads like a Gaussian of 71 m."),
    )  # fmt: skip
    weight = forms.ChoiceField(
        label=_("Counts"), required=False, choices=[("", _("incidents")), ("harm", _("days of penalty (harm)"))],
        help_text=_("Harm is capped, so that one homicide does not make the map."),
    )  # fmt: skip


class RelativeForm(MethodForm):
    """Settings of the relative density."""

    bandwidth_m = DensityForm.base_fields["bandwidth_m"]
    draws = forms.IntegerField(
        label=_("Shuffles of the labels"), required=False, min_value=99, max_value=999,
        help_text=_("Empty: 199. They say which differences chance makes too."),
    )  # fmt: skip


class SignificanceForm(MethodForm):
    """Settings of the significance."""

    cell_m = forms.FloatField(
        label=_("Cell (m)"), required=False, min_value=25, max_value=1000,
        help_text=_("Empty: 100 m. The size is part of the question: smaller cells count clustering inside a block."),
    )  # fmt: skip
    radius_m = forms.FloatField(
        label=_("Radius (m)"), required=False, min_value=50, max_value=5000,
        help_text=_("Empty: the first peak of the correlogram, between 2 and 6 cells."),
    )  # fmt: skip
    null = forms.ChoiceField(
        label=_("Question"), required=False,
        choices=[("", _("is this window unusual?")), ("self_fixed", _("given this cell, are its neighbours unusual?"))],
    )  # fmt: skip
    strict = forms.BooleanField(label=_("Stricter correction for many tests (Benjamini-Yekutieli)"), required=False)
    sensitivity = forms.BooleanField(
        label=_("Also try 32 scales and grid positions"), required=False,
        help_text=_("Draws what is hot in at least half of them: it hangs on no single choice. Takes longer."),
    )  # fmt: skip


class ClustersForm(MethodForm):
    """Settings of the clusters."""

    algorithm = forms.ChoiceField(
        label=_("Method"), required=False,
        choices=[("", _("DBSCAN (usual): one radius, the same every time")), ("hdbscan", _("HDBSCAN: to explore"))],
    )  # fmt: skip
    radius_m = forms.FloatField(
        label=_("Radius (m)"), required=False, min_value=10, max_value=2000,
        help_text=_("Empty: the knee of the curve of distances, between 40 and 300 m."),
    )  # fmt: skip
    minimum = forms.IntegerField(
        label=_("Fewest incidents"), required=False, min_value=3, max_value=5000,
        help_text=_("Empty: enough to be eight times as dense as the town, and at least 10."),
    )  # fmt: skip


class ChangeForm(MethodForm):
    """Settings of the change by sector."""

    years = forms.TypedChoiceField(
        label=_("Compared with"), required=False, coerce=int, empty_value=None,
        choices=[("", _("the same period of the five years before")), (3, _("of three years")), (1, _("of one year"))],
        help_text=_("Years that the data do not reach are left out, and the result says so."),
    )  # fmt: skip


class TilingForm(MethodForm):
    """Settings of the tiling."""

    districts = forms.IntegerField(label=_("Districts"), required=False, min_value=2, max_value=200,
                                   help_text=_("Empty: 12."))  # fmt: skip
    algorithm = forms.ChoiceField(
        label=_("Rule"), required=False,
        choices=[("", _("equal load: each at least 80 % of an even share")), ("ward", _("alike inside (Ward)")),
                 ("skater", _("alike inside, cut from a tree (SKATER)"))],
    )  # fmt: skip
    load = forms.ChoiceField(
        label=_("Load"), required=False, choices=[("", _("residents")), ("incidents", _("incidents"))]
    )
    units = forms.ChoiceField(
        label=_("Units"), required=False,
        choices=[("", _("the finest that are loaded")), *[(one.value, one.label) for one in UnitKind]],
    )  # fmt: skip


FORMS: dict[str, type[MethodForm]] = {
    Method.DENSITY.value: DensityForm,
    Method.RELATIVE.value: RelativeForm,
    Method.SIGNIFICANCE.value: SignificanceForm,
    Method.CLUSTERS.value: ClustersForm,
    Method.CHANGE.value: ChangeForm,
    Method.TILING.value: TilingForm,
}
