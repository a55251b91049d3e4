"""Each rule of the house is seen to fail on a breach planted in a copy of the tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from access.decorators import requires
from tests.architecture import addresses, forbidden, layout
from tests.architecture.source import FLOORS, ROOT

KEPT = {".py", ".toml", ".md", ".txt", ".in", ".json", ".js", ".mjs", ".html", ".sh", ".npmrc"}
LONG_BODY = "\n".join(f"    x{number} = {number}" for number in range(51))

BREACHES = [
    # rule, file, what is added to it, words of the complaint
    (layout.foreign_keys_point_down, "geo/models/planted.py",
     'models.ForeignKey("sectors.RiskSector", models.CASCADE)', "refers up to sectors.RiskSector"),
    (layout.foreign_keys_point_down, "incidents/models.py",
     'models.ManyToManyField(to="plan.CommunalPlan")', "refers up to plan"),
    (layout.every_package_stands_in_the_contracts, "surprise/__init__.py", "", "surprise stands in no"),
    (layout.no_forbidden_names, "geo/utils.py", "", "must not be called utils"),
    (layout.no_forbidden_names, "cameras/services/helpers.py", "", "must not be called helpers"),
    (layout.no_forbidden_names, "plan/signals/__init__.py", "", "must not be called signals"),
    (layout.apps_use_each_others_doors, "sectors/planted.py", "from incidents.schemas import Anything", "not a door"),
    (layout.apps_use_each_others_doors, "maps/planted.py", "import access.tasks", "not a door"),
    (layout.files_and_functions_are_short, "geo/planted.py", "x = 1\n" * 401, "more than 400"),
    (layout.files_and_functions_are_short, "geo/planted.py", f"def long():\n{LONG_BODY}", "51 code lines"),
    (layout.files_and_functions_are_short, "geo/planted.py", "def f(a, b, c, d, e, f, g, h, *, i): ...", "takes 9"),
    (layout.documents_name_paths_that_exist, "docs/planted.md", "see `geo/nothing.py`", "names geo/nothing.py"),
    (layout.documents_name_paths_that_exist, "docs/planted.md", "see `nowhere/at/all.py`", "names nowhere"),
    (layout.the_glossary_names_what_exists, "docs/glossary.md", "| x | x | `NowhereClass` |", "names NowhereClass"),
    (layout.locks_carry_no_addresses, "requirements/planted.txt", "--index-url https://x.example", "an address"),
    (layout.locks_carry_no_addresses, "requirements/planted.txt", "a @ https://x.example/a.whl", "an address"),
    (layout.locks_carry_no_addresses, "maps/frontend/package-lock.json", '{"resolved": "x"}', "carries addresses"),
    (layout.locks_carry_no_addresses, "uv.lock", "", "must not be committed"),
    (forbidden.code_keeps_the_bans, "sectors/planted.py", "import pyogrio\npyogrio.read_dataframe(path)", "gis-files"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "import rasterio\nrasterio.open(path)", "gis-files"),
    (forbidden.code_keeps_the_bans, "geo/planted.py", "from django.contrib.gis.gdal import DataSource", "gdal"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "@cache_page(60)\ndef view(): ...", "cache"),
    (forbidden.code_keeps_the_bans, "config/planted.py", 'M = ["django.cache.UpdateCacheMiddleware"]', "cache"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "mark_safe(text)", "unescaped"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "SafeString(text)", "unescaped"),
    (forbidden.code_keeps_the_bans, "analysis/planted.py", "import pickle", "pickle"),
    (forbidden.code_keeps_the_bans, "geo/planted.py", "import requests", "network"),
    (forbidden.code_keeps_the_bans, "geo/planted.py", "from urllib.request import urlopen", "network"),
    (forbidden.code_keeps_the_bans, "plan/planted.py", "import httpx", "network"),
    (forbidden.code_keeps_the_bans, "plan/planted.py", "datetime.now()", "clock-without-zone"),
    (forbidden.code_keeps_the_bans, "plan/planted.py", "datetime.datetime.now()", "clock-without-zone"),
    (forbidden.code_keeps_the_bans, "plan/planted.py", "date.today()", "clock-without-zone"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "rows.filter(**request.GET)", "spread-request"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "rows.filter(**request.GET.dict())", "spread-request"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "import folium", "folium"),
    (forbidden.code_keeps_the_bans, "maps/planted.py", "eval(text)", "eval"),
    (forbidden.code_keeps_the_bans, "geo/planted.py", "archive.extractall(folder)", "extract"),
    (forbidden.code_keeps_the_bans, "analysis/planted.py", "np.random.default_rng()", "unseeded"),
    (forbidden.scripts_keep_the_bans, "maps/frontend/planted.js", "node.innerHTML = text;", "markup"),
    (forbidden.scripts_keep_the_bans, "maps/frontend/planted.js", 'import Heatmap from "ol/layer/Heatmap.js";', "blob"),
    (forbidden.scripts_keep_the_bans, "maps/frontend/planted.js", 'fetch("https://tiles.example/");', "another host"),
    (forbidden.templates_keep_the_bans, "maps/templates/maps/planted.html", "{{ text|safe }}", "markup"),
    (forbidden.templates_keep_the_bans, "maps/templates/maps/planted.html", '<a onclick="x()">', "inline handlers"),
    (forbidden.templates_keep_the_bans, "maps/templates/maps/planted.html", '<script src="https://x.example/a.js">',
     "another host"),
]  # fmt: skip


@pytest.fixture(scope="module")
def copy_of_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, without what is installed or built."""
    copy = tmp_path_factory.mktemp("breaches") / "atalaya"
    for top in [*FLOORS, "tests", "docs", "requirements", "scripts"]:
        if (ROOT / top).exists():
            shutil.copytree(ROOT / top, copy / top, ignore=_left_out)
    for path_ in ROOT.iterdir():
        if path_.is_file() and path_.suffix in KEPT:
            shutil.copy(path_, copy / path_.name)
    return copy


