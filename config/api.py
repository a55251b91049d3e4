"""The one API object: every app's router under /api/, signed-in members only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from access.api import member_of_commune
from cameras.api import router as cameras
from community.api import router as community
from geo.api import router as geo
from geo.errors import AtalayaError
from incidents.api import router as incidents
from plan.api import router as plan
from sectors.api import router as sectors

api = NinjaAPI(title="Atalaya", version="1", auth=member_of_commune, docs_url=None, urls_namespace="api")
for router in (geo, incidents, cameras, sectors, community, plan):
    api.add_router("", router)


@api.exception_handler(AtalayaError)
def answer_named_error(request: HttpRequest, error: AtalayaError) -> HttpResponse:
    """Named errors carry their own status and a sentence for people."""
    body = {"detail": str(error), **getattr(error, "extra", {})}
    return api.create_response(request, body, status=error.status)
