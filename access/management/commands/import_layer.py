"""Import a layer of a file into the ground floor, with its entry in the audit trail (which the floor does not know)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from access.geography import record_layer_import
from geo.errors import AtalayaError
from geo.models import Commune
from geo.services.layers import LayerImport, import_layer
from geo.services.targets import TARGETS

TOLD_REFUSALS = 20


class Command(BaseCommand):
    help = "Import a layer of a GeoPackage or GeoJSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--commune", required=True, help="code of the commune")
        parser.add_argument("--target", required=True, choices=sorted(TARGETS))
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help="column of a field; FIELD==VALUE gives the value itself (default: found by usual names)",
        )  # fmt: skip
        parser.add_argument("--layer")
        parser.add_argument("--srid", type=int)
        parser.add_argument("--source", default="")
        parser.add_argument("--replace", action="store_true", help="the file is the whole truth of its target")
        parser.add_argument("--repair", action="store_true", help="mend invalid areas instead of refusing them")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code %(code)s.") % {"code": options["commune"]})
        if not Path(options["file"]).is_file():
            raise CommandError(_("There is no file %(file)s.") % {"file": options["file"]})
        try:
            with transaction.atomic():
                result = self._import(commune, options)
                record_layer_import(commune=commune, user=None, done=result)
                transaction.set_rollback(options["dry_run"])
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(asdict(result), ensure_ascii=False) if options["json"] else told(result))

    def _import(self, commune: Commune, options: dict[str, Any]) -> LayerImport:
        path = Path(options["file"])
        return import_layer(
            commune=commune,
            path=path,
            file_name=path.name,
            target=options["target"],
            mapping=dict(pair.split("=", 1) for pair in options["map"]) or None,
            srid=options["srid"],
            layer=options["layer"],
            source=options["source"] or path.name,
            imported_by="manage.py",
            replace=options["replace"],
            repair=options["repair"],
            report=self._report,
        )

    def _report(self, stage: str, done: int, total: int) -> None:
        self.stderr.write(f"{done}/{total} {stage}")


def told(result: LayerImport) -> str:
    """The result as lines for a terminal."""
    lines = [
        _("read %(read)s = accepted %(accepted)s + repeated %(repeated)s + refused %(refused)s") % asdict(result),
        *result.notes,
        *(_("row %(row)s: %(reason)s") % asdict(one) for one in result.refusals[:TOLD_REFUSALS]),
    ]
    if len(result.refusals) > TOLD_REFUSALS:
        lines.append(_("… and %(count)s more") % {"count": len(result.refusals) - TOLD_REFUSALS})
    return "\n".join(lines)
