"""Sentences that the catalogue can find."""

from __future__ import annotations

import ast
from pathlib import Path

import maps

MARKERS = {"_", "gettext", "ngettext", "pgettext"}


def test_no_sentence_hides_in_an_f_string() -> None:
    """The extractor does not read f-strings: a sentence in one would stay English."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in Path(str(maps.__file__)).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKERS
    ]
    assert hidden == []
