"""People, their rights and their jobs."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from access.models import JobRun, Membership, User
from access.roles import Role
from tests.factories.geo import CommuneFactory


class UserFactory(DjangoModelFactory):
    """A person who signs in without a password (`client.force_login`)."""

    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"persona{number}")
    first_name = "Persona"
    last_name = factory.Sequence(lambda number: f"de prueba {number}")


class MembershipFactory(DjangoModelFactory):
    """A person's role in a commune; an analyst unless told otherwise."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    commune = factory.SubFactory(CommuneFactory)
    role = Role.ANALYST


class JobRunFactory(DjangoModelFactory):
    """A job that waits, outside the queue."""

    class Meta:
        model = JobRun

    commune = factory.SubFactory(CommuneFactory)
    kind = "tests.count"
