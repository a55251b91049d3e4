"""The score as a whole: ranking with its doubt, what-if, audit of feedback, algorithm card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from access.decorators import requires
from access.permissions import allows
from maps.forms.scores import SaveWeightsForm, WhatIfForm
from maps.score_words import audit_rows, comparison_rows, comparison_words, score_rows
from sectors.models import ScoringRun
from sectors.services.algorithm_card import algorithm_card, card_text, variance_words
from sectors.services.schemes import reweigh_scheme, scheme_in_use
from sectors.services.score_trials import feedback_audit, what_if
from sectors.services.score_views import counted_words, exposure_words, warnings_for_role
from sectors.services.scoring import latest_run


@requires("sectors.view")
def scores(request: HttpRequest) -> HttpResponse:
    """Ranking of the latest run: intervals, chances of the first places, denominators side by side."""
    run = latest_run(request.commune)
    context: dict[str, Any] = {"run": run, "rows": score_rows(run, request.role) if run else []}
    if run:
        context |= {
            "warnings": warnings_for_role(run, request.role), "counted": counted_words(run.scheme),
            "exposure": exposure_words(run.scheme),
            "variance": variance_words(run.parameters.get("rank_variance", {})),
        }  # fmt: skip
    return render(request, "maps/scores.html", context)


@requires("sectors.try_scores")
def try_scores(request: HttpRequest) -> HttpResponse:
    """Other weights or sources and the ranking they would give; the weights are saved only when asked for."""
    run = latest_run(request.commune)
    if run is None:
        return render(request, "maps/what_if.html", {"run": None})
    form = WhatIfForm(request.POST or None, scheme=run.scheme)
    context: dict[str, Any] = {"run": run, "form": form, "save": SaveWeightsForm()}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            return _saved(request, run, form, context)
        comparison = what_if(run=run, trial=form.trial())
        context |= {"rows": comparison_rows(comparison, request.commune), "words": comparison_words(comparison)}
    return render(request, "maps/what_if.html", context, status=422 if form.errors else 200)


@requires("sectors.try_scores")
def audit(request: HttpRequest) -> HttpResponse:
    """The ranking with and without what patrols discover and cameras find."""
    run = latest_run(request.commune)
    context = {"run": run, "rows": audit_rows(feedback_audit(run=run)) if run else []}
    return render(request, "maps/score_audit.html", context)


@requires("sectors.view")
def card(request: HttpRequest) -> HttpResponse:
    """The algorithm card of the scheme in use, on the page or as a text to download."""
    scheme = scheme_in_use(request.commune)
    if scheme is None:
        return render(request, "maps/score_card.html", {"scheme": None})
    title = _("Algorithm card of the score of sectors, %(commune)s") % {"commune": request.commune.name}
    sections = algorithm_card(scheme, run=latest_run(request.commune))
    if "descargar" not in request.GET:
        return render(request, "maps/score_card.html", {"scheme": scheme, "title": title, "sections": sections})
    answer = HttpResponse(card_text(sections, title=title), content_type="text/markdown; charset=utf-8")
    name = f"ficha-algoritmo-{slugify(request.commune.name)}-v{scheme.version}.md"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _saved(request: HttpRequest, run: ScoringRun, form: WhatIfForm, context: dict[str, Any]) -> HttpResponse:
    if not allows(request.role, "sectors.score"):
        raise PermissionDenied
    save = SaveWeightsForm(request.POST)
    if not save.is_valid():
        return render(request, "maps/what_if.html", context | {"save": save}, status=422)
    scheme = reweigh_scheme(
        scheme=run.scheme, weights=form.weights(), reason=save.cleaned_data["reason"], created_by=request.user
    )
    messages.success(
        request,
        _("Scheme v%(version)s has these weights; compute the scores to use it.") % {"version": scheme.version},
    )
    return redirect("maps:sectors")
