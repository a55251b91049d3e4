"""Tables of what happens."""

from .events import EventState, MassEvent
from .hotspots import Cluster, HotspotRun
from .incident import Act, Incident, MaskedIncident, PlaceClass, TimeFlag, TimePrecision
from .sources import BatchState, ImportBatch, Ledger, LedgerAct, ProfileKind, SourceProfile
from .taxonomy import HarmTable, HarmWeight, Level, Nature, OffenceTaxonomy, OffenceType, Origin

__all__ = [
    "Act",
    "BatchState",
    "Cluster",
    "EventState",
    "HarmTable",
    "HarmWeight",
    "HotspotRun",
    "ImportBatch",
    "Incident",
    "Ledger",
    "LedgerAct",
    "Level",
    "MaskedIncident",
    "MassEvent",
    "Nature",
    "OffenceTaxonomy",
    "OffenceType",
    "Origin",
    "PlaceClass",
    "ProfileKind",
    "SourceProfile",
    "TimeFlag",
    "TimePrecision",
]
