"""Rules of the house about where things stand: floors, doors, names, sizes, documents, locks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import APPS, FLOORS, dotted, files, imported, place, python_files, tree_of

RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
FORBIDDEN_NAMES = {"utils", "helpers", "mixins", "signals", "managers", "common"}
DOORS = {"models", "querysets", "frames", "services", "errors"}
MORE_DOORS = {  # the two lowest apps carry mechanisms that everything above stands on
    "geo": {"constraints", "crs", "decoder", "formats", "geometry", "rasters", "tiles", "writers", "writers_readback"},
    "access": {"api", "decorators", "insert_only", "jobs", "middleware", "permissions", "roles", "row_versions"},
}
ROOF_DOORS = {"api", "urls"}
FILE_LINES, FUNCTION_LINES, ARGUMENTS = 400, 50, 8
PATH_IN_TEXT = re.compile(r"`([\w.-]+(?:/[\w.*<>-]+)+/?)`")
REASONED = re.compile(r"# noqa: PLR0913 - \w+")  # more arguments, with the reason beside them
CLASS_IN_TEXT = re.compile(r"`([A-Z][a-z]+[A-Za-z]*)`")
NAMED_FILE = re.compile(r"\.(py|md|sh|json|toml|js|mjs|txt|in|yml|css|po|png)$")
MADE_LATER = ("docs/screenshot.png", "var/", ".venv/", ".state/", ".cluster/", "maps/static/maps/", "application/")
ADDRESSES_IN_LOCKS = re.compile(r"://|--index-url|--extra-index-url|--find-links|--trusted-host")


def foreign_keys_point_down(root: Path) -> Iterator[str]:
    """A table refers to tables of its own floor or below, also where the other is named by a string."""
    for app in APPS:
        for path in files(root, ".py", under=(app,)):
            if "models" not in path.stem and "models" not in path.parts[-2]:
                continue
            for call in (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)):
                if dotted(call.func).rsplit(".", 1)[-1] in RELATIONS:
                    yield from _upward(root, path, call, app)


def _upward(root: Path, path: Path, call: ast.Call, app: str) -> Iterator[str]:
    named = [*call.args[:1], *(word.value for word in call.keywords if word.arg in {"to", "through"})]
    for target in named:
        if isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value:
            other = target.value.split(".")[0]
            if other in FLOORS and FLOORS.index(other) > FLOORS.index(app):
                yield f"{place(root, path, call)}: {app} refers up to {target.value}"


def every_package_stands_in_the_contracts(root: Path) -> Iterator[str]:
    """A top-level package that no contract names would be free to import anything."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    staircase = next(one for one in settings["contracts"] if one["type"] == "layers" and "containers" not in one)
    for package in sorted(path.parent.name for path in root.glob("*/__init__.py")):
        if package != "tests" and not (package in settings["root_packages"] and package in staircase["layers"]):
            yield f"{package} stands in no import contract"
    if [*reversed(staircase["layers"])] != FLOORS:
        yield "the staircase of pyproject.toml is not the one of the architecture tests"


def no_forbidden_names(root: Path) -> Iterator[str]:
    """A module called utils or helpers says nothing about what it holds."""
    for path in python_files(root, tests=True):
        for part in path.relative_to(root).with_suffix("").parts:
            if part in FORBIDDEN_NAMES:
                yield f"{place(root, path)}: a module must not be called {part}"


def apps_use_each_others_doors(root: Path) -> Iterator[str]:
    """Of another app one imports models, querysets, frames and services; its inside is its own business."""
    for path in python_files(root):
        own = path.relative_to(root).parts[0]
        for node, name in imported(tree_of(path)):
            other, _, rest = name.partition(".")
            door = rest.split(".")[0]
            allowed = DOORS | MORE_DOORS.get(other, set()) | (ROOF_DOORS if own == "config" else set())
            if other in APPS and own in FLOORS and other != own and door and door not in allowed:
                yield f"{place(root, path, node)}: {name} is not a door of {other}"


def files_and_functions_are_short(root: Path) -> Iterator[str]:
    """File, function and argument limits of the house."""
    for path in files(root, ".py", ".js", ".mjs"):
        if "migrations" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > FILE_LINES:
            yield f"{place(root, path)}: {len(lines)} lines, more than {FILE_LINES}"
        if path.suffix == ".py":
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from _too_long(root, path, node, lines)


def _too_long(root: Path, path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Iterator[str]:
    first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0].lineno
    code = [line for line in lines[first - 1 : node.end_lineno] if line.strip() and not line.strip().startswith("#")]
    if len(code) > FUNCTION_LINES:
        yield f"{place(root, path, node)}: {node.name} has {len(code)} code lines, more than {FUNCTION_LINES}"
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    count = len([one for one in arguments if one.arg not in {"self", "cls"}])
    reasoned = REASONED.search(lines[node.lineno - 1])
    if count > ARGUMENTS and path.relative_to(root).parts[0] != "tests" and not reasoned:
        yield f"{place(root, path, node)}: {node.name} takes {count} arguments, more than {ARGUMENTS}"


def documents_name_paths_that_exist(root: Path) -> Iterator[str]:
    """Every path named in the README and in docs/ is there."""
    for document in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        if not document.exists():
            yield f"{document.relative_to(root)} is missing"
            continue
        for token in PATH_IN_TEXT.findall(document.read_text(encoding="utf-8")):
            if _names_a_path(root, token) and not any((root / f"{token}{end}").exists() for end in ("", ".py")):
                yield f"{document.relative_to(root)} names {token}, which does not exist"


def the_glossary_names_what_exists(root: Path) -> Iterator[str]:
    """A class named in the glossary as code is in the code; what is still to come stands in italics."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files(root))
    for name in CLASS_IN_TEXT.findall((root / "docs" / "glossary.md").read_text(encoding="utf-8")):
        if not re.search(rf"\b{name}\b", code):
            yield f"docs/glossary.md names {name}, which the code does not have"


def _names_a_path(root: Path, token: str) -> bool:
    ours = (root / token.split("/", maxsplit=1)[0]).exists() or bool(NAMED_FILE.search(token))
    return ours and not token.startswith(MADE_LATER) and not re.search(r"[<>*]", token)


def locks_carry_no_addresses(root: Path) -> Iterator[str]:
    """A lock holds names, versions and digests; where packages come from is each installation's own business."""
    for path in sorted((root / "requirements").glob("*.txt")):
        if ADDRESSES_IN_LOCKS.search(path.read_text(encoding="utf-8")):
            yield f"{place(root, path)} carries an address"
    for path in files(root, ".json", ".lock", ".toml"):
        if path.name == "package-lock.json" and '"resolved"' in path.read_text(encoding="utf-8"):
            yield f"{place(root, path)} carries addresses"
        if path.name in {"uv.lock", "pylock.toml", "poetry.lock"}:
            yield f"{place(root, path)} must not be committed"
    for path in [*root.glob("**/.npmrc"), *root.glob("**/pip.conf")]:
        if not {"node_modules", ".venv"} & set(path.parts) and "registry=" in path.read_text(encoding="utf-8"):
            yield f"{place(root, path)} names a registry"


def every_link_stays_inside(root: Path) -> Iterator[str]:
    """No symbolic link is part of the tree: it would point into one machine's folders."""
    for path in root.iterdir():
        if path.is_symlink() and path.name not in {".venv"}:
            yield f"{path.name} is a symbolic link"
