"""How much a user's file may cost, by kind of file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

GIB = 1024**3


@dataclass(frozen=True)
class Limits:
    """Memory, processor time, descriptors; the wall clock is the parent's."""

    memory_bytes: int
    cpu_s: int
    descriptors: int = 64

    @property
    def wall_s(self) -> float:
        """Longest time the parent waits for the child; time in which the child waits for the parent is not counted."""
        return 2.0 * self.cpu_s

    def as_instruction(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Caps:
    """How much may come out of a file."""

    most_bytes: int
    most_rows: int
    batch_rows: int = 20_000


TABLE_CAPS = Caps(most_bytes=2_000_000_000, most_rows=5_000_000)
WORKBOOK_CAPS = Caps(most_bytes=200_000_000, most_rows=1_100_000)
GEOJSON_CAPS = Caps(most_bytes=100_000_000, most_rows=1_000_000)
ZIP_CAPS = Caps(most_bytes=200_000_000, most_rows=1_000_000)
GEOPACKAGE_CAPS = Caps(most_bytes=2_000_000_000, most_rows=1_000_000)
LAYER_LIMITS = Limits(memory_bytes=3 * GIB, cpu_s=60)
WORKBOOK_LIMITS = Limits(memory_bytes=3 * GIB, cpu_s=120)
DESCRIBE_LIMITS = Limits(memory_bytes=2 * GIB, cpu_s=30)
RASTER_CAPS = Caps(most_bytes=4_000_000_000, most_rows=100_000_000)  # rows: cells
RASTER_LIMITS = Limits(memory_bytes=3 * GIB, cpu_s=120)
LONGEST_CPU_S = 900


def table_limits(path: Path) -> Limits:
    """A table may take 120 s of processor for each million rows; rows are guessed from the size of the file."""
    size = path.stat().st_size * (10 if path.name.endswith(".gz") else 1)
    millions = 1 + size // 100_000_000
    return Limits(memory_bytes=2 * GIB, cpu_s=min(LONGEST_CPU_S, 120 * millions))
