"""Cameras and what they see, ready-made."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from cameras import models
from tests.factories.access import UserFactory
from tests.factories.geo import CommuneFactory, point, square


class CameraFactory(DjangoModelFactory[models.Camera]):
    """A municipal dome that is watched live."""

    class Meta:
        model = models.Camera

    commune = factory.SubFactory(CommuneFactory)
    code = factory.Sequence(lambda n: f"CAM-{n:03d}")
    name = factory.Sequence(lambda n: f"Cámara {n}")
    owner = models.Owner.MUNICIPAL
    monitored_live = True
    kind = models.CameraKind.DOME
    point = factory.Sequence(lambda n: point(15 * (n % 50), -10))
    height_m = 6.0
    range_m = 60.0
    status = models.CameraStatus.OPERATIVE


class ViewshedFactory(DjangoModelFactory[models.Viewshed]):
    """A square of about 50 m that a camera sees."""

    class Meta:
        model = models.Viewshed

    camera = factory.SubFactory(CameraFactory)
    commune = factory.SelfAttribute("camera.commune")
    camera_version = factory.SelfAttribute("camera.version")
    area = factory.LazyFunction(lambda: square(0, 0, 50))
    area_m2 = 2500.0
    model = "walls"
    parameters = factory.LazyFunction(dict)
    code_version = "0.1.0"


class PresetFactory(DjangoModelFactory[models.Preset]):
    """A stop of a tour that looks east."""

    class Meta:
        model = models.Preset

    camera = factory.SubFactory(CameraFactory)
    commune = factory.SelfAttribute("camera.commune")
    position = 1
    azimuth_deg = 90.0
    field_of_view_deg = 60.0
    dwell_s = 10.0
    move_s = 2.0


class SitingRunFactory(DjangoModelFactory[models.SitingRun]):
    """A search that found one camera."""

    class Meta:
        model = models.SitingRun

    commune = factory.SubFactory(CommuneFactory)
    parameters = factory.LazyFunction(lambda: {"demand": "focos", "candidates": ["esquinas"], "limit": "cantidad"})
    code_version = "0.1.0"
    sequence = 1
    sites = 10
    demand = 100.0
    demand_covered = 20.0
    gain = 30.0
    bound = 31.0
    gap_ratio = 0.03
    proven = False
    method = "greedy"
    curve = factory.LazyFunction(lambda: [30.0])
    created_by = factory.SubFactory(UserFactory)


class SitingChoiceFactory(DjangoModelFactory[models.SitingChoice]):
    """A dome proposed at the centre."""

    class Meta:
        model = models.SitingChoice

    run = factory.SubFactory(SitingRunFactory)
    commune = factory.SelfAttribute("run.commune")
    rank = 1
    point = factory.LazyFunction(point)
    kind = models.CameraKind.DOME
    height_m = 6.0
    range_m = 100.0
    cost = 9.0
    gain = 30.0
