"""The end of the demo's loop: focal territories with board and manager, the plan, its readings, the exports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config.demo.setting import Setting
from sectors.models import FocalTerritory, RiskSector, SectorStatus
from sectors.services.catalogue import change_sector, today
from sectors.services.focalising import create_focal_territory

FOCAL_BECAUSE = "Concentra delitos, percepción de inseguridad y factores físicos: cumple los tres criterios."
DIAGNOSIS_BECAUSE = "Se inicia el diagnóstico participativo."
ACT = "Decreto simulado N.º"
MOST_FOCAL = 3
PERIOD = timedelta(days=365)


def focalise(setting: Setting) -> dict[str, Any]:
    """The director focalises on the first sectors; all but the last get a board, so that one gap is on her page."""
    day = today(setting.commune)
    territories: list[FocalTerritory] = []
    for number, sector in enumerate(_sectors(setting)[:MOST_FOCAL], start=1):
        _begin_diagnosis(sector, setting)
        territory = create_focal_territory(
            sectors=[sector],
            name=f"Territorio focalizado {number}",
            act=f"{ACT} {100 + number}",
            period_from=day,
            period_until=day + PERIOD,
            reason=FOCAL_BECAUSE,
            valid_until=day + PERIOD,
            approved_by=setting.director,
        )
        territories.append(territory)
    return {"territories": len(territories), "gaps": len(territories)}


def _sectors(setting: Setting) -> list[RiskSector]:
    return list(RiskSector.objects.for_commune(setting.commune).order_by("pk"))


def _begin_diagnosis(sector: RiskSector, setting: Setting) -> None:
    change_sector(
        sector=sector,
        changes={"status": SectorStatus.IN_DIAGNOSIS, "responsible": setting.manager},
        expected_version=sector.version,
        reason=DIAGNOSIS_BECAUSE,
        edited_by=setting.analyst,
    )
