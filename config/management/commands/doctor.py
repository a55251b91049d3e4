"""`manage.py doctor`: what this installation needs, and how to mend what is missing."""

from __future__ import annotations

import dataclasses
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config.doctor import MEND, NOTE, OK, Finding, examine

SIGNS = {OK: "✓", NOTE: "·", MEND: "✗"}


class Command(BaseCommand):
    help = "Look at versions, libraries, the database and built files; say how to mend what is wrong."
    requires_system_checks: tuple[str, ...] = ()  # they are one of the things looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        healthy = all(finding.state != MEND for finding in findings)
        if options["json"]:
            told = {"healthy": healthy, "findings": [dataclasses.asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for finding in findings:
                self._tell(finding)
            self.stdout.write(_("All is well.") if healthy else _("There is something to mend."))
        if not healthy:
            sys.exit(1)

    def _tell(self, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.state]} {finding.what}: {finding.found}")
        if finding.mend:
            self.stdout.write(f"    → {finding.mend}")
