"""The doors: sign in, sign out, choose a commune, the start page of each role, help."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from access.decorators import public, requires
from access.middleware import SESSION_KEY
from access.models import Membership
from access.roles import Role
from maps.forms.entry import SignInForm
from maps.shortcuts import SHORTCUTS

START_PAGES = {Role.DIRECTOR: "maps:board", Role.ADMINISTRATOR: "maps:jobs", Role.PLANNER: "maps:plan"}

sign_in = public(
    LoginView.as_view(
        template_name="maps/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
    )
)
sign_out = public(LogoutView.as_view())


@requires("site.enter")
def home(request: HttpRequest) -> HttpResponse:
    """The page each role starts its day on."""
    return redirect(START_PAGES.get(request.role, "maps:map"))


@requires("site.enter")
def choose_commune(request: HttpRequest) -> HttpResponse:
    """Choose among the communes the user is a member of."""
    memberships = Membership.objects.of_user(request.user).order_by("commune__name")
    if request.method == "POST":
        chosen = next((one for one in memberships if str(one.commune_id) == request.POST.get("commune")), None)
        if chosen is None:
            raise Http404
        request.session[SESSION_KEY] = chosen.commune_id
        return redirect("maps:home")
    return render(request, "maps/choose_commune.html", {"memberships": memberships})


@requires("site.enter")
def help_page(request: HttpRequest) -> HttpResponse:
    """What each page is for, the keys of the map, the words used."""
    return render(request, "maps/help.html", {"shortcuts": SHORTCUTS, "title": _("Help")})
