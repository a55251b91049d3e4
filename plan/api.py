"""Operations that machines call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router, Status

from access.api import allowed
from access.services.jobs import request_job
from plan.models import CommunalPlan, ExportFile, Indicator, SectorStrategy
from plan.schemas import ExportAsked, ExportList, JobAsked, PlanContent, PlanList, StrategyChange, StrategyOut
from plan.services import objectives, plans, strategies

router = Router(tags=["plan"])
MOST_FILES = 100


@router.get("/plans", response=PlanList, auth=allowed("plan.view"))
def list_plans(request: HttpRequest) -> dict[str, Any]:
    """Every version of every plan of the commune."""
    found = CommunalPlan.objects.for_commune(request.commune).newest_first()  # type: ignore[attr-defined]
    return {"plans": [plans.told_of(plan) for plan in found]}


@router.get("/plans/{plan_id}", response=PlanContent, auth=allowed("plan.view"))
def show_plan(request: HttpRequest, plan_id: int) -> dict[str, Any]:
    """A plan with objectives, strategies and the indicators that the role may see."""
    plan = get_object_or_404(CommunalPlan.objects.for_commune(request.commune), pk=plan_id)  # type: ignore[attr-defined]
    measures: dict[int, list[Indicator]] = {}
    for one in Indicator.objects.of_plan(plan).visible_to(request.role).with_latest_reading().order_by("pk"):  # type: ignore[attr-defined]
        measures.setdefault(one.strategy_id, []).append(one)
    return {
        "plan": plans.told_of(plan),
        "objectives": [objectives.told_of(one) for one in plan.objectives.order_by("number")],
        "strategies": [
            strategies.told_of(one) | {"indicators": measures.get(one.pk, [])}
            for one in SectorStrategy.objects.of_plan(plan).with_names()
        ],
    }


@router.patch("/strategies/{strategy_id}", response=StrategyOut, auth=allowed("plan.edit"))
def change_strategy(request: HttpRequest, strategy_id: int, sent: StrategyChange) -> dict[str, Any]:
    """Change some fields. Without version 428, with an old one 409 and both sides."""
    found = SectorStrategy.objects.for_commune(request.commune).with_names()  # type: ignore[attr-defined]
    strategy = get_object_or_404(found, pk=strategy_id)
    saved = strategies.set_strategy(
        plan=strategy.plan,
        sector=strategy.sector_version.sector,
        content=sent.content(),
        set_by=request.user,
        strategy=strategy,
        expected_version=sent.version,
        reason=sent.reason,
    )
    return strategies.told_of(saved)


@router.get("/exports", response=ExportList, auth=allowed("export.sectors"))
def list_exports(request: HttpRequest) -> dict[str, Any]:
    """Files exported from the commune."""
    files = ExportFile.objects.for_commune(request.commune).newest_first()[:MOST_FILES]  # type: ignore[attr-defined]
    fields = ("id", "file_name", "file_format", "srid", "rows", "size_bytes", "sha256", "losses", "created_at")
    return {
        "exports": [
            {name: getattr(one, name) for name in fields} | {"address": reverse("plan:export_file", args=[one.pk])}
            for one in files
        ]
    }


@router.post("/exports", response={202: JobAsked}, auth=allowed("export.sectors"))
def ask_export(request: HttpRequest, sent: ExportAsked) -> Status[dict[str, int]]:
    """Put an export in the queue; its job tells the file."""
    job = request_job(
        commune=request.commune,  # type: ignore[attr-defined]
        kind="plan.export",
        parameters=sent.model_dump(exclude_defaults=True),
        requested_by=request.user,
    )
    return Status(202, {"job": job.pk})
