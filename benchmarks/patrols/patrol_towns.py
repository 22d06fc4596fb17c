"""Weeks to plan for `patrol_plan.py`: invented towns, and the simulated demonstration."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.calendars.calendar import Calendar
from geo.routes.distances import straight_distances_m
from geo.shapes.projection import METRES_PER_DEGREE
from governance.patrols.routing.model.problem import DAY_MINUTES, FREE, PatrolProblem, Shift
from governance.patrols.routing.model.settings import (
    DAY,
    EVENING,
    PatrolRules,
    parse_shift,
)
from governance.patrols.routing.model.shifts import Team, shifts_of, slots_of
from governance.patrols.routing.selection.candidates import MUST
from governance.patrols.routing.selection.formulate import formulate_pool, start_metres
from governance.patrols.routing.selection.opening_hours import opening_hours_of
from governance.patrols.routing.selection.planning_base import make_planning_base
from simulation.patrols.office import Office, Scene
from simulation.patrols.plan import OurPlan
from simulation.patrols.town import simulate

Floats = NDArray[np.float64]

MONDAY = date(2026, 11, 30)
CENTRE_LON, CENTRE_LAT = 120.18, 30.27
SIDE_M, ESTATES, SCATTERED = 3_000.0, 24, 0.25
KINDS = {"住宅": 0.55, "商住": 0.15, "商务楼宇": 0.12, "商铺": 0.13, "公建": 0.05}
ONE_HOUR_SHARE = 0.15
"""Share of the candidates that open for one hour only."""
STOPS_A_SHIFT, APPOINTMENTS = 10, 6
LOOK_MINUTES, JOINT_MINUTES = 12, 30
JOINT_SHARE, JOINT_TEAMS = 0.05, 2
SIMULATED_WEEKS = 8
OUTINGS = ((3, EVENING), (6, DAY), (5, EVENING), (2, DAY))


@dataclass(frozen=True, slots=True)
class Week:
    """A week to plan, and what it is called."""

    name: str
    problem: PatrolProblem


def invented_town(
    seed: int, *, candidates: int = 500, teams: int = 10, shifts_each: int = 1
) -> Week:
    """Draw a town of estates with a plan's hours, worths and musts from a seed.

    Three quarters of the buildings stand in estates, on grids some 45 m wide; estates differ in
    how likely they are. Every other team starts at the office in the middle, the others where they
    like; shifts are the product's default ones in turn, and so are hours, minutes and worths.
    """
    rng = np.random.default_rng([20_261_126, seed])
    rules = PatrolRules()
    place, estate = _places(rng, candidates)
    lon, lat = _on_globe(place)
    out = _teams(teams, shifts_each, rules)
    calendar = Calendar.shipped()
    shifts = shifts_of(out, MONDAY, MONDAY + timedelta(days=6), calendar, rules)
    slots = slots_of(shifts, calendar, rules)
    allowed, opens, shuts = _doors(rng, candidates, shifts, slots, rules)
    joint = rng.random(candidates) < JOINT_SHARE
    allowed[joint] &= np.array([shift.joint for shift in shifts])
    value = _chances(rng, estate)[:, None] * slots["worth"].to_numpy(float)
    problem = PatrolProblem(
        shifts=shifts,
        lon=lon,
        lat=lat,
        minutes=np.where(joint, JOINT_MINUTES, LOOK_MINUTES),
        value=np.where(allowed, np.minimum(1.0, value), np.nan),
        must=_musts(rng, candidates, len(shifts), rules),
        open_from=opens,
        open_until=shuts,
        locked=np.full(candidates, FREE),
        metres=straight_distances_m(lon, lat, factor=rules.walk_factor),
        start_metres=start_metres(shifts, lon, lat, factor=rules.walk_factor),
        walk_m_a_minute=rules.walk_m_a_minute,
        km_worth=rules.km_worth,
    )
    return Week(f"town {seed}, {len(shifts)} shifts", problem)


def at_any_hour(week: Week) -> Week:
    """Return a week in which every door is open to every team at any hour: what the bound is of."""
    problem = week.problem
    best = np.nanmax(problem.value, axis=1, initial=0.0)
    free = replace(
        problem,
        value=np.where(np.isnan(problem.value), best[:, None], problem.value),
        open_from=np.zeros(problem.candidates, dtype=np.int64),
        open_until=np.full(problem.candidates, DAY_MINUTES - 1),
    )
    return Week(f"{week.name}, any hour", free)


def demonstration_week(
    seed: int, *, candidates: int = 500, teams: int = 10, shifts_each: int = 1
) -> Week:
    """Return the problem that our plan would solve after some simulated weeks.

    The buildings, hours, scores and musts are those of the demonstration city's simulated office
    (`simulation/patrols/town.py`); all teams start at the office and go out on the first of
    Wednesday evening, Saturday afternoon, Friday evening and Tuesday afternoon.
    """
    scene = Scene(
        weeks=SIMULATED_WEEKS,
        teams=teams,
        evenings=tuple(day for day, part in OUTINGS[:shifts_each] if part == EVENING),
        days=tuple(day for day, part in OUTINGS[:shifts_each] if part == DAY),
    )
    catcher = _Catcher(rules=PatrolRules(most_candidates=candidates), iterations=20)
    simulate(scene, catcher, seed=seed)
    assert catcher.problem is not None
    return Week(f"demonstration {seed}, {len(catcher.problem.shifts)} shifts", catcher.problem)


@dataclass(kw_only=True)
class _Catcher(OurPlan):
    """Plan week after week, and keep what is posed in the last."""

    problem: PatrolProblem | None = None

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Plan with a short search; in the last week keep the problem."""
        if day == 7 * (SIMULATED_WEEKS - 1):
            inputs = self.inputs(office, day)
            self.problem = formulate_pool(make_planning_base(inputs, inputs.teams)).problem
        return super().plan(office, day)


