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
# # Which cells are hot beyond chance
#
# Buenos Aires 2017, violent robberies. Methods: `docs/methods/significance.md`, `docs/methods/scale.md`. Needs the
# folder `ATALAYA_DATA`.

# %%
import os
from pathlib import Path

import geopandas
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analysis.correlogram import moran_correlogram
from analysis.grid import study_grid
from analysis.hexagons import study_hexagons
from analysis.sensitivity import SensitivityPlan, sensitivity_map
from analysis.significance import hot_cells, local_moran
from analysis.units import hot_units, neighbours_touching

folder = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "incidents" / "buenos_aires_2016_2017"
rows = pd.read_csv(folder / "delitos_2016_2017.csv.gz")
rows = rows[(rows["latitud"] != 0) & rows["fecha"].str.startswith("2017")]
rows = rows[rows["tipo_delito"] == "Robo (Con violencia)"]
x, y = Transformer.from_crs(4326, 32721, always_xy=True).transform(
    rows["longitud"].to_numpy(), rows["latitud"].to_numpy()
)
comunas = geopandas.read_file(folder / "comunas.gpkg").to_crs(32721)
area = shapely.union_all(comunas.geometry.to_numpy())
print(f"{len(x):,} robberies on {area.area / 1e6:.0f} km²")

# %% [markdown]
# At which distance do they cluster? Peaks are suggestions; look at the whole curve.

# %%
grid = study_grid(area, cell_m=100)
counted = grid.bin(x, y)
curve = moran_correlogram(counted)
print(f"suggested {curve.suggested_m} m ({curve.reason}), peaks {curve.peaks_m}")
plt.figure()
plt.plot(curve.radii_m, curve.z)
plt.xlabel("radius, m")
plt.ylabel("z of Moran's I")

# %% [markdown]
# Gi* with the exact null. The normal approximation calls far more cells hot; one pile would hide most of the others if
# counts were not capped.

# %%
capped = hot_cells(counted, radius_m=200)
plain = hot_cells(counted, radius_m=200, cap_quantile=None)
mask = capped.mask
print(f"cap {capped.cap:.0f} incidents in a cell ({capped.capped} cells), {capped.k.max()} cells in a full window")
print(f"hot at q ≤ 0.05: {capped.hot()[mask].mean():.1%} of the city; without the cap {plain.hot()[mask].mean():.1%}")
for name, p in (("normal", capped.normal_p()), ("exact", capped.p_hot)):
    print(f"{name} p ≤ 1e-4: {(p[mask] <= 1e-4).mean():.1%} of the city")
plt.figure()
plt.imshow(capped.classes(), origin="lower", cmap="RdBu_r", vmin=-3, vmax=3)

# %% [markdown]
# Shuffle the counts once: an honest test finds nothing.

# %%
shuffled = counted.counts.copy()
shuffled[mask] = np.random.default_rng(1).permutation(shuffled[mask])
nothing = hot_cells(type(counted)(grid, shuffled, 0, 0), radius_m=200)
print(
    f"hot cells of a shuffled map: {nothing.hot().sum()}; normal p ≤ 1e-4: {(nothing.normal_p()[mask] <= 1e-4).sum()}"
)

# %% [markdown]
# Local Moran (given the cell, are its neighbours unusual), hexagons, and the fifteen comunas as sectors.

# %%
quadrants = local_moran(counted, radius_m=200).clusters()
print(
    {
        name: int((quadrants == number).sum())
        for number, name in enumerate(["none", "high-high", "low-high", "low-low", "high-low"])
    }
)
hexagons = study_hexagons(area, width_m=120)
print(f"hexagons: {hot_cells(hexagons.bin(x, y), radius_m=240).hot()[hexagons.mask].mean():.1%} of the city is hot")
inside = geopandas.GeoSeries(geopandas.points_from_xy(x, y), crs=32721).sindex.query(
    comunas.geometry, predicate="contains"
)
density = np.bincount(inside[0], minlength=len(comunas)) / (comunas.area.to_numpy() / 1e6)
sectors = hot_units(density, neighbours_touching(comunas), seed=1)
print("smallest q of a comuna:", sectors.q_hot.min().round(3))

# %% [markdown]
# Does a place stay hot on other grids? One run is never enough.

# %%
stable = sensitivity_map(x, y, area=area, plan=SensitivityPlan(radii_m=(200.0, 300.0), cells_m=(100.0,), offsets=4))
print(f"hot in every run: {np.nanmean(stable.share == 1):.1%}; in any: {np.nanmean(stable.share > 0):.1%}")
