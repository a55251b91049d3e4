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
# # What cameras see, what they miss, and where the next ones help most
#
# Göteborg: bare ground, footprints and a surface model of one quarter. Helsinki: 221 real cameras, streets, buildings
# and venues of OpenStreetMap. Methods: `docs/methods/viewshed.md`, `quality.md`, `coverage.md`, `siting.md`. Needs
# the folder `ATALAYA_DATA`.

# %%
import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import rasterio
import shapely

from analysis.camera_coverage import CameraCoverage, cover, cover_many
from analysis.camera_view import CameraView, SightRules, quality_rings
from analysis.coverage import CoverageTally, cells_of_streets, share_of_harm
from analysis.gaps import coverage_gaps
from analysis.grid import Grid, study_grid
from analysis.relief import Relief, checked_heights
from analysis.scene import Scene
from analysis.siting import Device, demand_cells, facade_sites, sight_matrix, thinned_sites
from analysis.siting_choice import choose_sites, greedy_curve
from analysis.tours import Preset, expected, potential
from analysis.walls import roof_elevations, walls_of

data = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "geo"


def relief_of(path: Path) -> Relief:
    """A raster as posts, row 0 the south."""
    with rasterio.open(path) as file:
        heights = checked_heights(file.read(1), nodata=file.nodata).heights_m
        left, bottom = file.bounds.left, file.bounds.bottom
        return Relief(left, bottom, file.transform.a, -file.transform.e, np.ascontiguousarray(heights[::-1]))


# %% [markdown]
# ## One camera in Göteborg
#
# Footprints carry no height here: each roof is the median of the surface model inside it. Two footprints are invalid
# and are mended, as an import would.

# %%
ground, surface = relief_of(data / "goteborg_dsm/dtm_1m.tif"), relief_of(data / "goteborg_dsm/dsm_1m.tif")
houses = shapely.make_valid(gpd.read_file(data / "goteborg_dsm/edificios.gpkg").geometry.to_numpy())
rows, columns = ground.heights_m.shape
xs, ys = np.meshgrid(ground.x0 + np.arange(columns) + 0.5, ground.y0 + np.arange(rows) + 0.5)
inside = [shapely.contains_xy(house, xs, ys) for house in houses]
known = [number for number, cells in enumerate(inside) if cells.sum() >= 9]
houses, inside = houses[known], [inside[number] for number in known]
roofs = np.array([np.median(surface.heights_m[cells]) for cells in inside])
public = ~np.logical_or.reduce(inside)
grid = Grid(ground.x0, ground.y0, 1.0, rows, columns, public)
exact, raster = Scene(grid, walls_of(houses, roofs), ground), Scene(grid, terrain=ground, surface=surface)
street = shapely.points(xs[public], ys[public])
middle = shapely.Point(ground.x0 + columns / 2, ground.y0 + rows / 2)
place = street[np.argmin(shapely.distance(street, middle))]
camera = CameraView(place.x, place.y, 6.0, 120.0, field_of_view_deg=10.0, pixels_across=3840)
rules = SightRules(target_height_m=1.7)
walls, dsm = cover(camera, exact, rules), cover(camera, raster, rules)
both = (walls.visible & dsm.visible).sum() / (walls.visible | dsm.visible).sum()
print(
    f"{walls.model}: {walls.visible.sum():,} m² of public ground; {dsm.model}: {dsm.visible.sum():,} m²; IoU {both:.2f}"
)

# %% [markdown]
# The two models answer differently: the raster turns walls into ramps and knows sheds and trees that footprints lack.
# That difference is larger than any between programs, so each result names its model.
#
# ## How sharply
#
# The same place with an ordinary lens: rings on level ground, then the classes on the ground that is truly seen.

# %%
fixed = replace(camera, field_of_view_deg=83.0, azimuth_deg=120.0, tilt_deg=20.0, pixels_across=1920)
for ring in quality_rings(fixed, rules):
    reach = f"{ring.near_m:.1f} to {ring.far_m:.1f} m" if ring.reachable else "nowhere"
    print(f"{ring.code:10} {ring.px_per_m:6.1f} px/m: {reach}")
told = cover(fixed, exact, rules)
print({code: f"{area:.0f} m²" for code, area in told.areas_m2().items()})
figure, axis = plt.subplots()
axis.imshow(np.ma.masked_equal(told.classes, 0), origin="lower", cmap="viridis")
axis.set(title="classes of a fixed camera, 83°, tilt 20°")


# %% [markdown]
# ## A dome: what it could see and what it will
#
# Four stops of 15 s with moves of 3 s. An event of half a minute is caught at most places of the tour only sometimes.

# %%
stops = [Preset(replace(camera, azimuth_deg=90.0 * k, field_of_view_deg=60.0), 15, 3) for k in range(4)]
could, will = potential(camera, exact, rules), expected(stops, exact, rules, event_s=30)
seen = will.probability[will.coverage.visible]
print(f"could see {could.visible.sum():,} m²; on tour catches an event of 30 s with chance {np.median(seen):.2f}")

# %% [markdown]
# ## The real cameras of central Helsinki
#
# The register knows hardly any direction or height: defaults stand in, and the result says so. Buildings: height,
# else levels × 3 m, else 12 m. Public space: within 12 m of a street, not built on. The ground is flat for want of a
# terrain.

