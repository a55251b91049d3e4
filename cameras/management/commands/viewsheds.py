"""Compute what the cameras of a commune see, with progress on the error stream."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cameras.services.coverage import compute_coverage
from geo.errors import AtalayaError
from geo.models import Commune


class Command(BaseCommand):
    help = "Calcula lo que ven las cámaras de una comuna: solo lo que cambió, o todo con --again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", required=True, help="CUT de la comuna")
        parser.add_argument("--again", action="store_true", help="calcula todas las vistas de nuevo")
        parser.add_argument("--json", action="store_true", help="escribe un objeto JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        started = time.monotonic()
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code “%(code)s”.") % {"code": options["commune"]})
        try:
            result = compute_coverage(commune=commune, again=options["again"], report=self._tell)
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        told = result.as_dict() | {"seconds": round(time.monotonic() - started, 2)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            _("%(computed)s views computed, %(up_to_date)s up to date; %(covered_m2)s m² covered; %(seconds)s s") % told
        )

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.stderr.write(f"{stage}: {done}/{total}")
