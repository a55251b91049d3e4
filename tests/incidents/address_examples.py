"""Example arguments of this app's addresses, for the matrix test."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from incidents.services.remains import RefusedRows, write_refused_file
from tests.architecture.address_examples import SECRET, Example
from tests.factories import incidents as factories
from tests.geo.grid import tile_of
from tests.incidents.method_rows import make_method_run


def incident_tile(commune: Any) -> dict[str, Any]:
    kind = factories.OffenceTypeFactory(name=SECRET)
    incident = factories.IncidentFactory(commune=commune, offence_type=kind, occurred_from=timezone.now())
    return tile_of(incident.point, zoom=15)


def event_tile(commune: Any) -> dict[str, Any]:
    event = factories.MassEventFactory(commune=commune, name=SECRET)
    return tile_of(event.footprint.centroid, zoom=14)


def refused(commune: Any) -> dict[str, Any]:
    refused = RefusedRows([(2, "fecha", "bad_date")], ["fecha"], {2: [SECRET]})
    name = write_refused_file(commune=commune, refused=refused)
    return {"batch": factories.ImportBatchFactory(commune=commune, refused_file=name).pk}


def batch(commune: Any) -> dict[str, Any]:
    return {"batch": factories.ImportBatchFactory(commune=commune, file_name=SECRET).pk}


def batch_in_list(commune: Any) -> dict[str, Any]:
    batch(commune)
    return {}


def profile(commune: Any) -> dict[str, Any]:
    factories.SourceProfileFactory(commune=commune, name=SECRET)
    return {}


def incident(commune: Any) -> dict[str, Any]:
    return {"incident": factories.IncidentFactory(commune=commune).pk}


def event(commune: Any) -> dict[str, Any]:
    return {"code": factories.MassEventFactory(commune=commune, name=SECRET).code}


def event_in_list(commune: Any) -> dict[str, Any]:
    event(commune)
    return {}


def run(commune: Any) -> dict[str, Any]:
    return {"run": factories.HotspotRunFactory(commune=commune, method=SECRET).pk}


NEW_PROFILE = {
    "name": "Registro",
    "settings": {
        "columns": {"date": "fecha", "label": "tipo"},
        "type_mapping": {"Hurto": ["cead-2024-b", "60401"]},
    },
}
NEW_EVENT = {
    "code": "EV-NUEVO",
    "name": "Feria",
    "venue": {"type": "Point", "coordinates": [-73.246, -39.814]},
    "starts_at": "2026-02-14T20:00:00-03:00",
    "ends_at": "2026-02-14T23:00:00-03:00",
}


def method_tile(commune: Any) -> dict[str, Any]:
    shape = make_method_run(commune).shapes.get()
    return {"layer": "conglomerados", **tile_of(shape.area.centroid, zoom=14)}


EXAMPLES = {
    "incidents:method_tiles": [Example(method_tile)],
    "incidents:tiles": [Example(incident_tile)],
    "incidents:event_tiles": [Example(event_tile)],
    "incidents:refused_file": [Example(refused)],
    "incidents:refused_sheet": [Example(refused)],
    "GET /api/incidents/batches": [Example(batch_in_list)],
    "GET /api/incidents/batches/{int:batch}": [Example(batch)],
    "POST /api/incidents/batches/{int:batch}/undo": [Example(batch)],
    "GET /api/incidents/profiles": [Example(profile)],
    "POST /api/incidents/profiles": [Example(body=NEW_PROFILE)],
    "POST /api/incidents/{int:incident}/corrections": [
        Example(incident, body={"reason": "Dirección mal escrita", "unplace": True})
    ],
    "GET /api/incidents/events": [Example(event_in_list)],
    "POST /api/incidents/events": [Example(body=NEW_EVENT)],
    "PATCH /api/incidents/events/{code}": [Example(event, body={"version": 1, "guards": 20})],
    "GET /api/incidents/hotspots/{int:run}": [Example(run)],
}
