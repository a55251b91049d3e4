"""The form that tries the score with other weights, sources or arithmetic."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maps.forms.styling import StyledForm
from sectors.models import ScoringScheme
from sectors.services.schemes import rules_of
from sectors.services.score_trials import SOURCES, Trial
from sectors.services.score_views import PART_NAMES, SUB_INDEX_NAMES

SOURCE_WORDS = {
    "reported": _("what people report"),
    "discovered": _("what people report and patrols discover"),
    "sensor": _("what people report and cameras or sensors find"),
    "all": _("what people report, patrols discover and cameras find"),
}
EXPOSURES = (
    ("residents", _("per resident")),
    ("ambient", _("per person about by day")),
    ("area", _("per ground")),
)
AGGREGATIONS = (
    ("arithmetic", _("weighted sum: the points add up exactly")),
    ("geometric", _("geometric mean: a very low part cannot be made up for")),
)


class WhatIfForm(StyledForm):
    """Weights in hundredths, shared out so that they add up to one; sources, denominator and arithmetic."""

    sources = forms.ChoiceField(label=_("Counts"), choices=list(SOURCE_WORDS.items()))
    exposure = forms.ChoiceField(label=_("Rates"), choices=EXPOSURES)
    aggregation = forms.ChoiceField(label=_("Arithmetic"), choices=AGGREGATIONS)

    def __init__(self, *args: Any, scheme: ScoringScheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        for name, weight in scheme.weights["sub_indices"].items():
            self._add(f"sub_{name}", SUB_INDEX_NAMES[name], weight)
        for name, parts in scheme.weights["parts"].items():
            for part, weight in parts.items():
                if len(parts) > 1:
                    self._add(f"part_{name}_{part}", PART_NAMES[part], weight)
        rules = rules_of(scheme)
        origins = {tuple(sorted(told)): name for name, told in SOURCES.items()}
        self.initial = {
            "sources": origins.get(tuple(sorted(rules.origins)), "reported"),
            "exposure": rules.exposure,
            "aggregation": rules.aggregation,
        } | self.initial
        self.full_style()

    def full_style(self) -> None:
        """Give the fields added here their classes too."""
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def _add(self, name: str, label: Any, weight: float) -> None:
        self.fields[name] = forms.FloatField(
            label=label, min_value=0, max_value=100, initial=f"{100 * weight:.4g}",
            widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Each group of weights needs one above zero."""
        given: dict[str, Any] = super().clean() or {}
        groups = {name.rpartition("_")[0] if name.startswith("part_") else "sub" for name in self.fields if "_" in name}
        for group in groups:
            mine = [given.get(name) or 0.0 for name in self.fields if name.startswith(f"{group}_")]
            if sum(mine) <= 0:
                self.add_error(None, _("At least one weight of each group must be above zero."))
                break
        return given

    def weights(self) -> dict[str, Any]:
        """The weights as a scheme holds them, shared out so that each group adds up to one."""
        given, kept = self.cleaned_data, self.scheme.weights
        subs = {name: given[f"sub_{name}"] for name in kept["sub_indices"]}
        parts = {
            name: {part: given.get(f"part_{name}_{part}", 1.0) for part in shares}
            for name, shares in kept["parts"].items()
        }
        return {"sub_indices": _to_one(subs), "parts": {name: _to_one(shares) for name, shares in parts.items()}}

    def trial(self) -> Trial:
        """What is tried."""
        given = self.cleaned_data
        return Trial(
            weights=self.weights(),
            origins=SOURCES[given["sources"]],
            exposure=given["exposure"],
            aggregation=given["aggregation"],
        )

    def groups(self) -> list[dict[str, Any]]:
        """Fields by group, as the page lays them out."""
        told: list[dict[str, Any]] = [
            {"title": _("Weight of each sub-index (hundredths)"), "fields": self._fields("sub_")}
        ]
        for name in self.scheme.weights["parts"]:
            if fields := self._fields(f"part_{name}_"):
                told.append({"title": SUB_INDEX_NAMES[name], "fields": fields})
        return told

    def _fields(self, start: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(start)]


class SaveWeightsForm(StyledForm):
    """Why a trial's weights become the scheme in use."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


def _to_one(weights: dict[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
