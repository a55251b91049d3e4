"""From a file to rows: what is accepted, repeated, refused, unplaced."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import openpyxl
import pytest
from django.db import connection

from access.models import AuditEvent
from geo.errors import RefusedFileError
from geo.models import Commune
from incidents.models import ImportBatch, Incident, Ledger, MaskedIncident
from incidents.services.importing import import_incidents
from incidents.services.ledger import latest_sequence
from incidents.services.remains import refused_path, refused_workbook
from incidents.services.staging import rows as fetch
from incidents.services.undoing import take_back
from tests.factories.incidents import SETTINGS
from tests.incidents.files import HEADER, LAT, LNG, bring_in, content, current, profile_for, row, write_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_counts_of_a_mixed_file_add_up(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    batch = bring_in(
        tmp_path,
        profile,
        [row(1), row(2, tipo="Robo"), row(1), row(3, fecha="2025-02-30"), row(4, tipo="Otro"), row(5, lng=0, lat=0)],
    )
    assert (batch.read, batch.accepted, batch.repeated, batch.refused, batch.unplaced) == (6, 3, 1, 2, 1)
    assert batch.counts["refused"] == {"bad_date": 1, "unknown_label": 1}


def test_a_row_keeps_what_the_source_said(commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(commune), [row("A-1")])
    [one] = current(commune)
    assert (one.record_id, one.source_label, one.local_text) == ("A-1", "Hurto", "2025-06-02 12:30:00")
    assert one.occurred_from == dt.datetime(2025, 6, 2, 16, 30, tzinfo=dt.UTC)
    assert (one.point.x, one.point.y) == (LNG, LAT)
    assert (one.offence_type.code, one.origin, one.origin_assumed) == ("60401", "reported", False)


def test_columns_that_the_profile_does_not_name_never_reach_the_database(commune: Commune, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(_stage: str, done: int, _total: int) -> None:
        if done < 2:
            return  # the file is still being copied through this very connection
        for (table,) in fetch("SELECT relname FROM pg_class WHERE relname = 'raw' AND relkind = 'r'"):
            seen.append(table)
        columns = fetch(
            "SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE relname = 'raw'"
        )
        assert ("nombre",) not in columns

    bring_in(tmp_path, profile_for(commune), [row(1)], report=look)
    assert seen


def test_same_file_twice_changes_nothing(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    rows = [row(1), row(2, tipo="Robo"), row(3, fecha="nunca")]
    first = bring_in(tmp_path, profile, rows)
    before = content(commune), latest_sequence(commune), ImportBatch.objects.count(), AuditEvent.objects.count()
    second = bring_in(tmp_path, profile, rows)
    assert (second.pk, second.accepted, second.repeated, second.refused) == (first.pk, 0, 2, 1)
    after = content(commune), latest_sequence(commune), ImportBatch.objects.count(), AuditEvent.objects.count()
    assert before == after


def test_rows_that_a_corrected_profile_would_read_otherwise_are_told(commune: Commune, tmp_path: Path) -> None:
    first = bring_in(tmp_path, profile_for(commune), [row(1), row(2, tipo="Robo")])
    mended = profile_for(commune, type_mapping=SETTINGS["type_mapping"] | {"Hurto": ["cead-2024-b", "20101"]})
    again = bring_in(tmp_path, mended, [row(1), row(2, tipo="Robo")])
    assert (again.accepted, again.repeated, again.counts["read_otherwise"]) == (0, 2, 1)
    take_back(batch=first, undone_by=None)
    after = bring_in(tmp_path, mended, [row(1), row(2, tipo="Robo")])
    assert (after.accepted, after.counts["read_otherwise"]) == (2, 0)


def test_a_place_that_a_corrected_system_would_move_is_told(commune: Commune, tmp_path: Path) -> None:
    places = [row(1, lng=650_000, lat=5_590_000), row(2, lng=650_100, lat=5_590_000)]
    bring_in(tmp_path, profile_for(commune, srid=32718), places)
    again = bring_in(tmp_path, profile_for(commune, srid=24878), places)
    assert (again.accepted, again.counts["read_otherwise"]) == (0, 2)


def test_reordered_and_resaved_file_changes_no_incident(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, date_format=["%Y-%m-%d", "%d-%m-%Y"])
    bring_in(tmp_path, profile, [row(1), row(2, tipo="Robo")])
    before = content(commune), latest_sequence(commune)
    resaved = [row(2, tipo=" Robo ", fecha="02-06-2025"), row(1, hora="12:30", lng=f"{LNG}00", lat=LAT)]
    batch = bring_in(tmp_path, profile, resaved, name="otra vez.csv")
    assert (batch.accepted, batch.repeated, batch.sequence) == (0, 2, None)
    assert (content(commune), latest_sequence(commune)) == before


def test_rows_without_id_keep_their_multiplicity(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, without=["record_id"])
    assert bring_in(tmp_path, profile, [row(), row(), row(hora="13:00:00")]).accepted == 3
    again = bring_in(tmp_path, profile, [row(hora="13:00:00"), row(), row(), row()], name="b.csv")
    assert (again.accepted, again.repeated) == (1, 3)
    assert len(current(commune)) == 4


def test_a_row_that_changed_at_the_source_is_a_new_version(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1)])
    [old] = current(commune)
    batch = bring_in(tmp_path, profile, [row(1, tipo="Robo")], name="b.csv")
    [new] = current(commune)
    old.refresh_from_db()
    assert (new.supersedes_id, new.offence_type.code, batch.counts["new_versions"]) == (old.pk, "20101", 1)
    assert old.withdrawn_in == new.recorded_in == batch.sequence
    assert MaskedIncident.objects.get(incident=old).withdrawn_in == batch.sequence


def test_an_old_file_sent_again_does_not_bring_old_content_back(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1)], name="enero.csv")
    bring_in(tmp_path, profile, [row(1, tipo="Robo")], name="febrero.csv")
    again = bring_in(tmp_path, profile, [row(1)], name="enero.csv")
    assert (again.accepted, again.repeated) == (0, 1)
    assert current(commune)[0].offence_type.code == "20101"


def test_one_id_with_two_contents_in_a_file_is_refused(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1), row(1, tipo="Robo"), row(2)])
    assert (batch.accepted, batch.refused) == (1, 2)
    assert batch.counts["refused"] == {"id_with_other_content": 2}


def test_as_of_gives_each_past_state(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    first = bring_in(tmp_path, profile, [row(1)])
    second = bring_in(tmp_path, profile, [row(1, tipo="Robo"), row(2)], name="b.csv")
    incidents = Incident.objects.for_commune(commune)
    assert [one.offence_type.code for one in incidents.as_of(first.sequence)] == ["60401"]
    assert incidents.as_of(second.sequence).count() == 2
    assert incidents.as_of(0).count() == 0


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({"lng": 0, "lat": 0}, "zero_coordinates"),
        ({"lng": "", "lat": ""}, "no_coordinates"),
        ({"lng": "S/N", "lat": "?"}, "no_coordinates"),
        ({"lng": LNG, "lat": ""}, "incomplete_coordinates"),
        ({"lng": "junto al puente", "lat": LAT}, "coordinates_not_numbers"),
        ({"lng": -70.65, "lat": -33.44}, "far_outside"),
        ({"lng": "9" * 14, "lat": LAT}, "coordinates_not_numbers"),
        ({"lng": 900, "lat": LAT}, "far_outside"),
        ({"lng": "NaN", "lat": "Infinity"}, "coordinates_not_numbers"),
    ],
)
def test_a_bad_place_leaves_the_incident_unplaced(commune: Commune, tmp_path: Path, place: dict, reason: str) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1, **place)])
    assert (batch.accepted, batch.unplaced, batch.counts["unplaced"]) == (1, 1, {reason: 1})
    [one] = current(commune)
    assert (one.point, one.place_class) == (None, "none")


def test_a_file_in_the_wrong_system_is_refused_with_the_right_one(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, srid=32719)
    rows = [row(number, lng=650_139 + number, lat=5_591_393) for number in range(40)]
    with pytest.raises(RefusedFileError, match="32718"):
        bring_in(tmp_path, profile, rows)
    assert not ImportBatch.objects.exists()


def test_utm_with_decimal_comma_lands_where_it_should(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, srid=32718, decimal=",", delimiter=";")
    path = write_rows(tmp_path / "utm.csv", [row(1, lng="650.139,5", lat="5591393,25")], delimiter=";")
    import_incidents(commune=commune, path=path, file_name="utm.csv", profile=profile, imported_by=None)
    [one] = current(commune)
    assert one.point.x == pytest.approx(-73.246, abs=2e-3)
    assert one.point.y == pytest.approx(-39.814, abs=2e-3)


def test_both_coordinates_in_one_cell_are_read(commune: Commune, tmp_path: Path) -> None:
    columns = {"record_id": "folio", "date": "fecha", "time": "hora", "label": "tipo", "coordinates": "nombre"}
    profile = profile_for(commune, columns=columns)
    bring_in(tmp_path, profile, [row(1, nombre=f"{LAT}, {LNG}"), row(2, nombre=f"({LAT};{LNG})"), row(3, nombre="no")])
    points = [one.point and (one.point.x, one.point.y) for one in current(commune)]
    assert points == [(LNG, LAT), (LNG, LAT), None]


def test_origin_of_the_type_is_taken_and_marked_where_the_source_tells_none(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, without=["origin"])
    bring_in(tmp_path, profile, [row(1), row(2, tipo="Porte de arma", hora="13:00:00")])
    told = [(one.origin, one.origin_assumed) for one in current(commune)]
    assert told == [("reported", True), ("discovered", True)]


def test_what_is_not_an_incident_is_refused(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1, tipo="Patrullaje")])
    assert batch.counts["refused"] == {"not_an_incident": 1}


def test_a_row_with_missing_cells_is_refused_alone(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1), row(2)[:4], row(3)])
    assert (batch.accepted, batch.counts["refused"]) == (2, {"broken_row": 1})


def refused_rows(batch: ImportBatch) -> list[list[str]]:
    text = refused_path(batch.refused_file).read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=","))


def test_refused_rows_tell_why_and_what_they_said_in_the_columns_of_the_profile(
    commune: Commune, tmp_path: Path
) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1), row(2, fecha="31-31-2025", tipo="Secreto")])
    head, line = refused_rows(batch)
    assert head[2:] == ["folio", "fecha", "hora", "tipo", "procedencia", "lng", "lat"]
    assert line[0] == "3"
    assert line[1].startswith("fecha: ")
    assert "tipo: " in line[1]
    assert line[2:6] == ["2", "31-31-2025", "12:30:00", "Secreto"]
    assert "Persona Inventada" not in str(line)


def test_refused_rows_are_mended_and_sent_again(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    first = bring_in(tmp_path, profile, [row(1), row(2, fecha="x"), row(3, tipo="Otra cosa")])
    assert (first.accepted, first.refused) == (1, 2)
    mended = refused_rows(first)
    mended[1][3], mended[2][5] = "2025-06-03", "Robo"
    path = write_rows(tmp_path / "mended.csv", mended[1:], header=mended[0])
    second = import_incidents(commune=commune, path=path, file_name="m.csv", profile=profile, imported_by=None)
    assert (second.read, second.accepted, second.refused) == (2, 2, 0)
    again = bring_in(tmp_path, profile, [row(1), row(2, fecha="2025-06-03"), row(3, tipo="Robo")])
    assert (again.accepted, again.repeated) == (0, 3)


def test_the_workbook_of_refused_rows_is_mended_and_sent_again(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, decimal=",")
    first = bring_in(tmp_path, profile, [row(7, fecha="x", lat="-39,814", lng="-73,246", hora="=1+1")])
    path = tmp_path / "refused.xlsx"
    path.write_bytes(refused_workbook(refused_path(first.refused_file), delimiter=",", encoding="utf-8"))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet["E2"].data_type == "s"  # =1+1 stays a text
    sheet["D2"], sheet["E2"] = dt.date(2025, 6, 3), "12:00"
    book.save(path)
    second = import_incidents(commune=commune, path=path, file_name="r.xlsx", profile=profile, imported_by=None)
    assert (second.accepted, second.refused, second.unplaced) == (1, 0, 0)
    [one] = current(commune)
    assert (one.point.x, one.point.y, one.record_id) == (-73.246, -39.814, "7")


def test_no_cell_of_the_refused_file_is_a_formula(commune: Commune, tmp_path: Path) -> None:
    header = [*HEADER[:3], "=cmd()", *HEADER[4:]]
    profile = profile_for(commune, columns={"date": "fecha", "label": "=cmd()"})
    path = write_rows(tmp_path / "-x.csv", [row(1, tipo="+Otro")], header=header)
    batch = import_incidents(commune=commune, path=path, file_name="-x.csv", profile=profile, imported_by=None)
    assert not [cell for line in refused_rows(batch) for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_personal_data_in_texts_is_masked_before_it_is_stored_and_counted(commune: Commune, tmp_path: Path) -> None:
    mapping = {"Hurto a [NOMBRE]": ["cead-2024-b", "60401"], "Hurto": ["cead-2024-b", "60401"]}
    rows = [row(1, tipo="Hurto a Juan Pérez Soto"), row(2, tipo="Llamó al +56 9 8765 4321"), row("40.123.456-K")]
    batch = bring_in(tmp_path, profile_for(commune, type_mapping=mapping), rows)
    assert batch.counts["masked"] == {"name": 1, "phone": 1, "rut": 1}
    assert batch.counts["refused"] == {"unknown_label": 1, "personal_id": 1}
    assert [one.source_label for one in current(commune)] == ["Hurto a [NOMBRE]"]
    told = str(refused_rows(batch))
    assert "8765" not in told
    assert "40.123" not in told


def test_words_without_a_type_are_kept_counted_and_never_dropped(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune, unmapped="keep")
    batch = bring_in(tmp_path, profile, [row(1), row(2, tipo="Portonazo"), row(3, tipo="Portonazo")])
    assert (batch.accepted, batch.refused) == (3, 0)
    assert batch.counts["unmapped"] == {"Portonazo": 2}
    kept = [one for one in current(commune) if one.source_label == "Portonazo"]
    assert {one.offence_type.nature for one in kept} == {"unmapped"}


def test_a_file_is_compared_with_what_is_there(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1), row(2, hora="10:00"), row(3), row(4, fecha="2025-06-09")])
    changed = [row(1), row(2, hora="11:00", lat=LAT + 0.001), row(4, fecha="2025-06-09", tipo="Robo"), row(5)]
    batch = bring_in(tmp_path, profile, changed, dry_run=True)
    assert (batch.accepted, batch.counts["new_versions"], batch.repeated) == (3, 2, 1)
    assert batch.counts["changed"] == {"label": 1, "type": 1, "time": 1, "place": 1}
    assert batch.counts["changes"] == [[3, "2", ["time", "place"]], [4, "4", ["label", "type"]]]
    assert batch.counts["absent"] == 1


def test_each_row_may_say_how_well_its_place_is_known(commune: Commune, tmp_path: Path) -> None:
    columns = {"record_id": "folio", "date": "fecha", "label": "tipo", "x": "lng", "y": "lat",
               "place_class": "procedencia"}  # fmt: skip
    profile = profile_for(commune, columns=columns, values={"place_class": {"a ojo": "area"}}, place_class="block")
    told = ["Exacta", "esquina", "a ojo", "", "otra"]
    bring_in(tmp_path, profile, [row(number, procedencia=word) for number, word in enumerate(told)])
    found = {one.record_id: one.place_class for one in current(commune)}
    assert found == {"0": "exact", "1": "block", "2": "area", "3": "block", "4": "block"}


def test_a_dry_run_tells_the_counts_and_keeps_no_incident(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1), row(2, fecha="x")], dry_run=True)
    assert (batch.state, batch.accepted, batch.refused) == ("dry_run", 1, 1)
    assert not Incident.objects.exists()
    assert not Ledger.objects.exists()


def test_a_profile_may_refuse_the_whole_file_for_one_bad_row(commune: Commune, tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match=r"row 3|fila 3"):
        bring_in(tmp_path, profile_for(commune, bad_rows="refuse_file"), [row(1), row(2, fecha="x")])
    assert not Incident.objects.exists()


def test_gzip_is_read(commune: Commune, tmp_path: Path) -> None:
    plain = write_rows(tmp_path / "a.csv", [row(1)])
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    batch = import_incidents(
        commune=commune, path=packed, file_name="a.csv.gz", profile=profile_for(commune), imported_by=None
    )
    assert batch.accepted == 1


def test_an_empty_file_is_refused(commune: Commune, tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError):
        bring_in(tmp_path, profile_for(commune), [])


def test_the_import_is_one_act_in_the_audit_trail(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1)])
    [act] = AuditEvent.objects.filter(verb="incidents.import")
    assert (act.details["id"], act.details["accepted"]) == (batch.pk, 1)


def test_no_staging_is_left_after_an_import_or_a_failure(commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(commune), [row(1)])
    with pytest.raises(RefusedFileError):
        bring_in(tmp_path, profile_for(commune), [], name="b.csv")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_namespace WHERE starts_with(nspname, 'staging_import_')")
        assert cursor.fetchone() == (0,)


def test_rows_of_another_commune_are_untouched(commune: Commune, other_commune: Commune, tmp_path: Path) -> None:
    bring_in(tmp_path, profile_for(other_commune), [row(1)])
    batch = bring_in(tmp_path, profile_for(commune), [row(1)])
    assert batch.accepted == 1
    assert (latest_sequence(commune), latest_sequence(other_commune)) == (1, 1)
