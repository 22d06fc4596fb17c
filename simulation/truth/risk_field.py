"""The true risk: probability that a hidden site opens in each building in each month."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from simulation.city.city import City

MONTHS = 24
DAYS = 728
"""Two years in whole weeks: 104 of them."""

MOST_TIMES_MEAN = 25.0
"""No building draws more than this many times the average: it has only so many flats."""

_KIND_PULL = {
    "住宅": 1.0,
    "商住": 2.6,
    "商务楼宇": 2.2,
    "商铺": 0.5,
    "酒店": 0.6,
    "厂房": 0.02,
    "公建": 0.02,
    "其他": 0.05,
}


# How hot spots come and go: one per so many buildings, moving on a few times.
_BUILDINGS_PER_SPOT = 220
_REACH_M, _STEP_M = (70.0, 170.0), (250.0, 900.0)
_STRENGTH, _STAY_MONTHS = (8.0, 26.0), (5, 13)


def true_intensity(
    city: City, *, rng: np.random.Generator, months: int = MONTHS, pull: Floats | None = None
) -> tuple[NDArray[np.float32], pd.DataFrame]:
    """Return the relative true risk, shape (places, months), mean one, and the hot spots.

    A place's own pull (kind, flats let, nearness to a school, chance; or `pull`, of any mean) is
    multiplied by the hot spots standing near it that month. A hot spot stays some months and then
    settles elsewhere.
    """
    pull = _pull(city, rng=rng) if pull is None else pull
    spots = _hot_spots(city, rng=rng, last=months)
    lifts = np.ones((len(pull), months))
    stays = spots[["from_month", "to_month"]].to_numpy(dtype=np.int64)
    tree = cKDTree(city.buildings[["x", "y"]].to_numpy())
    for row, (x, y, reach, strength) in enumerate(
        spots[["x", "y", "reach_m", "strength"]].to_numpy(dtype=np.float64)
    ):
        near = np.array(tree.query_ball_point([x, y], 2.5 * reach), dtype=np.int64)
        gap = np.hypot(*(tree.data[near] - [x, y]).T)
        lift = strength * np.exp(-0.5 * (gap / reach) ** 2)
        lifts[near, stays[row, 0] : stays[row, 1]] += lift[:, None]
    field = pull[:, None] * lifts
    field = np.minimum(field, MOST_TIMES_MEAN * field.mean())
    return (field / field.mean()).astype(np.float32), spots


def month_of(day: Ints | int, *, days: int, months: int) -> Ints:
    """Return the month in which days since the start lie, those before the first in the first.

    ``days``: how many there are; ``months``: into how many equal months they are cut.
    """
    return np.asarray(np.clip(np.asarray(day) * months // days, 0, months - 1), dtype=np.int64)


def _pull(city: City, *, rng: np.random.Generator) -> Floats:
    b = city.buildings
    kind = b["kind"].map(_KIND_PULL).to_numpy(dtype=float)
    size = np.sqrt(1.0 + b["households"].to_numpy(dtype=float) + b["floors"].to_numpy(dtype=float))
    let = 1.0 + 3.0 * (b["rentals"] / b["households"].clip(lower=1)).to_numpy(dtype=float)
    near_school = 0.5 + 1.6 * np.exp(-school_distances(city) / 350.0)
    return np.asarray(kind * size * let * near_school * rng.gamma(0.7, 1 / 0.7, len(b)))


def school_distances(city: City) -> Floats:
    """Return the distance in metres from each building to the nearest school building."""
    place = city.buildings[["x", "y"]].to_numpy()
    schools = place[(city.buildings["kind"] == "公建").to_numpy()]
    if not len(schools):
        return np.full(len(place), 5_000.0)
    return np.asarray(cKDTree(schools).query(place)[0], dtype=np.float64)


def _hot_spots(city: City, *, rng: np.random.Generator, last: int) -> pd.DataFrame:
    """Start each hot spot at a building where people live or rent, and let it walk."""
    b = city.buildings
    homes = b.loc[b["kind"].isin(["住宅", "商住", "商务楼宇"]), ["x", "y"]].to_numpy()
    count = max(2, round(len(b) / _BUILDINGS_PER_SPOT))
    rows = []
    for chain in range(count):
        place, month = homes[rng.integers(len(homes))], 0
        while month < last:
            until = min(last, month + int(rng.integers(*_STAY_MONTHS)))
            reach, strength = rng.uniform(*_REACH_M), rng.uniform(*_STRENGTH)
            rows.append((chain, *place, reach, strength, month, until))
            angle, step = rng.uniform(0, 2 * np.pi), rng.uniform(*_STEP_M)
            goal = place + step * np.array([np.cos(angle), np.sin(angle)])
            place = homes[np.argmin(np.hypot(*(homes - goal).T))]
            month = until
    columns = ["chain", "x", "y", "reach_m", "strength", "from_month", "to_month"]
    return pd.DataFrame(rows, columns=columns)
