"""The analysis methods: what each answers, its form, its runs, and what a run found."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from incidents.models import Method, MethodRun
from maps.forms.methods import FORMS, MethodForm
from maps.method_words import PAGES, method_title, told
from maps.periods import last_days, reference_day

USUAL_DAYS, RUNS_SHOWN = 365, 8


@requires("analysis.view")
def methods(request: HttpRequest) -> HttpResponse:
    """Every method with its question and its newest run."""
    runs = MethodRun.objects.for_commune(request.commune).defer("result")
    rows = [
        {
            "method": method.value,
            "title": method.label,
            "question": PAGES[method].question,
            "run": runs.of_method(method.value).newest_first().first(),
        }
        for method in Method
    ]
    return render(request, "maps/methods.html", {"rows": rows})


@requires("analysis.view")
def method(request: HttpRequest, method: str) -> HttpResponse:
    """One method: question, caution, form, and its newest runs."""
    return render(request, "maps/method.html", _context(request, method))


@require_POST
@requires("incidents.run_hotspots")
def run_method(request: HttpRequest, method: str) -> HttpResponse:
    """Put a run of a method into the queue."""
    context = _context(request, method)
    form = FORMS[method](request.POST)
    if not form.is_valid():
        return render(request, "maps/method.html", context | {"form": form}, status=422)
    window = {name: form.cleaned_data[name].isoformat() for name in ("window_from", "window_until")}
    parameters = {"method": method, **window, "parameters": form.parameters()}
    job = request_job(commune=request.commune, kind="sectors.method", parameters=parameters, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@requires("analysis.view")
def method_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What one run found: what it chose, its map, its table, its curve."""
    run = get_object_or_404(MethodRun.objects.for_commune(request.commune), pk=pk)
    return render(request, "maps/method_run.html", {"run": told(run, role=request.role)})


def _context(request: HttpRequest, method: str) -> dict[str, Any]:
    if method not in Method.values:
        raise Http404
    usual = last_days(reference_day(request.commune, role=request.role), USUAL_DAYS)
    form: MethodForm = FORMS[method](initial={"window_from": usual.first, "window_until": usual.last})
    runs = MethodRun.objects.for_commune(request.commune).of_method(method).newest_first()
    return {
        "method": method, "title": method_title(method), "page": PAGES[Method(method)], "form": form,
        "runs": runs.select_related("created_by").defer("result")[:RUNS_SHOWN],
    }  # fmt: skip
