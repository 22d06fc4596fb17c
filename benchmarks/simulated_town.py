"""Let somebody else decide the visits of the demonstration city for two years, week by week.

The first half year passes as in the demonstration, alike for everybody; from then on a policy sends
the teams out. It is told what an office could know: complaints made before the week, and what its
own visits found. The chance to find a site that is there is the same for every policy: that of the
demonstration's planned campaigns, by day and in the evening.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from data.demo.chance import happens
from data.demo.city import CityPlan, build_city, to_globe
from data.demo.looking import CAMPAIGN, COMPLAINT, FOUND, chance_to_find, look, visit
from data.demo.risk_field import DAYS
from data.demo.town import SAME_PLACE_M, SITE_COLUMNS, open_sites
from data.demo.truth import WARM_UP_WEEKS, found_town, live_one_week, what_happened
from governance.patrols.problem import Shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.demo.town import Town
    from data.demo.truth import Truth

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

START = date(2024, 11, 25)
"""A Monday: weeks of the town are weeks of the calendar."""
STOP_COLUMNS = ("shift", "place", "building", "arm", "minutes", "chance")
LIST, RANDOM, ORDINARY = "list", "random", "ordinary"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The city, the teams and what is planted in it.

    Parameters
    ----------
    buildings
        How many.
    weeks
        How long a policy decides; at most 104.
    teams
        How many go out.
    evenings, days
        Weekdays (1 Monday) on which every team goes out in the evening, and by day.
    shift_minutes, walk_m_a_minute, walk_factor, minutes, ordinary_minutes
        As in the product's settings of patrols.
    answered_anyway
        Let others, outside the teams' time, look where most complaints point, within nine days.
    movers
        Planted operators of each kind: those who open again within 300 m, and anywhere.
    wait_days
        After so many days a planted operator who was found opens again.
    """

    buildings: int = 1_500
    weeks: int = 104
    teams: int = 2
    evenings: tuple[int, ...] = (3, 5)
    days: tuple[int, ...] = (2, 6)
    shift_minutes: int = 150
    walk_m_a_minute: float = 70.0
    walk_factor: float = 1.35
    minutes: int = 12
    ordinary_minutes: int = 6
    answered_anyway: bool = False
    movers: int = 3
    wait_days: int = 14
    near_m: float = 300.0

    def __post_init__(self) -> None:
        """Refuse more weeks than the town lives."""
        if not 1 <= self.weeks <= DAYS // 7:
            msg = f"weeks must be between 1 and {DAYS // 7}, not {self.weeks}"
            raise ValueError(msg)


@dataclass(kw_only=True)
class Office:
    """What is known before a week: the register, what was told, and what own visits found.

    `buildings`: building_id, kind, households, rentals, grid_code, community_code, x, y (metres),
    lon, lat. `reports`: day, building, about, reporter. `visits`: day, building, night, result,
    arm, minutes, told (a complaint of the 60 days before pointed there), operator (-1 not found).
    """

    scene: Scene
    start: date
    seed: int
    buildings: pd.DataFrame
    metres: Floats
    start_metres: Floats
    reports: pd.DataFrame
    visits: pd.DataFrame
    leases: pd.DataFrame

    def monday(self, day: int) -> date:
        """Return the date of a day since the start."""
        return self.start + timedelta(days=day)

    def last_seen(self) -> Floats:
        """Return the day of each building's last visit that a team made, -inf without any."""
        last = self.visits.groupby("building")["day"].max()
        return last.reindex(range(len(self.buildings))).fillna(-np.inf).to_numpy(np.float64)

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


class Policy(Protocol):
    """Decide a week's visits."""

    name: str

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Return `STOP_COLUMNS`: index of the shift, place in it, building row, arm, minutes, and
        the chance that the policy itself gives a find (NaN where it says none)."""  # noqa: D205, D209


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a policy did in a town, and what was true.

    `stops`: every visit of the teams with day, night, building, arm, minutes, chance (what the
    policy foretold), site, operator, result, told (a complaint pointed there within a year), eye
    (chance to find a site that is there), true (chance to find something had the building been
    drawn from all). `weeks`: day, walked_m, minutes, open_share (of the buildings), open_sites.
    """

    policy: str
    seed: int
    scene: Scene
    office: Office
    truth: Truth
    planted: pd.DataFrame
    stops: pd.DataFrame
    weeks: pd.DataFrame


