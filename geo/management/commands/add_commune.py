"""Make a commune from a file with its boundary."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.errors import AtalayaError
from geo.services.communes import create_commune, read_boundary


class Command(BaseCommand):
    help = "Make a commune from a GeoPackage or GeoJSON file with its boundary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--code", required=True, help="CUT code, as text: leading zeros count")
        parser.add_argument("--name", required=True)
        parser.add_argument("--where", metavar="FIELD=VALUE", help="rows of the file that make up the commune")
        parser.add_argument("--layer")
        parser.add_argument("--srid", type=int, help="EPSG code of the file, where it declares none")
        parser.add_argument("--metric-srid", type=int, help="system to compute in (default: UTM zone of its longitude)")
        parser.add_argument("--timezone", default="America/Santiago")
        parser.add_argument("--source", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        where = tuple(options["where"].split("=", 1)) if options["where"] else None
        if where is not None and len(where) != 2:
            raise CommandError("--where FIELD=VALUE")
        try:
            boundary = read_boundary(options["file"], where=where, layer=options["layer"], srid=options["srid"])
            commune = create_commune(
                cut_code=options["code"],
                name=options["name"],
                boundary=boundary,
                timezone=options["timezone"],
                metric_srid=options["metric_srid"],
                source=options["source"] or options["file"].rsplit("/", 1)[-1],
            )
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        answer = {"code": commune.cut_code, "name": commune.name, "metric_srid": commune.metric_srid}
        self.stdout.write(
            json.dumps(answer) if options["json"] else f"{commune.cut_code} {commune.name} (EPSG:{commune.metric_srid})"
        )
