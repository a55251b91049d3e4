"""Sectors as GeoJSON Features: what the editor sends and gets, and what a conflict shows of both sides."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from access.permissions import allows
from sectors.models import RiskSector, RiskSectorVersion

RECORD = frozenset({"responsible", "changed_by", "reason"})
DECIMALS = 7  # about one centimetre


def sector_feature(sector: RiskSector) -> dict[str, Any]:
    """A sector as it stands, with the version that a save must name."""
    return _feature(sector, code=sector.code, version=sector.version)


def version_feature(version: RiskSectorVersion, *, role: str | None) -> dict[str, Any]:
    """One recorded version of a sector, with who wrote it, when and why, as the role may see it."""
    feature = _feature(version, code=version.sector.code, version=version.version)
    feature["properties"] |= {
        "recorded_at": version.recorded_at.isoformat(),
        "changed_by": version.changed_by.get_full_name() or version.changed_by.get_username(),
        "reason": version.reason,
        "restores": version.restores,
    }
    return feature_for_role(feature, role)


def feature_for_role(feature: dict[str, Any], role: str | None) -> dict[str, Any]:
    """The feature without the names of staff and their reasons where the role may not see acts of the house."""
    if allows(role, "sectors.view_record"):
        return feature
    kept = {name: value for name, value in feature["properties"].items() if name not in RECORD}
    return {**feature, "properties": kept}


def boundary_geojson(boundary: GEOSGeometry) -> dict[str, Any]:
    """A stored boundary as GeoJSON, every digit kept, so that saving what was read changes nothing."""
    geometry: dict[str, Any] = json.loads(boundary.geojson)
    return geometry


def _feature(content: RiskSector | RiskSectorVersion, *, code: str, version: int) -> dict[str, Any]:
    responsible = content.responsible
    return {
        "type": "Feature",
        "id": code,
        "geometry": boundary_geojson(content.boundary),
        "properties": {
            "code": code,
            "name": content.name,
            "typology": content.typology,
            "status": content.status,
            "responsible": responsible.get_username() if responsible else None,
            "act": content.act,
            "valid_from": content.valid_from.isoformat(),
            "valid_until": content.valid_until.isoformat() if content.valid_until else None,
            "version": version,
        },
    }
