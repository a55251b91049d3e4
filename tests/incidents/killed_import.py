"""A real import in a process of its own, which says at which stage it is and stops there until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import django


def main() -> None:
    """Arguments: file, commune id, profile id, stage at which to stop (0: never)."""
    django.setup()
    from django.conf import settings

    from geo.models import Commune
    from incidents.models import SourceProfile
    from incidents.services import importing

    path, commune, profile, stop_at, files = sys.argv[1:6]
    settings.MEDIA_ROOT = files

    def report(_stage: str, done: int, _total: int) -> None:
        if done == int(stop_at):
            sys.stdout.write("here\n")
            sys.stdout.flush()
            time.sleep(120)

    importing.import_incidents(
        commune=Commune.objects.get(pk=commune),
        path=Path(path),
        file_name="incidentes.csv",
        profile=SourceProfile.objects.get(pk=profile),
        imported_by=None,
        report=report,
    )


main()
