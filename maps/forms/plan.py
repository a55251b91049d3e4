"""Forms of the plan: the plan itself, objectives, strategies, indicators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.permissions import allows
from maps.forms.styling import DayField, StyledForm
from maps.indicator_choices import OF_INCIDENTS, kind_choices, parameters_of, type_choices, window_choices
from plan.models import CommunalPlan, Direction, Formula, StrategyStatus, StrategyType
from plan.querysets import COVERAGE_FORMULAS
from sectors.models import RiskSector


class PlanForm(StyledForm):
    """A new plan."""

    name = forms.CharField(label=_("Name"), max_length=200)
    period_from = DayField(label=_("Period from"))
    period_until = DayField(label=_("Period until"))


class MoveForm(StyledForm):
    """The next state of a plan; approval names its act and day."""

    state = forms.CharField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.CharField(label=_("Act (number and date)"), max_length=200, required=False)
    approved_on = DayField(label=_("Approved on"), required=False)


class ObjectiveForm(StyledForm):
    """One objective."""

    text = forms.CharField(label=_("Objective"), max_length=2000, widget=forms.Textarea({"rows": 2}))


class StrategyForm(StyledForm):
    """What is done in a sector, against which causes, by whom, until when, with what money."""

    sector = forms.ModelChoiceField(label=_("Sector"), queryset=RiskSector.objects.none(), to_field_name="code")
    type = forms.ModelChoiceField(label=_("Kind of strategy"), queryset=StrategyType.objects.none())
    objective = forms.ModelChoiceField(
        label=_("Objective of the plan"), queryset=RiskSector.objects.none(), required=False, empty_label="–"
    )
    causes = forms.CharField(
        label=_("Causes it addresses"), max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Why it happens here: what the sheet of the sector and the neighbours say."),
    )  # fmt: skip
    description = forms.CharField(
        label=_("What will be done"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    responsible = forms.CharField(label=_("Responsible unit or institution"), max_length=200)
    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Ends on"))
    budget_clp = forms.IntegerField(label=_("Budget (pesos)"), min_value=0, required=False, localize=False)
    funding_source = forms.CharField(label=_("Funding source"), max_length=200, required=False)
    evidence = forms.CharField(
        label=_("Evidence"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Where it worked before."),
    )  # fmt: skip
    status = forms.ChoiceField(label=_("Status"), choices=StrategyStatus.choices)

    def __init__(self, *args: Any, plan: CommunalPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["sector"].queryset = RiskSector.objects.for_commune(plan.commune).open().order_by("code")
        fields["type"].queryset = StrategyType.objects.offered_to(plan.commune)
        fields["type"].label_from_instance = lambda one: f"{one.get_kind_display()}: {one.name}"
        fields["objective"].queryset = plan.objectives.all()

    def content(self) -> dict[str, Any]:
        """What the strategy says, without its sector."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sector"}


class IndicatorForm(StyledForm):
    """A measure from the list; its baseline is computed when it is made and never changes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    formula = forms.ChoiceField(label=_("What is measured"), choices=Formula.choices)
    window = forms.ChoiceField(
        label=_("Counted over"),
        help_text=_("Whole weeks, Monday to Sunday, so that single days cannot be worked out."),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=_("Kinds of offence"), required=False, widget=forms.SelectMultiple(attrs={"size": 7}),
        help_text=_("None chosen: all that are not reserved. Reserved ones are counted over a calendar year."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of risk factor"), required=False, widget=forms.SelectMultiple(attrs={"size": 7}),
        help_text=_("None chosen: all."),
    )  # fmt: skip
    baseline_on = DayField(
        label=_("Baseline on"),
        help_text=_("The baseline is computed from the database now and frozen with its query."),
    )  # fmt: skip
    direction = forms.ChoiceField(label=_("Better is"), choices=Direction.choices)
    goal = forms.FloatField(label=_("Goal"), min_value=0)
    goal_on = DayField(label=_("Goal by"))

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allows(role, "cameras.view_coverage"):
            field: Any = self.fields["formula"]
            field.choices = [one for one in Formula.choices if one[0] not in COVERAGE_FORMULAS]
        fields: Any = self.fields
        fields["formula"].widget.attrs["data-shows"] = "formula"
        fields["window"].choices = window_choices()
        fields["types"].choices = type_choices(role)
        fields["kinds"].choices = kind_choices()
        fields["kinds"].wide = fields["types"].wide = True
        fields["kinds"].shown_for = Formula.OPEN_FACTORS.value
        fields["window"].shown_for = fields["types"].shown_for = " ".join(OF_INCIDENTS)

    def parameters(self) -> dict[str, Any]:
        """Parameters of the formula."""
        return parameters_of(self.cleaned_data)


class StatusForm(StyledForm):
    """How far a strategy is."""

    status = forms.ChoiceField(label=_("Status"), choices=StrategyStatus.choices)
    version = forms.IntegerField(widget=forms.HiddenInput)
