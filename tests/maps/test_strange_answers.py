"""What no form of ours sends but anybody may write into an address: an answer, never an error of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access.models import JobRun
from geo.models import Commune
from maps.numbers import whole_number
from maps.uploads import TABLES, keep_upload
from sectors.models import RiskSector
from tests.factories.incidents import MassEventFactory, SourceProfileFactory
from tests.factories.plan import CommunalPlanFactory, SectorStrategyFactory

pytestmark = pytest.mark.django_db
CSV = b"folio;fecha;delito\n1;01-10-2025;Hurto\n"


@pytest.fixture
def token(commune: Commune, settings: Any, tmp_path: Any) -> str:
    settings.MEDIA_ROOT = tmp_path
    return keep_upload(SimpleUploadedFile("octubre.csv", CSV), commune=commune, suffixes=TABLES).token


@pytest.mark.parametrize("written", [None, "", "x", "-1", "²", "1.5", "9" * 40])
def test_what_is_no_whole_number_is_none(written: str | None) -> None:
    assert whole_number(written) == 0


@pytest.mark.parametrize(("first", "last"), [("2025-01-01", "9999-12-31"), ("0001-01-01", "2025-01-01")])
def test_days_at_the_end_of_the_calendar_become_the_usual_period(analyst: Client, first: str, last: str) -> None:
    legend = analyst.get(reverse("maps:legend"), {"desde": first, "hasta": last})
    assert legend.status_code == 200
    assert legend.json() == analyst.get(reverse("maps:legend")).json()


def test_a_strange_profile_is_as_none_asked_for(analyst: Client, commune: Commune, token: str) -> None:
    SourceProfileFactory(commune=commune)
    page = reverse("maps:table", args=["incidents", token])
    assert analyst.get(page, {"perfil": "x"}).context["profile"] == analyst.get(page).context["profile"]
    assert analyst.get(reverse("maps:profile", args=["incidents", token]), {"desde": "x"}).status_code == 200
    start = reverse("maps:start_import", args=["incidents", token])
    assert analyst.post(start, {"perfil": "x"}).status_code == 404
    assert not JobRun.objects.exists()


def test_an_unknown_kind_of_table_is_not_found(analyst: Client, commune: Commune, token: str) -> None:
    profile = SourceProfileFactory(commune=commune)
    assert analyst.get(reverse("maps:table", args=["otra", token])).status_code == 404
    assert analyst.post(reverse("maps:start_import", args=["otra", token]), {"perfil": profile.pk}).status_code == 404


def test_a_strange_version_is_a_missing_one(
    analyst: Client, planner: Client, commune: Commune, sector: RiskSector
) -> None:
    event = MassEventFactory(commune=commune)
    page = reverse("maps:event", args=[event.pk])
    form = analyst.get(page).context["form"]
    sent = {name: bound for name in form.fields if (bound := form[name].value()) is not None}
    moments = {"starts_at": "2026-01-01T18:00", "ends_at": "2026-01-01T20:00", "venue": "-39,814; -73,246"}
    assert analyst.post(page, sent | moments | {"version": "x"}).status_code == 428
    plan = CommunalPlanFactory(commune=commune)
    strategy = SectorStrategyFactory(plan=plan, sector_version=sector.versions.get())
    page = reverse("maps:strategy_change", args=[strategy.pk])
    form = planner.get(page).context["form"]
    sent = {name: bound for name in form.fields if (bound := form[name].value()) is not None}
    sent |= {"type": strategy.type_id, "starts_on": "2026-03-01", "ends_on": "2026-11-30", "version": "x"}
    assert planner.post(page, sent).status_code == 428


def test_a_strange_plan_is_the_one_in_force(planner: Client, commune: Commune) -> None:
    plan = CommunalPlanFactory(commune=commune)
    assert planner.get(reverse("maps:plan"), {"version": "²"}).context["plan"] == plan
