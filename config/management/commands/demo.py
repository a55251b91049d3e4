"""`manage.py demo`: the whole loop on a simulated commune, then the site."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from access.roles import Role
from config import cluster
from config.demo.manifest import Manifest
from config.demo.people import demo_password
from config.demo.stages import fresh_manifest, is_complete, manifest_of, run_stages
from config.demo.starting import require_room, reset_database
from config.demo.summary import as_object, as_table
from geo.errors import AtalayaError


class Command(BaseCommand):
    help = "Simulate a commune, run the whole loop on it through the same services as a user, and serve the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="which simulated commune (1 to 99, default 1)")
        parser.add_argument("--until", type=date.fromisoformat, help="last day of its history (default: yesterday)")
        parser.add_argument("--no-serve", action="store_true", help="do not serve the site at the end")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="begin with an empty private database")
        parser.add_argument("--dry-run", action="store_true", help="with --reset: only tell what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                self._run(options)
            except (AtalayaError, cluster.ClusterError) as error:
                raise CommandError(str(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        if options["reset"]:
            self.stderr.write(reset_database(dry_run=options["dry_run"]))
        if options["dry_run"]:
            return
        if settings.PRIVATE_CLUSTER and not settings.TESTING:
            call_command("migrate", verbosity=0)
        manifest, warm = self._loaded(options)
        self._tell(manifest, options, warm=warm)
        if not options["no_serve"]:
            self._serve(options)

    def _loaded(self, options: dict[str, Any]) -> tuple[Manifest, bool]:
        """The manifest of a demo that is complete, after running what was missing; and whether nothing was."""
        seed = options["seed"]
        if not 1 <= seed <= 99:
            raise CommandError(_("The seed is a number from 1 to 99."))
        manifest = manifest_of(seed)
        if manifest is not None and is_complete(manifest):
            return manifest, True
        require_room(seed=seed, manifest=manifest)
        last_day = options["until"] or timezone.localdate() - timedelta(days=1)
        manifest = manifest or fresh_manifest(seed=seed, last_day=last_day.isoformat())
        run_stages(manifest, tell=self.stderr.write)
        return manifest, False

    def _tell(self, manifest: Manifest, options: dict[str, Any], *, warm: bool) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(as_object(manifest, warm=warm), ensure_ascii=False))
        else:
            self.stdout.write(as_table(manifest))

    def _serve(self, options: dict[str, Any]) -> None:
        names = ", ".join(role.value for role in Role)
        out = self.stderr if options["json"] else self.stdout
        out.write(_("Users (one per role): %(names)s") % {"names": names})
        out.write(_("Password of all of them in this installation: %(password)s") % {"password": demo_password()})
        out.flush()
        sys.stdout.flush()
        call_command("serve", host=options["host"], port=options["port"])
