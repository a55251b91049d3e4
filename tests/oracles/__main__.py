"""Compare ours with R on made data. 0: all agree, 1: one does not, 3: R or a package of it is not installed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.correlogram import moran_correlogram
from analysis.density import kernel_density
from analysis.grid import Binned, Grid
from analysis.significance import hot_cells, local_moran
from analysis.units import moran_of_units

SCRIPT = Path(__file__).with_name("oracle.R")
UNIT_M = 10_000.0
INSTALL = "R is not ready: apt-get install r-base-core r-cran-spdep r-cran-spatstat\n"


def cells() -> Binned:
    counts = np.random.default_rng(1).negative_binomial(0.5, 0.2, (18, 24)).astype(float)
    return Binned(Grid(1000, 1000, 50, 18, 24, np.ones((18, 24), dtype=bool)), counts, 0, 0)


def points() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(2)
    spread = np.clip(generator.normal(0.4, 0.2, (2, 400)), 0.001, 0.999)
    return spread[0], spread[1]


def asked_of_r(folder: Path) -> str | None:
    """Write the data, run R, give the versions it names; None where it cannot run."""
    counts = cells().counts
    row, column = np.indices(counts.shape).reshape(2, -1)
    pd.DataFrame({"row": row, "column": column, "value": counts.reshape(-1)}).to_csv(folder / "cells.csv", index=False)
    x, y = points()
    pd.DataFrame({"x": x, "y": y}).to_csv(folder / "points.csv", index=False)
    try:
        finished = subprocess.run(["Rscript", str(SCRIPT), str(folder)], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        return None
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr)
        return None
    return finished.stdout.strip().splitlines()[-1]


def neighbours() -> sparse.csr_array:
    row, column = np.indices(cells().counts.shape).reshape(2, -1)
    squared = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2
    return sparse.csr_array(((squared > 0) & (squared <= 4)).astype(float))


def densities() -> dict[str, np.ndarray]:
    x, y = points()
    side = UNIT_M / 128
    grid = Grid(0, 0, side, 128, 128, np.ones((128, 128), dtype=bool))
    binned = grid.bin(x * UNIT_M, y * UNIT_M)
    return {
        edge: kernel_density(binned, bandwidth_m=0.07 * UNIT_M, kernel="gaussian", edge=edge) * UNIT_M**2 / 1e6
        for edge in ("uniform", "diggle")
    }


def compared(folder: Path) -> list[tuple[str, float, float]]:
    """Name, greatest difference (of densities: as a share of the peak) and what it may be."""
    local = pd.read_csv(folder / "local.csv")
    moran = np.loadtxt(folder / "moran.txt")
    binned, whole = cells(), moran_of_units(cells().counts.reshape(-1), neighbours())
    ours = {
        "gi": hot_cells(binned, radius_m=100, null="self_fixed", cap_quantile=None).z,
        "gi_star": hot_cells(binned, radius_m=100, cap_quantile=None).z,
        "local_moran": local_moran(binned, radius_m=100, cap_quantile=None).moran,
    }
    rows = [(name, float(np.abs(values.reshape(-1) - local[name]).max()), 1e-9) for name, values in ours.items()]
    mine = np.array([whole.moran, whole.expected, whole.variance, whole.normal_variance])
    rows.append(("moran", float(np.abs(mine - moran[:4]).max()), 1e-10))
    rows.append(("correlogram", float(np.abs(moran_correlogram(binned, bands=5).z - moran[4:]).max()), 1e-8))
    for edge, density in densities().items():
        peer = np.loadtxt(folder / f"{edge}.txt")
        rows.append((f"density_{edge}", float(np.abs(density - peer).max() / peer.max()), 0.01))
    return rows


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        versions = asked_of_r(Path(name))
        if versions is None:
            sys.stderr.write(INSTALL)
            return 3
        rows = compared(Path(name))
    sys.stdout.write(f"spdep and spatstat {versions}\n")
    for name, difference, allowed in rows:
        verdict = "agrees" if difference <= allowed else "DIFFERS"
        sys.stdout.write(f"{name:18} {difference:10.2e}  may be {allowed:.0e}  {verdict}\n")
    return int(any(difference > allowed for _, difference, allowed in rows))


if __name__ == "__main__":
    raise SystemExit(main())
