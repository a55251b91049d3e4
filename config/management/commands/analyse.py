"""`manage.py analyse --commune CODE`: hot spots, proposals, scores and exports on anybody's data."""

from __future__ import annotations

import json
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from access.models import Membership, User
from access.roles import Role
from access.services.analysis_words import analysis_sentence
from analysis.errors import AnalysisError
from config import loop
from geo.errors import AtalayaError
from geo.models import Commune

Result = TypeVar("Result")
CONSOLE = "consola"


class Command(BaseCommand):
    help = (
        "Look for hot spots in a commune's incidents, propose territories, score the sectors in force and export them. "
        "Sectors are made only of proposals that a named director accepts (--accept with --director and --reason)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--commune", required=True, metavar="CODE", help="code of the commune")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="first day looked at")
        parser.add_argument("--until", dest="last", type=date.fromisoformat, metavar="DAY", help="last day looked at")
        parser.add_argument("--user", help="analyst in whose name it runs (default: the commune's only analyst)")
        parser.add_argument("--accept", type=int, default=0, metavar="N", help="accept the N strongest proposals")
        parser.add_argument("--director", help="director in whose name proposals are accepted")
        parser.add_argument("--reason", default="", help="why they are accepted")
        parser.add_argument("--folder", type=Path, help="copy the exported files into this folder")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                done = Analysis(options, tell=self.stderr.write).run()
            except AtalayaError as error:
                raise CommandError(str(error)) from error
            except AnalysisError as error:
                raise CommandError(analysis_sentence(error)) from error
            self.stdout.write(json.dumps(done, ensure_ascii=False) if options["json"] else _table(done))


class Analysis:
    """One run of the loop on one commune, in the names of the people who were told."""

    def __init__(self, options: dict[str, Any], *, tell: Callable[[str], Any]) -> None:
        self.options, self.tell = options, tell
        self.seconds: dict[str, float] = {}
        self.commune = Commune.objects.filter(cut_code=options["commune"]).first()
        if self.commune is None:
            raise CommandError(_("There is no commune with code %(code)s.") % {"code": options["commune"]})
        self.analyst = self._person(options["user"], Role.ANALYST, "--user")
        self.director: User | None = None
        if options["accept"]:
            self.director = self._person(options["director"], Role.DIRECTOR, "--director")
            if not options["reason"].strip():
                raise CommandError(_("Accepting proposals needs a reason (--reason)."))

    def run(self) -> dict[str, Any]:
        """The object that the command prints."""
        window = self._window()
        run = self._timed(
            "hotspots",
            lambda: loop.look_for_hotspots(commune=self.commune, window=window, asked_by=self.analyst),
        )
        sent = self._timed("proposals", lambda: self._proposals(run))
        sectors = self._timed("decisions", lambda: self._accepted(sent))
        scored, files = 0, []
        if loop.sectors_in_force(self.commune):
            scoring = self._timed(
                "score", lambda: loop.score(commune=self.commune, window=window, asked_by=self.analyst)
            )
            scored = scoring.scores.count()
            files = self._timed("exports", self._exports)
        return {
            "commune": self.commune.cut_code,
            "simulated": self.commune.simulated,
            "first_day": str(window.first),
            "last_day": str(window.last),
            "counts": run.counts,
            "proposals": len(sent),
            "proposed_area_ratio": loop.proposed_area_ratio(sent),
            "sectors": len(sectors),
            "scored": scored,
            "files": files,
            "seconds": self.seconds,
        }

    def _person(self, name: str | None, role: Role, option: str) -> User:
        """Who acts: the person named, else the only one of that role, else (a commune without people) the console."""
        told = {"role": role.label, "commune": self.commune.name, "option": option, "name": name}
        seats = Membership.objects.filter(commune=self.commune, role=role).select_related("user")
        people = [seat.user for seat in seats if name in (None, seat.user.username)]
        if len(people) == 1:
            return people[0]
        if name is not None:
            raise CommandError(_("%(name)s is not “%(role)s” of %(commune)s.") % told)
        if people:
            raise CommandError(
                _("%(commune)s has several people with the role “%(role)s”: say with %(option)s who acts.") % told
            )
        return console_account()

    def _window(self) -> loop.Window:
        usual = loop.last_year_of(self.commune)
        if usual is None:
            raise CommandError(_("%(commune)s has no incidents: import them first.") % {"commune": self.commune.name})
        last = self.options["last"] or usual.last
        return loop.Window(self.options["first"] or loop.year_until(last), last)

    def _proposals(self, run: Any) -> list[Any]:
        return loop.propose_and_send(run=run, analyst=self.analyst, reason=_("Found by the automatic search"))

    def _accepted(self, sent: list[Any]) -> list[Any]:
        if self.director is None:
            return []
        chosen = sent[: self.options["accept"]]
        return loop.accept(proposals=chosen, director=self.director, reason=self.options["reason"])

    def _exports(self) -> list[dict[str, Any]]:
        files = loop.export_both(commune=self.commune, exported_by=self.analyst, role=Role.ANALYST)
        folder = self.options["folder"]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copyfile(loop.path_of(file), folder / file.file_name)
        return [loop.told(file) for file in files]

    def _timed(self, name: str, work: Callable[[], Result]) -> Result:
        self.tell(f"{name} …")
        begun = time.perf_counter()
        result = work()
        self.seconds[name] = round(time.perf_counter() - begun, 2)
        return result


def console_account() -> User:
    """The account for what is done at the machine's console where nobody has an account yet. It cannot sign in."""
    console, _made = User.objects.get_or_create(
        username=CONSOLE, defaults={"is_active": False, "first_name": _("Acts from the command line")}
    )
    if console.has_usable_password():
        console.set_unusable_password()
        console.save(update_fields=["password"])
    return console


def _table(done: dict[str, Any]) -> str:
    rows = [
        (_("Commune"), done["commune"]),
        (_("Days"), f"{done['first_day']} – {done['last_day']}"),
        (_("Territory proposals"), done["proposals"]),
        (_("Share of the ground proposed"), f"{100 * done['proposed_area_ratio']:.1f} %".replace(".", ",")),
        (_("accepted as sectors"), done["sectors"]),
        (_("Sectors scored"), done["scored"]),
        (_("Files exported"), ", ".join(file["file"] for file in done["files"]) or "–"),
    ]
    width = max(len(label) for label, _value in rows)
    lines = [f"  {label:<{width}}  {value}" for label, value in rows]
    if not done["sectors"] and done["proposals"]:
        lines.append(_("The proposals wait for the director on the page of proposals."))
    return "\n".join(lines)
