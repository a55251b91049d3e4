"""A page that links to other hosts becomes one file that opens without a network, or fails: nothing leaks unseen."""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from pathlib import Path

FILES = Path(__file__).resolve().parent / "static" / "maps" / "folium"
# part of an address → file of ours; an address that matches none stops the rewriting
KNOWN = {
    "leaflet.js": "leaflet.js",
    "leaflet.css": "leaflet.css",
}
SCRIPT = re.compile(r'<script src="(?P<address>[^"]+)"></script>')
STYLE = re.compile(r'<link rel="stylesheet" href="(?P<address>[^"]+)"\s*/?>')
URL = re.compile(r"url\(['\"]?(?P<address>[^'\")]+)['\"]?\)")
REQUEST = re.compile(
    r"""(?:\b(?:src|href)\s*=\s*["']?|url\(\s*["']?)(?P<address>(?:https?:)?//[^"'\s)>]+)""", re.IGNORECASE
)


class UnknownAddressError(RuntimeError):
    """A page asks for something that is not kept here."""


def safe(text: object) -> str:
    """Text of people for a downloaded map: HTML-escaped, and without what starts a template literal when it loads."""
    escaped = html.escape(str(text), quote=True)
    return escaped.replace("`", "&#96;").replace("$", "&#36;").replace("\\", "&#92;").replace("{", "&#123;")


def self_contained(page: str) -> str:
    """The page with every script and style inside. Raises UnknownAddressError for an address that is not kept here."""
    page = SCRIPT.sub(lambda found: f"<script>{_script(found['address'])}</script>", page)
    page = STYLE.sub(lambda found: f"<style>{_style(found['address'])}</style>", page)
    for found in REQUEST.finditer(_without_scripts(page)):
        raise UnknownAddressError(found["address"])
    return page


def _file(address: str) -> Path:
    name = next((file for part, file in KNOWN.items() if address.rsplit("/", 1)[-1] == part), None)
    if name is None:
        raise UnknownAddressError(address)
    return FILES / name


def _script(address: str) -> str:
    source = _file(address).read_text(encoding="utf-8")
    source = re.sub(r"//# sourceMappingURL=.*", "", source)
    return source.replace("</script", "<\\/script")


def _style(address: str) -> str:
    path = _file(address)
    return URL.sub(lambda found: f"url({_data(path.parent / found['address'])})", path.read_text(encoding="utf-8"))


def _data(path: Path) -> str:
    """A small file as a data: address; `#default#VML` of old browsers is left out."""
    if not path.is_file():
        return "data:,"
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _without_scripts(page: str) -> str:
    """The page without the text of its scripts: what they ask for while running is watched in the browser test."""
    return re.sub(r"<script\b[^>]*>.*?</script>", "", page, flags=re.DOTALL)
