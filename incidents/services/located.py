"""Which share of the incidents has a place: told wherever places are counted, with a warning where it is low.

A pattern in space speaks for the located alone. Below 85 % the hit rate of geocoding is known to distort crime maps
(Ratcliffe 2004, "Geocoding crime and a first estimate of a minimum acceptable hit rate", IJGIS 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

LEAST = 0.85


@dataclass(frozen=True)
class LocatedShare:
    """Incidents read, and those of them that have a place."""

    total: int
    placed: int

    @property
    def share(self) -> float:
        """The share with a place; 1 where there is nothing to place."""
        return self.placed / self.total if self.total else 1.0

    @property
    def low(self) -> bool:
        """True where places speak for too few."""
        return self.share < LEAST

    @property
    def sentence(self) -> str:
        """The share in words, as a percentage alone: counts have their own rules of who may see them."""
        share = number_format(round(100 * self.share, 1), 1)
        return _("%(share)s %% of the incidents read have a place.") % {"share": share}

    @property
    def warning(self) -> str:
        """What a low share means."""
        return _("Fewer than 85 of every 100 have a place: what is drawn and ranked leaves the others out.")


def located_share(rows: Any) -> LocatedShare:
    """The share of a queryset's incidents."""
    return LocatedShare(rows.count(), rows.placed().count())


def located_of_run(counts: Mapping[str, Any]) -> LocatedShare:
    """The share of the incidents that a hot-spot run would have searched; being without place is its last reason to
    leave one out before the search."""
    dropped = counts.get("dropped", {})
    placed = sum(
        int(one) for one in (counts.get("used", 0), dropped.get("outside_grid", 0), dropped.get("outside_mask", 0))
    )
    return LocatedShare(placed + int(dropped.get("unplaced", 0)), placed)
