"""Example arguments of the pages, for the matrix of every address × every role × another commune."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cameras.models import EvidenceRequest, Outage
from maps.uploads import LAYERS, TABLES, keep_upload
from sectors.models import ProposalState
from tests.architecture.address_examples import SECRET, Example
from tests.factories.access import JobRunFactory, UserFactory
from tests.factories.cameras import CameraFactory, SitingChoiceFactory, SitingRunFactory
from tests.factories.incidents import (
    EventLinkFactory,
    ImportBatchFactory,
    MassEventFactory,
    PlaceAliasFactory,
    RecordAddressFactory,
    SourceProfileFactory,
)
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, SectorStrategyFactory
from tests.factories.sectors import FocalTerritoryFactory, RiskFactorFactory, RiskSectorFactory
from tests.incidents.method_rows import make_method_run
from tests.maps.rows import make_proposal

CSV = b"folio;fecha;delito\n1;01-10-2026;Hurto\n"
GEOJSON = Path(__file__).with_name("units.geojson")


def a_table(commune: Any) -> dict[str, Any]:
    upload = keep_upload(SimpleUploadedFile(f"{SECRET}.csv", CSV), commune=commune, suffixes=TABLES)
    return {"kind": "incidents", "token": upload.token}


def a_factor_table(commune: Any) -> dict[str, Any]:
    return a_table(commune) | {"kind": "risk_factors"}


def a_layer(commune: Any) -> dict[str, Any]:
    upload = keep_upload(
        SimpleUploadedFile(f"{SECRET}.geojson", GEOJSON.read_bytes()), commune=commune, suffixes=LAYERS
    )
    return {"target": "unidad_vecinal", "token": upload.token}


def a_sector(commune: Any) -> dict[str, Any]:
    return {"code": RiskSectorFactory(commune=commune, name=SECRET).code}


def a_proposal(commune: Any) -> dict[str, Any]:
    return {"pk": make_proposal(commune, state=ProposalState.SENT).pk}


def a_territory(commune: Any) -> dict[str, Any]:
    return {"pk": FocalTerritoryFactory(commune=commune, name=SECRET).pk}


def a_job(commune: Any) -> dict[str, Any]:
    """A job of a kind that every role may see does not exist: each role sees the kinds it may ask for."""
    return {"pk": JobRunFactory(commune=commune, kind="sectors.import", parameters={"file_name": SECRET}).pk}


def a_layer_job(commune: Any) -> dict[str, Any]:
    refusals = [{"row": 2, "reason": SECRET}]
    return {"pk": JobRunFactory(commune=commune, kind="geo.import_layer", result={"refusals": refusals}).pk}


def an_address(commune: Any) -> dict[str, Any]:
    return {"pk": RecordAddressFactory(commune=commune, address=SECRET).pk}


def addresses_in_queue(commune: Any) -> dict[str, Any]:
    an_address(commune)
    return {}


def a_link(commune: Any) -> dict[str, Any]:
    return {"pk": EventLinkFactory(commune=commune, left_key=SECRET).pk}


def an_alias(commune: Any) -> dict[str, Any]:
    return {"pk": PlaceAliasFactory(commune=commune, written=SECRET).pk}


def aliases_in_list(commune: Any) -> dict[str, Any]:
    an_alias(commune)
    return {}


def a_batch(commune: Any) -> dict[str, Any]:
    return {"pk": ImportBatchFactory(commune=commune, file_name=SECRET).pk}


def a_source(commune: Any) -> dict[str, Any]:
    return {"source": SourceProfileFactory(commune=commune, name=SECRET).source}


def an_event(commune: Any) -> dict[str, Any]:
    return {"pk": MassEventFactory(commune=commune, name=SECRET).pk}


def a_camera(commune: Any) -> dict[str, Any]:
    return {"pk": CameraFactory(commune=commune, name=SECRET).pk}


def an_outage(commune: Any) -> dict[str, Any]:
    camera = CameraFactory(commune=commune, name=SECRET)
    started = {"starts_at": datetime(2026, 1, 1, tzinfo=UTC), "cause": "energia", "recorded_by": UserFactory()}
    return {"pk": Outage.objects.create(commune=commune, camera=camera, **started).pk}


def a_request(commune: Any) -> dict[str, Any]:
    camera = CameraFactory(commune=commune, name=SECRET)
    asked = {
        "requester": "pdi", "basis": "Orden 1", "interval_from": datetime(2026, 1, 1, tzinfo=UTC),
        "interval_until": datetime(2026, 1, 2, tzinfo=UTC), "received_on": date(2026, 1, 3),
    }  # fmt: skip
    made = EvidenceRequest.objects.create(commune=commune, camera=camera, recorded_by=UserFactory(), **asked)
    return {"pk": made.pk}


def a_siting_run(commune: Any) -> dict[str, Any]:
    return {"pk": SitingRunFactory(commune=commune).pk}


def a_siting_choice(commune: Any) -> dict[str, Any]:
    return {"pk": SitingChoiceFactory(run=SitingRunFactory(commune=commune)).pk}


def a_factor(commune: Any) -> dict[str, Any]:
    return {"pk": RiskFactorFactory(commune=commune, name=SECRET).pk}


def a_plan(commune: Any) -> dict[str, Any]:
    return {"pk": CommunalPlanFactory(commune=commune, name=SECRET).pk}


def a_strategy(commune: Any) -> dict[str, Any]:
    plan = CommunalPlanFactory(commune=commune)
    sector = RiskSectorFactory(commune=commune, name=SECRET)
    return {"pk": SectorStrategyFactory(commune=commune, plan=plan, sector_version=sector.versions.get()).pk}


def an_indicator(commune: Any) -> dict[str, Any]:
    from plan.models import SectorStrategy

    strategy = SectorStrategy.objects.get(pk=a_strategy(commune)["pk"])
    return {"pk": IndicatorFactory(strategy=strategy, sector_version=strategy.sector_version, name=SECRET).pk}


def a_method_run(commune: Any) -> dict[str, Any]:
    return {"pk": make_method_run(commune).pk}


def a_method(commune: Any) -> dict[str, Any]:
    make_method_run(commune)
    return {"method": "conglomerados"}


EXAMPLES = {
    "maps:method_run": [Example(a_method_run)],
    "maps:method": [Example(a_method, same_for_all_communes=True)],  # names a method; runs are those of the own commune
    "maps:run_method": [Example(a_method)],
    "maps:same_decide": [Example(a_link, method="post")],
    "maps:place_queue": [Example(addresses_in_queue)],
    "maps:place_decide": [Example(an_address, method="post", body={"accion": "no", "motivo": "x"})],
    "maps:place_aliases": [Example(aliases_in_list)],
    "maps:place_alias_forget": [Example(an_alias, method="post")],
    "maps:table": [Example(a_table, permission="incidents.import"), Example(a_factor_table, permission="factors.edit")],
    "maps:profile": [
        Example(a_table, permission="incidents.import"),
        Example(a_factor_table, permission="factors.edit"),
    ],
    "maps:start_import": [Example(a_table)],
    "maps:layer": [Example(a_layer)],
    "maps:words": [Example(a_source)],
    "maps:batch": [Example(a_batch, permission="incidents.import")],
    "maps:undo": [Example(a_batch, permission="incidents.import", method="post")],
    "maps:event": [Example(an_event)],
    **{
        f"maps:{name}": [Example(a_camera)]
        for name in (
            "camera",
            "camera_edit",
            "camera_outage",
            "camera_finding",
            "camera_evidence",
            "camera_tour",
        )
    },
    "maps:camera_outage_end": [Example(an_outage)],
    "maps:camera_evidence_answer": [Example(a_request)],
    "maps:siting_run": [Example(a_siting_run)],
    "maps:siting_accept": [Example(a_siting_choice)],
    "maps:siting_discard": [Example(a_siting_choice)],
    "maps:factor_state": [Example(a_factor)],
    "maps:proposal": [Example(a_proposal)],
    "maps:send_proposal": [Example(a_proposal)],
    "maps:decide_proposal": [Example(a_proposal)],
    "maps:sector": [Example(a_sector)],
    "maps:sector_printed": [Example(a_sector)],
    "maps:sector_change": [Example(a_sector)],
    "maps:sector_close": [Example(a_sector)],
    "maps:territory": [Example(a_territory)],
    "maps:open_board": [Example(a_territory)],
    "maps:appoint": [Example(a_territory)],
    "maps:renew": [Example(a_territory)],
    "maps:plan_move": [Example(a_plan)],
    "maps:plan_renew": [Example(a_plan)],
    "maps:objective": [Example(a_plan)],
    "maps:plan_read": [Example(a_plan)],
    "maps:strategy": [Example(a_strategy)],
    "maps:strategy_change": [Example(a_strategy)],
    "maps:strategy_status": [Example(a_strategy)],
    "maps:indicator_new": [Example(a_strategy)],
    "maps:indicator_read": [Example(an_indicator)],
    "maps:job": [Example(a_job, permission="factors.edit", method="get")],
    "maps:job_refused": [Example(a_layer_job)],
    "maps:job_cancel": [Example(a_job)],
}
