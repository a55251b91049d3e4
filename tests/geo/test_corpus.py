"""The corpus of bad inputs through the decoder and the services of the ground floor: each file gets its right answer,

reads nothing of others, calls nobody, and is answered in time while the service goes on answering.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from geo.decoder import ROW_ERROR, ROW_NUMBER, decode_layer, decode_table, describe_table
from geo.decoder.reasons import FILE_REASONS, ROW_REASONS, row_reason
from geo.errors import RefusedFileError
from geo.services.layers import import_layer
from geo.services.terrain import add_surface
from tests.corpus import Case, cases_of, written

SECRET = "contenido-ajeno-7391"
LONGEST_S = 60.0
DOORS = ("layer", "table", "any")


@dataclass
class Outcome:
    """What became of one file."""

    code: str = ""
    message: str = ""
    rows: dict[int, str] = field(default_factory=dict)
    kept: int = 0
    notes: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    seconds: float = 0.0


@dataclass
class Outside:
    """A server on loopback that counts who calls it, and a web process that is asked for its health."""

    port: int
    calls: list[bytes]
    failed_probes: list[str]


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    told = Outside(server.getsockname()[1], [], [])
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _address = server.accept()
                told.calls.append(connection.recv(100))
                connection.close()

    def probe() -> None:
        client = Client()
        while not done.wait(1.0):
            response = client.get("/salud/viva/")
            if response.status_code != 200:
                told.failed_probes.append(str(response.status_code))

    threads = [threading.Thread(target=target) for target in (serve, probe)]
    for thread in threads:
        thread.start()
    yield told
    done.set()
    for thread in threads:
        thread.join()
    server.close()


@pytest.fixture(scope="module")
def answers(
    request: pytest.FixtureRequest, outside: Outside, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """Every file of this run on its way through the decoder's doors, two at a time."""
    folder = tmp_path_factory.mktemp("corpus")
    items: list[Any] = list(request.session.items)
    asked = {item.callspec.params["one"].id for item in items if _is_of_the_corpus(item)}
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {one.id: pool.submit(_answer, one, folder, outside.port) for one in cases_of(*DOORS) if one.id in asked}


def _is_of_the_corpus(item: Any) -> bool:
    return isinstance(getattr(getattr(item, "callspec", None), "params", {}).get("one"), Case)


def first_of_each_row() -> list[Any]:
    """One file of each row for every run of the tests; further files of a row wait for `make soak`."""
    found, rows = [], set()
    for one in cases_of(*DOORS):
        found.append(pytest.param(one, id=one.id, marks=[pytest.mark.soak] if one.row in rows else []))
        rows.add(one.row)
    return found


def _answer(one: Case, folder: Path, port: int) -> Outcome:
    path = written(one, folder, port=port)
    outcome = Outcome()
    started = time.monotonic()
    with translation.override("es"):
        try:
            (_through_table if one.door == "table" or path.suffix == ".xlsx" else _through_layer)(path, outcome)
        except RefusedFileError as error:
            outcome.code, outcome.message = str(error.extra["code"]), str(error)
    outcome.seconds = time.monotonic() - started
    return outcome


def _through_layer(path: Path, outcome: Outcome) -> None:
    decoded = decode_layer(path)
    errors = decoded.frame[ROW_ERROR]
    outcome.rows = dict(zip(decoded.frame[ROW_NUMBER][errors.notna()], errors[errors.notna()], strict=True))
    outcome.kept = int(errors.isna().sum())
    outcome.notes = decoded.notes
    outcome.texts = {str(value) for name in decoded.fields for value in decoded.frame[name]}


