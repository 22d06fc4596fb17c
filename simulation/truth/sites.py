"""The town between two weeks: its hidden sites, and how they open, end and move on."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from simulation.city.city import City
from simulation.truth.behaviour import BEHAVIOUR, Behaviour
from simulation.truth.risk_field import month_of


@dataclass(kw_only=True)
class Town:
    """The town between two weeks, with its hot spots and communities: see `history.Truth`."""

    city: City
    rng: np.random.Generator
    start: date
    intensity: NDArray[np.float32]
    hot_spots: pd.DataFrame
    communities: pd.DataFrame
    reporting: Floats
    effort: Floats
    tree: cKDTree
    sites: dict[str, Ints]
    seen: Ints
    last_visit: Ints
    moves: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    due: list[tuple[Ints, Ints, int]] = field(default_factory=list)
    reports: list[pd.DataFrame] = field(default_factory=list)
    visits: list[pd.DataFrame] = field(default_factory=list)
    behaviour: Behaviour = BEHAVIOUR


SITE_COLUMNS = (
    *("building", "opened", "planned", "closed", "why", "operator", "moved_from", "pupils"),
)
"""Columns of the sites; times are days since the start, `why` is 0 open or ended, 2 found."""

SAME_PLACE_M = 40.0
"""Nobody who was found opens again as near as this."""


def open_sites(town: Town, day: int) -> Ints:
    """Return the sites open at any time in the week that begins on `day`."""
    return np.flatnonzero((town.sites["opened"] < day + 7) & (town.sites["closed"] >= day))


def last_days(town: Town) -> Ints:
    """Return the last day of each site: when it was found, or when it will have run its time."""
    return np.minimum(town.sites["closed"], town.sites["planned"])


def current_intensity(town: Town, day: int) -> NDArray[np.float32]:
    """Return the true risk of each place in the month of `day`; before the first month, its own."""
    months = town.intensity.shape[1]
    return town.intensity[:, month_of(day, days=town.behaviour.days, months=months)]


def season(town: Town, day: int) -> float:
    """Return the season's demand: summer and winter breaks and the weeks before exams."""
    week = week_of_year(town, day)
    if week in range(27, 36):
        return 1.5
    if week in range(19, 26):
        return 1.25
    return 1.2 if week in range(4, 8) else 0.9


def week_of_year(town: Town, day: int) -> int:
    """Return the week of the year, counted from 1 on 1 January, in which `day` lies."""
    today = np.datetime64(town.start) + np.timedelta64(day, "D")
    return int((today - today.astype("datetime64[Y]")) / np.timedelta64(7, "D")) + 1


def close_and_open(town: Town, day: int) -> None:
    """End what has run its time and open new sites, first-comers and those who moved on."""
    rng, sites = town.rng, town.sites
    sites["closed"] = np.where(
        (sites["closed"] == town.behaviour.days) & (sites["planned"] < day),
        sites["planned"],
        sites["closed"],
    )
    pull = current_intensity(town, day)
    thousands = len(pull) / 1_000
    count = rng.poisson(town.behaviour.openings * thousands * season(town, day))
    _add_sites(town, draw_weighted(pull, count, rng), day + rng.integers(0, 7, count), None)
    arriving = [(d[d < day + 7], o[d < day + 7], b[d < day + 7]) for d, o, b in town.moves]
    town.moves = [(d[d >= day + 7], o[d >= day + 7], b[d >= day + 7]) for d, o, b in town.moves]
    town.moves = [move for move in town.moves if len(move[0])]
    for days, origin, place in arriving:
        if len(days):
            _add_sites(town, _settle_nearby(town, place, pull), days, origin)


def draw_weighted(
    weights: NDArray[np.float32] | Floats, count: int, rng: np.random.Generator
) -> Ints:
    """Draw `count` positions with chances in proportion to `weights`, with replacement."""
    total = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    return np.asarray(np.minimum(drawn, len(weights) - 1), dtype=np.int64)


def _settle_nearby(town: Town, place: Ints, pull: NDArray[np.float32]) -> Ints:
    """Choose a new building within a few hundred metres, the likelier the stronger its pull."""
    nearest = town.tree.query(town.tree.data[place], k=min(80, len(pull)))
    gaps, near = np.asarray(nearest[0]), np.asarray(nearest[1], dtype=np.int64)
    with np.errstate(divide="ignore"):
        lure = np.log(np.where(gaps > SAME_PLACE_M, pull[near], pull[near] * 1e-3))
    choice = np.argmax(lure + town.rng.gumbel(size=near.shape), axis=1)
    return np.asarray(near[np.arange(len(place)), choice], dtype=np.int64)


def _add_sites(town: Town, place: Ints, opened: Ints, origin: Ints | None) -> None:
    rng, sites, count = town.rng, town.sites, len(place)
    fresh = np.arange(count) + (sites["operator"].max(initial=-1) + 1)
    life = np.maximum(21, rng.exponential(7 * town.behaviour.life_weeks, count)).astype(np.int64)
    new = {
        "building": place,
        "opened": opened,
        "planned": opened + life,
        "closed": np.full(count, town.behaviour.days),
        "why": np.zeros(count, dtype=np.int64),
        "operator": fresh if origin is None else sites["operator"][origin],
        "moved_from": np.full(count, -1) if origin is None else origin,
        "pupils": 3 + rng.negative_binomial(2, 0.17, count),
    }
    for name in SITE_COLUMNS:
        sites[name] = np.concatenate([sites[name], new[name].astype(np.int64)])
