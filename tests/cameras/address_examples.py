"""Example arguments of the cameras' addresses, for the matrix test."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from access.roles import Role
from cameras.models import ViewshedClass
from cameras.services.exporting import export_coverage
from tests.architecture.address_examples import SECRET, Example
from tests.factories.access import MembershipFactory
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import point
from tests.geo.grid import tile_of


def camera_tile(commune: Any) -> dict[str, Any]:
    camera = CameraFactory(commune=commune, name=SECRET)
    return {"layer": "camaras", **tile_of(camera.point, zoom=14)}


def coverage_tile(commune: Any) -> dict[str, Any]:
    seen = ViewshedFactory(camera=CameraFactory(commune=commune, code=SECRET))
    return {"layer": "cobertura", **tile_of(seen.area.centroid, zoom=14)}


def quality_tile(commune: Any) -> dict[str, Any]:
    seen = ViewshedFactory(camera=CameraFactory(commune=commune, code=SECRET))
    ViewshedClass.objects.create(viewshed=seen, step=1, code="detect", area=seen.area, area_m2=seen.area_m2)
    return {"layer": "calidad", **tile_of(seen.area.centroid, zoom=14)}


def a_file(commune: Any) -> dict[str, Any]:
    member = MembershipFactory(commune=commune, role=Role.ANALYST)
    seen = ViewshedFactory(camera=CameraFactory(commune=commune))
    classes = np.ones((10, 10), dtype=np.uint8)
    cells = {"rows": 10, "columns": 10, "classes": zlib.compress(classes.tobytes())}
    type(seen).objects.filter(pk=seen.pk).update(parameters={"rules": {"target_height_m": 0.0}}, **cells)
    file = export_coverage(commune=commune, file_format="gpkg", srid=4326, exported_by=member.user, reason="Prueba")
    return {"file": file.pk}


def a_camera(commune: Any) -> dict[str, Any]:
    return {"code": CameraFactory(commune=commune, name=SECRET).code}


def cameras(commune: Any) -> dict[str, Any]:
    CameraFactory(commune=commune, name=SECRET)
    return {}


NEW = {
    "code": "N-1",
    "kind": "domo_ptz",
    "point": {"type": "Point", "coordinates": [point().x, point().y]},
}
EXAMPLES = {
    "cameras:tiles": [
        Example(camera_tile, permission="cameras.view_points"),
        Example(coverage_tile, permission="cameras.view_coverage"),
        Example(quality_tile, permission="cameras.view_coverage"),
    ],
    "cameras:coverage_file": [Example(a_file)],
    "GET /api/cameras": [Example(cameras)],
    "GET /api/cameras/coverage": [Example()],
    "POST /api/cameras": [Example(body=NEW)],
    "POST /api/cameras/preview": [Example(body={name: value for name, value in NEW.items() if name != "code"})],
    "PATCH /api/cameras/{code}": [Example(a_camera, body={"version": 1, "name": "Otra"})],
}