def _through_table(path: Path, outcome: Outcome) -> None:
    described = describe_table(path)
    dialect = described.dialect
    told = [f"delimiter {dialect.delimiter}", f"decimal {described.decimal}", f"encoding {dialect.encoding}"]
    outcome.notes = [*described.notes, *told]
    for batch in decode_table(path, dialect=dialect, columns=described.header):
        for row in batch.to_pylist():
            number, error = row.pop(ROW_NUMBER), row.pop(ROW_ERROR)
            if error is None:
                outcome.kept += 1
                outcome.texts |= set(row.values())
            else:
                outcome.rows[number] = error


def judge(one: Case, outcome: Outcome) -> None:
    """Compare what became of a file with the answer it must get."""
    answer = one.answer
    with translation.override("es"):
        reasons = {
            number: row_reason(code) if code.split(":")[0] in ROW_REASONS else code
            for number, code in answer.row_codes.items()
        }
    assert outcome.seconds < LONGEST_S
    assert SECRET not in " ".join([*outcome.texts, outcome.message, *outcome.notes])
    if one.door == "any":
        assert not outcome.code or outcome.code in FILE_REASONS
        return
    if answer.codes:
        assert outcome.code in answer.codes, outcome
        assert answer.message in outcome.message
        return
    assert outcome.code == "", outcome.message
    assert set(outcome.rows) == set(reasons), outcome.rows
    assert [number for number, reason in reasons.items() if reason not in outcome.rows[number]] == [], outcome.rows
    assert answer.kept in {None, outcome.kept}
    assert [note for note in answer.notes if not any(note in told for told in outcome.notes)] == [], outcome.notes
    assert set(answer.texts) <= outcome.texts


@pytest.mark.parametrize("one", first_of_each_row())
def test_the_decoder_gives_the_right_answer(one: Case, answers: dict[str, Future[Outcome]]) -> None:
    judge(one, answers[one.id].result())


def test_nobody_was_called_and_the_service_never_stopped(answers: dict[str, Future[Outcome]], outside: Outside) -> None:
    assert [one for one in answers.values() if one.result().seconds > LONGEST_S] == []
    assert outside.calls == []
    assert outside.failed_probes == []


@pytest.mark.django_db
@pytest.mark.parametrize("one", cases_of("units", "mended-units"), ids=lambda one: one.id)
def test_the_import_of_units_gives_the_right_answer(one: Case, commune: Any, tmp_path: Path) -> None:
    path = written(one, tmp_path)
    outcome = Outcome()
    started = time.monotonic()
    try:
        told = import_layer(
            commune=commune, path=path, file_name=path.name, target="unidad_vecinal", mapping={"code": "codigo"},
            source="corpus", repair=one.door == "mended-units",
        )  # fmt: skip
        outcome.kept, outcome.notes = told.accepted, told.notes
        outcome.rows = {refusal.row: refusal.reason for refusal in told.refusals}
    except RefusedFileError as error:
        outcome.code, outcome.message = str(error.extra["code"]), str(error)
    outcome.seconds = time.monotonic() - started
    judge(one, outcome)


@pytest.mark.django_db
@pytest.mark.parametrize("one", cases_of("terrain"), ids=lambda one: one.id)
def test_terrain_gives_the_right_answer(one: Case, commune: Any, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    path = written(one, tmp_path)
    outcome = Outcome()
    started = time.monotonic()
    try:
        told = add_surface(commune=commune, path=path, file_name=path.name, name="x", kind="dtm", source="corpus")
        outcome.notes = told.notes
    except RefusedFileError as error:
        outcome.code, outcome.message = str(error.extra["code"]), str(error)
    outcome.seconds = time.monotonic() - started
    judge(one, outcome)


def test_every_row_from_a_to_g_has_its_file() -> None:
    wanted = {f"{letter}{number}" for letter, count in zip("ABCDEFG", (12, 11, 9, 15, 7, 18, 15), strict=True)
              for number in range(1, count + 1)}  # fmt: skip
    assert wanted - {one.row for one in _all_cases()} == set()


def _all_cases() -> list[Case]:
    from tests.corpus import CASES

    cases_of()
    return CASES
