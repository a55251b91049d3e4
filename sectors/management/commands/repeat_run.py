"""Repeat a scoring run and say whether the result is the same."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from sectors.models import ScoringRun
from sectors.services.run_inputs import changed_inputs
from sectors.services.scoring import repeat_run, same_result


class Command(BaseCommand):
    help = "Repite una corrida de puntajes con sus mismos datos y dice si el resultado es igual o qué dato cambió."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="número de la corrida")

    def handle(self, *_args: Any, **options: Any) -> None:
        run = ScoringRun.objects.filter(pk=options["run"]).select_related("scheme__commune").first()
        if run is None:
            raise CommandError(_("There is no scoring run with number %(number)s.") % {"number": options["run"]})
        repetition = repeat_run(run=run, requested_by=run.created_by)
        told = {"number": run.pk, "repetition": repetition.pk}
        if same_result(repetition):
            self.stdout.write(_("The result of run %(number)s is the same (repeated as run %(repetition)s).") % told)
            return
        told["sectors"] = ", ".join(_differing(run, repetition)) or "–"
        different = _(
            "The result of run %(number)s is different (repeated as run %(repetition)s). Sectors: %(sectors)s."
        )
        self.stdout.write(different % told)
        changed = changed_inputs(run, repetition) or [_("No input changed: the code computes otherwise.")]
        for words in changed:
            self.stdout.write(f"- {words}")


def _differing(run: ScoringRun, repetition: ScoringRun) -> list[str]:
    """Codes of the sectors that are told differently."""
    before, now = (json.loads(one.result)["sectors"] for one in (run, repetition))
    return [new["code"] for old, new in zip(before, now, strict=True) if old != new]
