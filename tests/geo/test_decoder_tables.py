"""Text tables: dialects, bounds, and refusals by name."""

from __future__ import annotations

import gzip
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from geo.decoder import ROW_ERROR, ROW_NUMBER, Dialect, TooLargeFileError, decode_table, describe_table
from geo.decoder import process as process_module
from geo.decoder import tables as tables_module
from geo.decoder.limits import Caps, Limits
from geo.errors import RefusedFileError


def write(folder: Path, content: str | bytes, name: str = "datos.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def rows(path: Path, columns: list[str], **dialect: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for batch in decode_table(path, dialect=Dialect(**dialect), columns=columns):
        found += batch.to_pylist()
    return found


def refusal(path: Path, columns: list[str] | None = None, **dialect: Any) -> RefusedFileError:
    with pytest.raises(RefusedFileError) as caught:
        rows(path, columns or ["a"], **dialect)
    assert path.name in str(caught.value)
    return caught.value


def code(path: Path, columns: list[str] | None = None, **dialect: Any) -> str:
    return str(refusal(path, columns, **dialect).extra["code"])


def test_only_named_columns_leave_the_child(tmp_path: Path) -> None:
    path = write(tmp_path, "id,rut,a\n1,11.111.111-1,x\n")
    assert rows(path, ["a"]) == [{ROW_NUMBER: 2, ROW_ERROR: None, "a": "x"}]


def test_columns_come_in_the_order_asked(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n")
    assert list(rows(path, ["b", "a"])[0]) == [ROW_NUMBER, ROW_ERROR, "b", "a"]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("cp1252", "\t", "\n"),
        ("utf-8", "|", "\n"),
    ],
)
def test_dialects_are_guessed_and_read(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    lines = [["comuna", "año", "valor"], ["Ñuñoa", "2024", "1"], ["Peñalolén", "2025", "2"]]
    path = write(tmp_path, end.join(delimiter.join(line) for line in lines) + end, encoding=encoding)
    described = describe_table(path)
    assert (described.dialect.delimiter, described.dialect.encoding) == (delimiter, encoding)
    assert described.header == ["comuna", "año", "valor"]
    found = list(decode_table(path, dialect=described.dialect, columns=["comuna", "año"]))
    assert found[0].column("comuna").to_pylist() == ["Ñuñoa", "Peñalolén"]


def test_decimal_comma_is_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "lat;lng\n-39,81;-73,24\n-39,82;-73,25\n")
    assert describe_table(path).decimal == ","


def test_a_table_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "1;-39.8;x\n2;-39.9;y\n")
    described = describe_table(path)
    assert not described.dialect.has_header
    assert described.header == ["columna_1", "columna_2", "columna_3"]
    found = rows(path, ["columna_3"], delimiter=";", has_header=False)
    assert [(row[ROW_NUMBER], row["columna_3"]) for row in found] == [(1, "x"), (2, "y")]


def test_gzip_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n1\n", name="datos.csv.gz")
    assert describe_table(path).header == ["a"]
    assert rows(path, ["a"])[0]["a"] == "1"


