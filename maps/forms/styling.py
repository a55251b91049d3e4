"""Bootstrap's class names on form fields, and Chilean date fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _


class StyledForm(forms.Form):
    """A form whose fields carry Bootstrap's classes; after checking, those in error say so to eye and screen reader.

    A form that adds fields in its own `__init__` calls `style(self)` again at the end.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)

    def full_clean(self) -> None:
        """Check, then mark the fields in error."""
        super().full_clean()
        mark_errors(self)


def style(form: forms.BaseForm) -> None:
    """Give each widget its class."""
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", _base(field.widget))
        if getattr(field, "empty_label", None) == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = _("choose one")


def mark_errors(form: forms.BaseForm) -> None:
    """Mark the widgets whose field is in error."""
    for name in form.errors:
        if name in form.fields:
            attrs = form.fields[name].widget.attrs
            attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()


def _base(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


DAY, MOMENT = "%d-%m-%Y", "%d-%m-%Y %H:%M"


class DayField(forms.DateField):
    """A day written 22-11-2026, whatever the language of the browser; the page puts a calendar beside the field."""

    input_formats = [DAY, "%d/%m/%Y", "%Y-%m-%d"]
    default_error_messages = {"invalid": _("Write a day like 22-11-2026.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"data-day": "", "placeholder": _("dd-mm-yyyy"), "autocomplete": "off"}
        super().__init__(widget=forms.DateInput(format=DAY, attrs=attrs), **kwargs)


class MomentField(forms.DateTimeField):
    """A day and an hour written 22-11-2026 18:30, on the clock of the commune."""

    input_formats = [MOMENT, "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M"]
    default_error_messages = {"invalid": _("Write day and hour like 22-11-2026 18:30.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"data-day": "moment", "placeholder": _("dd-mm-yyyy hh:mm"), "autocomplete": "off"}
        super().__init__(widget=forms.DateTimeInput(format=MOMENT, attrs=attrs), **kwargs)
