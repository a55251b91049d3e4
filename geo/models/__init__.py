"""Tables of the ground floor."""

from .commune import Commune, metric_srid_of
from .ground import (
    AddressPoint,
    Building,
    HeightSource,
    MaskArea,
    MaskKind,
    Place,
    PlaceKind,
    PublicSpace,
    StreetSegment,
    Vegetation,
)
from .snapping import SnapPoint, SnapRelease
from .surfaces import TerrainSurface
from .units import TerritorialUnit, UnitKind

__all__ = [
    "AddressPoint",
    "Building",
    "Commune",
    "HeightSource",
    "MaskArea",
    "MaskKind",
    "Place",
    "PlaceKind",
    "PublicSpace",
    "SnapPoint",
    "SnapRelease",
    "StreetSegment",
    "TerrainSurface",
    "TerritorialUnit",
    "UnitKind",
    "Vegetation",
    "metric_srid_of",
]