# %%
layers = data / "helsinki_osm/helsinki_capas.gpkg"
metric = "EPSG:3067"
buildings = gpd.read_file(layers, layer="edificios").to_crs(metric)
streets = gpd.read_file(layers, layer="calles").to_crs(metric)
register = gpd.read_file(layers, layer="camaras_vigilancia").to_crs(metric)
venues = gpd.read_file(layers, layer="pois").to_crs(metric)
footprints = shapely.make_valid(buildings.geometry.to_numpy())
heights = buildings["height"].str.removesuffix(" m").astype(float)
levels = buildings["levels"].astype(float)
source = np.where(heights.notna(), "height", np.where(levels.notna(), "levels", "default"))
heights = heights.fillna(levels * 3.0).fillna(12.0).to_numpy()
print("heights from", ", ".join(f"{kind}: {(source == kind).sum()}" for kind in ("height", "levels", "default")))
open_space = shapely.difference(
    shapely.union_all(shapely.buffer(streets.geometry, 12.0)), shapely.union_all(footprints)
)
city = Scene(study_grid(open_space, cell_m=1.0), walls_of(footprints, roof_elevations(footprints, heights)))
views = [CameraView(point.x, point.y, 5.0, 60.0, field_of_view_deg=68.0) for point in register.geometry]
tally, refused, views_seen = CoverageTally(city.grid), {}, []
for result in cover_many(views, city, SightRules(target_height_m=1.7), threads=2):
    if isinstance(result, CameraCoverage):
        tally.add(result)
        views_seen.append(result)
    else:
        refused[type(result).__name__] = refused.get(type(result).__name__, 0) + 1
print(f"{len(views_seen)} cameras see something; refused: {refused}")
print(
    f"detected: {tally.covered().sum() / city.grid.mask.sum():.1%} of public ground, by two or more "
    f"{tally.covered(2).sum() / city.grid.mask.sum():.1%}"
)

# %% [markdown]
# Cameras refused stand inside a building: a facade camera drawn a little inside its wall. The register would move it
# 0.3 m outside and say so.
#
# ## Streets, harm and gaps
#
# No incidents come with this map: bars, pubs and clubs stand in for where harm happens at night.

# %%
shares = cells_of_streets(streets.geometry.to_numpy(), city.grid).share(tally.covered())
print(f"half of the streets are seen on less than {shares['share'].median():.0%} of their ground")
night = venues[venues["amenity"].isin(["bar", "pub", "nightclub"])]
points = night.geometry.representative_point()
harm = share_of_harm(tally.covered(), city.grid, points.x, points.y, snap_m=25)
print(f"{harm.share:.0%} of {harm.total:.0f} venues in view; {harm.outside} lie off public ground")
xs, ys = city.grid.centres()
hot = np.zeros(city.grid.shape)
for x, y in zip(points.x, points.y, strict=True):
    square = (xs[None, :] - x) ** 2 + (ys[:, None] - y) ** 2
    hot += np.where(square < 60**2, (1 - square / 60**2) ** 2, 0.0)
hot[~city.grid.mask | (hot < 0.5)] = 0.0
gaps = coverage_gaps(tally.covered(), hot, city.grid, crs=metric, min_area_m2=100)
print(gaps[["rank", "weight", "share", "area_m2"]].head(5).round(3).to_string(index=False))

# %% [markdown]
# ## Where the next cameras should go
#
# Candidates every 40 m along facades; a dome that costs three, a fixed camera that costs one at one of eight
# headings; a budget of twelve. Demand: hot cells that nobody sees, thinned to one in nine.

# %%
coarse = np.zeros_like(city.grid.mask)
coarse[1::3, 1::3] = True
demand = demand_cells(np.where(coarse, hot, 0.0), city.grid, covered=tally.covered())
sites = thinned_sites(facade_sites(footprints, spacing_m=40.0), apart_m=25.0)
devices = [Device("dome", 3.0, 6.0, 80.0, 30.0), Device("fixed", 1.0, 5.0, 50.0, 68.0, azimuths=8)]
problem = sight_matrix(sites, devices, demand, city, SightRules(target_height_m=1.7), threads=2)
at_once = choose_sites(problem, budget=12.0, per_site=2, seconds=0)
plan = choose_sites(problem, budget=12.0, per_site=2, seconds=20)
print(f"{len(sites)} sites, {problem.columns:,} choices, {demand.weights.size:,} places")
print(f"at once: at least {1 - at_once.gap_ratio:.1%} of the best possible")
print(f"after {plan.seconds:.1f} s of search: {1 - plan.gap_ratio:.1%}, by {plan.method}")
for column, gain in zip(plan.chosen, plan.marginal, strict=True):
    device = problem.devices[problem.device[column]]
    print(
        f"  {device.code:6} at site {problem.site[column]:4}, heading {problem.azimuth_deg[column]:5.0f}: +{gain:.1f}"
    )
curve = greedy_curve(problem, most=30, per_site=2) / demand.weights.sum()
plt.figure()
plt.plot(curve, marker=".")
plt.xlabel("cameras, of either kind")
plt.ylabel("share of unseen hot ground that they see")
