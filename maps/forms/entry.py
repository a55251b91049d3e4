"""The sign-in form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from maps.forms.styling import mark_errors, style


class SignInForm(AuthenticationForm):
    """User name and password; the answer to a wrong pair does not say which of the two was wrong."""

    error_messages = {
        "invalid_login": _("The user name or the password is not right. Mind capitals and small letters."),
        "inactive": _("This account is closed. Ask the administrator of your municipality."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs["autocapitalize"] = "none"
        self.fields["password"].label = _("Password")
        self.fields["password"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        style(self)

    def full_clean(self) -> None:
        """Check, then mark the fields in error."""
        super().full_clean()
        mark_errors(self)
