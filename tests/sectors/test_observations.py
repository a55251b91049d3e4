"""Risk factors and perception readings, from files and from forms."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from access.models import User
from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from incidents.models import ImportBatch
from incidents.services.profiles import save_profile
from incidents.services.undoing import take_back
from sectors.errors import StaleVersionError
from sectors.models import PerceptionReading, RiskFactor
from sectors.services.catalogue import today
from sectors.services.factors import add_factor, change_factor, import_factors
from sectors.services.perception import Answer, add_reading, import_readings
from tests.factories.geo import TerritorialUnitFactory, point
from tests.factories.sectors import FactorTypeFactory, RiskFactorFactory, RiskSectorFactory

pytestmark = pytest.mark.django_db

FACTORS = """CODIGO;TIPO;LUGAR;LNG;LAT;ESTADO;FECHA;RESUELTO
F-1;Luminaria apagada;Picarte;-73.24;-39.81;abierto;01-06-2025;
F-2;Sitio eriazo;Arauco;-73.25;-39.82;resuelto;01-05-2025;20-05-2025
F-3;Platillo volador;Arauco;-73.25;-39.82;abierto;01-05-2025;
F-4;Sitio eriazo;Lejos;-70.00;-33.00;abierto;01-05-2025;
"""
READINGS = """UNIDAD;VALOR;N;FECHA
UV-1;63,5;120;01-09-2025
UV-2;41,0;80;01-09-2025
UV-9;41,0;80;01-09-2025
UV-1;140;80;01-08-2025
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tabla.csv"
    path.write_text(text, encoding="utf-8")
    return path


def factors_from(text: str, *, commune: Commune, analyst: User, tmp_path: Path, **options: Any) -> ImportBatch:
    profile = save_profile(
        commune=commune,
        name="Factores",
        kind="risk_factors",
        saved_by=analyst,
        settings={
            "delimiter": ";",
            "date_format": "%d-%m-%Y",
            "columns": {
                "record_id": "CODIGO",
                "kind": "TIPO",
                "name": "LUGAR",
                "x": "LNG",
                "y": "LAT",
                "state": "ESTADO",
                "observed_on": "FECHA",
                "solved_on": "RESUELTO",
            },
            "values": {"kind": {"Luminaria apagada": "luminaria-apagada", "Sitio eriazo": "sitio-eriazo"}},
        },
    )
    path = write(tmp_path, text)
    return import_factors(path=path, file_name=path.name, profile=profile, imported_by=analyst, **options)


@pytest.fixture
def places(commune: Commune, analyst: User, tmp_path: Path) -> dict[str, Any]:
    return {"commune": commune, "analyst": analyst, "tmp_path": tmp_path}


def test_good_rows_are_taken_and_bad_ones_listed(places: dict[str, Any]) -> None:
    batch = factors_from(FACTORS, **places)
    assert (batch.read, batch.accepted, batch.refused) == (4, 2, 2)
    assert set(RiskFactor.objects.values_list("record_id", flat=True)) == {"F-1", "F-2"}


