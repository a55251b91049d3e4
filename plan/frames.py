"""Sectors with scores and strategies as a table to give away: the same for every role, nothing of cameras in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from access.roles import Role
from geo.crs import STORAGE_SRID, as_shapely, crs_of, geometry_to_metric
from geo.models import Commune
from plan.models import CommunalPlan, SectorStrategy
from sectors.models import RiskScore, RiskSector, ScoringRun
from sectors.services.score_views import score_for_role

SQUARE_METRES_PER_HECTARE = 10_000.0
STRATEGY_COLUMNS = (
    "sector", "version_sector", "plan", "objetivo", "tipo", "tipo_nombre", "familia", "causas", "descripcion",
    "responsable", "desde", "hasta", "presupuesto_clp", "fuente", "estado",
)  # fmt: skip


def export_sectors_frame(
    commune: Commune, *, on: date, run: ScoringRun | None, plan: CommunalPlan | None
) -> gpd.GeoDataFrame:
    """Sectors in force on a day, by code, in EPSG:4326, each with its score in a run and its strategies in a plan."""
    sectors = list(RiskSector.objects.for_commune(commune).in_force(on).order_by("code"))
    scores = _scores(run)
    strategies = _strategies_by_sector(plan)
    rows = [
        {
            **_sector(sector, commune=commune),
            **_score(scores.get(sector.pk), run=run),
            **_told_strategies(strategies.get(sector.pk, []), plan=plan),
            "simulado": commune.simulated,
        }
        for sector in sectors
    ]
    shapes = gpd.GeoSeries([as_shapely(sector.boundary) for sector in sectors], crs=crs_of(STORAGE_SRID))
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=None if rows else _no_columns()), geometry=shapes)


def export_strategies_frame(plan: CommunalPlan | None, *, on: date) -> pd.DataFrame:
    """The strategies of a plan for sectors in force on a day, one row each, every text whole."""
    rows = []
    for one in _standing(plan):
        sector = one.sector_version.sector
        if sector.valid_from > on or (sector.valid_until is not None and sector.valid_until <= on):
            continue
        rows.append(
            (
                sector.code, one.sector_version.version, str(one.plan), one.objective.number if one.objective else None,
                one.type.code, one.type.name, one.type.get_kind_display(), one.causes, one.description, one.responsible,
                one.starts_on, one.ends_on, one.budget_clp, one.funding_source, one.get_status_display(),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(STRATEGY_COLUMNS))


def _sector(sector: RiskSector, *, commune: Commune) -> dict[str, Any]:
    area_m2 = geometry_to_metric(sector.boundary, commune=commune).area
    return {
        "codigo": sector.code,
        "nombre": sector.name,
        "tipologia": sector.get_typology_display(),
        "estado": sector.get_status_display(),
        "acto": sector.act,
        "vigente_desde": sector.valid_from,
        "vigente_hasta": sector.valid_until,
        "version": sector.version,
        "superficie_ha": round(area_m2 / SQUARE_METRES_PER_HECTARE, 4),
    }


def _scores(run: ScoringRun | None) -> dict[int, RiskScore]:
    if run is None:
        return {}
    scores = RiskScore.objects.filter(run=run).select_related("sector_version__sector")
    return {score.sector_version.sector_id: score for score in scores}


def _score(score: RiskScore | None, *, run: ScoringRun | None) -> dict[str, Any]:
    """What a planner may know of a score, whoever exports: the total, and the two parts that hold no cameras."""
    told = None if score is None else score_for_role(score, Role.PLANNER)

    def part(name: str) -> float | None:
        value = None if told is None else told["sub_indices"][name]["value"]
        return None if value is None else round(float(value), 2)

    return {
        "puntaje": None if told is None else round(float(told["score"]), 2),
        "clase": None if told is None or told["class"] is None else int(told["class"]) + 1,
        "lugar": told["rank"] if told else None,
        "lugar_minimo": told["rank_low"] if told else None,
        "lugar_maximo": told["rank_high"] if told else None,
        "incidentes": told["n"] if told else None,
        "confianza": None if told is None else round(float(told["confidence"]), 3),
        "concentracion": part("concentration"),
        "percepcion": part("perception"),
        "version_puntaje": told["version"] if told else None,
        "ventana_desde": run.window_from if told and run else None,
        "ventana_hasta": run.window_until if told and run else None,
        "esquema": run.scheme.version if told and run else None,
    }


def _standing(plan: CommunalPlan | None) -> list[SectorStrategy]:
    if plan is None:
        return []
    return list(SectorStrategy.objects.of_plan(plan).standing().with_names())


def _strategies_by_sector(plan: CommunalPlan | None) -> dict[int, list[SectorStrategy]]:
    found: dict[int, list[SectorStrategy]] = {}
    for one in _standing(plan):
        found.setdefault(one.sector_version.sector_id, []).append(one)
    return found


def _told_strategies(strategies: list[SectorStrategy], *, plan: CommunalPlan | None) -> dict[str, Any]:
    budgets = [one.budget_clp for one in strategies if one.budget_clp is not None]
    return {
        "plan": None if plan is None else str(plan),
        "estrategias": len(strategies),
        "tipos": _joined(one.type.code for one in strategies),
        "detalle": _joined((_sentence(one) for one in strategies), " | "),
        "objetivos": _joined(str(one.objective.number) for one in strategies if one.objective),
        "responsables": _joined(one.responsible for one in strategies),
        "estrategias_desde": min((one.starts_on for one in strategies), default=None),
        "estrategias_hasta": max((one.ends_on for one in strategies), default=None),
        "presupuesto_clp": sum(budgets) if budgets else None,
    }


def _sentence(one: SectorStrategy) -> str:
    return f"{one.type.name} ({one.get_status_display()}, {one.starts_on} – {one.ends_on}): {one.causes}"


def _joined(texts: Any, separator: str = "; ") -> str | None:
    return separator.join(dict.fromkeys(texts)) or None


def _no_columns() -> list[str]:
    return [
        "codigo", "nombre", "tipologia", "estado", "acto", "vigente_desde", "vigente_hasta", "version", "superficie_ha",
        *_score(None, run=None), *_told_strategies([], plan=None), "simulado",
    ]  # fmt: skip
