"""What happened in a demo: one object for machines, one table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.demo.manifest import Manifest

ROWS = ("read", "accepted", "repeated", "refused", "unplaced")


def as_object(manifest: Manifest, *, warm: bool) -> dict[str, Any]:
    """The demo's result with stable names: rows, proposals, recall, proposed_area_ratio, sectors, files, seconds."""
    return {
        "commune": manifest.fact("commune", "commune"),
        "seed": manifest.seed,
        "code_version": manifest.code_version,
        "first_day": manifest.fact("files", "first_day"),
        "last_day": manifest.last_day,
        "simulated": True,
        "warm": warm,
        "rows": {name: manifest.fact("incidents", name, 0) for name in ROWS},
        "proposals": manifest.fact("proposals", "proposals", 0),
        "recall": manifest.fact("truth", "recall"),
        "proposed_area_ratio": manifest.fact("truth", "proposed_area_ratio"),
        "sectors": manifest.fact("proposals", "sectors", 0),
        "files": manifest.fact("exports", "files", []),
        "seconds": manifest.seconds(),
    }


def as_table(manifest: Manifest) -> str:
    """The same for people: a line per thing that happened, and the seconds of each stage."""
    lines = list(_lines(manifest))
    width = max(len(label) for label, _value in lines)
    return "\n".join(f"  {label:<{width}}  {value}" for label, value in lines)


def _lines(manifest: Manifest) -> Iterator[tuple[str, str]]:
    fact = manifest.fact
    simulated = _("simulated data")
    yield _("Commune"), f"{fact('commune', 'commune')} ({simulated})"
    yield _("Days"), f"{fact('files', 'first_day')} – {manifest.last_day}"
    for name, label in (
        ("read", _("Rows read")),
        ("accepted", _("accepted")),
        ("repeated", _("repeated")),
        ("refused", pgettext("rows", "refused")),
        ("unplaced", _("of them without a place")),
    ):
        yield label, _number(fact("incidents", name, 0))
    yield _("Territory proposals"), _number(fact("proposals", "proposals", 0))
    yield _("accepted as sectors"), _number(fact("proposals", "sectors", 0))
    yield _("refused by the director"), _number(fact("proposals", "refused", 0))
    yield _("Planted hot spots found"), _ratio(fact("truth", "recall"))
    yield _("Share of the ground proposed"), _ratio(fact("truth", "proposed_area_ratio"))
    yield _("Focal territories (gaps)"), f"{fact('focal', 'territories', 0)} ({fact('focal', 'gaps', 0)})"
    yield _("Sectors scored"), _number(fact("score", "scored", 0))
    yield _("Strategies and indicators"), f"{fact('plan', 'strategies', 0)} / {fact('plan', 'indicators', 0)}"
    yield _("Files exported"), ", ".join(one["file"] for one in fact("exports", "files", []))
    seconds = manifest.seconds()
    told = ", ".join(f"{name} {floatformat(value, '1g')}" for name, value in seconds.items())
    yield _("Seconds"), f"{floatformat(sum(seconds.values()), '1g')} ({told})"


def _number(value: Any) -> str:
    return floatformat(value, "0g")


def _ratio(value: float | None) -> str:
    return _("no data") if value is None else f"{floatformat(100 * value, '1g')} %"
