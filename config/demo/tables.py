"""The tables of the demo commune as an office would keep them: semicolons, comma decimals, day first, UTM metres."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analysis.simulation.incidents import History
from analysis.simulation.people import PARK
from analysis.simulation.randomness import choose, stream
from analysis.simulation.streets import AVENUE, BRIDGE
from analysis.simulation.town import Town
from config.demo.geography import EAST_M, NORTH_M, street_names
from config.demo.words import EVENT_KINDS, OBSERVATIONS, OFFENCE_LABELS, ORGANISERS, PLACEMENT_WORDS

CAMERAS, EVENTS, FACTORS = 70, 40, 260
TWICE, BAD_ROWS = 15, 12
SLIP_LABELS = ("Hecho sin clasificar", "")
FACTOR_KINDS = {  # words of the register and how common each is
    "Luminaria apagada": 30, "Sitio eriazo": 14, "Microbasural": 14, "Mobiliario dañado": 10, "Vegetación densa": 10,
    "Vehículo abandonado": 8, "Inmueble abandonado": 8, "Muro ciego": 6,
}  # fmt: skip


def comma(values: np.ndarray, decimals: int = 1) -> list[str]:
    """Numbers with a decimal comma; empty where not a number."""
    return ["" if not np.isfinite(value) else f"{value:.{decimals}f}".replace(".", ",") for value in values]


def day_first(moments: np.ndarray) -> pd.Series:
    """Dates as dd-mm-yyyy."""
    return pd.Series(pd.to_datetime(moments)).dt.strftime("%d-%m-%Y")


def folios(history: History) -> list[str]:
    """Identifier of every incident in the register: year and running number."""
    minute = history.incidents["minute"].to_numpy()
    moments = history.first_day.astype("datetime64[m]") + minute.astype("timedelta64[m]")
    years = pd.Series(pd.to_datetime(moments)).dt.year
    running = years.groupby(years).cumcount() + 1
    return [f"{year}-{number:06d}" for year, number in zip(years, running, strict=True)]


def incidents_table(town: Town, history: History, *, seed: int) -> pd.DataFrame:
    """The register of police cases with all its columns, the ones nobody may import too."""
    generator = stream(seed, "register")
    rows = history.incidents
    begins = history.first_day.astype("datetime64[m]") + rows["minute"].to_numpy().astype("timedelta64[m]")
    ends = begins + rows["lasting_minutes"].to_numpy().astype("timedelta64[m]")
    lasting = rows["lasting_minutes"].to_numpy() > 0
    names, doors = street_names(town), town.addresses
    address = rows["address"].to_numpy()
    number = generator.integers(0, 10_000, len(rows))
    return pd.DataFrame(
        {
            "FOLIO": folios(history),
            "FECHA": day_first(begins),
            "HORA": pd.Series(pd.to_datetime(begins)).dt.strftime("%H:%M"),
            "FECHA_TERMINO": day_first(ends).where(lasting, ""),
            "HORA_TERMINO": pd.Series(pd.to_datetime(ends)).dt.strftime("%H:%M").where(lasting, ""),
            "DELITO": rows["code"].map(OFFENCE_LABELS),
            "DIRECCION": [f"{names[doors.street[row]]} {doors.number[row]}" for row in address],
            "ESTE": comma(rows["recorded_x"].to_numpy() + EAST_M),
            "NORTE": comma(rows["recorded_y"].to_numpy() + NORTH_M),
            "PRECISION": rows["placement"].map(PLACEMENT_WORDS),
            "PROCEDENCIA": np.where(rows["discovered"], "patrullaje", "denuncia"),
            "SOLICITANTE": [f"Persona Simulada {n:04d}" for n in number],
            "TELEFONO": [f"+56 9 0000 {n:04d}" for n in number],
            "OBSERVACIONES": [OBSERVATIONS[n % len(OBSERVATIONS)] for n in number],
        }
    )


def with_slips(table: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The register with the slips of any hand-kept table: rows sent twice, impossible dates, types nobody knows."""
    generator = stream(seed, "slips")
    twice = table.iloc[np.sort(generator.choice(len(table), TWICE, replace=False))]
    bad = table.iloc[np.sort(generator.choice(len(table), BAD_ROWS, replace=False))].copy()
    bad["FOLIO"] = [f"S/F-{number + 1:03d}" for number in range(BAD_ROWS)]
    bad["FECHA"] = np.where(np.arange(BAD_ROWS) % 3 == 0, "31-02-2025", bad["FECHA"])
    bad["DELITO"] = np.where(np.arange(BAD_ROWS) % 3 == 0, bad["DELITO"], SLIP_LABELS[0])
    bad.loc[bad.index[1::3], "DELITO"] = SLIP_LABELS[1]
    return pd.concat([table, twice, bad], ignore_index=True)


