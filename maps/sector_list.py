"""The list of sectors with the newest scores beside them."""

from __future__ import annotations

from typing import Any

from maps.sector_words import ranking
from sectors.models import RiskSector, SectorStatus


def listed_sectors(commune: Any, *, role: str, status: str = "") -> list[dict[str, Any]]:
    """Sectors by rank, those without score after them; closed ones only when they are asked for."""
    rows = RiskSector.objects.for_commune(commune).select_related("responsible").defer("boundary")
    rows = rows.with_status(status) if status in SectorStatus.values else rows.open()
    scores = {told["code"]: told for told in ranking(commune, role)}
    listed = [{"sector": sector, "score": scores.get(sector.code)} for sector in rows]
    return sorted(listed, key=lambda one: (one["score"]["rank"] if one["score"] else 10**6, one["sector"].code))
