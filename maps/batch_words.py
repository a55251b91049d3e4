"""An import batch in words: its counts, why rows were refused."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incidents.models import ImportBatch
from incidents.services.reasons import sentence

KINDS = {
    "rut": "RUT",
    "phone": _("telephones"),
    "email": _("e-mail addresses"),
    "plate": _("plates"),
    "name": _("names"),
}
CHANGES = {
    "label": _("word of the type"), "type": _("type"), "time": _("time"), "place": _("place"), "origin": _("origin"),
}  # fmt: skip


def batch_facts(batch: ImportBatch) -> dict[str, Any]:
    """Reasons with their counts, most frequent first; the refused rows; what the file changes; what was covered."""
    counts = batch.counts if isinstance(batch.counts, dict) else {}
    masked = counts.get("masked", {})
    return {
        "reasons": sorted(
            ((sentence(name), count) for name, count in counts.get("refused", {}).items()), key=lambda one: -one[1]
        ),
        "refused_file": _refused_address(batch, "refused_file"),
        "refused_sheet": _refused_address(batch, "refused_sheet"),
        "difference": _difference(batch, counts),
        "masked": [(title, masked[kind]) for kind, title in KINDS.items() if masked.get(kind)],
        "unmapped": sorted(counts.get("unmapped", {}).items(), key=lambda one: -one[1]),
        "also_in": _later_imports(batch),
        "can_undo": batch.state == "committed",
    }


def _difference(batch: ImportBatch, counts: dict[str, Any]) -> dict[str, Any] | None:
    """The file against what was there; None for tables that are not compared."""
    if "absent" not in counts:
        return None
    changes = [
        (row, record, ", ".join(str(CHANGES[what]) for what in fields)) for row, record, fields in counts["changes"]
    ]
    versions = counts.get("new_versions", 0)
    return {
        "new": batch.accepted - versions, "new_versions": versions, "absent": counts["absent"], "changes": changes,
    }  # fmt: skip


def _later_imports(batch: ImportBatch) -> list[ImportBatch]:
    """Imports of the same source after this one that met rows already there.

    Such rows stand because of this batch alone: an undo takes them away from those imports too.
    """
    same = ImportBatch.objects.for_commune(batch.commune).committed().filter(profile__source=batch.profile.source)
    return list(same.filter(pk__gt=batch.pk, repeated__gt=0).order_by("pk"))


def _refused_address(batch: ImportBatch, name: str) -> str:
    return reverse(f"incidents:{name}", args=[batch.pk]) if batch.refused_file else ""
