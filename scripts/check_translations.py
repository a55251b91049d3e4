"""Fails when a translatable text has no Spanish translation, a fuzzy one, or is missing from its app's catalogue.

Each app keeps its own catalogue, `<app>/locale/es/LC_MESSAGES/django.po`. The check extracts again with gettext and
compares, so a text that was added without its translation is seen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["geo", "access", "incidents", "cameras", "sectors", "community", "plan", "maps", "config"]


def _attributes(po: Path, *options: str) -> set[str]:
    """msgids of a catalogue, after filtering with msgattrib."""
    command = ["msgattrib", *options, "--no-location", "--no-wrap", str(po)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""'}


def _extracted(app: Path) -> set[str]:
    """msgids that the code and templates of an app use now."""
    import django
    from django.core.management import call_command

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app.name
        subprocess.run(["cp", "-r", "--no-preserve=timestamps", str(app), str(copy)], check=True)
        for skipped in ("node_modules", "static", "frontend", "folium_assets"):
            subprocess.run(["rm", "-rf", str(copy / skipped)], check=True)
        here = Path.cwd()
        try:
            import os

            os.chdir(copy)
            (copy / "locale").mkdir(exist_ok=True)
            call_command("makemessages", locale=["es"], no_obsolete=True, verbosity=0, no_wrap=True)
        finally:
            os.chdir(here)
        po = copy / "locale/es/LC_MESSAGES/django.po"
        return _attributes(po, "--no-obsolete") if po.exists() else set()


def problems_of(app: Path) -> list[str]:
    """Sentences about what is wrong in one app's catalogue."""
    wanted = _extracted(app)
    if not wanted:
        return []
    po = app / "locale/es/LC_MESSAGES/django.po"
    if not po.exists():
        return [f"{app.name}: no catalogue, {len(wanted)} texts untranslated"]
    good = _attributes(po, "--translated", "--no-fuzzy", "--no-obsolete")
    return [f"{app.name}: untranslated {text}" for text in sorted(wanted - good)]


def main() -> int:
    """Print every problem; 1 if there is one."""
    found = [problem for app in APPS for problem in problems_of(ROOT / app)]
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    import os

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    raise SystemExit(main())
