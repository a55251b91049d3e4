"""What every test may ask for: a commune, a person of each role, a client signed in as each, the real data."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.test import Client

from access.models import Membership
from access.roles import Role
from geo.models import Commune
from plan.services.strategy_types import load_strategy_types
from sectors.services.factor_types import load_factor_types
from tests.factories.access import MembershipFactory
from tests.factories.geo import CommuneFactory

SEEDS = {"plan": load_strategy_types, "sectors": load_factor_types}
MISSING_DATA = "needs the real data of the folder ATALAYA_DATA ({})"


@receiver(post_migrate)
def seed_again(sender: AppConfig, **_: object) -> None:
    """A test on real transactions empties every table when it ends; give the next one what migrations had put there."""
    if sender.name in SEEDS:
        SEEDS[sender.name]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip real-data tests where the folder is absent; run long proofs only when they are asked for by `-m soak`."""
    absent = pytest.mark.skip(reason=MISSING_DATA.format(settings.ATALAYA_DATA))
    for item in items:
        if "real_data" in item.keywords and not settings.ATALAYA_DATA.is_dir():
            item.add_marker(absent)
    if "soak" not in config.option.markexpr:
        asked, long_ones = [], []
        for item in items:
            (long_ones if "soak" in item.keywords else asked).append(item)
        if long_ones:
            config.hook.pytest_deselected(items=long_ones)
            items[:] = asked


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """Path of a file or folder of the real data; the test is skipped where it is absent. Mark the test `real_data`."""

    def find(name: str) -> Path:
        path = settings.ATALAYA_DATA / name
        if not path.exists():
            pytest.skip(MISSING_DATA.format(path))
        return path

    return find


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """Environment of the processes that a test starts: they work on the test's own database."""
    database = connection.settings_dict
    address = f"postgis://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    return dict(os.environ) | {"DATABASE_URL": address, "SECRET_KEY": settings.SECRET_KEY}


@pytest.fixture
def commune(db: None) -> Commune:
    """The commune that the test's people work in."""
    return CommuneFactory()


@pytest.fixture
def other_commune(db: None) -> Commune:
    """Another commune of the same database: nothing of it may be seen from `commune`, nor the other way round."""
    return CommuneFactory()


@pytest.fixture
def member(commune: Commune) -> Callable[..., Membership]:
    """`member(role)`: a person of `commune` (or of `commune=…`) in a role."""

    def make(role: Role | str = Role.ANALYST, commune: Commune = commune) -> Membership:
        return MembershipFactory(role=role, commune=commune)

    return make


@pytest.fixture
def client_as(member: Callable[..., Membership]) -> Callable[..., Client]:
    """`client_as(role)`: a browser signed in as a person of that role; CSRF is enforced when `enforce_csrf=True`."""

    def sign_in(role: Role | str, commune: Commune | None = None, *, enforce_csrf: bool = False) -> Client:
        membership = member(role, commune) if commune else member(role)
        client = Client(enforce_csrf_checks=enforce_csrf)
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        client.membership = membership  # type: ignore[attr-defined]
        return client

    return sign_in


@pytest.fixture
def analyst(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ANALYST)


@pytest.fixture
def director(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.DIRECTOR)


@pytest.fixture
def planner(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.PLANNER)


@pytest.fixture
def manager(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.MANAGER)


@pytest.fixture
def reader(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.READER)


@pytest.fixture
def camera_operator(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.CAMERA_OPERATOR)


@pytest.fixture
def administrator(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ADMINISTRATOR)
