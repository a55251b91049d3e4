"""Tables of cameras, of what they see and of what happens to them."""

from .register import HIGHEST_MOUNT_M, LONGEST_RANGE_M, Camera, CameraKind, CameraStatus, Night, Owner
from .siting import ChoiceState, CoverageFile, SitingChoice, SitingRun
from .viewsheds import CoverageRules, Edition, ViewLayer, Viewshed, ViewshedClass
from .watching import (
    EvidenceRequest,
    EvidenceState,
    Finding,
    FindingOutcome,
    Outage,
    OutageCause,
    Preset,
    Requester,
)

__all__ = [
    "HIGHEST_MOUNT_M",
    "LONGEST_RANGE_M",
    "Camera",
    "CameraKind",
    "CameraStatus",
    "ChoiceState",
    "CoverageFile",
    "CoverageRules",
    "Edition",
    "EvidenceRequest",
    "EvidenceState",
    "Finding",
    "FindingOutcome",
    "Night",
    "Outage",
    "OutageCause",
    "Owner",
    "Preset",
    "Requester",
    "SitingChoice",
    "SitingRun",
    "ViewLayer",
    "Viewshed",
    "ViewshedClass",
]
