"""Frames come in metres, of one commune."""

from __future__ import annotations

import pytest

from geo import frames
from tests.factories import geo as factories

pytestmark = pytest.mark.django_db


def test_units_come_in_metres_with_their_figures() -> None:
    unit = factories.TerritorialUnitFactory(boundary=factories.square(0, 0, 100), residents=7)
    frame = frames.units_frame(unit.commune, kind=unit.kind)
    assert frame.crs.to_epsg() == 32718
    assert frame.index.tolist() == [unit.pk]
    assert frame.residents.tolist() == [7]
    assert frame.geometry.iloc[0].area == pytest.approx(10_000, rel=0.02)


def test_units_of_a_day_are_those_in_force_then() -> None:
    old = factories.TerritorialUnitFactory(valid_from="2020-01-01", valid_until="2022-01-01")
    new = factories.TerritorialUnitFactory(commune=old.commune, code=old.code, valid_from="2022-01-01")
    from datetime import date

    assert frames.units_frame(old.commune, kind=old.kind, on=date(2021, 6, 1)).index.tolist() == [old.pk]
    assert frames.units_frame(old.commune, kind=old.kind, on=date(2022, 1, 1)).index.tolist() == [new.pk]
    assert frames.units_frame(old.commune, kind=old.kind).index.tolist() == [new.pk]


def test_frames_hold_one_commune() -> None:
    street = factories.StreetSegmentFactory()
    factories.StreetSegmentFactory()
    assert frames.streets_frame(street.commune).index.tolist() == [street.pk]


@pytest.mark.parametrize(
    ("factory", "frame"),
    [
        (factories.AddressPointFactory, frames.addresses_frame),
        (factories.PlaceFactory, frames.places_frame),
        (factories.BuildingFactory, frames.buildings_frame),
        (factories.MaskAreaFactory, frames.masks_frame),
        (factories.PublicSpaceFactory, frames.public_space_frame),
    ],
)
def test_every_table_has_its_frame(factory: type, frame: object) -> None:
    row = factory()
    assert frame(row.commune).index.tolist() == [row.pk]  # type: ignore[operator]


def test_an_empty_frame_is_still_a_frame_in_metres() -> None:
    frame = frames.buildings_frame(factories.CommuneFactory())
    assert frame.empty
    assert frame.crs.to_epsg() == 32718
    assert "height_m" in frame.columns


def test_study_area_is_the_commune_without_its_water() -> None:
    commune = factories.CommuneFactory()
    whole = frames.study_area(commune).area
    factories.MaskAreaFactory(commune=commune, area=factories.square(0, 0, 1000))
    factories.MaskAreaFactory(commune=commune, area=factories.square(500, 0, 1000), kind="forest")
    assert whole - frames.study_area(commune).area == pytest.approx(1_500_000, rel=0.01)


def test_a_mask_over_everything_leaves_the_whole_commune() -> None:
    commune = factories.CommuneFactory()
    factories.MaskAreaFactory(commune=commune, area=commune.boundary)
    assert frames.study_area(commune).area == pytest.approx(95e6, rel=0.02)


def test_slivers_between_mask_and_boundary_are_no_ground() -> None:
    commune = factories.CommuneFactory()
    west, south, _east, north = commune.boundary.extent
    factories.MaskAreaFactory(commune=commune, area=factories.box(west + 1e-6, south, west + 0.05, north))
    area = frames.study_area(commune)
    assert area.geom_type == "Polygon"
