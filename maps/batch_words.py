"""An import batch in words: its counts, why rows were refused."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from incidents.models import ImportBatch
from incidents.services.reasons import sentence


def batch_facts(batch: ImportBatch) -> dict[str, Any]:
    """Reasons with their counts, most frequent first, and the address of the refused rows."""
    reasons = batch.counts.get("refused", {}) if isinstance(batch.counts, dict) else {}
    return {
        "reasons": sorted(((sentence(name), count) for name, count in reasons.items()), key=lambda one: -one[1]),
        "refused_file": _refused_file(batch),
        "also_in": _later_imports(batch),
        "can_undo": batch.state == "committed",
    }


def _later_imports(batch: ImportBatch) -> list[ImportBatch]:
    """Imports of the same source after this one that met rows already there.

    Such rows stand because of this batch alone: an undo takes them away from those imports too.
    """
    same = ImportBatch.objects.for_commune(batch.commune).committed().filter(profile__source=batch.profile.source)
    return list(same.filter(pk__gt=batch.pk, repeated__gt=0).order_by("pk"))


def _refused_file(batch: ImportBatch) -> str:
    try:
        return reverse("incidents:refused_file", args=[batch.pk]) if batch.refused_file else ""
    except NoReverseMatch:
        return ""
