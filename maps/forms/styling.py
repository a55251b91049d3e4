"""Bootstrap's class names on form fields, and Chilean date fields."""

from __future__ import annotations

from typing import Any

from django import forms


class StyledForm(forms.Form):
    """A form whose fields carry Bootstrap's classes and say which of them is in error."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)


def style(form: forms.BaseForm) -> None:
    """Give each widget its class, and mark the ones in error for the eye and for screen readers."""
    for name, field in form.fields.items():
        widget = field.widget
        base = "form-control"
        if isinstance(widget, forms.CheckboxInput):
            base = "form-check-input"
        elif isinstance(widget, forms.Select):
            base = "form-select"
        elif isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            base = "form-check-input"
        wrong = form.is_bound and name in form.errors
        widget.attrs["class"] = " ".join(filter(None, [widget.attrs.get("class"), base, "is-invalid" if wrong else ""]))


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
