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
# # Territories of street blocks, tilings and a score that says how sure it is
#
# Blocks of Valdivia (census 2017), incidents drawn around them: the shapes are real, the incidents are not. Methods:
# `docs/methods/territories.md`, `docs/methods/score.md`. Needs the folder `ATALAYA_DATA`.

# %%
import os
from pathlib import Path

import geopandas
import matplotlib.pyplot as plt
import numpy as np
import shapely

from analysis.block_growth import GrowthLimits, grow_blocks
from analysis.blocks import block_mesh, harm_by_block, joined
from analysis.contiguity import standardised
from analysis.districts import max_p_districts
from analysis.ranks import drawn_ranks, ranks
from analysis.shrinkage import fit_prior, local_marshall_rates, shrunk_rates

folder = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "geo" / "valdivia_manzanas"
blocks = geopandas.read_file(folder / "valdivia_manzanas.gpkg", layer="manzanas_censo2017").to_crs(32718)
mesh = block_mesh(blocks.geometry.to_numpy(), population=blocks["TOTAL_PERS"].to_numpy())
print(len(mesh), "blocks,", len(mesh.pairs()), "shared streets")

# %% [markdown]
# ## Harm per km² that hangs together
# Thirty of a hundred incidents fall around three places; growth finds the blocks that hold them on the least ground.

# %%
generator = np.random.default_rng(4)
middles = shapely.get_coordinates(shapely.centroid(mesh.shapes))
even = middles[generator.integers(0, len(mesh), 7_000)] + generator.normal(0, 60, (7_000, 2))
spots = middles[[200, 700, 1_200]]
hot = spots[generator.integers(0, 3, 3_000)] + generator.normal(0, 70, (3_000, 2))
x, y = np.vstack([even, hot]).T
harm = harm_by_block(mesh, x, y)
for spot in spots:
    near = np.flatnonzero(np.hypot(*(middles - spot).T) < 400)
    found = grow_blocks(mesh, harm, candidates=near, limits=GrowthLimits(least_harm=600, most_area_m2=150_000))
    shape = joined(mesh, found.members, margin_m=8)
    print(len(found.members), "blocks,", round(found.harm), "incidents,", round(shape.area / 1e4, 1), "ha")

# %% [markdown]
# ## The whole town in districts of at least 8,000 residents

# %%
values = standardised([np.log1p(harm), middles[:, 0], middles[:, 1]])
tiled = max_p_districts(values, mesh.pairs(), loads=mesh.population, least_load=8_000, seed=1, centres=middles)
print(tiled.loads.size, "districts,", len(tiled.bridges), "bridges, least load", tiled.loads.min())
blocks.assign(district=tiled.labels).plot(column="district", categorical=True, cmap="tab20", figsize=(7, 5))
plt.axis("off")

# %% [markdown]
# ## Rates of districts, drawn towards the usual one, and how sure their order is

# %%
counts = np.bincount(tiled.labels, weights=harm)
prior = fit_prior(counts, tiled.loads)
draws = generator.gamma(
    prior.shape + counts[:, None], 1 / (prior.exposure + tiled.loads[:, None]), (counts.size, 2_000)
)
order = ranks(shrunk_rates(counts, tiled.loads, prior=prior))
spread = drawn_ranks(draws)
for district in np.argsort(order)[:5]:
    low, high = np.quantile(spread[district], [0.05, 0.95]).astype(int)
    sure = (spread[district] <= 5).mean()
    print(f"district {district}: rank {order[district]} ({low}-{high}), first five in {sure:.0%}")
print(
    local_marshall_rates([3, 0, 12, 7, 1], [1000, 250, 3000, 900, 500], neighbours=[[1], [0, 2], [1, 3], [2, 4], [3]])
)
