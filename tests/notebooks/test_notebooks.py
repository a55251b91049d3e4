"""Notebooks: text that any Jupyter opens, names that exist, and (by `make soak`) every cell runs on the real data."""

from __future__ import annotations

import ast
import importlib
import os

import jupytext
import pytest
from django.conf import settings

NOTEBOOKS = sorted((settings.BASE_DIR / "notebooks").glob("*.py"))


def names(file):
    return file.stem


@pytest.mark.parametrize("file", NOTEBOOKS, ids=names)
def test_it_opens_explains_itself_and_uses_what_exists(file):
    notebook = jupytext.read(file)
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    for statement in ast.walk(ast.parse(file.read_text())):
        if isinstance(statement, ast.ImportFrom) and statement.module.startswith("analysis"):
            module = importlib.import_module(statement.module)
            assert all(hasattr(module, name.name) for name in statement.names)


def test_there_is_one_for_each_family():
    assert {names(file) for file in NOTEBOOKS} >= {"density", "significance", "clusters", "change", "cameras"}


@pytest.mark.soak
@pytest.mark.real_data
@pytest.mark.parametrize("file", NOTEBOOKS, ids=names)
def test_every_cell_runs(file, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("ATALAYA_DATA", str(settings.ATALAYA_DATA))
    monkeypatch.setenv("PYTHONPATH", str(settings.BASE_DIR))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = jupytext.read(file)
    NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": os.fspath(settings.BASE_DIR)}}
    ).execute()
    printed = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs if out.get("text")]
    assert printed
