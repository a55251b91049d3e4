"""The same event from two sources: the pairs, the search, the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from geo.errors import AtalayaError
from incidents.models import EventLink, LinkState
from incidents.services.linking import confirm_link, refuse_link, reopen_link
from maps.forms.linking import LinkSearchForm
from maps.linking_words import STATES, link_card
from maps.map_settings import picker_settings
from maps.numbers import whole_number
from maps.periods import last_days, reference_day

SEARCH_DAYS, DECIDED, REMEMBERED = 90, "links_decided", 30


@requires("incidents.link")
def pairs(request: HttpRequest) -> HttpResponse:
    """The pair to decide, on the map and in two cards; asked by htmx, the pair alone."""
    context = _card(request, asked=whole_number(request.GET.get("par")))
    if request.htmx:
        return render(request, "maps/same/pair.html", context)
    usual = last_days(reference_day(request.commune, role=request.role), SEARCH_DAYS)
    form = LinkSearchForm(initial={"first_day": usual.first, "last_day": usual.last})
    more = {
        "map": picker_settings(request),
        "form": form,
        "tab": "mismo",
        "states": [(one, one.label) for one in STATES],
    }
    return render(request, "maps/same/pairs.html", context | more)


@require_POST
@requires("incidents.link")
def search(request: HttpRequest) -> HttpResponse:
    """Put a search of pairs into the queue of jobs."""
    form = LinkSearchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the first and the last day of the search."))
        return redirect("maps:same_pairs")
    parameters = form.job_parameters()
    job = request_job(commune=request.commune, kind="incidents.link", parameters=parameters, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@require_POST
@requires("incidents.link")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One event, or two; then the next pair."""
    link = get_object_or_404(EventLink.objects.for_commune(request.commune), pk=pk)
    act, said = _act(request.POST.get("accion", ""))
    try:
        act(link=link, decided_by=request.user, role=request.role)
        messages.success(request, said)
        request.session[DECIDED] = [*request.session.get(DECIDED, []), pk][-REMEMBERED:]
    except AtalayaError as error:
        messages.error(request, str(error))
    return render(request, "maps/same/pair.html", _card(request, after=pk))


@require_POST
@requires("incidents.link")
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last decision of this person, and show its pair again."""
    decided = list(request.session.get(DECIDED, []))
    last = decided.pop() if decided else None
    request.session[DECIDED] = decided
    link = EventLink.objects.for_commune(request.commune).filter(pk=last).first()
    if link is not None:
        reopen_link(link=link, decided_by=request.user, role=request.role)
        messages.success(request, _("The last decision was taken back."))
    return render(request, "maps/same/pair.html", _card(request, asked=last))


def _act(asked: str) -> tuple[Any, str]:
    if asked == "uno":
        return confirm_link, _("Noted: one event, counted once.")
    return refuse_link, _("Noted: two events, each counted.")


def _card(request: HttpRequest, *, asked: int | None = None, after: int | None = None) -> dict[str, Any]:
    told = request.POST.get("estado") or request.GET.get("estado")
    state = told if told in LinkState.values else LinkState.PROPOSED.value
    card = link_card(request.commune, state=state, asked=asked, after=after)
    return {"card": card, "state": state, "can_undo": bool(request.session.get(DECIDED))}
