# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where robberies are dense, and where they are denser than people
#
# Memphis 2019: personal robberies and the residents of census blocks. Method: `docs/methods/density.md` and
# `docs/methods/relative-risk.md`. Needs the folder `ATALAYA_DATA`.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analysis.bandwidth import choose_bandwidth
from analysis.density import exact_density, kernel_density
from analysis.grid import study_grid
from analysis.relative_risk import relative_risk

folder = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "incidents" / "memphis_robberies_2019"
robberies = pd.read_csv(folder / "memphis_robberies.csv", parse_dates=["date"])
blocks = pd.read_csv(folder / "memphis_population_2020.csv.gz")
metres = Transformer.from_crs(4326, 32616, always_xy=True)
x, y = metres.transform(robberies["longitude"], robberies["latitude"])
home_x, home_y = metres.transform(blocks["longitude"], blocks["latitude"])
days = (robberies["date"] - robberies["date"].min()).dt.total_seconds().to_numpy() / 86_400
print(f"{len(x)} robberies, {blocks['population'].sum():,} residents")

# %% [markdown]
# The study area would be the commune without water, wetland and forest. Here it is the hull of the blocks.

# %%
area = shapely.MultiPoint(np.column_stack([home_x, home_y])).convex_hull
grid = study_grid(area, cell_m=100)
counted = grid.bin(x, y)
print(f"{grid.mask.sum()} cells; {counted.counts.sum():.0f} robberies counted, {counted.dropped} outside")

# %% [markdown]
# Which bandwidth? Earlier robberies foretell later ones; the smoothest candidate that cannot be told from the best is
# chosen. Look at the whole curve: its flat part is what the data allow.

# %%
choice = choose_bandwidth(x, y, days, grid=grid, seed=1)
print(f"chosen {choice.bandwidth_m:.0f} m (best {choice.best_m:.0f} m), like σ = {choice.sigma_equivalent_m:.0f} m")
figure, axis = plt.subplots()
axis.errorbar(choice.candidates_m, choice.scores, yerr=choice.errors, marker="o")
axis.set(xscale="log", xlabel="bandwidth, m", ylabel="mean log density of later robberies")

# %%
density = kernel_density(counted, bandwidth_m=choice.bandwidth_m, periods=12)
exact = exact_density(x, y, grid=grid, bandwidth_m=choice.bandwidth_m, periods=12)
print(f"greatest: {np.nanmax(density):.2f} robberies per km² and month")
print(f"binning moves it by at most {np.nanmax(np.abs(density - exact)) / np.nanmax(exact):.2%} of the peak")
plt.figure()
plt.imshow(density, origin="lower", cmap="viridis")
plt.colorbar(label="robberies per km² and month")

# %% [markdown]
# Denser than people? Both densities with one bandwidth, and the tolerance contour from 99 draws. Outside the contour
# the difference may be chance.

# %%
exposed = grid.bin(home_x, home_y, blocks["population"])
risk = relative_risk(counted, exposed, bandwidth_m=1_500, seed=1, draws=99)
contour = risk.contour(0.05)
print(f"{contour.area / 1e6:.1f} km² of {grid.mask_area_m2 / 1e6:.0f} km² lie in the 5 % contour (pointwise)")
plt.figure()
plt.imshow(risk.log_ratio, origin="lower", cmap="RdBu_r", vmin=-2, vmax=2)
plt.colorbar(label="ln of relative risk")
