"""C: GeoPackage and SQLite."""

from __future__ import annotations

import random
import sqlite3
import struct
from pathlib import Path

from tests.corpus import case, read, refused
from tests.corpus.parts import layer, square

LAYER, UNITS = "layer", "units"
ENDLESS = "CREATE VIEW trampa AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r"


def _good(folder: Path, name: str = "capa.gpkg") -> Path:
    path = folder / name
    layer().to_file(path, layer="capa", driver="GPKG")
    return path


def _with(folder: Path, *statements: str) -> Path:
    path = _good(folder)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def _announced(folder: Path, view: str) -> Path:
    """A view that is listed as a layer, as GDAL would read it."""
    return _with(
        folder,
        view,
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('trampa', 'attributes', 'trampa')",
    )


@case("C1", LAYER, refused("program_inside"))
def endless_view(folder: Path, _rng: random.Random) -> Path:
    return _announced(folder, ENDLESS)


@case("C2", LAYER, refused("program_inside"))
def hungry_view(folder: Path, _rng: random.Random) -> Path:
    return _announced(folder, "CREATE VIEW trampa AS SELECT randomblob(400000000) AS n")


@case("C3", LAYER, refused("program_inside"))
def view_that_reads_files(folder: Path, _rng: random.Random) -> Path:
    return _announced(folder, "CREATE VIEW trampa AS SELECT hex(readfile('/etc/passwd')) AS n")


@case("C3", LAYER, refused("program_inside"))
def view_that_loads_libraries(folder: Path, _rng: random.Random) -> Path:
    return _announced(folder, "CREATE VIEW trampa AS SELECT load_extension('x'), ogr_geocode('x') AS n")


@case("C3", LAYER, refused("program_inside"))
def virtual_table(folder: Path, _rng: random.Random) -> Path:
    path = _good(folder)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute(
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'ajena', 'ajena', 0, "
        "'CREATE VIRTUAL TABLE ajena USING VirtualOGR(''/etc/passwd'')')"
    )
    connection.commit()
    connection.close()
    return path


@case("C4", LAYER, refused("program_inside"))
def deleting_trigger(folder: Path, _rng: random.Random) -> Path:
    return _with(folder, "CREATE TRIGGER borra AFTER INSERT ON capa BEGIN DELETE FROM gpkg_contents; END")


@case("C5", LAYER, refused("broken_geopackage", "not_geopackage", "no_layers"))
def truncated(folder: Path, _rng: random.Random) -> Path:
    path = _good(folder)
    path.write_bytes(path.read_bytes()[:20_000])
    return path


@case("C5", "any", refused("broken_geopackage"))
def flipped_bytes(folder: Path, rng: random.Random) -> Path:
    path = _good(folder)
    raw = bytearray(path.read_bytes())
    for _count in range(300):
        raw[rng.randrange(100, len(raw))] ^= 1 << rng.randrange(8)
    path.write_bytes(bytes(raw))
    return path


@case("C6", LAYER, read(3))
def sidecars(folder: Path, rng: random.Random) -> Path:
    path = _good(folder)
    for suffix in ("-wal", "-journal", "-shm"):
        (folder / f"capa.gpkg{suffix}").write_bytes(rng.randbytes(4096))
    return path


@case("C7", UNITS, read(3))
def shape_that_names_another_system(folder: Path, _rng: random.Random) -> Path:
    return _with_blob(folder, lambda blob: blob[:4] + struct.pack("<i", 32719) + blob[8:])


@case("C7", UNITS, read(3))
def lying_envelope(folder: Path, _rng: random.Random) -> Path:
    return _with_blob(folder, lambda blob: blob[:8] + struct.pack("<4d", 0, 1, 0, 1) + blob[40:])


@case("C7", UNITS, read(2, {1: ""}))
def blob_that_is_no_shape(folder: Path, _rng: random.Random) -> Path:
    return _with_blob(folder, lambda blob: blob[:40] + b"\x01\x63\x00\x00\x00" + blob[45:])


@case("C8", LAYER, read(3))
def name_that_is_a_statement(folder: Path, _rng: random.Random) -> Path:
    name = '"; DROP TABLE x; --'
    quoted = name.replace('"', '""')
    tables = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents")
    return _with(
        folder,
        "DROP TABLE IF EXISTS gpkg_extensions",
        *[f"DROP TRIGGER {trigger}" for trigger in _triggers(folder)],
        f'ALTER TABLE capa RENAME TO "{quoted}"',
        *[f"UPDATE {table} SET table_name = '{name}' WHERE table_name = 'capa'" for table in tables],
    )


def _triggers(folder: Path) -> list[str]:
    """Names of the triggers that look at the layer; read from a good file of the same making."""
    place = folder / "triggers"
    place.mkdir()
    connection = sqlite3.connect(_good(place))
    found = [f'"{name}"' for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    connection.close()
    return found


@case("C8", LAYER, refused("too_many_columns"))
def three_hundred_columns(folder: Path, _rng: random.Random) -> Path:
    path = folder / "capa.gpkg"
    layer(**{f"c{number}": [1, 2, 3] for number in range(300)}).to_file(path, layer="capa", driver="GPKG")
    return path


@case("C9", LAYER, refused("not_geopackage"))
def plain_sqlite(folder: Path, _rng: random.Random) -> Path:
    path = folder / "capa.gpkg"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE capa (codigo TEXT)")
    connection.commit()
    connection.close()
    return path


def _with_blob(folder: Path, change: object) -> Path:
    """The first shape's bytes changed; triggers that would look at them are taken away."""
    path = _good(folder)
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    (blob,) = connection.execute("SELECT geom FROM capa WHERE fid = 1").fetchone()
    connection.execute("UPDATE capa SET geom = ? WHERE fid = 1", [change(blob)])  # type: ignore[operator]
    connection.commit()
    connection.close()
    assert square()
    return path
