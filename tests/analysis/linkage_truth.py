"""Events of a town and the records that four sources make of them, with the truth of which records are one event."""

from __future__ import annotations

import numpy as np
import pandas as pd

GROUPS = {"hurto": "propiedad", "robo": "propiedad", "rina": "convivencia", "ruidos": "convivencia", "vif": "violencia"}
TYPES = list(GROUPS)
# source: share of events it sees, metres off, minutes late (mean), share of other type, its own list of types
SOURCES = {
    "llamadas": (0.70, 40.0, 4.0, 0.15, False),
    "app": (0.25, 20.0, 6.0, 0.25, True),
    "camaras": (0.15, 15.0, 2.0, 0.15, False),
    "denuncias": (0.35, 50.0, 20.0, 0.10, False),
}


def records_of_events(*, events: int, days: int, seed: int, town_m: float = 6_000.0) -> pd.DataFrame:
    """Records (x, y, start, end, source, type, group, scheme, event); a third of the events crowd in hot spots."""
    draw = np.random.default_rng(seed)
    centres = draw.uniform(0, town_m, (12, 2))
    spot = draw.integers(0, 12, events)
    crowded = draw.random(events) < 0.35
    places = np.where(
        crowded[:, None], centres[spot] + draw.normal(0, 120, (events, 2)), draw.uniform(0, town_m, (events, 2))
    )
    hour = draw.choice(24, events, p=_rhythm())
    minute = draw.integers(0, days, events) * 1440 + hour * 60 + draw.uniform(0, 60, events)
    kind = draw.choice(len(TYPES), events, p=[0.3, 0.2, 0.15, 0.25, 0.1])
    parts = []
    for source, (share, off_m, late, other, own) in SOURCES.items():
        seen = np.flatnonzero(draw.random(events) < share)
        told = np.where(draw.random(len(seen)) < other, draw.integers(0, len(TYPES), len(seen)), kind[seen])
        start = minute[seen] + draw.exponential(late, len(seen)) - late / 3
        names = [TYPES[one] for one in told]
        parts.append(
            pd.DataFrame(
                {
                    "x": places[seen, 0] + draw.normal(0, off_m, len(seen)),
                    "y": places[seen, 1] + draw.normal(0, off_m, len(seen)),
                    "start": start,
                    "end": start,
                    "source": source,
                    "type": names,
                    "group": [GROUPS[one] for one in names],
                    "scheme": "app" if own else "cead",
                    "event": seen,
                }
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole.sample(frac=1.0, random_state=seed).reset_index(drop=True)


def precision_and_recall(records: pd.DataFrame, pairs: pd.DataFrame) -> tuple[float, float]:
    """Of the proposed pairs, the share that is one event; of the true pairs of two sources, the share proposed."""
    event = records["event"]
    right = (event.loc[pairs["left"]].to_numpy() == event.loc[pairs["right"]].to_numpy()).sum()
    sizes = records.groupby("event").size()
    true_pairs = int((sizes * (sizes - 1) / 2).sum())
    return float(right / max(len(pairs), 1)), float(right / max(true_pairs, 1))


def _rhythm() -> np.ndarray:
    weights = 1.0 + 0.8 * np.sin((np.arange(24) - 14) / 24 * 2 * np.pi)
    return weights / weights.sum()