def simulate(scene: Scene, policy: Policy, *, seed: int) -> Record:
    """Let a policy decide the visits of the town of a seed; the same seed gives the same town."""
    layout, living, planting = np.random.SeedSequence([20_261_125, seed]).spawn(3)
    plan = CityPlan(buildings=scene.buildings, seed=seed)
    city = build_city(plan, rng=np.random.default_rng(layout))
    hidden = found_town(city, start=START, rng=np.random.default_rng(living))
    office = _open_office(scene, hidden.town, seed)
    sender = _Sender(scene=scene, policy=policy, office=office, seed=seed)
    movers = _Movers(scene=scene, rng=np.random.default_rng(planting))
    for week in range(-WARM_UP_WEEKS, scene.weeks):
        day = 7 * week
        # The same newcomers for every policy, whatever its visits have drawn before.
        hidden.town.rng = np.random.default_rng([seed, week + WARM_UP_WEEKS])
        if week == 0:
            movers.settle(hidden.town)
        live_one_week(hidden.town, day, visiting=sender.visit)
        movers.move_on(hidden.town)
    return Record(
        policy=policy.name,
        seed=seed,
        scene=scene,
        office=office,
        truth=what_happened(hidden),
        planted=movers.places(hidden.town),
        stops=pd.concat(sender.stops, ignore_index=True),
        weeks=pd.DataFrame(sender.weeks),
    )


def _open_office(scene: Scene, town: Town, seed: int) -> Office:
    b = town.city.buildings
    place = b[["x", "y"]].to_numpy()
    globe = to_globe(place)
    codes = town.city.grids["grid_code"].to_numpy()[b["grid"]]
    known = b[["building_id", "kind", "households", "rentals", "x", "y", "floors"]].assign(
        lon=globe[:, 0],
        lat=globe[:, 1],
        grid_code=codes,
        community_code=[code[:12] for code in codes],
    )
    gaps = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    middle = place.mean(axis=0)
    return Office(
        scene=scene,
        start=START,
        seed=seed,
        buildings=known.reset_index(drop=True),
        metres=gaps * scene.walk_factor,
        start_metres=np.hypot(*(place - middle).T) * scene.walk_factor,
        reports=pd.DataFrame({name: [] for name in ("day", "building", "about", "reporter")}),
        visits=pd.DataFrame({name: [] for name in ("day", "building")}),
        leases=pd.DataFrame(),
    )


