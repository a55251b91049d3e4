"""Tables of the Plan Comunal: plans and objectives, strategies, indicators with their readings, exported files."""

from .exports import ExportFile
from .indicators import Direction, Formula, Indicator, IndicatorReading
from .plans import CommunalPlan, Objective, PlanState
from .strategies import SectorStrategy, StrategyKind, StrategyStatus, StrategyType

__all__ = [
    "CommunalPlan",
    "Direction",
    "ExportFile",
    "Formula",
    "Indicator",
    "IndicatorReading",
    "Objective",
    "PlanState",
    "SectorStrategy",
    "StrategyKind",
    "StrategyStatus",
    "StrategyType",
]
