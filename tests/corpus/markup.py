"""E: KML and XML."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

from tests.corpus import case, read, refused
from tests.corpus.parts import SOUTH, WEST

LAYER = "layer"
MARK = f"<Placemark><name>Uno</name><Point><coordinates>{WEST},{SOUTH},0</coordinates></Point></Placemark>"


def _kml(folder: Path, body: str, *, before: str = "", name: str = "capa.kml") -> Path:
    text = f'<?xml version="1.0"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@case("E1", LAYER, refused("entities"))
def external_entity(folder: Path, _rng: random.Random) -> Path:
    doctype = '<!DOCTYPE kml [<!ENTITY ajena SYSTEM "file:///etc/passwd">]>'
    return _kml(folder, MARK.replace("Uno", "&ajena;"), before=doctype)


@case("E2", LAYER, refused("entities"))
def billion_laughs(folder: Path, _rng: random.Random) -> Path:
    entities = '<!ENTITY a0 "ja">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return _kml(folder, MARK.replace("Uno", "&a9;"), before=f"<!DOCTYPE kml [{entities}]>")


@case("E3", LAYER, read(1, notes=("NetworkLink", "GroundOverlay", "Tour")))
def links_and_tours(folder: Path, _rng: random.Random) -> Path:
    link = "<Link><href>http://127.0.0.1:{port}/x.kml</href></Link>"
    others = f"<NetworkLink>{link}</NetworkLink><GroundOverlay><Icon><href>http://127.0.0.1:{{port}}/i</href></Icon>"
    return _kml(folder, f"{MARK}{others}</GroundOverlay><gx:Tour xmlns:gx='x'><name>t</name></gx:Tour>")


@case("E4", LAYER, read(1, texts=("<script>alert(1)</script>",)))
def script_in_description(folder: Path, _rng: random.Random) -> Path:
    text = "<description><![CDATA[<script>alert(1)</script>]]></description>"
    return _kml(folder, MARK.replace("<Point>", f"{text}<Point>"))


@case("E5", LAYER, refused("zip_path"))
def kmz_that_climbs(folder: Path, _rng: random.Random) -> Path:
    return _kmz(folder, {"../../doc.kml": b"x"})


@case("E5", LAYER, read(1, notes=("icono",)))
def kmz_with_a_huge_icon(folder: Path, _rng: random.Random) -> Path:
    return _kmz(folder, {"files/icono.png": b"\0" * 20_000_000})


@case("E6", LAYER, refused("too_deep"))
def nested_folders(folder: Path, _rng: random.Random) -> Path:
    return _kml(folder, "<Folder>" * 60_000 + MARK + "</Folder>" * 60_000)


@case("E7", LAYER, refused("extension"))
def gml(folder: Path, _rng: random.Random) -> Path:
    text = '<gml:FeatureCollection xmlns:gml="x" schemaLocation="x http://127.0.0.1:{port}/x.xsd"/>'
    (folder / "capa.gml").write_text(text)
    return folder / "capa.gml"


@case("E7", LAYER, refused("not_kml"))
def gml_called_kml(folder: Path, _rng: random.Random) -> Path:
    text = '<gml:FeatureCollection xmlns:gml="x" schemaLocation="x http://127.0.0.1:{port}/x.xsd"/>'
    (folder / "capa.kml").write_text(text)
    return folder / "capa.kml"


def _kmz(folder: Path, others: dict[str, bytes]) -> Path:
    path = folder / "capa.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", _kml(folder, MARK).read_bytes())
        for name, content in others.items():
            archive.writestr(name, content)
    return path