def test_same_file_twice_changes_nothing(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    batch = factors_from(FACTORS, **places)
    assert (batch.accepted, batch.repeated) == (0, 2)


def test_dry_run_keeps_nothing(places: dict[str, Any]) -> None:
    batch = factors_from(FACTORS, **places, dry_run=True)
    assert (batch.accepted, RiskFactor.objects.count()) == (2, 0)


def test_reimport_keeps_what_people_followed_up_by_hand(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    factor = RiskFactor.objects.get(record_id="F-1")
    change_factor(factor=factor, changes={"state": "resuelto"}, expected_version=1, changed_by=places["analyst"])
    factors_from(FACTORS, **places)
    assert RiskFactor.objects.get(record_id="F-1").state == "resuelto"


def test_row_that_the_source_changed_is_taken(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    factors_from(FACTORS.replace("F-1;Luminaria apagada;Picarte", "F-1;Luminaria apagada;Costanera"), **places)
    assert RiskFactor.objects.get(record_id="F-1").name == "Costanera"


def test_what_people_followed_up_outlives_a_change_of_another_field(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    factor = RiskFactor.objects.get(record_id="F-1")
    change_factor(factor=factor, changes={"state": "resuelto"}, expected_version=1, changed_by=places["analyst"])
    factors_from(FACTORS.replace("F-1;Luminaria apagada;Picarte", "F-1;Luminaria apagada;Costanera"), **places)
    factor.refresh_from_db()
    assert (factor.name, factor.state) == ("Costanera", "resuelto")


def test_state_that_the_source_changed_is_taken_with_its_day(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    factor = RiskFactor.objects.get(record_id="F-1")
    change_factor(factor=factor, changes={"state": "resuelto"}, expected_version=1, changed_by=places["analyst"])
    factors_from(FACTORS.replace("-39.81;abierto", "-39.81;en_gestion"), **places)
    factor.refresh_from_db()
    assert (factor.state, factor.solved_on) == ("en_gestion", None)


def test_added_factor_is_open(commune: Commune, analyst: User) -> None:
    factor = add_factor(
        commune=commune, kind=FactorTypeFactory(), point=point(), observed_on=date(2025, 6, 1), recorded_by=analyst
    )
    assert factor.state == "abierto"


def test_factor_of_tomorrow_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(RefusedError):
        add_factor(
            commune=commune,
            kind=FactorTypeFactory(),
            point=point(),
            observed_on=today(commune) + timedelta(days=1),
            recorded_by=analyst,
        )


def test_solved_factor_gets_its_day(commune: Commune, analyst: User) -> None:
    factor = RiskFactorFactory(commune=commune)
    solved = change_factor(factor=factor, changes={"state": "resuelto"}, expected_version=1, changed_by=analyst)
    assert solved.solved_on == today(commune)


def test_solved_factor_counts_until_its_day(commune: Commune) -> None:
    RiskFactorFactory(commune=commune, state="resuelto", observed_on=date(2025, 1, 1), solved_on=date(2025, 3, 1))
    days = (date(2024, 12, 31), date(2025, 2, 28), date(2025, 3, 1))
    assert [RiskFactor.objects.for_commune(commune).unsolved(day).count() for day in days] == [0, 1, 0]


def test_stale_change_of_a_factor_is_refused(commune: Commune, analyst: User) -> None:
    factor = RiskFactorFactory(commune=commune)
    change_factor(factor=factor, changes={"name": "a"}, expected_version=1, changed_by=analyst)
    with pytest.raises(StaleVersionError):
        change_factor(factor=factor, changes={"name": "b"}, expected_version=1, changed_by=analyst)


def test_change_of_a_factor_without_version_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(MissingVersionError):
        change_factor(
            factor=RiskFactorFactory(commune=commune), changes={"name": "a"}, expected_version=None, changed_by=analyst
        )


def readings_from(text: str, *, commune: Commune, analyst: User, tmp_path: Path) -> ImportBatch:
    profile = save_profile(
        commune=commune,
        name="Encuesta",
        kind="perception",
        saved_by=analyst,
        settings={
            "delimiter": ";",
            "decimal": ",",
            "date_format": "%d-%m-%Y",
            "columns": {"unit": "UNIDAD", "value": "VALOR", "n": "N", "measured_on": "FECHA"},
        },
    )
    path = write(tmp_path, text)
    return import_readings(path=path, file_name=path.name, profile=profile, imported_by=analyst)


def test_readings_are_tied_to_their_units(places: dict[str, Any]) -> None:
    TerritorialUnitFactory(commune=places["commune"], code="UV-1")
    TerritorialUnitFactory(commune=places["commune"], code="UV-2")
    batch = readings_from(READINGS, **places)
    assert (batch.accepted, batch.refused) == (2, 2)
    assert dict(PerceptionReading.objects.values_list("unit__code", "value")) == {"UV-1": 63.5, "UV-2": 41.0}


def test_same_readings_twice_are_repeated(places: dict[str, Any]) -> None:
    TerritorialUnitFactory(commune=places["commune"], code="UV-1")
    readings_from(READINGS, **places)
    assert readings_from(READINGS, **places).repeated == 1


def test_reading_of_a_sector_by_hand(commune: Commune, analyst: User) -> None:
    sector = RiskSectorFactory(commune=commune)
    reading = add_reading(place=sector, answer=Answer(70, date(2025, 9, 1), 35, "mesa barrial"), recorded_by=analyst)
    assert (reading.sector, reading.unit) == (sector, None)


def test_reading_above_a_hundred_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(RefusedError):
        add_reading(
            place=RiskSectorFactory(commune=commune),
            answer=Answer(101, date(2025, 9, 1), 35, "mesa barrial"),
            recorded_by=analyst,
        )


# --- undo -----------------------------------------------------------------------------------------------------------


def test_undone_factors_go_and_changed_ones_have_their_state_back(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    solved = FACTORS.replace("abierto;01-06-2025;", "resuelto;01-06-2025;09-06-2025")
    later = factors_from(solved + "F-5;Sitio eriazo;Otro;-73.25;-39.82;abierto;02-05-2025;\n", **places)
    assert later.accepted == 2
    take_back(batch=later, undone_by=places["analyst"])
    told = dict(RiskFactor.objects.order_by("record_id").values_list("record_id", "state"))
    assert told == {"F-1": "abierto", "F-2": "resuelto"}
    assert factors_from(solved, **places).accepted == 1


def test_a_factor_that_somebody_followed_up_keeps_that(places: dict[str, Any]) -> None:
    factors_from(FACTORS, **places)
    later = factors_from(FACTORS.replace("Picarte", "Av. Picarte"), **places)
    followed = {"state": "resuelto", "solved_on": date(2025, 6, 20)}
    change_factor(
        factor=RiskFactor.objects.get(record_id="F-1"), changes=followed, expected_version=2,
        changed_by=places["analyst"],
    )  # fmt: skip
    take_back(batch=later, undone_by=places["analyst"])
    factor = RiskFactor.objects.get(record_id="F-1")
    assert (factor.name, factor.state, factor.solved_on) == ("Picarte", "resuelto", date(2025, 6, 20))


def test_undone_readings_go_and_may_come_again(places: dict[str, Any]) -> None:
    TerritorialUnitFactory(commune=places["commune"], code="UV-1")
    TerritorialUnitFactory(commune=places["commune"], code="UV-2")
    first = readings_from(READINGS, **places)
    later = readings_from(READINGS.replace("63,5", "70,0"), **places)
    take_back(batch=later, undone_by=places["analyst"])
    assert dict(PerceptionReading.objects.values_list("unit__code", "value")) == {"UV-1": 63.5, "UV-2": 41.0}
    take_back(batch=first, undone_by=places["analyst"])
    assert not PerceptionReading.objects.exists()
    assert readings_from(READINGS, **places).accepted == 2
