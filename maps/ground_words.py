"""What the ground floor of a commune holds, counted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from access.models import AuditEvent
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

GROUND_TARGETS = ("manzana", "addresses", "streets", "buildings", "masks")  # what public space and masks follow from


def preparation(commune: Any) -> dict[str, Any]:
    """The newest release of snap points, and whether the ground must be prepared: never was, or layers came after."""
    release = SnapRelease.objects.for_commune(commune).latest_first().first()
    brought = AuditEvent.objects.for_commune(commune).filter(verb="geography.import", target__in=GROUND_TARGETS)
    newest = brought.aggregate(at=Max("at"))["at"]
    waits = release is None or (newest is not None and newest > release.created_at)
    return {"release": release, "waits": waits}


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
