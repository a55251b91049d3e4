"""Classes of the cells in which a map counts incidents: limits taken from the counts of the period, for each
width of cell.

Fixed limits would put nearly all cells into one class as soon as the period or the zoom changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from access.permissions import allows
from incidents.models import Incident, MaskedIncident
from incidents.services.masking import masked_reader
from maps.layers import CELLS
from maps.periods import Period

FEW = 5  # counts below this are withheld from roles that read the masked table
SHARES = (0.35, 0.6, 0.8, 0.93)  # of the cells that hold something, below each limit
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
Counts = np.ndarray


def cell_classes(*, commune: Any, role: str | None, period: Period) -> dict[str, Any]:
    """For each zoom of the tiles the four limits of the five classes; how many incidents there are."""
    exact = allows(role, "incidents.view_exact")
    cells = _exact(commune, period) if exact else _masked(commune, period)
    fewest = 1 if exact else FEW
    total = int(cells[:, 2].sum())
    return {
        "classes": {str(zoom): limits(_counts_at(cells, zoom), fewest=fewest) for zoom in _zooms()},
        "n": total if total >= fewest else None,
    }


def limits(counts: Counts, *, fewest: int) -> list[int]:
    """Four rising limits near the shares of the cells, in figures that are easy to read; the first keeps the withheld
    counts apart."""
    told = counts[counts >= fewest]
    wanted = np.quantile(told, SHARES) if told.size else np.array([])
    found = [fewest] if fewest > 1 else []
    for one in wanted[len(found) :] if wanted.size else []:
        found.append(_easy(max(one, _least_after(found))))
    while len(found) < len(SHARES):
        found.append(_easy(_least_after(found) + (found[-1] if found else 0)))
    return found


def _least_after(found: list[int]) -> int:
    return found[-1] + 1 if found else 2


def _easy(value: float) -> int:
    """The smallest easy figure that is not below a value."""
    power = 10 ** int(np.floor(np.log10(value)))
    candidates = [round(step * power) for step in (*STEPS, 10) if step * power >= value and step * power % 1 == 0]
    return candidates[0] if candidates else 10 * power


def _zooms() -> range:
    return range(int(CELLS["coarsest"]), int(CELLS["atZoom"]) + 1)


def _counts_at(cells: Counts, zoom: int) -> Counts:
    """Counts of the cells at a zoom: each zoom outwards joins four cells into one."""
    joined = cells[:, :2] // 2 ** (int(CELLS["atZoom"]) - zoom)
    _corners, place = np.unique(joined, axis=0, return_inverse=True)
    return np.bincount(place.reshape(-1), weights=cells[:, 2]).astype(np.int64)


def _exact(commune: Any, period: Period) -> Counts:
    rows = Incident.objects.for_commune(commune).current().counted_once()
    return _cells(rows.between(period.first, period.last, timezone=commune.timezone), commune)


def _masked(commune: Any, period: Period) -> Counts:
    with masked_reader():
        rows = MaskedIncident.objects.for_commune(commune).current().counted_once()
        return _cells(rows.in_weeks(period.first, period.last), commune)


def _cells(rows: Any, commune: Any) -> Counts:
    counted = list(rows.counted_in_cells(CELLS["sideM"], commune.metric_srid))
    return np.array(counted, dtype=np.int64).reshape(-1, 3)
