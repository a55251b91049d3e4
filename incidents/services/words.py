"""The few distinct words of a file's columns, each read once: dates, hours, types, origins become lookup tables.

A file of a million rows has some hundred dates and hours and a handful of types, so reading each distinct word in
Python and joining in SQL is both exact and fast.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from incidents.models import Nature, OffenceType, TimePrecision
from incidents.services.moments import ClockTime, read_date, read_time
from incidents.services.profile_settings import ProfileSettings
from incidents.services.staging import copy_in, copy_out, run
from incidents.services.taxonomies import UNMAPPED, offence_type

CHUNK = 50_000
WIDTHLESS = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
DATE_COLUMNS = {"word": "text", "day": "date", "seconds": "int", "precision": "text", "flag": "text", "reason": "text"}
TIME_COLUMNS = {"word": "text", "seconds": "int", "precision": "text", "flag": "text", "reason": "text"}
LABEL_COLUMNS = {"word": "text", "type_id": "bigint", "type_origin": "text", "reason": "text"}
WORDS_OF_COLUMN = "SELECT DISTINCT {column} AS word FROM {schema}.raw"
ALL_WORDS = "SELECT word FROM ({parts}) AS words WHERE word IS NOT NULL ORDER BY word"
ORIGIN_COLUMNS = {"word": "text", "origin": "text", "reason": "text"}


def read_words(schema: str, settings: ProfileSettings, fields: set[str]) -> None:
    """Fill the lookup tables `dates`, `times`, `labels`, `origins` of a staging schema from its `raw` table."""
    nothing = frozenset(settings.nothing)
    jobs: list[tuple[str, dict[str, str], list[str], Callable[[str], tuple[Any, ...]]]] = [
        ("dates", DATE_COLUMNS, ["date", "until_date"], lambda word: _date_row(word, settings)),
        ("times", TIME_COLUMNS, ["time", "until_time"], lambda word: _time_row(word, settings)),
        ("labels", LABEL_COLUMNS, ["label"], _label_reader(settings)),
        ("origins", ORIGIN_COLUMNS, ["origin"], lambda word: _origin_row(word, settings)),
    ]
    for table, columns, sources, reader in jobs:
        told = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        run(f"CREATE UNLOGGED TABLE {schema}.{table} ({told})")
        present = [name for name in sources if name in fields]
        if present:
            words = _distinct(schema, present)
        elif table == "labels" and settings.constant_label:
            words = [settings.constant_label]
        else:
            words = []
        if words:
            copy_in(f"{schema}.{table}", list(columns), _batches(words, columns, reader, nothing))
        run(f"ANALYZE {schema}.{table}")


def _distinct(schema: str, columns: list[str]) -> list[str]:
    parts = " UNION ".join(WORDS_OF_COLUMN.format(column=name, schema=schema) for name in columns)
    table = copy_out(ALL_WORDS.format(parts=parts), {"word": pa.string()})
    return [word or "" for word in table.column("word").to_pylist()]


def _batches(
    words: list[str], columns: dict[str, str], reader: Callable[[str], tuple[Any, ...]], nothing: frozenset[str]
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(words), CHUNK):
        read = [
            (word, *((None,) * (len(columns) - 1) if plain in nothing else reader(plain)))
            for word, plain in ((word, plain_word(word)) for word in words[start : start + CHUNK])
        ]
        arrays = [_texts(column) for column in zip(*read, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, names=list(columns))


def plain_word(word: str) -> str:
    """A word as it looks: one normal form, no signs without width, plain spaces."""
    return " ".join(WIDTHLESS.sub("", unicodedata.normalize("NFC", word)).split())


def _texts(values: tuple[Any, ...]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _date_row(word: str, settings: ProfileSettings) -> tuple[Any, ...]:
    read = read_date(word, settings.date_format)
    if read is None:
        return (None, None, None, None, "bad_date")
    day, clock = read
    if clock is None:
        return (day.isoformat(), None, TimePrecision.DAY, None, None)
    return (day.isoformat(), clock.seconds, _precision(clock, settings), clock.flag, None)


def _time_row(word: str, settings: ProfileSettings) -> tuple[Any, ...]:
    clock = read_time(word, settings.time_format)
    if clock is None:
        return (None, None, None, "bad_time")
    return (clock.seconds, _precision(clock, settings), clock.flag, None)


def _precision(clock: ClockTime, settings: ProfileSettings) -> str:
    """Written as 00:00 without other evidence, the hour is not known; 24:00 says that midnight is meant."""
    return TimePrecision.UNKNOWN if clock.seconds == 0 and settings.midnight_is_unknown else clock.precision


def _label_reader(settings: ProfileSettings) -> Callable[[str], tuple[Any, ...]]:
    wanted = set(settings.type_mapping.values())
    found = OffenceType.objects.filter(taxonomy__version__in={version for version, _code in wanted})
    types = {(one.taxonomy.version, one.code): one for one in found.select_related("taxonomy")}
    kept = offence_type(*UNMAPPED) if settings.unmapped == "keep" else None
    folded = {plain_word(label).casefold(): key for label, key in settings.type_mapping.items()}

    def read(word: str) -> tuple[Any, ...]:
        one = types.get(settings.type_mapping.get(word) or folded.get(word.casefold()) or ("", ""))
        one = one or kept
        if one is None:
            return (None, None, "unknown_label")
        if one.nature == Nature.NOT_INCIDENT:
            return (None, None, "not_an_incident")
        return (one.pk, settings.default_origin or one.default_origin, None)

    return read


def _origin_row(word: str, settings: ProfileSettings) -> tuple[Any, ...]:
    origin = settings.origin_mapping.get(word) or (word if word in {"reported", "discovered", "sensor"} else None)
    return (origin, None) if origin else (None, "unknown_origin")
