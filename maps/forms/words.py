"""The form that gives words of a source their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo.errors import RefusedError
from incidents.services.suggesting import suggested_types
from maps.forms.styling import StyledForm, style
from maps.type_mapping import read_choice, written_types


class WordsForm(StyledForm):
    """One field for each word that has no type yet; what is surely meant is filled in, what is likely stands below."""

    def __init__(self, *args: Any, labels: Mapping[str, int], **kwargs: Any) -> None:
        self.labels = list(labels)
        super().__init__(*args, **kwargs)
        known, likely = written_types(), suggested_types(self.labels)
        for number, (label, rows) in enumerate(labels.items()):
            found = [one for one in likely[label] if one.key in known]
            told = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
            hint = "; ".join(known[one.key] for one in found)
            self.fields[f"word_{number}"] = forms.CharField(
                label=label, required=False, initial=known[found[0].key] if found and found[0].is_sure else "",
                help_text=_("%(rows)s. Perhaps: %(types)s") % {"rows": told, "types": hint} if hint else told,
                widget=forms.TextInput(attrs={"list": "tipos", "autocomplete": "off"}),
            )  # fmt: skip
        style(self)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for number in range(len(self.labels)):
            text = given.get(f"word_{number}", "")
            try:
                given[f"word_{number}"] = read_choice(text) if text else None
            except RefusedError as error:
                self.add_error(f"word_{number}", ValidationError(str(error)))
        return given

    def mapping(self) -> dict[str, tuple[str, str]]:
        """Types by word, of the words that got one."""
        given = {label: self.cleaned_data[f"word_{number}"] for number, label in enumerate(self.labels)}
        return {label: key for label, key in given.items() if key}
