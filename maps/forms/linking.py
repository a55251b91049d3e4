"""The window in which events told twice are searched."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maps.forms.styling import DayField, StyledForm


class LinkSearchForm(StyledForm):
    """First and last local day."""

    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("Until"))

    def job_parameters(self) -> dict[str, str]:
        """What the job reads."""
        return {name: self.cleaned_data[name].isoformat() for name in ("first_day", "last_day")}
