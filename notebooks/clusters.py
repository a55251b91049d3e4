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
# # Clusters and the hours at which they happen
#
# Buenos Aires 2017, robberies of vehicles. Method: `docs/methods/clusters.md`. Needs the folder `ATALAYA_DATA`.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from pyproj import Transformer

from analysis.cluster_windows import cluster_windows
from analysis.clustering import (
    cluster_table,
    dbscan_clusters,
    hdbscan_clusters,
    required_minimum,
    suggest_radius,
    unique_places,
)

folder = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "incidents" / "buenos_aires_2016_2017"
rows = pd.read_csv(folder / "delitos_2016_2017.csv.gz")
rows = rows[(rows["latitud"] != 0) & rows["fecha"].str.startswith("2017") & (rows["tipo_delito"] == "Robo Automotor")]
x, y = Transformer.from_crs(4326, 32721, always_xy=True).transform(
    rows["longitud"].to_numpy(), rows["latitud"].to_numpy()
)
places = unique_places(x, y)
print(f"{len(x):,} robberies at {places.x.size:,} places; the fullest holds {places.weight.max():.0f}")

# %% [markdown]
# Two helps for the parameters: the knee of the distance at which places gather the minimum, and a density that the user
# can name (incidents per km² and year) turned into a minimum.

# %%
suggestion = suggest_radius(x, y, minimum=8)
minimum = required_minimum(per_km2=120, radius_m=200)
print(f"knee at {suggestion.radius_m:.0f} m; 120 per km² means {minimum:.1f} incidents within 200 m")
plt.figure()
plt.plot(suggestion.distances_m)
plt.ylabel("distance to gather 8 incidents, m")

# %%
clusters = dbscan_clusters(x, y, radius_m=200, minimum=minimum)
table = cluster_table(clusters, x, y)
print(f"{len(clusters)} clusters hold {np.mean(clusters.labels >= 0):.0%} of the robberies")
print(table.head(5).round(1))

# %% [markdown]
# When? Hours of 00:00 and 12:00 sharp are defaults in these data more often than truth, so they are left out.

# %%
clock = pd.to_timedelta(rows["hora"])
hour = (clock.dt.total_seconds() / 3600).to_numpy() % 24
weekday = pd.to_datetime(rows["fecha"]).dt.day_of_week.to_numpy()
known = ~np.isin(rows["hora"].to_numpy(), ["00:00:00", "12:00:00"])
for number, window in enumerate(cluster_windows(clusters, weekday, hour, seed=1, known=known)[:5]):
    told = (
        "no hours of its own"
        if window is None
        else (
            f"days {window.days} from {window.start_hour}:00 for {window.hours} h: {window.share:.0%} instead of "
            f"{window.expected_share:.0%} (p = {window.p})"
        )
    )
    print(f"cluster {number}: {told}")

# %% [markdown]
# HDBSCAN for exploration: another view, whose labels change when data are added.

# %%
view = hdbscan_clusters(x, y, minimum=15)
print(f"{len(view)} clusters of any density, {np.mean(view.labels < 0):.0%} noise")
plt.figure()
plt.scatter(x, y, c=np.where(clusters.labels < 0, np.nan, clusters.labels % 20), s=2, cmap="tab20")
