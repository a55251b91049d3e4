"""What a run read, in short, kept with it: so that a repetition that differs can say which input changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis.digests import frame_digest, shape_digest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from shapely.geometry.base import BaseGeometry

    from sectors.models import ScoringRun
    from sectors.services.scoring_inputs import ScoreInputs

FRAMES: dict[str, _StrPromise] = {
    "incidents": gettext_lazy("incidents, their types and weights"),
    "events": gettext_lazy("mass events"),
    "factors": gettext_lazy("risk factors"),
    "readings": gettext_lazy("perception readings"),
}
NUMBERS: dict[str, _StrPromise] = {
    "residents": gettext_lazy("residents"),
    "ambient": gettext_lazy("people about by day"),
    "public_m2": gettext_lazy("m² of public ground"),
}


def inputs_told(inputs: ScoreInputs) -> dict[str, Any]:
    """Rows and digest of each frame, ground that cameras see, and per sector what has no history of its own: residents,
    people about by day, public ground."""
    told: dict[str, Any] = {name: _frame(getattr(inputs, name)) for name in FRAMES}
    told["covered"] = _shape(inputs.covered)
    told["sectors"] = {
        str(row.Index): {
            "residents": _number(row.residents), "ambient": _number(row.ambient),
        }
        | _public(row.geometry.intersection(inputs.ground))
        for row in inputs.sectors.itertuples()
    }  # fmt: skip
    return told


def changed_inputs(run: ScoringRun, repetition: ScoringRun) -> list[str]:
    """In words, each input that a repetition read otherwise than its run; empty where none is known to differ."""
    before, now = (one.parameters.get("inputs") for one in (run, repetition))
    if before is None or now is None:
        return [_("That run did not keep what it read.")]
    changed = [_rows_words(name, before[name], now[name]) for name in FRAMES if before[name] != now[name]]
    if before["covered"] != now["covered"]:
        changed.append(_change(_("m² of ground that cameras see"), before["covered"]["m2"], now["covered"]["m2"]))
    for code, here in sorted(before["sectors"].items()):
        changed += [_("Sector %(code)s: %(words)s") % {"code": code, "words": one}
                    for one in _sector_words(here, now["sectors"].get(code, {}))]  # fmt: skip
    if run.code_version != repetition.code_version:
        changed.append(_change(_("code"), run.code_version, repetition.code_version))
    return changed


def _sector_words(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    told = [_change(str(title), before[name], now.get(name)) for name, title in NUMBERS.items()
            if before[name] != now.get(name)]  # fmt: skip
    if before["public"] != now.get("public") and before["public_m2"] == now.get("public_m2"):
        told.append(_("public ground of the same size with another shape"))
    return told


def _rows_words(name: str, before: dict[str, Any], now: dict[str, Any]) -> str:
    title = str(FRAMES[name])
    if before["rows"] != now["rows"]:
        return _change(_("%(title)s (rows)") % {"title": title}, before["rows"], now["rows"])
    return _("%(title)s: as many rows (%(rows)s) with other content") % {
        "title": title, "rows": number_format(now["rows"])
    }  # fmt: skip


def _change(title: str, before: Any, now: Any) -> str:
    return _("%(title)s: %(before)s → %(now)s") % {"title": title, "before": _words(before), "now": _words(now)}


def _words(value: Any) -> str:
    if value is None:
        return _("not known")
    return value if isinstance(value, str) else number_format(round(value, 2), use_l10n=True)


def _frame(frame: Any) -> dict[str, Any]:
    return {"rows": len(frame), "digest": frame_digest(frame)}


def _shape(shape: BaseGeometry) -> dict[str, Any]:
    return {"m2": shape.area, "digest": shape_digest(shape)}


def _public(ground: BaseGeometry) -> dict[str, Any]:
    return {"public_m2": ground.area, "public": shape_digest(ground)}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
