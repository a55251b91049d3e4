"""Bootstrap's class names on form fields, and Chilean date fields."""

from __future__ import annotations

from typing import Any

from django import forms


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


class DayInput(forms.DateInput):
    """The browser's own date field: it writes ISO to the form and shows the reader's form of dates."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    """The browser's own date and hour field."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)
