"""Tables of what happens."""

from .addresses import AliasKind, PlaceAlias, PlacingState, RecordAddress
from .events import EventState, MassEvent
from .hotspots import Cluster, HotspotRun
from .incident import Act, Incident, MaskedIncident, PlaceClass, TimeFlag, TimePrecision
from .linking import EventLink, LinkState, SameEventMember
from .methods import Method, MethodRun, MethodShape
from .sources import BatchState, ErasedCount, ImportBatch, Ledger, LedgerAct, ProfileKind, SourceProfile
from .taxonomy import (
    Crosswalk,
    GroupingMember,
    HarmTable,
    HarmWeight,
    Level,
    LinkKind,
    Nature,
    OffenceGrouping,
    OffenceTaxonomy,
    OffenceType,
    Origin,
)

__all__ = [
    "Act",
    "AliasKind",
    "BatchState",
    "Cluster",
    "Crosswalk",
    "ErasedCount",
    "EventLink",
    "EventState",
    "GroupingMember",
    "HarmTable",
    "HarmWeight",
    "HotspotRun",
    "ImportBatch",
    "Incident",
    "Ledger",
    "LedgerAct",
    "Level",
    "LinkKind",
    "LinkState",
    "MaskedIncident",
    "MassEvent",
    "Method",
    "MethodRun",
    "MethodShape",
    "Nature",
    "OffenceGrouping",
    "OffenceTaxonomy",
    "OffenceType",
    "Origin",
    "PlaceAlias",
    "PlaceClass",
    "PlacingState",
    "ProfileKind",
    "RecordAddress",
    "SameEventMember",
    "SourceProfile",
    "TimeFlag",
    "TimePrecision",
]
