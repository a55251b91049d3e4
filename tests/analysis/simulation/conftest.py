"""One town and its history, made once for all claims."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.simulation.incidents import History, simulate_incidents
from analysis.simulation.town import Town, build_town
from config.demo.behaviour import BEHAVIOUR

FIRST_DAY = np.datetime64("2023-01-01")
DAYS = 1096
SEED = 11


@pytest.fixture(scope="session")
def town() -> Town:
    return build_town(seed=SEED)


@pytest.fixture(scope="session")
def history(town: Town) -> History:
    return simulate_incidents(town, BEHAVIOUR, first_day=FIRST_DAY, days=DAYS, hotspots=6, seed=SEED)


@pytest.fixture(scope="session")
def null_history(town: Town) -> History:
    return simulate_incidents(town, BEHAVIOUR, first_day=FIRST_DAY, days=DAYS, hotspots=0, seed=SEED)
