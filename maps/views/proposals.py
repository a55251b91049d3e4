"""Hot spots and proposals: search, send, accept, refuse."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from incidents.models import HotspotRun
from incidents.services.located import located_of_run
from maps.forms.hotspots import DecideForm, HotspotForm, SendForm
from maps.periods import last_days, reference_day
from maps.proposal_words import TABS, later_words, told
from sectors.models import ProposalState, TerritoryProposal
from sectors.services.proposals import accept_proposal, refuse_proposal, send_proposal

SEARCH_DAYS = 365


@requires("proposals.view")
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals of the role, strongest first, by state; the search form of the analyst."""
    rows = TerritoryProposal.objects.for_commune(request.commune).visible_to(request.role).strongest_first()
    asked = request.GET.get("estado", "")
    shown = rows.in_state(asked) if asked in ProposalState.values else rows
    page = Paginator(shown.select_related("commune", "sent_by", "decided_by"), 12).get_page(request.GET.get("pagina"))
    usual = last_days(reference_day(request.commune, role=request.role), SEARCH_DAYS)
    form = HotspotForm(role=request.role, initial={"window_from": usual.first, "window_until": usual.last})
    run = HotspotRun.objects.for_commune(request.commune).newest_first().first()
    context = {
        "proposals": [told(one, role=request.role) for one in page], "page": page, "asked": asked,
        "states": TABS, "form": form, "run": run, "trial": later_words(run.evaluation) if run else "",
        "located": located_of_run(run.counts if run else {}),
    }  # fmt: skip
    return render(request, "maps/proposals.html", context)


@require_POST
@requires("incidents.run_hotspots")
def find(request: HttpRequest) -> HttpResponse:
    """Put a search of hot spots into the queue."""
    form = HotspotForm(request.POST, role=request.role)
    if not form.is_valid():
        return render(request, "maps/hotspot_form.html", {"form": form}, status=422)
    job = request_job(
        commune=request.commune, kind="sectors.propose", parameters=form.job_parameters(), requested_by=request.user
    )
    return redirect("maps:job", pk=job.pk)


@requires("proposals.view")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its evidence and what may be done with it."""
    context = {"proposal": told(_proposal(request, pk), role=request.role), "send": SendForm(), "decide": DecideForm()}
    return render(request, "maps/proposal.html", context)


@require_POST
@requires("proposals.send")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft before the director."""
    found, form = _proposal(request, pk), SendForm(request.POST)
    if not form.is_valid():
        context = {"proposal": told(found, role=request.role), "send": form, "decide": DecideForm()}
        return render(request, "maps/proposal.html", context, status=422)
    send_proposal(proposal=found, reason=form.cleaned_data["reason"], sent_by=request.user)
    messages.success(request, _("The proposal was sent to the director."))
    return redirect("maps:proposal", pk=pk)


@require_POST
@requires("proposals.decide")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposal, which makes a draft sector of it, or refuse it; both are kept."""
    found, form = _proposal(request, pk), DecideForm(request.POST)
    if not form.is_valid():
        context = {"proposal": told(found, role=request.role), "send": SendForm(), "decide": form}
        return render(request, "maps/proposal.html", context, status=422)
    given = form.cleaned_data
    if given["decision"] == "refuse":
        refuse_proposal(proposal=found, reason=given["reason"], decided_by=request.user)
        messages.success(request, _("The proposal was refused. It is kept with your reason."))
        return redirect("maps:proposals")
    sector = accept_proposal(proposal=found, reason=given["reason"], decided_by=request.user, name=given["name"])
    messages.success(request, _("The proposal was accepted: sector %(code)s is a draft.") % {"code": sector.code})
    return redirect("maps:sector", code=sector.code)


def _proposal(request: HttpRequest, pk: int) -> TerritoryProposal:
    rows = TerritoryProposal.objects.for_commune(request.commune).visible_to(request.role).strongest_first()
    return get_object_or_404(rows.select_related("commune", "sent_by", "decided_by"), pk=pk)
