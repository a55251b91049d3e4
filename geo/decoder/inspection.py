"""Do the decoder's walls hold on this machine? Asked of a child that tries them."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from geo.decoder.limits import DESCRIBE_LIMITS, TABLE_CAPS
from geo.decoder.process import Order, child_of


@dataclass(frozen=True)
class Walls:
    """True for each wall that held when a child tried to pass it."""

    network: bool = False
    programs: bool = False
    files: bool = False
    writing: bool = False

    @property
    def fallen(self) -> list[str]:
        """Names of the walls that did not hold."""
        return [name for name, held in asdict(self).items() if not held]


def inspect_walls() -> Walls:
    """Start a child as for any file and let it try to connect, to start a program, to read and write elsewhere.

    Raises RefusedFileError where the kernel lacks a wall that the operator has not waived.
    """
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary"
        canary.write_text("not for the child")
        order = Order("walls", ".csv", DESCRIBE_LIMITS, TABLE_CAPS, {"canary": str(canary)})
        with child_of(canary, order, file_name="walls") as child:
            held = child.verdict()
    return Walls(**{name: held.get(name) is True for name in ("network", "programs", "files", "writing")})
