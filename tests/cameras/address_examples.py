"""Example arguments of the cameras' addresses, for the matrix test."""

from __future__ import annotations

from typing import Any

from tests.architecture.address_examples import SECRET, Example
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import point
from tests.geo.grid import tile_of


def camera_tile(commune: Any) -> dict[str, Any]:
    camera = CameraFactory(commune=commune, name=SECRET)
    return {"layer": "camaras", **tile_of(camera.point, zoom=14)}


def coverage_tile(commune: Any) -> dict[str, Any]:
    seen = ViewshedFactory(camera=CameraFactory(commune=commune, code=SECRET))
    return {"layer": "cobertura", **tile_of(seen.area.centroid, zoom=14)}


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
    ],
    "GET /api/cameras": [Example(cameras)],
    "GET /api/cameras/coverage": [Example()],
    "POST /api/cameras": [Example(body=NEW)],
    "POST /api/cameras/preview": [Example(body={name: value for name, value in NEW.items() if name != "code"})],
    "PATCH /api/cameras/{code}": [Example(a_camera, body={"version": 1, "name": "Otra"})],
}