def _places(rng: np.random.Generator, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return metres from the middle, and the estate of each (the last number: none)."""
    middles = rng.uniform(-SIDE_M / 2, SIDE_M / 2, (ESTATES, 2))
    turns = rng.uniform(0, np.pi / 2, ESTATES)
    estate = rng.choice(ESTATES, count, p=rng.dirichlet(np.full(ESTATES, 3.0)))
    estate[rng.random(count) < SCATTERED] = ESTATES
    place = rng.uniform(-SIDE_M / 2, SIDE_M / 2, (count, 2))
    for number in range(ESTATES):
        rows = np.flatnonzero(estate == number)
        wide = max(1, round(np.sqrt(len(rows))))
        grid = np.c_[np.arange(len(rows)) % wide, np.arange(len(rows)) // wide] - wide / 2
        cos, sin = np.cos(turns[number]), np.sin(turns[number])
        turned = grid @ np.array([[cos, sin], [-sin, cos]]) * 45.0
        place[rows] = middles[number] + turned + rng.normal(0, 4, turned.shape)
    return place, estate


def _chances(rng: np.random.Generator, estate: NDArray[np.int64]) -> Floats:
    """Draw the chance of a find of each building: skewed, and higher in some estates."""
    own, shared = rng.lognormal(-3.4, 0.9, len(estate)), rng.lognormal(0, 0.5, ESTATES + 1)
    return np.clip(own * shared[estate], 0.001, 0.8)


def _on_globe(place: Floats) -> tuple[Floats, Floats]:
    lon = CENTRE_LON + place[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(CENTRE_LAT)))
    return lon, CENTRE_LAT + place[:, 1] / METRES_PER_DEGREE


def _teams(count: int, shifts_each: int, rules: PatrolRules) -> tuple[Team, ...]:
    """Return teams whose shifts are the default ones in turn."""
    usual = [shift for text in rules.shifts if (shift := parse_shift(text))]
    teams = []
    for number in range(count):
        lon, lat = (CENTRE_LON, CENTRE_LAT) if number % 2 else (None, None)
        own = tuple(usual[(number + at) % len(usual)] for at in range(shifts_each))
        officers = 2 if number < JOINT_TEAMS else 0
        name = f"T{number + 1}"
        teams.append(Team(team_id=name, name=name, officers=officers, shifts=own, lon=lon, lat=lat))
    return tuple(teams)


def _doors(
    rng: np.random.Generator,
    count: int,
    shifts: tuple[Shift, ...],
    slots: pd.DataFrame,
    rules: PatrolRules,
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Return in which shifts, from when and until when doors are worth a visit."""
    rest = slots["is_rest_day"].to_numpy(bool)
    found = {kind: opening_hours_of(kind, shifts, rest, rules.hours) for kind in KINDS}
    kinds = rng.choice(list(KINDS), count, p=list(KINDS.values()))
    allowed = np.array([found[kind].allowed for kind in kinds])
    opens = np.array([found[kind].open_from for kind in kinds], dtype=np.int64)
    shuts = np.array([found[kind].open_until for kind in kinds], dtype=np.int64)
    for row in np.flatnonzero(rng.random(count) < ONE_HOUR_SHARE):
        if not allowed[row].any():
            continue
        shift = shifts[int(rng.choice(np.flatnonzero(allowed[row])))]
        opens[row] = shift.from_minute + rng.integers(0, 120)
        shuts[row] = opens[row] + 60
        allowed[row] &= [one.part == shift.part for one in shifts]
    return allowed, opens, shuts


def _musts(rng: np.random.Generator, count: int, shifts: int, rules: PatrolRules) -> Floats:
    """Draw who is due, whom chance sends, and who has an appointment."""
    stops, drawn = STOPS_A_SHIFT * shifts, rng.permutation(count)
    due, must = drawn[: round(rules.floor_share * stops)], np.zeros(count)
    must[due] = rules.due_worth + rules.late_worth * rng.uniform(0, 3, len(due))
    must[rng.permutation(count)[: round(rules.random_share * stops)]] += MUST
    must[rng.permutation(count)[:APPOINTMENTS]] += MUST
    return must
