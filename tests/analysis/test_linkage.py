"""The same event from two sources: laws, small cases, and precision and recall where the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NotFiniteError, ParameterError
from analysis.linkage import LinkParameters, propose_links
from tests.analysis.linkage_truth import precision_and_recall, records_of_events


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    """A year of a middling town: 9,000 events, some 13,000 records of four sources."""
    return records_of_events(events=9_000, days=365, seed=20_602)


def row(x: float, start: float, source: str, kind: str = "hurto") -> dict[str, object]:
    return {
        "x": x, "y": 0.0, "start": start, "end": start, "source": source, "type": kind, "group": "g", "scheme": "cead",
    }  # fmt: skip


def test_precision_and_recall_on_a_known_truth(records: pd.DataFrame) -> None:
    found = propose_links(records)
    precision, recall = precision_and_recall(records, found.pairs)
    assert precision >= 0.95
    assert recall >= 0.85


def test_scores_are_honest(records: pd.DataFrame) -> None:
    """Of the pairs with a score about p, about a share p is one event."""
    pairs = propose_links(records, parameters=LinkParameters(least_score=0.05)).pairs
    event = records["event"]
    right = event.loc[pairs["left"]].to_numpy() == event.loc[pairs["right"]].to_numpy()
    sure = pairs["score"].to_numpy() >= 0.9
    assert right[sure].mean() >= 0.95
    assert abs(right.mean() - pairs["score"].mean()) < 0.08


def test_records_of_chance_alone_give_almost_no_links(records: pd.DataFrame) -> None:
    lonely = records.groupby("event").head(1)
    found = propose_links(lonely)
    assert len(found.pairs) < 0.01 * len(lonely)


def test_the_order_of_rows_and_a_shift_of_the_map_change_nothing(records: pd.DataFrame) -> None:
    some = records[records["event"] < 1_500]
    turned = some.sample(frac=1.0, random_state=1).assign(
        x=lambda f: f["x"] + 650_000.0, start=lambda f: f["start"] + 1e6, end=lambda f: f["end"] + 1e6
    )
    first, second = (
        {(frozenset((one.left, one.right)), round(one.score, 6)) for one in propose_links(frame).pairs.itertuples()}
        for frame in (some, turned)
    )
    assert first == second


def test_one_source_is_never_linked_with_itself_and_a_record_has_one_partner_of_each_source() -> None:
    rows = [row(0, 0, "a"), row(1, 1, "a"), row(2, 2, "b"), row(3, 2, "b"), row(4, 3, "c")]
    found = propose_links(pd.DataFrame(rows), parameters=LinkParameters(least_score=0.01)).pairs
    sources = [one["source"] for one in rows]
    assert all(sources[one.left] != sources[one.right] for one in found.itertuples())
    partners = [(one.left, sources[one.right]) for one in found.itertuples()]
    partners += [(one.right, sources[one.left]) for one in found.itertuples()]
    assert len(partners) == len(set(partners))


def test_far_apart_in_place_or_time_is_never_compared() -> None:
    rows = [row(0, 0, "a"), row(301, 0, "b"), row(0, 121, "c")]
    assert propose_links(pd.DataFrame(rows)).compared == 0


def test_intervals_that_overlap_have_no_gap() -> None:
    long_one = row(0, 0, "a") | {"end": 90.0}
    [pair] = propose_links(
        pd.DataFrame([long_one, row(5, 60, "b")]), parameters=LinkParameters(least_score=0.01)
    ).pairs.itertuples()  # fmt: skip
    assert pair.gap_minutes == 0.0
    assert pair.distance_m == 5.0


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(NotFiniteError):
        propose_links(pd.DataFrame([row(np.nan, 0, "a")]))
    with pytest.raises(ParameterError):
        propose_links(pd.DataFrame([row(0, 5, "a") | {"end": 1.0}]))
    with pytest.raises(ParameterError):
        LinkParameters(least_score=1.0)
