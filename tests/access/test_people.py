"""Accounts and roles: made, changed and ended, each with its trace."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import AuditEvent, Membership, User
from access.roles import Role
from access.services.people import close_account, create_user, give_role, set_password, take_role
from geo.errors import ConflictError, RefusedError
from geo.models import Commune
from tests.factories.access import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "lluvia-sobre-el-rio"


def test_a_new_account_can_sign_in_with_its_password() -> None:
    user = create_user(username="ana", password=PASSWORD)
    assert user.check_password(PASSWORD)


def test_a_short_password_is_refused_with_a_sentence() -> None:
    with pytest.raises(RefusedError, match="12"):
        create_user(username="ana", password="corta")


def test_a_name_is_taken_whatever_its_capitals() -> None:
    create_user(username="ana", password=PASSWORD)
    with pytest.raises(ConflictError):
        create_user(username="Ana", password=PASSWORD)


def test_a_second_role_in_the_same_commune_takes_the_place_of_the_first(commune: Commune) -> None:
    user = UserFactory()
    give_role(user=user, commune=commune, role=Role.READER)
    give_role(user=user, commune=commune, role=Role.ANALYST)
    assert [one.role for one in Membership.objects.of_user(user)] == [Role.ANALYST]


def test_an_unknown_role_is_refused_and_the_known_ones_are_named(commune: Commune) -> None:
    with pytest.raises(RefusedError, match="analista"):
        give_role(user=UserFactory(), commune=commune, role="jefa")


def test_giving_a_role_is_kept_in_the_trail(commune: Commune) -> None:
    give_role(user=UserFactory(username="ana"), commune=commune, role=Role.READER)
    assert AuditEvent.objects.get(verb="role.give").details == {"role": "lectora"}


def test_a_role_that_was_taken_no_longer_opens_the_commune() -> None:
    membership = MembershipFactory()
    user = membership.user
    take_role(membership=membership, reason="Fin de contrato")
    assert not Membership.objects.of_user(user).exists()


def test_closing_an_account_ends_its_sessions(client: Client) -> None:
    membership = MembershipFactory()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    close_account(user=membership.user, reason="Fin de contrato")
    assert "_auth_user_id" not in client.session
    assert client.get("/ayuda/").status_code == HTTPStatus.FOUND


def test_a_new_password_ends_the_sessions_of_the_old_one(client: Client) -> None:
    membership = MembershipFactory()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    set_password(user=membership.user, password=PASSWORD)
    assert client.get("/ayuda/").status_code == HTTPStatus.FOUND


def test_the_command_makes_an_account_with_its_role(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATALAYA_PASSWORD", PASSWORD)
    call_command("add_member", "ana", "--commune", commune.cut_code, "--role", "analista")
    assert User.objects.get(username="ana").memberships.get().role == Role.ANALYST


def test_the_command_names_a_commune_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="99999"):
        call_command("add_member", "ana", "--commune", "99999", "--role", "analista")
