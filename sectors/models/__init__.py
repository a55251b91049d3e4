"""Tables of sectors: catalogue, proposals, focal territories, what is observed on the ground, scores."""

from .catalogue import RiskSector, RiskSectorVersion, SectorStatus, Typology
from .focal import FocalTerritory, FocalTerritoryRenewal
from .observations import FactorState, FactorType, PerceptionReading, RiskFactor
from .proposals import ProposalState, TerritoryProposal
from .scores import RiskScore, ScoringRun, ScoringScheme

__all__ = [
    "FactorState",
    "FactorType",
    "FocalTerritory",
    "FocalTerritoryRenewal",
    "PerceptionReading",
    "ProposalState",
    "RiskFactor",
    "RiskScore",
    "RiskSector",
    "RiskSectorVersion",
    "ScoringRun",
    "ScoringScheme",
    "SectorStatus",
    "TerritoryProposal",
    "Typology",
]
