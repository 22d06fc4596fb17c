"""What is known to an office of the simulated town, and what its teams have to give.

Nothing here leads back to the truth: tables are copies without what only the town knows.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from governance.patrols.routing.model.problem import Shift
from simulation.city.city import to_globe
from simulation.truth.risk_field import DAYS
from simulation.truth.sites import Town

START = date(2024, 11, 25)
"""A Monday: weeks of the town are weeks of the calendar."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The city, the teams and what is planted in it.

    ``evenings``, ``days``: weekdays (1 Monday) on which every team goes out in the evening, and by
    day.
    ``shift_minutes``, ``walk_m_a_minute``, ``walk_factor``, ``minutes``: as in the product's
    settings of patrols.
    """

    buildings: int = 1_500
    weeks: int = 104
    """How long a policy decides; at most 104."""
    teams: int = 2
    evenings: tuple[int, ...] = (3, 5)
    days: tuple[int, ...] = (2, 6)
    shift_minutes: int = 150
    walk_m_a_minute: float = 70.0
    walk_factor: float = 1.35
    minutes: int = 12
    answered_anyway: bool = False
    """Let others, outside the teams' time, look where most complaints point, within nine days."""
    movers: int = 6
    """Planted operators of each kind: those who open again within ``near_m``, and anywhere."""
    wait_days: int = 14
    """After so many days a planted operator who was found opens again."""
    near_m: float = 300.0

    def __post_init__(self) -> None:
        """Refuse more weeks than the town lives."""
        if not 1 <= self.weeks <= DAYS // 7:
            msg = f"weeks must be between 1 and {DAYS // 7}, not {self.weeks}"
            raise ValueError(msg)


@dataclass(kw_only=True)
class Office:
    """What is known before a week: the register, complaints, and own visits' results.

    `buildings`: building_id, kind, households, rentals, grid_code, community_code, x, y (metres),
    lon, lat. `draws`: seed of a policy's own draws; no truth can be made from it. `reports`: day,
    building, tutoring (whether about that, true or not), reporter. `visits`: day, building, night,
    result, purpose, mode, minutes, operator (-1 not found).
    `leases`: building, start_day, filed_day, business, unit.
    """

    scene: Scene
    draws: int
    buildings: pd.DataFrame
    metres: Floats
    start_metres: Floats
    reports: pd.DataFrame
    visits: pd.DataFrame
    leases: pd.DataFrame
    start: date = START

    def monday(self, day: int) -> date:
        """Return the date of a day since the start."""
        return self.start + timedelta(days=day)

    def last_seen(self) -> Floats:
        """Return the day of each building's last visit that a team made, -inf without any."""
        last = self.visits.groupby("building")["day"].max()
        return last.reindex(range(len(self.buildings))).fillna(-np.inf).to_numpy(np.float64)

    def last_results(self) -> Ints:
        """Return the code of each building's last result (`RESULTS`), -1 if never visited."""
        last = self.visits.sort_values("day", kind="stable").drop_duplicates(
            "building", keep="last"
        )
        codes = last.set_index("building")["result"].reindex(range(len(self.buildings)))
        return codes.fillna(-1).to_numpy(np.int64)

    def shifts(self, day: int) -> tuple[Shift, ...]:
        """Return the shifts of the week that begins on a day, all starting at the office."""
        scene, middle = self.scene, self.buildings[["lon", "lat"]].mean()
        made = []
        for part, weekdays, begin in (("evening", scene.evenings, 18), ("day", scene.days, 14)):
            for weekday in weekdays:
                when = self.monday(day + weekday - 1)
                made += [
                    Shift(
                        shift_id=f"T{team + 1}/{when}/{part}",
                        team_id=f"T{team + 1}",
                        day=when,
                        part=part,
                        from_minute=begin * 60,
                        until_minute=begin * 60 + 180,
                        minutes=scene.shift_minutes,
                        lon=float(middle["lon"]),
                        lat=float(middle["lat"]),
                        joint=True,
                    )
                    for team in range(scene.teams)
                ]
        return tuple(made)


def open_office(scene: Scene, town: Town, draws: int) -> Office:
    """Return an office that knows its register, and nothing else yet."""
    b = town.city.buildings
    place = b[["x", "y"]].to_numpy()
    globe = to_globe(place)
    codes = town.city.grids["grid_code"].to_numpy()[b["grid"]]
    known = b[["building_id", "kind", "households", "rentals", "x", "y"]].assign(
        lon=globe[:, 0],
        lat=globe[:, 1],
        grid_code=codes,
        community_code=[code[:12] for code in codes],
    )
    gaps = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    middle = place.mean(axis=0)
    return Office(
        scene=scene,
        draws=draws,
        buildings=known.reset_index(drop=True),
        metres=gaps * scene.walk_factor,
        start_metres=np.hypot(*(place - middle).T) * scene.walk_factor,
        reports=pd.DataFrame({name: [] for name in ("day", "building", "tutoring", "reporter")}),
        visits=pd.DataFrame({name: [] for name in ("day", "building")}),
        leases=pd.DataFrame(),
    )


def told_before(town: Town, day: int) -> pd.DataFrame:
    """Return the complaints made before a day, in order of days, as the receiving clerk knows them.

    Whether one is true, and of which site it speaks, is not in it.
    """
    told = pd.concat(town.reports, ignore_index=True)
    told = told[told["day"] < day].sort_values("day", kind="stable")
    told = told.assign(tutoring=told["about"] != 2)
    return told[["day", "building", "tutoring", "reporter"]].reset_index(drop=True)


def leases_before(town: Town, day: int, seed: int) -> pd.DataFrame:
    """Return what was filed of leases before a day: some of those let, and 30 % of the tutors'.

    `building`, `start_day`, `filed_day`, `business`, `unit`; the same for every policy but for the
    tutors' own.
    """
    b = town.city.buildings
    rng = np.random.default_rng([seed, 77])
    homes = rng.binomial(b["rentals"].to_numpy(), 0.25)
    trade = (b["households"] == 0).to_numpy() * rng.binomial(b["floors"].to_numpy(), 0.25)
    plain = np.repeat(np.arange(len(b)), homes + trade)
    start = rng.integers(-180, DAYS, len(plain))
    dwelling = (b["households"] > 0).to_numpy()[plain]
    business = rng.random(len(plain)) < np.where(dwelling, 0.04, 0.95)
    sites = town.sites
    key = np.random.default_rng([seed, 78]).random((3, 1 << 14))
    tag = (sites["operator"] * 131 + sites["building"]) % (1 << 14)
    own = np.flatnonzero(key[0, tag] < 0.3)
    frame = pd.DataFrame(
        {
            "building": np.concatenate([plain, sites["building"][own]]),
            "start_day": np.concatenate([start, sites["opened"][own] - 20]),
            "business": np.concatenate([business, key[1, tag[own]] < 0.45]),
        }
    )
    # Neither number nor place in the table tells a tutor's lease from any other.
    number = np.random.default_rng([seed, 79]).permutation(1 << 17)[: len(frame)]
    frame = frame.assign(filed_day=frame["start_day"] + 12, unit=number)
    frame = frame[frame["filed_day"] < day].sort_values(["filed_day", "unit"])
    return frame.reset_index(drop=True)
