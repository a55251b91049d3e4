"""`manage.py add_member USERNAME --commune CUT --role analista`: an account and its role."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from access.models import User
from access.roles import Role
from access.services.people import create_user, give_role
from geo.errors import AtalayaError
from geo.models import Commune

PASSWORD_VARIABLE = "ATALAYA_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = "Make an account if there is none of that name, and give it a role in a commune."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--commune", required=True, metavar="CUT", help="code of the commune")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        commune = Commune.objects.with_code(options["commune"]).first()
        if commune is None:
            raise CommandError(_("There is no commune with the code %(code)s.") % {"code": options["commune"]})
        try:
            user = User.objects.filter(username=options["username"]).first() or create_user(
                username=options["username"],
                password=_password(),
                first_name=options["first_name"],
                last_name=options["last_name"],
                email=options["email"],
            )
            membership = give_role(user=user, commune=commune, role=options["role"])
        except AtalayaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(membership))


def _password() -> str:
    """The new account's password: typed twice, or from the environment where nobody sits at the keyboard."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandError(_("Give the password in the variable %(name)s.") % {"name": PASSWORD_VARIABLE})
    first, second = getpass.getpass(_("Password: ")), getpass.getpass(_("Once more: "))
    if first != second:
        raise CommandError(_("The two passwords differ."))
    return first
