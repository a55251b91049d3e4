"""Public space is what blocks, buildings and water leave."""

from __future__ import annotations

import pytest
from django.contrib.gis.db.models import Union

from geo.crs import geometry_to_metric
from geo.errors import RefusedError
from geo.models import Commune, PublicSpace
from geo.services.public_space import derive_public_space
from tests.factories import geo as factories

pytestmark = pytest.mark.django_db


def area_m2(commune: Commune) -> float:
    whole = PublicSpace.objects.for_commune(commune).aggregate(whole=Union("area"))["whole"]
    return geometry_to_metric(whole, commune=commune).area


def test_blocks_buildings_and_water_are_taken_off(commune: Commune) -> None:
    factories.TerritorialUnitFactory(commune=commune, kind="manzana", boundary=factories.square(0, 0, 1000))
    factories.BuildingFactory(commune=commune, footprint=factories.square(2000, 0, 500))
    factories.MaskAreaFactory(commune=commune, area=factories.square(-2000, 0, 700))
    assert derive_public_space(commune=commune) > 0
    whole = geometry_to_metric(commune.boundary, commune=commune).area
    assert whole - area_m2(commune) == pytest.approx(1_000_000 + 250_000 + 490_000, rel=0.02)


def test_gaps_of_half_a_metre_are_no_street(commune: Commune) -> None:
    factories.TerritorialUnitFactory(commune=commune, kind="manzana", boundary=factories.square(0, 0, 100))
    factories.TerritorialUnitFactory(commune=commune, kind="manzana", boundary=factories.square(100.5, 0, 100))
    derive_public_space(commune=commune)
    middle = factories.point(100.25, 50)
    assert not PublicSpace.objects.filter(area__contains=middle).exists()


def test_deriving_again_replaces_and_leaves_what_was_given(commune: Commune) -> None:
    given = factories.PublicSpaceFactory(commune=commune)
    factories.BuildingFactory(commune=commune)
    first = derive_public_space(commune=commune)
    assert derive_public_space(commune=commune) == first
    assert PublicSpace.objects.filter(source="given").get() == given


def test_nothing_to_take_off_is_told(commune: Commune) -> None:
    with pytest.raises(RefusedError):
        derive_public_space(commune=commune)
