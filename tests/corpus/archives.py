"""A: archives."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path

from tests.corpus import case, read, refused
from tests.corpus.parts import deflated, hand_made_zip, shapefile_parts, with_entry, zipped, zipped_layer
from tests.corpus.parts import layer as good_layer

LAYER = "layer"


@case("A1", LAYER, refused("zip_path"))
def upwards(folder: Path, _rng: random.Random) -> Path:
    return with_entry(folder, "../../x.shp")


@case("A2", LAYER, refused("zip_path"))
def absolute(folder: Path, _rng: random.Random) -> Path:
    return with_entry(folder, "/etc/x.shp")


@case("A2", LAYER, refused("zip_path"))
def drive_letter(folder: Path, _rng: random.Random) -> Path:
    return with_entry(folder, "C:x.shp")


@case("A2", LAYER, refused("zip_path"))
def backslashes(folder: Path, _rng: random.Random) -> Path:
    return with_entry(folder, "..\\x.shp")


@case("A2", LAYER, refused("zip_path"))
def nul_in_name(folder: Path, _rng: random.Random) -> Path:
    path = with_entry(folder, "veneno_shp.txt")
    path.write_bytes(path.read_bytes().replace(b"veneno_shp", b"veneno\0shp"))
    return path


@case("A3", LAYER, refused("zip_link"))
def symbolic_link(folder: Path, _rng: random.Random) -> Path:
    entry = zipfile.ZipInfo("enlace.shp")
    entry.external_attr = 0o120777 << 16
    return with_entry(folder, entry, b"/etc/passwd")


@case("A4", LAYER, refused("zip_bomb", "zip_bytes"))
def identical_lines(folder: Path, _rng: random.Random) -> Path:
    parts = shapefile_parts(folder, good_layer())
    parts[".dbf"] = b"1;robo;-39.8\n" * 1_000_000
    return zipped(folder, {f"capa{suffix}": content for suffix, content in parts.items()})


@case("A5", LAYER, refused("zip_overlap"))
def overlapping_entries(folder: Path, _rng: random.Random) -> Path:
    content = deflated(b"\0" * 10_000_000)
    entries = [(b"capa%03d.shp" % number, 0) for number in range(150)]
    (folder / "capa.zip").write_bytes(hand_made_zip(entries, {0: content}, {0: 10_000_000}))
    return folder / "capa.zip"


@case("A6", LAYER, refused("zip_nested"))
def zip_in_zip_in_zip(folder: Path, _rng: random.Random) -> Path:
    inner = zipped(folder, {"capa.zip": zipped_layer(folder).read_bytes()}, "dentro.zip").read_bytes()
    return zipped(folder, {"capa.zip": inner}, "fuera.zip")


@case("A6", LAYER, refused("zip_nested"))
def zip_called_shp(folder: Path, _rng: random.Random) -> Path:
    inner = zipped_layer(folder).read_bytes()
    return zipped(folder, {"capa.shp": inner, "capa.shx": b"x", "capa.dbf": b"x"}, "fuera.zip")


@case("A7", LAYER, refused("zip_entries", "zip_broken"))
def hundred_thousand_entries(folder: Path, _rng: random.Random) -> Path:
    path = folder / "capa.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("vacio", b"")
        first = archive.infolist()[0]
        archive.filelist = [first] * 100_000
    return path


@case("A8", LAYER, refused("zip_twins"))
def same_name_by_case(folder: Path, _rng: random.Random) -> Path:
    return with_entry(folder, "CAPA.SHP")


@case("A8", LAYER, refused("zip_twins"))
def same_name_by_normal_form(folder: Path, _rng: random.Random) -> Path:
    return zipped(folder, {"Ñuñoa.shp": b"x", "N\u0303un\u0303oa.shp": b"x"})


@case("A9", LAYER, refused("zip_encrypted"))
def encrypted_entry(folder: Path, _rng: random.Random) -> Path:
    return _with_header(zipped_layer(folder), local=(6, b"\x01\x00"), central=(8, b"\x01\x00"))


@case("A9", LAYER, refused("zip_method"))
def unknown_method(folder: Path, _rng: random.Random) -> Path:
    return _with_header(zipped_layer(folder), local=(8, b"\x63\x00"), central=(10, b"\x63\x00"))


@case("A9", LAYER, refused("zip_broken"))
def wrong_checksum(folder: Path, _rng: random.Random) -> Path:
    return _with_header(zipped_layer(folder), local=(14, b"\x01\x02\x03\x04"), central=(16, b"\x01\x02\x03\x04"))


@case("A9", LAYER, refused("zip_broken"))
def truncated_directory(folder: Path, _rng: random.Random) -> Path:
    path = zipped_layer(folder)
    path.write_bytes(path.read_bytes()[:-40])
    return path


@case("A10", LAYER, refused("zip_bomb", "zip_broken"))
def lying_header(folder: Path, _rng: random.Random) -> Path:
    content = deflated(b"\0" * 12_000_000)
    names = [b"capa.shp", b"capa.shx", b"capa.dbf"]
    step = len(content) + 100
    data = {number * step: content for number in range(3)}
    entries = [(name, number * step) for number, name in enumerate(names)]
    (folder / "capa.zip").write_bytes(hand_made_zip(entries, data, dict.fromkeys(data, 1024)))
    return folder / "capa.zip"


@case("A11", LAYER, refused("not_zip"))
def polyglot(folder: Path, _rng: random.Random) -> Path:
    path = zipped_layer(folder)
    path.write_bytes(b"%PDF-1.4\n<html></html>\n" + path.read_bytes())
    return path


@case("A11", LAYER, refused("zip_overlap", "zip_broken"))
def polyglot_behind_the_magic(folder: Path, _rng: random.Random) -> Path:
    path = zipped_layer(folder)
    path.write_bytes(b"PK\x03\x04" + b"<html>" * 20 + path.read_bytes())
    return path


@case("A12", LAYER, read(3, notes=("__MACOSX",)))
def litter(folder: Path, _rng: random.Random) -> Path:
    path = zipped_layer(folder)
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("__MACOSX/._capa.shp", ".DS_Store", "Thumbs.db"):
            archive.writestr(name, b"x")
    return path


def _with_header(path: Path, *, local: tuple[int, bytes], central: tuple[int, bytes]) -> Path:
    """Overwrite bytes of the first entry's two headers."""
    raw = bytearray(path.read_bytes())
    start = struct.unpack("<L", raw[-6:-2])[0]
    for base, (offset, content) in ((0, local), (start, central)):
        raw[base + offset : base + offset + len(content)] = content
    path.write_bytes(bytes(raw))
    return path
