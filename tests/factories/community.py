"""Boards and managers, ready-made."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from access.roles import Role
from community import models
from tests.factories.access import MembershipFactory
from tests.factories.sectors import FocalTerritoryFactory


class NeighbourhoodBoardFactory(DjangoModelFactory[models.NeighbourhoodBoard]):
    class Meta:
        model = models.NeighbourhoodBoard

    focal_territory = factory.SubFactory(FocalTerritoryFactory)
    commune = factory.SelfAttribute("focal_territory.commune")
    name = factory.Sequence(lambda n: f"Mesa barrial {n}")
    opened_on = date(2026, 2, 1)


class TerritorialManagerFactory(DjangoModelFactory[models.TerritorialManager]):
    """A person with the role of territorial manager in the commune of the territory."""

    class Meta:
        model = models.TerritorialManager

    focal_territory = factory.SubFactory(FocalTerritoryFactory)
    commune = factory.SelfAttribute("focal_territory.commune")
    user = factory.LazyAttribute(lambda row: MembershipFactory(commune=row.commune, role=Role.MANAGER).user)
    valid_from = date(2026, 2, 1)
