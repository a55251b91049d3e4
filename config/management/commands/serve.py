"""`manage.py serve`: the site and its worker."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config.serving import serve


class Command(BaseCommand):
    help = "Serve the site and run the worker of long jobs, until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=4, help="requests answered at the same time (default 4)")
        parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere (manage.py work)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRIVATE_CLUSTER:
            call_command("migrate", verbosity=0)
        address = f"http://{options['host']}:{options['port']}/"
        self.stdout.write(_("Atalaya is served at %(address)s. Ctrl-C stops it.") % {"address": address})
        self.stdout.flush()
        status = serve(
            host=options["host"],
            port=options["port"],
            threads=options["threads"],
            with_worker=not options["no_worker"],
        )
        sys.exit(status)
