"""Sectors, proposals, factors, readings and schemes, ready-made. The catalogue's own rows come with their history."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from sectors import models
from tests.factories.access import UserFactory
from tests.factories.geo import CommuneFactory, TerritorialUnitFactory, point, square


class RiskSectorFactory(DjangoModelFactory[models.RiskSector]):
    """An active sector of about 300 m a side, with its first version."""

    class Meta:
        model = models.RiskSector
        skip_postgeneration_save = True

    commune = factory.SubFactory(CommuneFactory)
    code = factory.Sequence(lambda n: f"S-{n:03d}")
    name = factory.Sequence(lambda n: f"Sector {n}")
    typology = models.Typology.MIXED
    status = models.SectorStatus.ACTIVE
    boundary = factory.Sequence(lambda n: square(-2500 + 400 * (n % 12), -2500 + 400 * (n // 12 % 12), 300))
    valid_from = date(2024, 1, 1)

    @factory.post_generation
    def history(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Write version 1, as the service does."""
        if create:
            RiskSectorVersionFactory(sector=self)


class RiskSectorVersionFactory(DjangoModelFactory[models.RiskSectorVersion]):
    """The sector as it stands, written into its history."""

    class Meta:
        model = models.RiskSectorVersion

    sector = factory.SubFactory(RiskSectorFactory)
    version = factory.SelfAttribute("sector.version")
    name = factory.SelfAttribute("sector.name")
    typology = factory.SelfAttribute("sector.typology")
    status = factory.SelfAttribute("sector.status")
    boundary = factory.SelfAttribute("sector.boundary")
    responsible = factory.SelfAttribute("sector.responsible")
    act = factory.SelfAttribute("sector.act")
    valid_from = factory.SelfAttribute("sector.valid_from")
    valid_until = factory.SelfAttribute("sector.valid_until")
    recorded_at = factory.LazyFunction(timezone.now)
    changed_by = factory.SubFactory(UserFactory)
    reason = "alta"


class FocalTerritoryFactory(DjangoModelFactory[models.FocalTerritory]):
    """A focal territory of one sector; give `sectors=[…]` for others."""

    class Meta:
        model = models.FocalTerritory
        skip_postgeneration_save = True

    commune = factory.SubFactory(CommuneFactory)
    name = factory.Sequence(lambda n: f"Territorio {n}")
    act = "Decreto 1"
    period_from = date(2026, 1, 1)
    period_until = date(2026, 12, 31)
    reason = "concentra incidentes"
    valid_until = date(2026, 12, 31)
    approved_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def sectors(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Attach the given sectors, or one new sector of the same commune."""
        if create:
            self.sectors.set(extracted if extracted is not None else [RiskSectorFactory(commune=self.commune)])


class FactorTypeFactory(DjangoModelFactory[models.FactorType]):
    class Meta:
        model = models.FactorType
        django_get_or_create = ("code",)

    code = "luminaria-apagada"
    name = "Luminaria apagada o insuficiente"
    severity = 2.0


class RiskFactorFactory(DjangoModelFactory[models.RiskFactor]):
    """An unsolved factor."""

    class Meta:
        model = models.RiskFactor

    commune = factory.SubFactory(CommuneFactory)
    kind = factory.SubFactory(FactorTypeFactory)
    point = factory.Sequence(lambda n: point(20 * (n % 50), 20 * (n // 50)))
    observed_on = date(2025, 6, 1)
    source = "terreno"
    recorded_by = factory.SubFactory(UserFactory)


class PerceptionReadingFactory(DjangoModelFactory[models.PerceptionReading]):
    """A reading of a neighbourhood unit; give `unit=None, sector=…` for one of a sector."""

    class Meta:
        model = models.PerceptionReading

    commune = factory.SubFactory(CommuneFactory)
    unit = factory.SubFactory(TerritorialUnitFactory, commune=factory.SelfAttribute("..commune"))
    value = 60.0
    measured_on = date(2025, 9, 1)
    n = 120
    instrument = "encuesta municipal"
    source = "encuesta"
    recorded_by = factory.SubFactory(UserFactory)
