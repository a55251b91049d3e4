"""What the ground floor of a commune holds, counted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from geo.models import (
    AddressPoint,
    Building,
    MaskArea,
    Place,
    PublicSpace,
    SnapRelease,
    StreetSegment,
    TerrainSurface,
    TerritorialUnit,
    UnitKind,
)


def ground_counts(commune: Any) -> list[dict[str, Any]]:
    """One line for each kind of thing: its words and how many there are."""
    units = TerritorialUnit.objects.for_commune(commune).in_force().order_by().values("kind").annotate(n=Count("pk"))
    per_kind = {row["kind"]: row["n"] for row in units}
    lines = [{"title": label, "n": per_kind.get(kind, 0)} for kind, label in UnitKind.choices]
    others = [
        (_("Streets"), StreetSegment), (_("Addresses"), AddressPoint), (_("Places"), Place), (_("Buildings"), Building),
        (_("Water, wetlands, forest"), MaskArea), (_("Public space"), PublicSpace), (_("Terrain"), TerrainSurface),
        (_("Releases of snap points"), SnapRelease),
    ]  # fmt: skip
    return lines + [{"title": title, "n": model.objects.for_commune(commune).count()} for title, model in others]
