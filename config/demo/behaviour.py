"""What the simulated comuna suffers: offences of CEAD list 2024-b with the means, swings and seasons of a real city.

Monthly means, variance over mean and month shares are those of the police cases of Valdivia, 2022-2025. Hours are
parameters: no official hourly profile is known. Where things happen is our reading of each offence.
"""

from __future__ import annotations

from analysis.simulation.processes import Behaviour, Plant, Process, Rhythm

NIGHT_OUT = Rhythm(bumps=((1.5, 2.2, 0.7), (22.5, 2.0, 0.3)), weekdays=(0.6, 0.6, 0.7, 0.9, 1.7, 2.1, 1.0))
SHOPPING = Rhythm(bumps=((12.5, 1.8, 0.4), (17.8, 2.0, 0.6)), weekdays=(1.0, 1.0, 1.0, 1.05, 1.2, 1.2, 0.6), floor=0.05)
HOME_EVENING = Rhythm(bumps=((20.5, 2.8, 0.7), (13.0, 2.5, 0.3)), weekdays=(0.95, 0.9, 0.9, 0.9, 1.0, 1.2, 1.3))
AWAY_AT_WORK = Rhythm(
    bumps=((11.0, 2.5, 0.5), (16.5, 2.5, 0.3), (2.5, 1.8, 0.2)), weekdays=(1.1, 1.05, 1, 1, 1.1, 1, 0.8)
)
BEHIND_SHUTTERS = Rhythm(bumps=((3.5, 2.0, 1.0),), weekdays=(1.0, 0.9, 0.9, 0.9, 1.0, 1.15, 1.25))
PARKED = Rhythm(bumps=((3.0, 2.4, 0.55), (20.0, 2.4, 0.45)), weekdays=(0.95, 0.95, 0.95, 1.0, 1.1, 1.1, 0.95))
STREET_EVENING = Rhythm(bumps=((20.5, 2.6, 0.65), (1.0, 2.2, 0.35)), weekdays=(0.9, 0.9, 0.95, 1.0, 1.2, 1.25, 0.9))
RUSH = Rhythm(bumps=((18.5, 1.7, 0.7), (13.5, 1.5, 0.3)), weekdays=(1.1, 1.1, 1.1, 1.1, 1.25, 0.8, 0.4), floor=0.06)
DAYTIME = Rhythm(bumps=((12.0, 2.5, 0.5), (18.0, 2.8, 0.5)), weekdays=(1.1, 1.05, 1.05, 1.0, 1.05, 0.95, 0.8))
ON_PATROL = Rhythm(bumps=((23.0, 2.6, 0.55), (17.5, 2.6, 0.45)), weekdays=(0.6, 0.7, 0.8, 1.0, 1.5, 1.6, 0.8))

DWELLING_BURGLARY = (10.4, 7.4, 7.3, 6.5, 8.6, 9.4, 9.6, 8.7, 9.3, 8.9, 7.7, 6.3)
OTHER_BURGLARY = (9.3, 6.6, 8.5, 9.0, 6.6, 6.8, 7.8, 9.6, 8.3, 9.5, 9.1, 8.9)
FROM_VEHICLES = (7.6, 6.9, 6.7, 6.7, 8.9, 9.6, 9.2, 10.0, 10.2, 7.8, 8.0, 8.4)
ROBBERY = (8.6, 6.9, 8.3, 8.2, 8.8, 7.5, 8.7, 8.4, 8.0, 8.7, 9.2, 8.8)
SNATCH = (8.2, 7.1, 9.0, 9.9, 7.0, 8.6, 7.4, 5.7, 8.2, 8.0, 11.7, 9.2)
THEFT = (7.6, 7.8, 9.4, 8.5, 8.6, 7.5, 7.4, 8.4, 7.8, 8.8, 9.3, 8.9)
DAMAGE = (7.8, 6.7, 9.0, 8.0, 9.8, 9.2, 7.9, 8.0, 8.5, 8.7, 8.0, 8.4)
FAMILY_VIOLENCE = (9.5, 8.7, 8.9, 7.9, 7.6, 7.3, 7.6, 8.5, 8.5, 8.7, 8.3, 8.6)
PUBLIC_CONSUMPTION = (7.4, 7.3, 7.7, 10.2, 7.2, 6.9, 7.9, 8.5, 8.2, 10.8, 10.2, 7.8)

HOMES = {"dwelling": 1.0}
NIGHTLIFE = {"bar": 0.22, "street": 0.50, "dwelling": 0.28}
STREETS = {"street": 0.75, "bus_stop": 0.15, "dwelling": 0.10}
RIDES = {"patrol": 1.0}

