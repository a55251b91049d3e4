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
        "can_undo": batch.state == "committed" and batch.profile.kind == "incidents",
    }


def _refused_file(batch: ImportBatch) -> str:
    try:
        return reverse("incidents:refused_file", args=[batch.pk]) if batch.refused_file else ""
    except NoReverseMatch:
        return ""
