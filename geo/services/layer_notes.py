"""What people must know about a layer that came in: sentences about the traps that real files hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

import geopandas as gpd
import numpy as np
from django.utils.translation import gettext as _

from geo.decoder import ROW_NUMBER
from geo.models import AddressPoint, Commune, Place, TerritorialUnit
from geo.services.layer_checks import Rows
from geo.services.layer_writing import Written
from geo.services.targets import Target, plain

COMMUNE_COLUMNS = (
    "t_com", "comuna", "cut", "cut_com", "cod_com", "cod_comuna", "codigo_comuna", "codcom", "com_cod", "comuna_cod",
)  # fmt: skip
FEWEST_ON_ONE_POINT = 3


def refuse_other_communes(frame: gpd.GeoDataFrame, rows: Rows, *, target: Target, commune: Commune) -> int:
    """Take out units that name another commune by its code; gives how many. Codes may have lost their leading zero."""
    column = next((name for name in frame.columns if plain(str(name)) in COMMUNE_COLUMNS), None)
    if target.model is not TerritorialUnit or column is None or not commune.cut_code.isdigit():
        return 0
    own = int(commune.cut_code)
    told = dict(zip(rows.numbers, (_code(value) for value in _values_of(frame, column, rows)), strict=True))
    foreign = [number for number in rows.numbers if told[number] not in {None, own}]
    for number in foreign:
        rows.reasons[number] = _("It belongs to the commune %(code)s by its column “%(column)s”.") % {
            "code": f"{told[number]:05d}",
            "column": column,
        }
    _keep(rows, [index for index, number in enumerate(rows.numbers) if told[number] in {None, own}])
    return len(foreign)


def notes_about(rows: Rows, written: Written, *, target: Target, foreign: int, placeless: int) -> list[str]:
    """Sentences about a layer, the most telling first."""
    notes = []
    if placeless:
        notes.append(
            _("Rows without coordinates, refused: %(count)s. Mend them and import again.") % {"count": placeless}
        )
    if foreign:
        notes.append(
            _(
                "Units of other communes, refused: %(count)s. "
                "Slivers at the edge are left by files cut out of larger ones."
            )
            % {"count": foreign}
        )
    if target.model in {Place, AddressPoint}:
        notes += _points_on_one_place(rows, target)
    if target.model is TerritorialUnit:
        notes += _people(rows)
    if target.model is AddressPoint:
        without = sum(not number for number in rows.values["number"])
        if without:
            notes.append(_("Addresses without number: %(count)s.") % {"count": without})
    if written.repeated:
        notes.append(_("Rows that were there already, or twice in the file: %(count)s.") % {"count": written.repeated})
    return notes


def _points_on_one_place(rows: Rows, target: Target) -> list[str]:
    shared = Counter((shape.x, shape.y) for shape in rows.geometry)
    piles = [count for count in shared.values() if count >= FEWEST_ON_ONE_POINT]
    if not piles:
        return []
    if target.model is Place:
        sentence = _(
            "%(count)s places stand on %(points)s points shared by three or more: perhaps the point of a head office. "
            "Check them on the map."
        )
    else:
        sentence = _(
            "%(count)s addresses stand on %(points)s points shared by three or more: blocks of flats, as a rule."
        )
    return [sentence % {"count": sum(piles), "points": len(piles)}]


def _people(rows: Rows) -> list[str]:
    residents = [count for count in rows.values["residents"] if count is not None]
    unknown = len(rows.numbers) - len(residents)
    notes = []
    if residents:
        empty = sum(count == 0 for count in residents)
        told = {"people": sum(residents), "units": len(residents), "empty": empty}
        notes.append(_("Residents: %(people)s in %(units)s units, %(empty)s of them with none.") % told)
    if unknown and residents:
        notes.append(_("Units without a number of residents: %(count)s.") % {"count": unknown})
    elif unknown and not residents:
        notes.append(_("The layer has no residents: rates per inhabitant need another source."))
    return notes


def _values_of(frame: gpd.GeoDataFrame, column: str, rows: Rows) -> list[Any]:
    by_number = dict(zip(frame[ROW_NUMBER], frame[column], strict=True))
    return [by_number[number] for number in rows.numbers]


def _code(value: Any) -> int | None:
    """The number of a commune's code of four or five digits, however it is written; None for anything else."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = str(value).strip()
    return int(text) if text.isdigit() and 4 <= len(text) <= 5 else None


def _keep(rows: Rows, kept: list[int]) -> None:
    rows.numbers = [rows.numbers[index] for index in kept]
    rows.geometry = [rows.geometry[index] for index in kept]
    rows.values = {name: [column[index] for index in kept] for name, column in rows.values.items()}