def cameras_table(town: Town, *, seed: int) -> pd.DataFrame:
    """Municipal domes and fixed cameras at crossings of the centre and the avenues, others elsewhere."""
    generator = stream(seed, "cameras")
    network = town.network
    degree = np.bincount(network.ends.ravel(), minlength=len(network.nodes))
    on_avenue = np.zeros(len(network.nodes), dtype=bool)
    on_avenue[network.ends[network.rank == AVENUE].ravel()] = True
    away = np.hypot(network.nodes[:, 0], network.nodes[:, 1])
    weight = (degree >= 3) * (0.02 + np.exp(-((away / 900.0) ** 2)) + 0.25 * on_avenue * np.exp(-away / 2500.0))
    chosen: list[int] = []
    for node in choose(generator, weight, 6000):
        gap = np.hypot(*(network.nodes[chosen] - network.nodes[node]).T) if chosen else np.array([1e9])
        if len(chosen) < CAMERAS and gap.min() > 110.0:
            chosen.append(int(node))
    place = network.nodes[chosen] + generator.normal(0.0, 1.5, (len(chosen), 2))
    owner = np.array(["municipal"] * 52 + ["comunitaria"] * 12 + ["privada"] * 6)
    kind = np.where(owner == "municipal", "domo_ptz", "fija").astype(object)
    kind[30:46], kind[46:52] = "fija", "lpr"
    fixed = kind != "domo_ptz"
    height = np.where(fixed, 6.0, 9.0) + generator.integers(0, 3, CAMERAS)
    azimuth, angle = generator.integers(0, 360, CAMERAS), generator.integers(55, 96, CAMERAS)
    luck = generator.random(CAMERAS)
    return pd.DataFrame(
        {
            "CODIGO": [f"CAM-{n + 1:03d}" for n in range(CAMERAS)],
            "NOMBRE": [f"Cámara {n + 1} {kind[n].replace('_', ' ')}" for n in range(CAMERAS)],
            "PROPIETARIO": owner,
            "MONITOREADA": np.where((owner == "municipal") & (kind != "lpr"), "sí", "no"),
            "TIPO": kind,
            "ESTE": comma(place[:, 0] + EAST_M),
            "NORTE": comma(place[:, 1] + NORTH_M),
            "ALTURA_M": comma(height),
            "AZIMUT": np.where(fixed, azimuth.astype(str), ""),
            "ANGULO": np.where(fixed, angle.astype(str), ""),
            "ALCANCE_M": np.where(fixed, 70, 140),
            "ESTADO": np.where(luck < 0.91, "operativa", np.where(luck < 0.97, "fuera_de_servicio", "retirada")),
        }
    )


def events_table(town: Town, history: History, *, seed: int) -> pd.DataFrame:
    """Mass events on squares and open ground over the years, with footprint, attendance and state."""
    generator = stream(seed, "events")
    open_ground = [number for number, use in enumerate(town.blocks.use) if use == PARK]
    venues = [town.blocks.plots[number] for number in generator.choice(open_ground, 14, replace=False)]
    days = np.sort(generator.integers(10, history.days + 45, EVENTS))
    rows = [_event(generator, number, int(day), venues, history) for number, day in enumerate(days)]
    return pd.DataFrame(rows)


def _event(
    generator: np.random.Generator, number: int, day: int, venues: list[shapely.Polygon], history: History
) -> dict[str, object]:
    name, kind, thousands, hours = EVENT_KINDS[int(generator.integers(0, len(EVENT_KINDS)))]
    plot = venues[int(generator.integers(0, len(venues)))]
    starts = pd.Timestamp(history.first_day) + pd.Timedelta(days=day, hours=int(generator.integers(11, 21)))
    expected = int(thousands * 1000 * np.exp(generator.normal(0.0, 0.35)))
    state = _event_state(float(generator.random()), past=day < history.days - 1)
    point = plot.representative_point()
    return {
        "CODIGO": f"EV-{number + 1:03d}",
        "NOMBRE": f"{name} {number + 1}",
        "TIPO": kind,
        "ORGANIZADOR": ORGANISERS[int(generator.integers(0, len(ORGANISERS)))],
        "INICIO": starts.strftime("%d-%m-%Y %H:%M"),
        "TERMINO": (starts + pd.Timedelta(hours=hours)).strftime("%d-%m-%Y %H:%M"),
        "ESTE": comma(np.array([point.x + EAST_M]))[0],
        "NORTE": comma(np.array([point.y + NORTH_M]))[0],
        "ASISTENCIA_ESPERADA": expected,
        "ASISTENCIA_REAL": int(expected * generator.uniform(0.6, 1.15)) if state == "realizado" else "",
        "AFORO": int(expected * 1.2),
        "ESTADO": state,
        "RESOLUCION": "" if state == "solicitado" else f"R-{1000 + number}",
        "RECINTO": _footprint(plot),
    }


