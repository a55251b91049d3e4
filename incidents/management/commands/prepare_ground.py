"""Prepare the ground of a commune after its layers came in."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from geo.errors import AtalayaError
from geo.models import Commune
from incidents.services.grounding import prepare_ground


class Command(BaseCommand):
    help = "Deriva el espacio público, libera los puntos de enmascaramiento y vuelve a enmascarar los incidentes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", required=True, help="código de la comuna")
        parser.add_argument("--reason", default="", help="por qué se vuelve a preparar")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with code %(code)s.") % {"code": options["commune"]})
        reason = options["reason"] or _("New layers of the ground")
        try:
            done = prepare_ground(commune=commune, reason=reason, prepared_by=None)
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        told = _("Release %(snap_release)s: %(snap_points)s snap points, %(masked)s incidents masked again.") % done
        self.stdout.write(json.dumps(done) if options["json"] else told)
