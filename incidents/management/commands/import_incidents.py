"""Import a file of incidents through a source profile."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from geo.errors import AtalayaError
from geo.models import Commune
from incidents.models import ImportBatch, ProfileKind, SourceProfile
from incidents.services.importing import import_incidents
from incidents.services.profiles import profile_from_file, profile_named

COUNTS = ("read", "accepted", "repeated", "refused", "unplaced")


class Command(BaseCommand):
    help = "Importa un archivo de incidentes con un perfil de origen (nombre guardado o archivo .json)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, XLSX, ODS, GeoPackage, GeoJSON…")
        parser.add_argument("--commune", required=True, help="CUT de la comuna")
        parser.add_argument(
            "--profile", required=True, help="nombre de un perfil guardado, o archivo .json que lo describe"
        )
        parser.add_argument("--dry-run", action="store_true", help="revisa el archivo sin guardar incidentes")
        parser.add_argument("--json", action="store_true", help="escribe un objeto JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            batch = self._import(options)
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        seconds = round(time.monotonic() - started, 2)
        told = {"batch": batch.pk, "state": batch.state, **{name: getattr(batch, name) for name in COUNTS}}
        if options["json"]:
            self.stdout.write(json.dumps({**told, "counts": batch.counts, "seconds": seconds}))
            return
        self.stdout.write(
            _("read %(read)s = accepted %(accepted)s + repeated %(repeated)s + refused %(refused)s; "
              "without place %(unplaced)s; %(seconds)s s")
            % {**told, "seconds": seconds}
        )  # fmt: skip

    def _import(self, options: dict[str, Any]) -> ImportBatch:
        path: Path = options["file"]
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code “%(code)s”.") % {"code": options["commune"]})
        if not path.is_file():
            raise CommandError(_("There is no file “%(file)s”.") % {"file": path})
        return import_incidents(
            commune=commune,
            path=path,
            file_name=path.name,
            profile=self._profile(commune, options["profile"]),
            imported_by=None,
            dry_run=options["dry_run"],
            report=self._report,
        )

    def _report(self, stage: str, done: int, total: int) -> None:
        """The same stages that the page of a job shows, on stderr."""
        self.stderr.write(f"{done}/{total} {stage}")

    def _profile(self, commune: Commune, told: str) -> SourceProfile:
        if told.endswith(".json"):
            return profile_from_file(commune=commune, path=Path(told))
        return profile_named(commune=commune, name=told, kind=ProfileKind.INCIDENTS)
