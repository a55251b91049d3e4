"""Write the shipped taxonomies to the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from incidents.services.taxonomies import load_taxonomies


class Command(BaseCommand):
    help = "Escribe las clasificaciones de delitos que trae el producto. Se puede repetir."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for version, count in load_taxonomies().items():
            self.stdout.write(_("%(version)s: %(count)s types") % {"version": version, "count": count})
