"""The sources of a tree, read and parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["analysis", "geo", "access", "incidents", "cameras", "sectors", "community", "plan", "maps", "config"]
APPS = FLOORS[1:-1]
NOT_OURS = {".venv", ".git", "node_modules", "static", ".cluster", ".state", "var"}


@lru_cache(maxsize=4000)
def _parsed(path: Path, _stamp: tuple[int, int]) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def tree_of(path: Path) -> ast.Module:
    """Syntax tree of a Python file."""
    facts = path.stat()
    return _parsed(path, (facts.st_mtime_ns, facts.st_size))


def files(root: Path, *suffixes: str, under: tuple[str, ...] = ()) -> Iterator[Path]:
    """Files of ours with one of the suffixes, in the whole tree or under some top-level folders."""
    for top in sorted(root / name for name in under) if under else sorted(root.iterdir()):
        if top.name in NOT_OURS or top.is_symlink():
            continue
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in found:
            if path.suffix in suffixes and path.is_file() and not NOT_OURS & set(path.relative_to(root).parts):
                yield path


def python_files(root: Path, *, tests: bool = False, migrations: bool = False) -> Iterator[Path]:
    """Python files of the product, with the tests or the migrations where asked."""
    for path in files(root, ".py"):
        parts = path.relative_to(root).parts
        if (tests or parts[0] != "tests") and (migrations or "migrations" not in parts):
            yield path


def place(root: Path, path: Path, node: ast.AST | None = None) -> str:
    """Where something stands, for people: `sectors/api.py:12`."""
    return f"{path.relative_to(root)}{f':{node.lineno}' if node is not None else ''}"


def dotted(node: ast.AST) -> str:
    """Name of what is called: `pyogrio.read_dataframe`; empty where it has none."""
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every absolute import as a dotted name: `from geo import crs` is `geo.crs`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"