def test_ragged_rows_are_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    found = rows(write(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n"), ["a"])
    assert [row["a"] for row in found] == ["1", None, None, "7"]
    assert [bool(row[ROW_ERROR]) for row in found] == [False, True, True, False]
    assert "1" in found[1][ROW_ERROR]
    assert "2" in found[1][ROW_ERROR]


def test_a_nul_spoils_its_own_row_only(tmp_path: Path) -> None:
    found = rows(write(tmp_path, b"a,b\n1,2\n3,\x004\n5,6\n"), ["a", "b"])
    assert [row["a"] for row in found] == ["1", None, "5"]
    assert found[1][ROW_ERROR]


def test_rows_are_numbered_as_a_spreadsheet_counts(tmp_path: Path) -> None:
    found = rows(write(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n'), ["a"])
    assert [row[ROW_NUMBER] for row in found] == [2, 4]


def test_cells_are_verbatim(tmp_path: Path) -> None:
    found = rows(write(tmp_path, 'a,b\n"=HYPERLINK(""x"")",  x \n'), ["a", "b"])
    assert (found[0]["a"], found[0]["b"]) == ('=HYPERLINK("x")', "  x ")


def test_an_unclosed_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'a,b\n1,2\n3,"never\nclosed,5\n')
    refused = refusal(path)
    assert refused.extra["code"] == "unclosed_quote"
    assert "3" in str(refused)


def test_a_cell_of_200_000_characters_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n3," + "x" * 200_000 + "\n")
    refused = refusal(path)
    assert refused.extra["code"] == "field_too_long"
    assert "3" in str(refused)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    assert code(write(tmp_path, "a\n" + "x" * 3_000_000)) == "line_too_long"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,a\n1,2\n", "header_repeated"),
        (b"a,,c\n1,2,3\n", "header_empty"),
        (",".join(f"c{n}" for n in range(5000)).encode() + b"\n", "too_many_columns"),
        (b"b,c\n1,2\n", "column_missing"),
        ("a\nÑuñoa\n".encode() + "Peñalolén\n".encode("cp1252"), "encoding_mixed"),
        (b"\xd0\xcf\x11\xe0rest", "not_a_table"),
        (b"PK\x03\x04rest", "not_a_table"),
    ],
)
def test_broken_tables_are_refused_by_name(tmp_path: Path, content: bytes, expected: str) -> None:
    assert code(write(tmp_path, content)) == expected


def test_another_extension_is_refused(tmp_path: Path) -> None:
    assert code(write(tmp_path, "a\n1\n", name="datos.pdf")) == "extension"


def test_a_compressed_bomb_is_refused_as_too_large(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b\n" + b"1,1\n" * 3_000_000, name="bomba.csv.gz")
    with pytest.raises(TooLargeFileError):
        rows(path, ["a"])


@pytest.mark.parametrize("keep", [12, 60, 200])
def test_a_cut_gzip_is_refused(tmp_path: Path, keep: int) -> None:
    path = write(tmp_path, "a\n" + "".join(f"{n * 7919 % 10007}\n" for n in range(2000)), name="datos.csv.gz")
    path.write_bytes(path.read_bytes()[:keep])
    assert code(path) == "gzip_broken"


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "TABLE_CAPS", Caps(most_bytes=10_000_000, most_rows=100, batch_rows=10))
    with pytest.raises(TooLargeFileError):
        rows(write(tmp_path, "a\n" + "1\n" * 200), ["a"])


def test_batches_are_streamed(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n" + "1\n" * 45_000)
    sizes = [batch.num_rows for batch in decode_table(path, dialect=Dialect(), columns=["a"])]
    assert sizes == [20_000, 20_000, 5_000]


def test_leaving_early_ends_the_child_and_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = write(tmp_path, "a\n" + "1\n" * 500_000)
    stream = decode_table(path, dialect=Dialect(), columns=["a"])
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert [entry.name for entry in tmp_path.iterdir()] == ["datos.csv"]


def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv("DATABASE_URL", "x")
    environment = process_module.clean_environment(tmp_path, "GPKG")
    assert not {"DATABASE_URL", "SECRET_KEY", "PYTHONPATH"} & set(environment)


def test_a_child_past_its_processor_time_is_a_named_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "table_limits", lambda path: Limits(memory_bytes=2 * 1024**3, cpu_s=1))
    path = write(tmp_path, "a,b,c,d,e,f\n" + "1,2,3,4,5,6\n" * 4_900_000)
    assert code(path) == "time"


def test_a_child_out_of_memory_is_a_named_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "table_limits", lambda path: Limits(memory_bytes=1_000_000, cpu_s=10))
    assert code(write(tmp_path, "a\n" + "1\n" * 100_000)) in {"memory", "died", "output"}


def test_a_killed_child_is_a_named_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[process_module.Child] = []
    original = process_module.Child.__init__

    def remember(self: process_module.Child, *arguments: Any) -> None:
        original(self, *arguments)
        children.append(self)

    monkeypatch.setattr(process_module.Child, "__init__", remember)
    path = write(tmp_path, "a\n" + "1\n" * 900_000)
    stream = decode_table(path, dialect=Dialect(), columns=["a"])
    next(stream)
    os.kill(children[0]._process.pid, signal.SIGKILL)
    with pytest.raises(RefusedFileError) as caught:
        list(stream)
    assert caught.value.extra["code"] == "died"


def test_time_the_parent_takes_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "table_limits", lambda path: Limits(memory_bytes=2 * 1024**3, cpu_s=3))
    path = write(tmp_path, "a\n" + "1\n" * 100_000)
    count = 0
    for batch in decode_table(path, dialect=Dialect(), columns=["a"]):
        time.sleep(0.2)
        count += batch.num_rows
    assert count == 100_000


@pytest.mark.real_data
def test_buenos_aires_is_read_whole(real_data: Any) -> None:
    path = real_data("incidents/buenos_aires_2016_2017/delitos_2016_2017.csv.gz")
    described = describe_table(path)
    assert described.dialect == Dialect()
    zeros = count = 0
    for batch in decode_table(path, dialect=described.dialect, columns=["latitud", "longitud"]):
        count += batch.num_rows
        assert batch.column(ROW_ERROR).null_count == batch.num_rows
        zeros += sum(float(value) == 0 for value in batch.column("latitud").to_pylist())
    assert (count, zeros) == (238_188, 743)


def test_title_rows_above_the_headings_are_skipped_wherever_they_end(tmp_path: Path) -> None:
    for titles in ("", "MUNICIPALIDAD;;\n", "MUNICIPALIDAD\n;;\nBitácora;noviembre;\n"):
        path = write(tmp_path, f"{titles}folio;fecha;tipo\n1;03-11-2026;Riña\n;;\n2;04-11-2026;Hurto\n")
        described = describe_table(path)
        assert (described.header, described.first_rows[0][2]) == (["folio", "fecha", "tipo"], "Riña")
        found = rows(path, ["tipo"], delimiter=";")
        assert [row["tipo"] for row in found] == ["Riña", "Hurto"]
        assert found[0][ROW_NUMBER] == described.header_row + 1
