"""Undo an import."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from geo.errors import AtalayaError
from incidents.models import ImportBatch, Incident, ProfileKind
from incidents.services.table_undo import rows_of_batch
from incidents.services.undoing import take_back


class Command(BaseCommand):
    help = "Deshace una importación: retira sus filas y repone lo que habían reemplazado."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, help="número de la importación")
        parser.add_argument("--dry-run", action="store_true", help="dice cuántas filas toca")

    def handle(self, *_args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(_("There is no import with number %(number)s.") % {"number": options["batch"]})
        incidents = batch.profile.kind == ProfileKind.INCIDENTS
        standing = Incident.objects.filter(batch=batch).current().count() if incidents else len(rows_of_batch(batch))
        if not options["dry_run"]:
            try:
                take_back(batch=batch, undone_by=None)
            except AtalayaError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(_("%(count)s rows taken back of “%(file)s”") % {"count": standing, "file": batch.file_name})
