"""Simulate a town week by week: what opens or is there, complaints, inspections.

Hidden sites open by the true risk, are reported at each community's own rate, are visited where
effort goes rather than where they are, end when found, and usually open again nearby. The office's
files are written from this; the truth itself is kept apart for tests and notebooks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from geo.arrays import Floats
from simulation.city.city import City
from simulation.truth.behaviour import BEHAVIOUR, Behaviour
from simulation.truth.inspections import act_on_finds, plan_follow_ups, visit
from simulation.truth.reports import report
from simulation.truth.risk_field import DAYS, MONTHS, true_intensity
from simulation.truth.sites import SITE_COLUMNS, Town, close_and_open

Visiting = Callable[[Town, int], pd.DataFrame]

WARM_UP_WEEKS = 26


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What really happened, in days since `start` (day 0); places are rows of `City.buildings`.

    `sites`: building, opened, closed (the number of days where still open), why_closed (open,
    ended, found), operator, moved_from (site or -1), pupils. `reports`: day, building, site (-1
    none), about (true, false, other), reporter, repeat_of (row or -1). `visits`: day, building,
    reason, night, result, site (-1 none), and in a world of rates effort. `communities`: reporting,
    effort (mean one). `effort`: per place.
    """

    start: date
    intensity: NDArray[np.float32]
    hot_spots: pd.DataFrame
    sites: pd.DataFrame
    reports: pd.DataFrame
    visits: pd.DataFrame
    communities: pd.DataFrame
    effort: Floats
    behaviour: Behaviour = BEHAVIOUR

    def moments(self, days: ArrayLike) -> NDArray[np.datetime64]:
        """Return the midnights, in microseconds, with which days since the start begin."""
        return np.datetime64(self.start, "us") + np.asarray(days).astype("timedelta64[D]")


def simulate_town(
    city: City,
    *,
    start: date,
    rng: np.random.Generator,
    visiting: Visiting = visit,
    behaviour: Behaviour = BEHAVIOUR,
    pull: Floats | None = None,
) -> Truth:
    """Run the weeks of `behaviour` from `start`, after half a year's warm-up; return what happened.

    `visiting` decides who is visited in the week that begins on a day, and looks
    (`inspections.look`). `pull`: see `found_town`.
    """
    town = found_town(city, start=start, rng=rng, behaviour=behaviour, pull=pull)
    for week in range(-WARM_UP_WEEKS, behaviour.weeks):
        live_one_week(town, week * 7, visiting=visiting)
    return what_happened(town)


def found_town(
    city: City,
    *,
    start: date,
    rng: np.random.Generator,
    behaviour: Behaviour = BEHAVIOUR,
    pull: Floats | None = None,
) -> Town:
    """Draw the true risk and everybody's habits; nothing has happened yet.

    `city`: its rows of buildings are the places. `pull`: each place's own pull where it is not that
    of a building, shape (places,), above 0.
    """
    months = behaviour.weeks * MONTHS * 7 // DAYS
    intensity, spots = true_intensity(city, rng=rng, months=months, pull=pull)
    spreads = (("reporting", behaviour.reporting_spread), ("effort", behaviour.effort_spread))
    communities = pd.DataFrame(
        {name: _unit_mean(rng.lognormal(0, s, len(city.communities))) for name, s in spreads}
    )
    owner = city.buildings["community"].to_numpy()
    effort_factor = rng.lognormal(0.0, 0.8, len(owner))
    return Town(
        city=city,
        rng=rng,
        start=start,
        intensity=intensity,
        hot_spots=spots,
        communities=communities,
        reporting=communities["reporting"].to_numpy()[owner],
        effort=communities["effort"].to_numpy()[owner] * effort_factor * _patrolled(city),
        tree=cKDTree(city.buildings[["x", "y"]].to_numpy()),
        sites={name: np.empty(0, dtype=np.int64) for name in SITE_COLUMNS},
        seen=np.zeros(len(owner), dtype=np.int64),
        last_visit=np.full(len(owner), -behaviour.days),
        behaviour=behaviour,
    )


def what_happened(town: Town) -> Truth:
    """Return what happened in a town."""
    return Truth(
        start=town.start,
        intensity=town.intensity,
        hot_spots=town.hot_spots,
        sites=_site_frame(town),
        reports=_kept(town.reports, town.behaviour.days),
        visits=_kept(town.visits, town.behaviour.days),
        communities=town.communities,
        effort=town.effort,
        behaviour=town.behaviour,
    )


def _unit_mean(values: Floats) -> Floats:
    return np.asarray(values / values.mean(), dtype=np.float64)


def _patrolled(city: City) -> Floats:
    """Wardens walk where people live and let, and hardly ever into works or schools."""
    homes = np.sqrt(1.0 + city.buildings["households"].to_numpy(dtype=float))
    dull = city.buildings["kind"].isin(["厂房", "公建", "其他"]).to_numpy()
    return np.asarray(homes * np.where(dull, 0.15, 1.0))


def live_one_week(town: Town, day: int, *, visiting: Visiting = visit) -> None:
    """Let the week that begins on `day` pass: sites open and end, people tell, people look."""
    close_and_open(town, day)
    reports = report(town, day)
    town.reports.append(reports)
    plan_follow_ups(town, reports)
    visits = visiting(town, day)
    town.visits.append(visits)
    town.last_visit[visits["building"].to_numpy()] = visits["day"].to_numpy()
    act_on_finds(town, visits)


def _site_frame(town: Town) -> pd.DataFrame:
    sites = pd.DataFrame(town.sites)
    ended = (sites["closed"] < town.behaviour.days) & (sites["why"] == 0)
    why = np.array(["open", "ended", "found"])[np.where(ended, 1, sites["why"])]
    return sites.assign(why_closed=why).drop(columns=["why", "planned"])


def _kept(weeks: list[pd.DataFrame], days: int) -> pd.DataFrame:
    """Join the weeks, drop the warm-up and what lies past the last day, in order of days."""
    frame = pd.concat(weeks, ignore_index=True)
    frame = frame[(frame["day"] >= 0) & (frame["day"] < days)]
    return frame.sort_values("day", kind="stable").reset_index(drop=True)
