"""Default deny, proved on every address × every role × a stranger × another commune's member.

The addresses are found by the test itself; one that nobody has thought of fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ninja.constants import NOT_SET

from access.models import Membership
from access.permissions import PERMISSIONS, allows
from access.roles import Role
from geo.models import Commune
from tests.architecture.address_examples import PUBLIC, SECRET, Example, examples_of_areas
from tests.architecture.addresses import Address, every_address
from tests.factories.access import UserFactory

ADDRESSES = every_address()
EXAMPLES = examples_of_areas()
GUARDED = [address for address in ADDRESSES if not address.public]
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Any, tmp_path: Path) -> None:
    """What the addresses write does not stay in the folder of the people who work here."""
    settings.MEDIA_ROOT = tmp_path / "files"


def cases() -> list[Any]:
    """Every guarded address with each of its examples."""
    return [
        pytest.param(address, example, id=f"{address} {number}" if number else str(address))
        for address in GUARDED
        for number, example in enumerate(EXAMPLES.get(address.name, [Example()]))
    ]


def ask(client: Client, address: Address, example: Example, arguments: dict[str, Any]) -> Any:
    """Send what a browser would send."""
    send = getattr(client, example.method or address.method)
    extra = {} if send == client.get else {"data": example.body}
    if address.operation is not None and extra:
        extra["content_type"] = "application/json"
    return send(address.path(arguments), **extra)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def sign_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_every_address_says_who_may_call_it(address: Address) -> None:
    assert address.public or address.permission in PERMISSIONS, (
        f"{address}: mark the view with @requires(…) or @public, an operation with auth=allowed(…)"
    )


def test_only_the_listed_addresses_answer_strangers() -> None:
    assert {address.name for address in ADDRESSES if address.public} <= PUBLIC


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.arguments], ids=str)
def test_every_address_with_arguments_has_an_example(address: Address) -> None:
    assert EXAMPLES.get(address.name), f"{address}: add an example to tests/<area>/address_examples.py"


def test_no_example_is_left_of_an_address_that_is_gone() -> None:
    assert set(EXAMPLES) <= {address.name for address in ADDRESSES}


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.operation], ids=str)
def test_every_operation_says_what_it_answers(address: Address) -> None:
    assert NOT_SET not in address.operation.response_models.values(), f"{address}: give it response=…"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("address", "example"), cases())
def test_a_role_gets_what_the_permission_table_says(
    address: Address, example: Example, role: Role, commune: Commune, member: Callable[..., Membership]
) -> None:
    response = ask(sign_in(member(role).user), address, example, example.make(commune))
    permitted = allows(role, address.permission)
    finer = not example.permission or allows(role, example.permission)
    if permitted and finer:
        assert response.status_code not in REFUSED | {HTTPStatus.NOT_FOUND}
    elif permitted and example.denied_is_empty:
        assert response.status_code in REFUSED or not content(response)
    else:
        assert response.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "example"), cases())
def test_a_stranger_is_sent_to_the_door(address: Address, example: Example, commune: Commune) -> None:
    response = ask(Client(), address, example, example.make(commune))
    sent_to_sign_in = response.status_code == HTTPStatus.FOUND and "next=" in response["Location"]
    assert sent_to_sign_in or response.status_code in REFUSED


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "example"), cases())
def test_a_user_without_a_commune_is_refused(address: Address, example: Example, commune: Commune) -> None:
    response = ask(sign_in(UserFactory()), address, example, example.make(commune))
    assert response.status_code in REFUSED


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
@pytest.mark.parametrize(("address", "example"), [case for case in cases() if not case.values[1].same_for_all_communes])
def test_a_member_of_another_commune_receives_nothing_of_this_one(
    address: Address,
    example: Example,
    role: Role,
    commune: Commune,
    other_commune: Commune,
    member: Callable[..., Membership],
) -> None:
    arguments = example.make(commune)
    response = ask(sign_in(member(role, other_commune).user), address, example, arguments)
    gone = response.status_code in REFUSED | {HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT}
    assert gone or SECRET.encode() not in content(response)
    assert gone or not address.arguments or not content(response), f"{address} answered about another commune"


@pytest.mark.django_db
@pytest.mark.parametrize("address", [one for one in GUARDED if one.operation and one.method != "get"], ids=str)
def test_a_change_without_the_forms_token_is_refused(
    address: Address, commune: Commune, member: Callable[..., Membership]
) -> None:
    example = EXAMPLES.get(address.name, [Example()])[0]
    client = Client(enforce_csrf_checks=True)
    role = next(role for role in Role if allows(role, address.permission))
    client.force_login(member(role).user, backend=BACKEND)
    assert ask(client, address, example, example.make(commune)).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.django_db
@pytest.mark.parametrize("address", [one for one in GUARDED if not one.arguments], ids=str)
def test_a_person_whose_account_is_closed_is_refused_at_the_next_request(
    address: Address, member: Callable[..., Membership]
) -> None:
    membership = member(next(role for role in Role if allows(role, address.permission)))
    client = sign_in(membership.user)
    membership.user.is_active = False
    membership.user.save()
    response = ask(client, address, Example(), {})
    assert response.status_code in REFUSED | {HTTPStatus.FOUND}
