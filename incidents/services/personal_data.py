"""Personal data in the texts of a file: masked while rows are read, before anything of them is stored, and counted."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from analysis.sniffing.personal import MARKS, is_rut, mask_personal
from incidents.services.profile_settings import ADDRESS_FIELDS

# fields that are read as moments, numbers or shapes and never stored as they were written
NOT_TEXT = frozenset(
    {
        "date", "time", "until_date", "until_time", "x", "y", "coordinates", "footprint", "number", "place_class",
        "starts_at", "ends_at", "measured_on", "observed_on", "solved_on", "value", "n", "height_m", "azimuth_deg",
        "field_of_view_deg", "tilt_deg", "elevation_m", "sensor_width_mm", "focal_length_mm",
        "tele_field_of_view_deg", "pixels_wide", "pixels_high", "installed_on", "retired_on",
        "range_m", "capacity", "expected_attendance", "actual_attendance",
    }
    | set(ADDRESS_FIELDS)  # these have a masking of their own when they are kept, and are kept for a time only
)  # fmt: skip
IDENTIFIERS = frozenset({"record_id", "code", "unit", "sector"})
WITH_NAMES = frozenset({"label"})  # elsewhere streets, plazas and cameras are named after people


def mask_column(field: str, column: pa.Array, found: Counter[str]) -> pa.Array:
    """A column of texts with marks in the place of personal data; `found` is told how many cells held each kind.

    Of an identifier only a whole RUT is replaced: a part of it would make two records one.
    """
    if field in NOT_TEXT or column.null_count == len(column):
        return column
    encoded = column.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    masked = [_masked(field, word) for word in words]
    if not any(kinds for _text, kinds in masked):
        return column
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(column).to_pylist()}
    for word, (_text, kinds) in zip(words, masked, strict=True):
        for kind in kinds:
            found[kind] += counts[word]
    return pa.array([text for text, _kinds in masked], pa.string()).take(encoded.indices)


def mask_cell(field: str, text: str | None, found: Counter[str]) -> str | None:
    """One text with marks in the place of personal data; `found` is told what it held."""
    if text is None or field in NOT_TEXT:
        return text
    masked, kinds = _masked(field, text)
    found.update(kinds)
    return masked


@lru_cache(maxsize=50_000)
def _masked(field: str, word: str) -> tuple[str, tuple[str, ...]]:
    if field in IDENTIFIERS:
        return (MARKS["rut"], ("rut",)) if is_rut(word) else (word, ())
    text, kinds = mask_personal(word, names=field in WITH_NAMES)
    return text, tuple(kinds)
