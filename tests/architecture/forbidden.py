"""Calls, imports and words that the trust handbook forbids, each with the only places where it may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source import dotted, files, imported, place, python_files, tree_of

READERS = {"read_dataframe", "read_arrow", "open_arrow", "read_info", "list_layers", "read_bounds", "open", "read_file"}
GIS_FILES = {"pyogrio", "rasterio", "fiona", "geopandas", "gpd", "ogr", "gdal"}
NETWORK = ("requests", "httpx", "urllib.request", "http.client", "ftplib", "smtplib", "aiohttp")
REQUEST_DATA = re.compile(r"(^|\.)request\.(GET|POST|FILES|COOKIES|META)$")


@dataclass(frozen=True)
class Ban:
    """What is forbidden, why, and the files (path prefixes) that may do it all the same."""

    name: str
    why: str
    found_in: Callable[[ast.Module], Iterator[ast.AST]]
    but: tuple[str, ...] = ()


def calls(wanted: Callable[[str, ast.Call], bool]) -> Callable[[ast.Module], Iterator[ast.AST]]:
    """Finds calls by their dotted name and arguments."""

    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and wanted(dotted(node.func), node):
                yield node

    return find


def imports(*modules: str) -> Callable[[ast.Module], Iterator[ast.AST]]:
    """Finds imports of a module or of anything in it."""

    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node, name in imported(tree):
            if any(name == module or name.startswith(f"{module}.") for module in modules):
                yield node

    return find


def names(*words: str) -> Callable[[ast.Module], Iterator[ast.AST]]:
    """Finds a name wherever it is used or imported, and text that is exactly it or ends with it after a dot."""

    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else dotted(node)
            aliases = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if any(word in words for word in [text.rsplit(".", 1)[-1], *aliases]):
                yield node

    return find


def _opens_gis_file(name: str, _call: ast.Call) -> bool:
    module, _, verb = name.rpartition(".")
    return module.split(".")[0] in GIS_FILES and verb in READERS


def _spreads_request(_name: str, call: ast.Call) -> bool:
    spread = [word.value for word in call.keywords if word.arg is None]
    return any(REQUEST_DATA.search(dotted(value.func.value if _is_method(value) else value)) for value in spread)


def _is_method(value: ast.AST) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)


def _reads_clock_without_zone(name: str, call: ast.Call) -> bool:
    last_two = ".".join(name.split(".")[-2:])
    return last_two in {"datetime.utcnow", "datetime.today", "date.today"} or (
        last_two == "datetime.now" and not call.args and not call.keywords
    )


def _unseeded(name: str, call: ast.Call) -> bool:
    return name.endswith("random.seed") or (name.endswith("default_rng") and not call.args and not call.keywords)


def _extracts(name: str, _call: ast.Call) -> bool:
    return name.endswith((".extractall", ".extract"))


def _runs_text(name: str, _call: ast.Call) -> bool:
    return name in {"eval", "exec", "yaml.load"}


def _makes_markup(tree: ast.Module) -> Iterator[ast.AST]:
    yield from names("mark_safe")(tree)
    yield from calls(lambda name, _call: name.rsplit(".", 1)[-1] in {"SafeString", "SafeText"})(tree)


GIS_DOORS = (
    "geo/decoder", "geo/writers", "geo/rasters", "geo/services/terrain.py", "config/demo", "scripts/", "notebooks/",
)  # fmt: skip
BANS = [
    Ban("gis-files", "files from outside are opened by the decoder alone", calls(_opens_gis_file), GIS_DOORS),
    Ban("gdal", "Django's GDAL opens whatever it is given", names("GDALRaster", "DataSource", "LayerMapping")),
    Ban("cache", "a cache has served one user's page to another", names("cache_page", "UpdateCacheMiddleware")),
    Ban("unescaped", "text from people becomes markup", _makes_markup),
    Ban("pickle", "loading a pickle runs it", imports("pickle", "cPickle", "dill", "joblib", "shelve", "marshal")),
    Ban("network", "the server fetches nothing", imports(*NETWORK), ("config/probe.py",)),
    Ban("clock-without-zone", "a time without its zone is wrong twice a year", calls(_reads_clock_without_zone)),
    Ban("spread-request", "request data must not become keyword arguments", calls(_spreads_request)),
    Ban("folium", "a folium file is a download, never a page", imports("folium", "branca"), ("maps/reports.py",)),
    Ban("eval", "text must not become code", calls(_runs_text)),
    Ban("extract", "an archive writes where it likes", calls(_extracts)),
    Ban("unseeded", "what cannot be repeated cannot be explained", calls(_unseeded)),
]

SCRIPT_WORDS = {
    r"\.(innerHTML|outerHTML)\s*[+]?=|insertAdjacentHTML|document\.write": "text becomes markup",
    r"\beval\(|new Function\(|new Worker\(": "text becomes code",
    r"ol/layer/(Heatmap|WebGL)|ol/source/(GeoTIFF|Raster)\b": "starts a worker from a blob",
    r"https?://(?!www\.w3\.org|localhost|127\.0\.0\.1)": "another host",
}
TEMPLATE_WORDS = {
    r"\|\s*safe\b|\{%\s*autoescape off": "text from people becomes markup",
    r"<(script|link|img)[^>]*(src|href)=[\"']https?://": "another host",
    r"\son(click|load|change|submit|input)\s*=": "the content policy refuses inline handlers",
    r"\sstyle\s*=\s*[\"']": "the content policy refuses inline styles",
}


def code_keeps_the_bans(root: Path) -> Iterator[str]:
    """No forbidden call or import in the product's Python."""
    for path in python_files(root):
        where = str(path.relative_to(root))
        for ban in BANS:
            if not where.startswith(ban.but or ("\0",)):
                for node in ban.found_in(tree_of(path)):
                    yield f"{place(root, path, node)}: {ban.name}: {ban.why}"


def scripts_keep_the_bans(root: Path) -> Iterator[str]:
    """No forbidden word in the browser's scripts."""
    yield from _words(root, SCRIPT_WORDS, ".js", ".mjs")


def templates_keep_the_bans(root: Path) -> Iterator[str]:
    """No forbidden word in the templates."""
    yield from _words(root, TEMPLATE_WORDS, ".html")


def _words(root: Path, wanted: dict[str, str], *suffixes: str) -> Iterator[str]:
    for path in files(root, *suffixes):
        if "tests" in path.relative_to(root).parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for pattern, why in wanted.items():
                if re.search(pattern, line) and not line.lstrip().startswith(("//", "*", "/*")):
                    yield f"{path.relative_to(root)}:{number}: {why}"
