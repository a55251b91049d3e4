"""The real file of Buenos Aires."""

from __future__ import annotations

from pathlib import Path

import pytest

from incidents.models import Incident, MaskedIncident
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from tests.incidents import buenos_aires

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]


def test_buenos_aires_enters_whole_and_once(real_data, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    path = real_data("incidents/buenos_aires_2016_2017/delitos_2016_2017.csv.gz")
    commune = buenos_aires.commune()
    profile = save_profile(commune=commune, **buenos_aires.PROFILE)
    told = {"commune": commune, "path": path, "file_name": path.name, "profile": profile, "imported_by": None}
    first = import_incidents(**told)
    assert (first.read, first.accepted, first.refused) == (buenos_aires.ROWS, buenos_aires.ROWS, 0)
    assert (first.unplaced, first.counts["unplaced"]) == (743, {"zero_coordinates": 743})
    incidents = Incident.objects.for_commune(commune).current()
    assert {label: incidents.filter(source_label=label).count() for label in buenos_aires.BY_LABEL} == (
        buenos_aires.BY_LABEL
    )
    assert incidents.of_natures(["emergency"]).count() == 9_833 + 264
    assert MaskedIncident.objects.for_commune(commune).count() == buenos_aires.ROWS
    second = import_incidents(**told)
    assert (second.read, second.repeated, second.accepted) == (buenos_aires.ROWS, buenos_aires.ROWS, 0)
