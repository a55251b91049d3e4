"""Erase what is over the retention of its source; counts stay."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from geo.models import Commune
from incidents.services.retention import erase_over


class Command(BaseCommand):
    help = "Borra los incidentes que pasaron su plazo de conservación; quedan los recuentos por mes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", required=True, help="CUT de la comuna")
        parser.add_argument("--dry-run", action="store_true", help="cuenta lo que se borraría y no borra nada")
        parser.add_argument("--json", action="store_true", help="escribe un objeto JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code “%(code)s”.") % {"code": options["commune"]})
        erased = erase_over(commune=commune, dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "erased": erased}))
            return
        for source, count in erased.items():
            self.stdout.write(_("%(source)s: %(count)s incidents over their time") % {"source": source, "count": count})
        if not erased:
            self.stdout.write(_("Nothing is over its time."))
