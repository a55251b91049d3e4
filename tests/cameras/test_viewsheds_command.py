"""`manage.py viewsheds`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from geo.models import Commune
from tests.factories.cameras import CameraFactory
from tests.factories.geo import PublicSpaceFactory, point, square

pytestmark = pytest.mark.django_db


def test_it_computes_what_is_missing_and_says_how_far_it_is(commune: Commune) -> None:
    PublicSpaceFactory(commune=commune, area=square(-100, -100, 200))
    CameraFactory.create_batch(2, commune=commune, point=point(0, 0), range_m=30)
    out, progress = io.StringIO(), io.StringIO()
    call_command("viewsheds", "--commune", commune.cut_code, "--json", stdout=out, stderr=progress)
    told = json.loads(out.getvalue())
    assert (told["computed"], told["up_to_date"]) == (2, 0)
    assert "1/2" in progress.getvalue()


def test_an_unknown_commune_is_refused() -> None:
    with pytest.raises(CommandError, match="XX99"):
        call_command("viewsheds", "--commune", "XX99")
