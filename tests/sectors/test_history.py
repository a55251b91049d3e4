"""The database itself keeps the history: what it refuses whatever code asks it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import F

from sectors.models import FactorType, RiskSector, RiskSectorVersion
from tests.factories.sectors import RiskSectorFactory

pytestmark = pytest.mark.django_db
REFUSED = (IntegrityError, InternalError)


def test_version_row_cannot_be_changed() -> None:
    RiskSectorFactory()
    with pytest.raises(REFUSED), transaction.atomic():
        RiskSectorVersion.objects.update(name="otro")


def test_version_row_cannot_be_deleted() -> None:
    RiskSectorFactory()
    with pytest.raises(REFUSED), transaction.atomic():
        RiskSectorVersion.objects.all()._raw_delete("default")


def test_sector_cannot_be_deleted() -> None:
    RiskSectorFactory()
    with pytest.raises(REFUSED), transaction.atomic():
        RiskSector.objects.all()._raw_delete("default")


def test_sector_cannot_change_without_raising_its_version() -> None:
    RiskSectorFactory()
    with pytest.raises(REFUSED), transaction.atomic():
        RiskSector.objects.update(name="otro")


def test_sector_version_rises_by_one_only() -> None:
    RiskSectorFactory()
    with pytest.raises(REFUSED), transaction.atomic():
        RiskSector.objects.update(version=F("version") + 2)


def test_kinds_of_factor_are_seeded() -> None:
    assert FactorType.objects.count() >= 15
