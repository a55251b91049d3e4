"""Forms about sectors: their details, scores, focalisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Membership, User
from access.roles import Role
from maps.forms.styling import DayField, StyledForm
from sectors.models import RiskSector, SectorStatus, Typology


class ReasonForm(StyledForm):
    """The version an act was made from and its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class SectorForm(ReasonForm):
    """What may be changed of a sector beside its border."""

    name = forms.CharField(label=_("Name"), max_length=200)
    typology = forms.ChoiceField(label=_("Typology"), choices=Typology.choices)
    status = forms.ChoiceField(
        label=_("Status"), choices=[one for one in SectorStatus.choices if one[0] != SectorStatus.CLOSED]
    )
    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=User.objects.none(), required=False, empty_label=_("nobody yet")
    )
    act = forms.CharField(label=_("Act"), max_length=200, required=False)
    field_order = ["name", "typology", "status", "responsible", "act", "reason", "version"]

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["responsible"]
        people.queryset = User.objects.filter(memberships__commune=commune, is_active=True).distinct()
        people.label_from_instance = lambda user: user.get_full_name() or user.get_username()

    def changes(self, sector: RiskSector) -> dict[str, Any]:
        """The fields that differ from the sector as it stands."""
        names = ("name", "typology", "status", "responsible", "act")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name] != getattr(sector, name)}


class WindowForm(StyledForm):
    """A window of days."""

    window_from = DayField(label=_("From"))
    window_until = DayField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        """The window must not end before it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("window_from"), given.get("window_until")
        if first and last and last < first:
            self.add_error("window_until", _("The last day must not be before the first."))
        return given


class FocalForm(StyledForm):
    """The director's approval of a focal territory."""

    sectors = forms.ModelMultipleChoiceField(
        label=_("Sectors"), queryset=RiskSector.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=_("Name of the territory"), max_length=200)
    act = forms.CharField(label=_("Act (number and date)"), max_length=200)
    period_from = DayField(label=_("Period from"))
    period_until = DayField(label=_("Period until"))
    valid_until = DayField(
        label=_("Leaves on"), required=False,
        help_text=_("It leaves by itself on this day unless you renew it. Empty: at the end of the period."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors: Any = self.fields["sectors"]
        sectors.queryset = RiskSector.objects.for_commune(commune).open().order_by("code")


class RenewForm(StyledForm):
    """Until when a territory stays, and why."""

    valid_until = DayField(label=_("Stays until"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class BoardForm(StyledForm):
    """The neighbourhood board of a territory."""

    name = forms.CharField(label=_("Name of the board"), max_length=200)
    opened_on = DayField(label=_("Opened on"))


class ManagerForm(StyledForm):
    """Who is in charge of a territory."""

    user = forms.ModelChoiceField(label=_("Territorial manager"), queryset=User.objects.none())
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers = Membership.objects.for_commune(commune).filter(role=Role.MANAGER).values("user")
        people: Any = self.fields["user"]
        people.queryset = User.objects.filter(pk__in=managers, is_active=True)
        people.label_from_instance = lambda user: user.get_full_name() or user.get_username()