def _event_state(luck: float, *, past: bool) -> str:
    if past:
        return "realizado" if luck < 0.9 else "suspendido"
    return "autorizado" if luck < 0.6 else "solicitado"


def _footprint(plot: shapely.Polygon) -> str:
    moved = shapely.transform(plot.simplify(2.0), lambda place: place + np.array([EAST_M, NORTH_M]))
    return str(shapely.to_wkt(moved, rounding_precision=1))


def factors_table(town: Town, history: History, *, seed: int) -> pd.DataFrame:
    """Risk factors in public space; a third of them near the planted hot spots, as neglect often is."""
    generator = stream(seed, "factors")
    network = town.network
    usable = np.flatnonzero(network.rank != BRIDGE)
    middles = shapely.get_coordinates(
        shapely.line_interpolate_point(np.array(network.lines)[usable], 0.4, normalized=True)
    )
    away = np.hypot(middles[:, 0], middles[:, 1])
    weight = np.exp(-away / 2600.0)
    for spot in history.hotspots:
        weight += 9.0 * np.exp(-0.5 * (np.hypot(middles[:, 0] - spot.x, middles[:, 1] - spot.y) / 130.0) ** 2)
    piece = choose(generator, weight, FACTORS)
    place = middles[piece] + generator.normal(0.0, 5.0, (FACTORS, 2))
    names = street_names(town)
    observed = history.first_day.astype("datetime64[D]") + generator.integers(history.days // 2, history.days, FACTORS)
    kind = choose(generator, np.array([*FACTOR_KINDS.values()], dtype=np.float64), FACTORS)
    luck = generator.random(FACTORS)
    solved = luck > 0.85
    solved_on = np.minimum(
        observed + generator.integers(5, 60, FACTORS), history.first_day.astype("datetime64[D]") + history.days - 1
    )
    return pd.DataFrame(
        {
            "CODIGO": [f"FR-{n + 1:04d}" for n in range(FACTORS)],
            "TIPO": np.array(list(FACTOR_KINDS))[kind],
            "UBICACION": [names[network.street[usable[n]]] for n in piece],
            "ESTE": comma(place[:, 0] + EAST_M),
            "NORTE": comma(place[:, 1] + NORTH_M),
            "ESTADO": np.where(luck < 0.6, "abierto", np.where(solved, "resuelto", "en_gestion")),
            "FECHA_OBSERVACION": day_first(observed),
            "FECHA_RESOLUCION": day_first(solved_on).where(solved, ""),
        }
    )


def perception_table(town: Town, history: History, *, seed: int) -> pd.DataFrame:
    """Perceived insecurity by unidad vecinal, two surveys a year, higher where incidents weigh on few dwellings."""
    generator = stream(seed, "perception")
    rows = history.incidents
    block = town.addresses.block[rows["address"].to_numpy()]
    count = len(town.neighbourhood_units.areas)
    incidents = np.bincount(town.neighbourhood_units.of_block[block], minlength=count)
    dwellings = np.bincount(town.neighbourhood_units.of_block, weights=town.blocks.dwellings, minlength=count)
    rate = incidents / np.maximum(dwellings, 1.0)
    level = 52.0 + 26.0 * (np.argsort(np.argsort(rate)) / max(count - 1, 1) - 0.5)
    tables = []
    for turn, share in enumerate((0.5, 0.67, 0.83, 0.99)):
        day = history.first_day.astype("datetime64[D]") + int(share * (history.days - 1))
        asked = generator.integers(28, 140, count)
        value = np.clip(level + generator.normal(0.0, 160.0 / np.sqrt(asked) / 4, count) + 1.2 * turn, 5, 95)
        tables.append(
            pd.DataFrame(
                {
                    "ENCUESTA": [f"E{turn + 1}-{n + 1:02d}" for n in range(count)],
                    "UNIDAD_VECINAL": [f"UV-{n + 1:02d}" for n in range(count)],
                    "INSEGURIDAD": comma(value),
                    "ENCUESTADOS": asked,
                    "FECHA": day_first(np.full(count, day)),
                    "INSTRUMENTO": "Encuesta barrial simulada",
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
