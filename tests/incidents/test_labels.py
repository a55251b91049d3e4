"""Words without a type wait, are given one, and nothing that was written changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.models import AuditEvent
from geo.errors import RefusedError
from geo.models import Commune
from incidents.models import Crosswalk, Incident, MaskedIncident, OffenceType
from incidents.services.labels import map_labels, open_labels
from incidents.services.suggesting import suggested_types
from incidents.services.taxonomies import load_taxonomies
from tests.incidents.files import bring_in, current, profile_for, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_words_get_their_type_under_one_number_and_keep_what_was_written(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, unmapped="keep")
    rows = [row(1), row(2, tipo="Portonazo"), row(3, tipo="Portonazo"), row(4, tipo="Otra")]
    bring_in(tmp_path, profile, rows)
    assert open_labels(commune=commune, source="registro") == {"Portonazo": 2, "Otra": 1}
    saved, retyped = map_labels(
        commune=commune, source="registro", mapping={"Portonazo": ("cead-2024-b", "20102")}, mapped_by=None
    )
    assert (saved.version, retyped) == (2, 2)
    assert open_labels(commune=commune, source="registro") == {"Otra": 1}
    assert {(one.source_label, one.offence_type.code) for one in current(commune)} == {
        ("Hurto", "60401"), ("Portonazo", "20102"), ("Otra", "sin_clasificar"),
    }  # fmt: skip
    assert MaskedIncident.objects.for_commune(commune).current().count() == 4
    again = bring_in(tmp_path, saved, rows)
    assert (again.accepted, again.repeated, again.counts["read_otherwise"]) == (0, 4, 0)
    [act] = AuditEvent.objects.filter(verb="incidents.map_labels")
    assert act.details["rows"] == 2


def test_a_type_that_a_person_gave_is_left_alone(commune: Commune, tmp_path: Path) -> None:
    from incidents.services.corrections import correct_incident

    bring_in(tmp_path, profile_for(commune, unmapped="keep"), [row(1, tipo="Portonazo"), row(2, tipo="Portonazo")])
    kept = OffenceType.objects.with_key("cead-2024-b", "20101").get()
    correct_incident(incident=current(commune)[0], reason="x", corrected_by=None, offence_type=kept)
    map_labels(commune=commune, source="registro", mapping={"Portonazo": ("cead-2024-b", "20102")}, mapped_by=None)
    assert sorted(one.offence_type.code for one in current(commune)) == ["20101", "20102"]


def test_nothing_given_is_refused(commune: Commune, tmp_path: Path) -> None:
    profile_for(commune)
    with pytest.raises(RefusedError):
        map_labels(commune=commune, source="registro", mapping={}, mapped_by=None)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("RUIDOS MOLESTOS", "municipal-1 ruidos_molestos"),
        ("ruido molesto", "municipal-1 ruidos_molestos"),
        ("RINA", "municipal-1 rina"),
        ("Vehiculo abandonado", "municipal-1 vehiculo_abandonado"),
        ("CONSUMO ALCOHOL VIA PUBLICA", "cead-2024-b 70204"),
        ("V.I.F.", None),
        ("VIF", "cead-2024-b 301"),
        ("HURTO", "cead-2024-b 604"),
        ("ROBO CON VIOLENCIA O INTIMIDACION", "cead-2024-b 201"),
        ("Robo por sorpresa", "cead-2024-b 202"),
        ("LUMINARIA APAGADA", "municipal-1 luminaria_apagada"),
        ("XYZ 123", None),
        ("Reunión con vecinos", None),
    ],
)
def test_types_are_suggested_by_likeness_and_unlike_words_get_none_for_sure(label: str, key: str | None) -> None:
    load_taxonomies()
    found = [one for one in suggested_types([label])[label] if one.is_sure]
    assert (found[0].key if found else None) == key


def test_the_crosswalk_reaches_every_earlier_type_once_and_only_exact_links_may_be_added() -> None:
    load_taxonomies()
    load_taxonomies()
    links = Crosswalk.objects.between("cead-2024-a", "cead-2024-b")
    assert links.filter(from_type__code="40101").get().to_type.code == "60101"  # never by the code alone
    linked = set(links.values_list("from_type__code", flat=True))
    earlier = OffenceType.objects.of_version("cead-2024-a").filter(level="subgroup")
    assert set(earlier.exclude(parent__code="108").values_list("code", flat=True)) <= linked
    assert {one.kind for one in links.exact()} == {"exact", "merge"}
    assert not links.exact().filter(from_type__code__in=["10205", "50101", "11001", "108"]).exists()


def test_groupings_hold_their_types_and_all_below_them() -> None:
    load_taxonomies()
    dmcs = OffenceType.objects.in_grouping("dmcs").filter(taxonomy__version="cead-2024-b")
    codes = set(dmcs.filter(level="subgroup").values_list("code", flat=True))
    assert {"60401", "20101", "10301", "10201", "10101"} <= codes
    assert not codes & {"40101", "30101", "10202"}
    assert set(OffenceType.objects.in_grouping("stop", "Drogas").values_list("code", flat=True)) >= {"401", "40101"}


def test_incidents_without_type_are_no_offences(commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(commune, unmapped="keep"), [row(1), row(2, tipo="Portonazo")])
    offences = Incident.objects.for_commune(commune).current().of_natures(["offence", "disorder"])
    assert offences.count() == 1