def _left_out(folder: str, names: list[str]) -> set[str]:
    whole = Path(folder)
    return {
        name
        for name in names
        if name in {"node_modules", "static", "__pycache__", "locale"}
        or ((whole / name).is_file() and (whole / name).suffix not in KEPT)
    }


@pytest.fixture
def plant(copy_of_tree: Path) -> Iterator[Callable[[str, str], Path]]:
    """`plant(file, text)`: add a breach to the copy; it is taken out again after the test."""
    before: dict[Path, bytes | None] = {}

    def add(name: str, text: str) -> Path:
        target = copy_of_tree / name
        before[target] = target.read_bytes() if target.exists() else None
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a", encoding="utf-8") as handle:
            handle.write(f"\n{text}\n" if before[target] else f"{text}\n")
        return copy_of_tree

    yield add
    for target, content in before.items():
        if content is None:
            target.unlink()
        else:
            target.write_bytes(content)


@pytest.mark.parametrize(
    ("rule", "name", "text", "complaint"), BREACHES, ids=lambda value: getattr(value, "__name__", str(value))[:40]
)
def test_the_rule_sees_the_breach(
    plant: Callable[[str, str], Path], rule: Callable[[Path], Iterator[str]], name: str, text: str, complaint: str
) -> None:
    complaints = [one for one in rule(plant(name, text)) if complaint in one]
    assert complaints, f"{rule.__name__} saw nothing"


@pytest.mark.parametrize(
    ("name", "text", "contract"),
    [
        ("geo/planted.py", "import sectors.models", "One staircase"),
        ("analysis/planted.py", "import django.db", "analysis knows neither"),
        ("analysis/planted.py", "import pyogrio", "analysis knows neither"),
        ("sectors/querysets.py", "import sectors.models", "Inside an app"),
        ("access/services/planted.py", "import access.api", "Inside an app"),
    ],
)
def test_the_import_contract_sees_the_breach(
    plant: Callable[[str, str], Path], name: str, text: str, contract: str
) -> None:
    root = plant(name, text)
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})
    broken = [line for line in finished.stdout.splitlines() if contract in line]
    assert finished.returncode != 0
    assert broken, finished.stdout[-2000:]


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@requires("map.view")
def marked(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=403)


planted: Any = type("planted", (), {"urlpatterns": [path("a/", unmarked, name="a"), path("b/<int:pk>/", marked)]})
urlpatterns = [path("planted/", include((planted.urlpatterns, "planted")))]


@override_settings(ROOT_URLCONF="tests.architecture.test_breaches")
def test_the_walk_finds_a_view_that_nobody_marked() -> None:
    found = {one.name: (one.permission, one.public, set(one.arguments)) for one in addresses.pages()}
    assert found["planted:a"] == (None, False, set())
    assert ("map.view", False, {"pk"}) in found.values()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.architecture.test_breaches")
def test_a_view_that_nobody_marked_is_refused_to_everybody(analyst: Any) -> None:
    assert analyst.get("/planted/a/").status_code == 403