PROCESSES = (
    Process("60401", 164.1, 2.6, SHOPPING, {"shop": 0.50, "street": 0.22, "dwelling": 0.20, "school": 0.08}, THEFT),
    Process("30105", 52.0, 1.7, HOME_EVENING, HOMES, FAMILY_VIOLENCE),
    Process("30102", 41.0, 1.6, HOME_EVENING, HOMES, FAMILY_VIOLENCE),
    Process("30101", 36.0, 1.5, HOME_EVENING, HOMES, FAMILY_VIOLENCE),
    Process("70204", 96.0, 26.0, ON_PATROL, RIDES, PUBLIC_CONSUMPTION, discovered=True),
    Process("70201", 27.9, 9.0, ON_PATROL, RIDES, PUBLIC_CONSUMPTION, discovered=True),
    Process("10601", 115.3, 2.3, DAYTIME, {"dwelling": 0.66, "street": 0.24, "school": 0.04, "shop": 0.06}),
    Process("70301", 112.6, 2.2, STREET_EVENING, {"street": 0.55, "dwelling": 0.38, "bar": 0.07}, DAMAGE),
    Process("60101", 61.3, 3.6, AWAY_AT_WORK, HOMES, DWELLING_BURGLARY, 0.16, lasting_hours=7.0),
    Process("60202", 49.5, 2.7, PARKED, {"street": 0.85, "dwelling": 0.15}, FROM_VEHICLES, 0.12, lasting_hours=4.0),
    Process("10501", 47.5, 1.3, NIGHT_OUT, NIGHTLIFE),
    Process(
        "60102", 46.3, 3.1, BEHIND_SHUTTERS, {"shop": 0.55, "dwelling": 0.45}, OTHER_BURGLARY, 0.12, lasting_hours=9.0
    ),
    Process("20101", 25.2, 1.7, STREET_EVENING, STREETS, ROBBERY, 0.08),
    Process("50102", 15.3, 14.0, ON_PATROL, RIDES, discovered=True),
    Process("50101", 4.0, 3.0, STREET_EVENING, {"street": 0.6, "dwelling": 0.4}),
    Process("50201", 3.0, 1.0, ON_PATROL, RIDES, discovered=True),
    Process("40102", 12.0, 1.4, ON_PATROL, RIDES, discovered=True),
    Process("40104", 4.0, 1.2, ON_PATROL, RIDES, discovered=True),
    Process("20201", 14.3, 1.1, RUSH, {"street": 0.62, "bus_stop": 0.28, "shop": 0.10}, SNATCH),
    Process("10202", 13.0, 1.3, HOME_EVENING, HOMES),
    Process("60301", 9.6, 1.6, BEHIND_SHUTTERS, {"street": 0.5, "shop": 0.3, "dwelling": 0.2}),
    Process("99902", 8.2, 1.3, AWAY_AT_WORK, {"dwelling": 0.6, "shop": 0.2, "street": 0.2}),
    Process("60201", 8.1, 1.6, PARKED, {"street": 0.8, "dwelling": 0.2}),
    Process("60501", 8.0, 1.1, DAYTIME, {"street": 0.5, "dwelling": 0.5}),
    Process("70102", 7.9, 1.2, NIGHT_OUT, NIGHTLIFE),
    Process("10301", 6.5, 1.7, NIGHT_OUT, NIGHTLIFE),
    Process("10401", 6.4, 1.1, NIGHT_OUT, NIGHTLIFE),
    Process("10201", 4.5, 1.6, HOME_EVENING, HOMES),
    Process("10203", 1.9, 2.3, DAYTIME, {"street": 0.5, "bus_stop": 0.3, "bar": 0.2}),
    Process("20102", 1.5, 2.6, STREET_EVENING, {"street": 1.0}),
    Process("10204", 1.2, 1.1, DAYTIME, {"street": 0.6, "dwelling": 0.4}),
    Process("70401", 1.2, 3.4, NIGHT_OUT, {"street": 1.0}),
    Process("10101", 0.5, 1.2, STREET_EVENING, {"street": 0.6, "dwelling": 0.4}),
    Process("10102", 0.02, 1.0, HOME_EVENING, HOMES),
)

PLANTS = (
    Plant(
        "nightlife street",
        {"10501": 0.34, "20101": 0.22, "70301": 0.22, "20201": 0.10, "70102": 0.12},
        Rhythm(bumps=((1.5, 1.6, 0.8), (23.0, 1.2, 0.2)), weekdays=(0.1, 0.1, 0.2, 0.5, 2.6, 3.0, 0.5), floor=0.03),
        {"street": 0.7, "dwelling": 0.3},
        150.0,
    ),
    Plant(
        "burgled housing estate",
        {"60101": 0.8, "99902": 0.2},
        Rhythm(bumps=((11.0, 1.7, 0.6), (16.0, 1.6, 0.4)), weekdays=(1.3, 1.2, 1.2, 1.2, 1.3, 0.5, 0.3), floor=0.04),
        {"dwelling": 1.0},
        95.0,
    ),
    Plant(
        "cars broken into",
        {"60202": 0.85, "60201": 0.15},
        Rhythm(bumps=((3.0, 1.7, 1.0),), weekdays=(0.8, 0.8, 0.9, 1.0, 1.4, 1.4, 0.9), floor=0.05),
        {"street": 0.9, "dwelling": 0.1},
        110.0,
    ),
    Plant(
        "snatching at the stops",
        {"20201": 0.45, "20101": 0.35, "60401": 0.20},
        Rhythm(bumps=((18.5, 1.3, 0.8), (7.5, 0.9, 0.2)), weekdays=(1.2, 1.2, 1.2, 1.2, 1.4, 0.4, 0.1), floor=0.03),
        {"street": 0.85, "dwelling": 0.15},
        105.0,
    ),
    Plant(
        "shoplifting strip",
        {"60401": 0.75, "60102": 0.15, "70301": 0.10},
        Rhythm(bumps=((17.5, 1.7, 0.7), (12.5, 1.4, 0.3)), weekdays=(0.9, 0.9, 0.9, 1.0, 1.3, 1.5, 0.6), floor=0.03),
        {"street": 0.6, "dwelling": 0.4},
        150.0,
    ),
    Plant(
        "fights and threats in the towers",
        {"10601": 0.45, "10501": 0.25, "70301": 0.30},
        Rhythm(bumps=((21.5, 2.0, 1.0),), weekdays=(0.7, 0.6, 0.7, 0.8, 1.3, 1.7, 1.4), floor=0.08),
        {"dwelling": 0.7, "street": 0.3},
        140.0,
    ),
)

BEHAVIOUR = Behaviour(processes=PROCESSES, plants=PLANTS)
