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
# # Has it changed, and when does it happen
#
# Toronto 2014–2021 by neighbourhood, and New York's vehicle thefts, of which only an interval is known. Methods:
# `docs/methods/change.md`, `docs/methods/time.md`. Needs the folder `ATALAYA_DATA`.

# %%
import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from analysis.aoristic import aoristic_week
from analysis.change import change_classes, e_test, two_periods
from analysis.chile_days import chile_days, exposure_days, same_period
from analysis.concentration import concentration

data = Path(os.environ.get("ATALAYA_DATA", "../shared/data")) / "incidents"
events = pd.read_csv(data / "toronto_mci_2014_2021" / "mci_2014_2021.csv.gz")
events["year"] = pd.to_datetime(events["occurrence_date"]).dt.year
table = pd.crosstab(events["neighbourhood"], events["year"])
print(f"{len(events):,} events in {len(table)} neighbourhoods")

# %% [markdown]
# 2019 against the five years before. The earlier years are counts too; neighbourhoods stray more than a Poisson law, so
# the limits are the wider ones of the beta-binomial.

# %%
classes = change_classes(table[2019], table[[2014, 2015, 2016, 2017, 2018]].sum(axis=1))
print(classes.attrs)
print(classes["change_class"].value_counts())
print(classes.sort_values("p").head(5).round(3))

# %%
pair = two_periods(table[2018], table[2019])
print(f"neighbourhoods with q ≤ 0.05 between 2018 and 2019: {(pair['q'] <= 0.05).sum()}")
print(f"E-test of 6 and 2 incidents: p = {e_test(6, 2):.7f}")

# %%
found = concentration(table[2019], seed=1)
print(f"half of the events in {found.share_of_units:.1%} of the neighbourhoods; by chance {found.by_chance:.1%}")
print(f"Gini {found.gini_plain:.3f}, corrected {found.gini:.3f}")

# %% [markdown]
# Vehicle thefts: parked at night, missed in the morning. The hour is shared out over the interval.

# %%
thefts = pd.read_csv(data / "nyc_vehicle_thefts_2014_2017" / "nyc_vehicle_thefts_2014_2017.csv.gz", nrows=8_000)
zone = ZoneInfo("America/New_York")
start, end = (pd.to_datetime(thefts[name]) for name in ("date_start", "date_end"))
moments = [
    (a.to_pydatetime().replace(tzinfo=zone), None if pd.isna(b) else b.to_pydatetime().replace(tzinfo=zone))
    for a, b in zip(start, end, strict=True)
    if pd.notna(a) and (pd.isna(b) or b >= a)
]
week = aoristic_week(*zip(*moments, strict=True), zone="America/New_York")
print(f"{week.told} thefts told within a day, {week.uninformative} over longer")
print(f"{week.exact} told to the minute, {week.on_the_hour:.0%} of them at a whole or half hour")
plt.figure()
plt.imshow(week.hours.reshape(7, 24), aspect="auto")
plt.xlabel("hour")
plt.ylabel("weekday, Monday first")

# %% [markdown]
# Days of Chile, and the same period of earlier years with its lengths.

# %%
days = chile_days(date(2026, 9, 1), date(2026, 9, 30))
print(days[days["holiday"] | (days["hours"] != 24)][["day", "holiday_name", "hours"]])
periods = same_period(date(2024, 2, 1), date(2024, 2, 29))
print(periods, exposure_days(periods), np.mean(exposure_days(periods)))