@dataclass(kw_only=True)
class _Sender:
    """Send people where the policy says, look for them, and let the office know what they saw."""

    scene: Scene
    policy: Policy
    office: Office
    seed: int
    stops: list[pd.DataFrame] = field(default_factory=list)
    weeks: list[dict[str, float]] = field(default_factory=list)

    def visit(self, town: Town, day: int) -> pd.DataFrame:
        """Take the place of the demonstration's own `visit`."""
        if day < 0:
            return self._note(town, visit(town, day).assign(arm="", minutes=12, chance=np.nan))
        self._tell(town, day)
        planned = self.policy.plan(self.office, day)
        shifts = self.office.shifts(day)
        frame = self._going(planned, shifts, day)
        others = _answers(town, day) if self.scene.answered_anyway else frame.head(0)
        both = pd.concat([frame, others], ignore_index=True) if len(others) else frame
        both = both.sort_values("day", kind="stable").reset_index(drop=True)
        chance = chance_to_find(both["reason"].to_numpy(np.int64), night=both["night"].to_numpy())
        chance = chance * np.minimum(1.0, both["minutes"].to_numpy() / self.scene.minutes)
        seen = look(town, both, day, chance=chance).assign(eye=chance)
        self._reckon(town, planned, seen, day)
        return self._note(town, seen)

    def _going(self, planned: pd.DataFrame, shifts: tuple[Shift, ...], day: int) -> pd.DataFrame:
        when = np.array([(shift.day - self.office.start).days for shift in shifts], dtype=np.int64)
        night = np.array([shift.part == "evening" for shift in shifts])
        number = planned["shift"].to_numpy(np.int64)
        assert len(planned) == 0 or (when[number] // 7 == day // 7).all()
        return pd.DataFrame(
            {
                "day": when[number],
                "building": planned["building"].to_numpy(np.int64),
                "reason": np.full(len(planned), CAMPAIGN),
                "night": night[number],
                "arm": planned["arm"].to_numpy(),
                "minutes": planned["minutes"].to_numpy(np.int64),
                "chance": planned["chance"].to_numpy(np.float64),
            }
        )

    def _tell(self, town: Town, day: int) -> None:
        """Hand the office the complaints made before the week, in order of days."""
        told = pd.concat(town.reports, ignore_index=True)
        told = told[told["day"] < day].sort_values("day", kind="stable")
        self.office.reports = told.drop(columns="site").reset_index(drop=True)
        self.office.leases = _leases(town, day, self.seed)

    def _note(self, town: Town, seen: pd.DataFrame) -> pd.DataFrame:
        """Let the office know a week's visits; return them as the town keeps them."""
        site = seen["site"].to_numpy()
        found = seen["result"].to_numpy() == FOUND
        operator = np.where(found, np.append(town.sites["operator"], -1)[site], -1)
        known = seen.drop(columns=["site", "eye"], errors="ignore").assign(operator=operator)
        known["told"] = _pointed_at(self.office.reports, known)
        if known["day"].max() < 0:
            known["told"] = known["reason"] == COMPLAINT
        old = self.office.visits
        self.office.visits = pd.concat([old, known], ignore_index=True) if len(old) else known
        return seen.drop(columns=["arm", "minutes", "chance", "eye"], errors="ignore")

    def _reckon(self, town: Town, planned: pd.DataFrame, seen: pd.DataFrame, day: int) -> None:
        """Keep the week's visits and costs."""
        active = open_sites(town, day)
        walked = walked_m(self.office, planned)
        share = len(np.unique(town.sites["building"][active])) / len(town.seen)
        stops = seen[seen["arm"] != "answer"]
        told = _pointed_at(self.office.reports, stops, days=365)
        operator = np.append(town.sites["operator"], -1)[stops["site"]]
        self.stops.append(stops.assign(told=told, operator=operator, true=share * stops["eye"]))
        self.weeks.append(
            {
                "day": day,
                "walked_m": walked,
                "minutes": float(planned["minutes"].sum()) + walked / self.scene.walk_m_a_minute,
                "open_share": share,
                "open_sites": len(active),
            }
        )


def walked_m(office: Office, planned: pd.DataFrame) -> float:
    """Return the metres of all shifts, from the office to the last stop."""
    total = 0.0
    for _, stops in planned.sort_values("place").groupby("shift"):
        rows = stops["building"].to_numpy(np.int64)
        total += office.start_metres[rows[0]] + office.metres[rows[:-1], rows[1:]].sum()
    return total


def _pointed_at(reports: pd.DataFrame, visits: pd.DataFrame, *, days: int = 60) -> Bools:
    """Say of each visit whether a complaint about tutoring pointed there in the days before."""
    about = reports[reports["about"] != 2] if len(reports) else reports
    last: dict[int, list[int]] = {}
    for building, day in zip(about["building"], about["day"], strict=True):
        last.setdefault(int(building), []).append(int(day))
    return np.array(
        [
            any(when - days <= day < when for day in last.get(int(building), ()))
            for building, when in zip(visits["building"], visits["day"], strict=True)
        ],
        dtype=np.bool_,
    )


def _answers(town: Town, day: int) -> pd.DataFrame:
    """Return the follow-ups of complaints that fall due this week, made by others."""
    due = [(d[d < day + 7], b[d < day + 7]) for d, b, why in town.due if why == COMPLAINT]
    later = [(d[d >= day + 7], b[d >= day + 7], why) for d, b, why in town.due if why == COMPLAINT]
    town.due = [item for item in later if len(item[0])]
    days = np.concatenate([d for d, _ in due]) if due else np.empty(0, dtype=np.int64)
    where = np.concatenate([b for _, b in due]) if due else np.empty(0, dtype=np.int64)
    return pd.DataFrame(
        {
            "day": np.maximum(days, day),
            "building": where,
            "reason": np.full(len(days), COMPLAINT),
            "night": happens(len(days), share=0.4, rng=town.rng),
            "arm": np.full(len(days), "answer", dtype=object),
            "minutes": np.full(len(days), 12),
            "chance": np.full(len(days), np.nan),
        }
    )


def _leases(town: Town, day: int, seed: int) -> pd.DataFrame:
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
    filing = key[0, tag] < 0.3
    own = np.flatnonzero(filing)
    frame = pd.DataFrame(
        {
            "building": np.concatenate([plain, sites["building"][own]]),
            "start_day": np.concatenate([start, sites["opened"][own] - 20]),
            "business": np.concatenate([business, key[1, tag[own]] < 0.45]),
            "unit": np.concatenate([np.arange(len(plain)), 1_000_000 + own]),
        }
    )
    frame = frame.assign(filed_day=frame["start_day"] + 12)
    return frame[frame["filed_day"] < day].reset_index(drop=True)


@dataclass(kw_only=True)
class _Movers:
    """Planted operators who always open again: half of them near by, half anywhere."""

    scene: Scene
    rng: np.random.Generator
    operators: list[int] = field(default_factory=list)
    homes: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def settle(self, town: Town) -> None:
        """Open two kinds of planted sites in the first week, where people live or work."""
        b = town.city.buildings
        self.homes = np.flatnonzero(b["kind"].isin(["住宅", "商住", "商务楼宇"]).to_numpy())
        self.operators = [-10 - number for number in range(2 * self.scene.movers)]
        for operator in self.operators:
            self._open(town, operator, int(self.rng.choice(self.homes)), 0, -1)

    def move_on(self, town: Town) -> None:
        """Let those who were found this week open again after a while."""
        if not self.operators:
            return
        planted = np.isin(town.sites["operator"], self.operators)
        # The town would let some of them move by its own habits: here all do, by ours.
        town.moves = [(d[~planted[o]], o[~planted[o]], b[~planted[o]]) for d, o, b in town.moves]
        town.moves = [move for move in town.moves if len(move[0])]
        for row in np.flatnonzero(planted & (town.sites["why"] == 2)):
            if not (town.sites["moved_from"] == row).any():
                operator = int(town.sites["operator"][row])
                near = self.operators.index(operator) < self.scene.movers
                goal = self._goal(town, int(town.sites["building"][row]), near=near)
                when = int(town.sites["closed"][row]) + self.scene.wait_days
                self._open(town, operator, goal, when, int(row))

    def _goal(self, town: Town, place: int, *, near: bool) -> int:
        if not near:
            return int(self.rng.choice(self.homes))
        gap = np.hypot(*(town.tree.data[self.homes] - town.tree.data[place]).T)
        about = self.homes[(gap > SAME_PLACE_M) & (gap <= self.scene.near_m)]
        return int(self.rng.choice(about if len(about) else self.homes))

    def _open(self, town: Town, operator: int, building: int, day: int, origin: int) -> None:
        new = {
            "building": building,
            "opened": day,
            "planned": 2 * DAYS,
            "closed": DAYS,
            "why": 0,
            "operator": operator,
            "moved_from": origin,
            "pupils": 12,
        }
        for name in SITE_COLUMNS:
            town.sites[name] = np.append(town.sites[name], new[name])

    def places(self, town: Town) -> pd.DataFrame:
        """Return every planted site: operator, near, building, opened, closed, found."""
        sites = pd.DataFrame(town.sites)
        own = sites[sites["operator"].isin(self.operators)]
        last = 7 * self.scene.weeks
        order = {operator: number for number, operator in enumerate(self.operators)}
        own = own[own["opened"] < last]
        return pd.DataFrame(
            {
                "operator": own["operator"],
                "near": own["operator"].map(order) < self.scene.movers,
                "building": own["building"],
                "opened": own["opened"],
                "closed": own["closed"].clip(upper=last),
                "found": own["why"] == 2,
            }
        ).reset_index(drop=True)


__all__ = ["Office", "Policy", "Record", "Scene", "simulate", "walked_m"]
