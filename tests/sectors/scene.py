"""A small commune with everything a score reads, brought in through the same services as a user's files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from access.models import User
from geo.models import Commune
from incidents.models import ImportBatch, MassEvent
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from sectors.models import RiskScore, RiskSector, ScoringRun
from sectors.services.scoring import score_sectors
from tests.factories.geo import TerritorialUnitFactory, point, square
from tests.factories.sectors import PerceptionReadingFactory, RiskFactorFactory, RiskSectorFactory

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ZONE = ZoneInfo("America/Santiago")
TYPES = {"Robo con violencia": "20101", "Hurto": "60401", "Lesiones leves": "10501"}  # the last has no harm weight


@dataclass
class Scene:
    """The commune, its sectors A, B and C, and the folder that files are written to."""

    commune: Commune
    analyst: User
    folder: Path
    sectors: dict[str, RiskSector] = field(default_factory=dict)
    files: int = 0

    def bring(self, rows: list[tuple[str, float, float, str, str]]) -> ImportBatch:
        """Import incidents given as (id, metres east, metres north, label, origin)."""
        self.files += 1
        path = self.folder / f"incidentes-{self.files}.csv"
        lines = ["ID,FECHA,HORA,LAT,LNG,TIPO,ORIGEN"]
        for number, (record, east, north, label, origin) in enumerate(rows):
            place, day = point(east, north), FIRST + timedelta(days=number % 360)
            lines.append(
                f"{record},{day.isoformat()},{number % 24:02d}:30,{place.y:.7f},{place.x:.7f},{label},{origin}"
            )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_incidents(
            commune=self.commune, path=path, file_name=path.name, profile=self._profile(), imported_by=self.analyst
        )

    def score(self, **options: object) -> ScoringRun:
        """Score the three sectors over the year."""
        return score_sectors(
            **{
                "commune": self.commune,
                "window_from": FIRST,
                "window_until": LAST,
                "scheme": None,
                "requested_by": self.analyst,
            }
            | options  # type: ignore[arg-type]
        )

    def add_event(self, *, attendance: int = 20_000, code: str = "EV-1") -> MassEvent:
        """A concert of six hours in the middle of sector A."""
        starts = datetime(2025, 2, 15, 18, tzinfo=ZONE)
        return MassEvent.objects.create(
            commune=self.commune,
            code=code,
            name="Concierto",
            footprint=square(100, 100, 80),
            starts_at=starts,
            ends_at=starts + timedelta(hours=6),
            actual_attendance=attendance,
            state="realizado",
        )

    def _profile(self) -> object:
        return save_profile(
            commune=self.commune,
            name="Registro de prueba",
            saved_by=self.analyst,
            settings={
                "columns": {
                    "record_id": "ID",
                    "date": "FECHA",
                    "time": "HORA",
                    "y": "LAT",
                    "x": "LNG",
                    "label": "TIPO",
                    "origin": "ORIGEN",
                },
                "type_mapping": {label: ["cead-2024-b", code] for label, code in TYPES.items()},
                "origin_mapping": {"reportado": "reported", "descubierto": "discovered", "sensor": "sensor"},
            },
        )


def build_scene(commune: Commune, analyst: User, folder: Path) -> Scene:
    """Sectors A (busy, event possible), B (quiet) and C (quieter, without perception), units, factors, incidents."""
    scene = Scene(commune=commune, analyst=analyst, folder=folder)
    for name, east in (("A", 0), ("B", 1000), ("C", 2000)):
        scene.sectors[name] = RiskSectorFactory(commune=commune, code=name, boundary=square(east, 0, 300))
        unit = TerritorialUnitFactory(commune=commune, code=f"UV-{name}", boundary=square(east - 100, -100, 500))
        if name != "C":
            PerceptionReadingFactory(commune=commune, unit=unit, value=60 if name == "A" else 45)
    for east in (40, 80, 1040):
        RiskFactorFactory(commune=commune, point=point(east, 40))
    generator = np.random.default_rng(2)
    labels = list(TYPES)
    scene.bring(
        [
            (f"R-{start}-{n}", start + x, y, labels[n % len(labels)], "reportado")
            for start, count in ((0, 60), (1000, 25), (2000, 12))
            for n, (x, y) in enumerate(generator.uniform(10, 280, (count, 2)))
        ]
    )
    return scene


def score_of(run: ScoringRun, code: str) -> RiskScore:
    """The score of one sector in a run."""
    return run.scores.get(sector_version__sector__code=code)


def points_of(run: ScoringRun, code: str) -> dict[str, float | None]:
    """Points that each part contributes to a sector's score."""
    return {part: told["points"] for part, told in score_of(run, code).contributions.items()}


def told(run: ScoringRun) -> dict[str, object]:
    """The stored result, read."""
    read: dict[str, object] = json.loads(run.result)
    return read
