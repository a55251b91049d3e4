from __future__ import annotations

import datetime
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.canonical import canonical_json
from analysis.errors import NotCanonicalError

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_keys_are_sorted_and_there_are_no_spaces():
    assert canonical_json({"b": 1, "a": [1, 2.5]}) == '{"a":[1,2.5],"b":1}'


def test_floats_keep_twelve_significant_digits():
    assert canonical_json(0.1 + 0.2) == "0.3"
    assert canonical_json(123456.7890123456) == "123456.789012"


def test_minus_zero_is_zero():
    assert canonical_json(-0.0) == "0.0"


def test_numpy_values_are_like_their_python_twins():
    value = {"n": np.int64(3), "z": np.array([[1.0, 2.0]]), "hot": np.bool_(True)}
    assert canonical_json(value) == '{"hot":true,"n":3,"z":[[1.0,2.0]]}'


def test_dates_are_iso():
    assert canonical_json([datetime.date(2026, 3, 1)]) == '["2026-03-01"]'


def test_letters_stay_letters():
    assert canonical_json("Ñuñoa") == '"Ñuñoa"'


@pytest.mark.parametrize("value", [math.nan, math.inf, np.array([1.0, np.nan]), {1: 2}, {"a": {1}}, object()])
def test_what_has_no_canonical_form_is_refused_by_name(value):
    with pytest.raises(NotCanonicalError):
        canonical_json(value)


@given(plain)
def test_writing_what_was_read_changes_nothing(value):
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_of_keys_does_not_matter(value):
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)
