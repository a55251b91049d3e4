"""The browser's code: its floors and its pure core, run in Node."""

from __future__ import annotations

import subprocess
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[2] / "maps" / "frontend"


def test_floors_and_core_hold_in_node() -> None:
    files = sorted(str(path) for path in (FRONTEND / "tests").glob("*.test.mjs"))
    finished = subprocess.run(["node", "--test", *files], capture_output=True, text=True, check=False, cwd=FRONTEND)
    assert finished.returncode == 0, finished.stdout[-4000:]


def test_a_planted_breach_of_the_floors_is_seen(tmp_path: Path) -> None:
    copy = tmp_path / "frontend"
    for folder in ("core", "edit", "net", "render", "ui", "tests"):
        (copy / folder).mkdir(parents=True)
        for path in (FRONTEND / folder).iterdir():
            (copy / folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (copy / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    with (copy / "core" / "geometry.js").open("a", encoding="utf-8") as handle:
        handle.write('import { announce } from "../ui/announce.js";\nfetch("/");\n')
    floors = str(copy / "tests" / "floors.test.mjs")
    finished = subprocess.run(["node", "--test", floors], capture_output=True, text=True, check=False, cwd=copy)
    assert "not ok" in finished.stdout
    assert "core/geometry.js imports ../ui/announce.js" in finished.stdout
