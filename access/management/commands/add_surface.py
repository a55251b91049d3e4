"""Add terrain from a GeoTIFF of heights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from access.geography import record_surface_import
from geo.errors import AtalayaError
from geo.models import Commune
from geo.services.terrain import add_surface


class Command(BaseCommand):
    help = "Add terrain (dtm) or terrain with buildings (dsm) from a one-band GeoTIFF of heights in metres."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--commune", required=True, help="code of the commune")
        parser.add_argument("--name", required=True)
        parser.add_argument("--kind", required=True, choices=["dtm", "dsm"])
        parser.add_argument("--srid", type=int, help="EPSG code of the file, where it declares none")
        parser.add_argument("--nodata", type=float, help="height that means that nothing is known")
        parser.add_argument("--source", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code %(code)s.") % {"code": options["commune"]})
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(_("There is no file %(file)s.") % {"file": options["file"]})
        try:
            with transaction.atomic():
                done = add_surface(
                    commune=commune,
                    path=path,
                    file_name=path.name,
                    source=options["source"] or path.name,
                    **{name: options[name] for name in ("name", "kind", "srid", "nodata")},
                )
                record_surface_import(commune=commune, user=None, done=done)
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        surface = done.surface
        answer = {"name": surface.name, "cell_m": surface.cell_m, "covered_ratio": surface.covered_ratio}
        told = "\n".join([f"{surface.name}: {surface.cell_m:g} m", *done.notes])
        self.stdout.write(json.dumps({**answer, "notes": done.notes}, ensure_ascii=False) if options["json"] else told)
