"""Who can be on a plan and why: appointments, chance, what is due, and what is likely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.walking import distances_between_m
from governance.patrols.doors import AGAIN, JOINT_TEAM, find_doors
from governance.patrols.drawing import random_arm
from governance.patrols.plans import CHANCE, FLOOR, JOINT, LIST, RANDOM, RETRY, REVISIT, RISK
from governance.visiting.effort import DRAWN
from governance.visiting.effort import JOINT as JOINT_MODE
from governance.visiting.effort import REVISIT as REVISIT_MODE
from governance.visiting.rules import FOUND, SUSPECTED, TIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.patrols.doors import Doors
    from governance.patrols.inputs import PlanInputs
    from governance.patrols.problem import Bools, Floats, Ints, Shift

CANDIDATE_COLUMNS: Final = (
    *("building_id", "name", "address", "kind", "tier", "grid_code", "community_code", "lon"),
    *("lat", "score", "find_chance", "last_at", "last_result", "next_step", "retry_at", "due_on"),
    *("days_late", "arm", "reasons", "must", "minutes", "mode", "sensitive"),
)
MUST_APPOINTMENT, MUST_RANDOM = 60.0, 20.0
"""Added worth, in finds, of keeping an appointment and of going where chance sends one.

Far above what is likely or due (``due_worth``), and apart, so that no detour is too long.
"""
MOST_FLOORS_LATE: Final = 3.0
"""Being later than so many floors presses no more."""
NEVER_FLOORS_LATE: Final = 1.0
"""Never visited presses like being late by a whole floor."""
_ALSO_RISK: Final = ("红", "橙")
_LEG_OVER_NEAREST: Final = 1.4
"""A round's legs over the ways to the nearest: about 0.71 to 0.5 times √(area / places)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Buildings of a plan's scope, with what could bring them on it.

    Parameters
    ----------
    rows
        `CANDIDATE_COLUMNS`, all buildings of the scope; ``mode`` "" where the hour decides.
    doors
        In which shifts each can be visited.
    wanted
        Those that should be on the plan for another reason than risk (appointment, chance,
        revisit, floor), shape (n,).
    open
        Those that can be on it: possible in some shift, and not visited just before.
    random
        How many chance was to choose.
    """

    rows: pd.DataFrame
    doors: Doors
    wanted: Bools
    open: Bools
    random: int


def choose_candidates(inputs: PlanInputs, shifts: Sequence[Shift], rest: Bools) -> Candidates:
    """Say of every building of the scope whether it can be on the plan, and what for.

    The random arm is drawn from all that can be on the plan at all, each as likely as any other:
    score, tier and place do not count. Nobody comes again within ``least_days_between`` days of a
    visit unless it is an appointment; that holds for list and chance alike.

    Parameters
    ----------
    rest
        Of each shift, whether its day is one of rest or in a school break.
    """
    rows = _in_scope(inputs)
    doors = find_doors(inputs, rows, shifts, rest)
    facts = _facts(inputs, rows)
    asked = rows["asked"].to_numpy(bool)
    usable = asked & doors.possible & (facts.appointed | ~facts.recent)
    stops = expected_stops(inputs, rows[usable], shifts)
    drawn, count = _draw(inputs, rows, usable, stops)
    wanted = asked & (facts.appointed | facts.revisit | (facts.due & ~facts.recent) | drawn)
    told = rows.assign(
        due_on=facts.due_on,
        days_late=facts.days_late,
        arm=np.where(drawn, RANDOM, LIST),
        reasons=pd.Series(_reasons(rows, facts, drawn), index=rows.index, dtype=object),
        must=_musts(inputs, facts, drawn),
        minutes=_minutes(inputs, rows, drawn),
        mode=_modes(rows, facts, drawn),
    )
    return Candidates(
        rows=told[list(CANDIDATE_COLUMNS)],
        doors=doors,
        wanted=wanted,
        open=usable,
        random=count,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What holds of each building, shape (n,)."""

    appointed: Bools
    recent: Bools
    due: Bools
    revisit: Bools
    due_on: pd.Series[pd.Timestamp]
    days_late: Ints
    floors_late: Floats


def expected_stops(inputs: PlanInputs, open_rows: pd.DataFrame, shifts: Sequence[Shift]) -> int:
    """Guess how many stops the shifts have time for.

    Each takes a visit and a leg as long as among as many of the likeliest buildings.
    """
    rules = inputs.rules
    time = sum(shift.minutes for shift in shifts)
    most = min(time // rules.minutes.look, len(open_rows), rules.most_candidates)
    if most < 2:  # noqa: PLR2004 -- one place has no way to the nearest
        return int(most)
    likely = open_rows.nlargest(most, "find_chance")
    gaps = distances_between_m(likely["lon"].to_numpy(float), likely["lat"].to_numpy(float))
    np.fill_diagonal(gaps, np.inf)
    leg_m = float(gaps.min(axis=1).mean()) * _LEG_OVER_NEAREST * rules.walk_factor
    return int(min(most, time / (rules.minutes.look + leg_m / rules.walk_m_a_minute)))


def floor_days(inputs: PlanInputs, tiers: pd.Series[str]) -> Ints:
    """Return within how many days buildings of these tiers are visited, by options then rules."""
    own = inputs.options.floor_days or {}
    by_tier = {
        tier: own.get(TIERS.get(tier, ""), own.get(tier, inputs.rules.floor_days(tier)))
        for tier in tiers.unique()
    }
    return tiers.map(by_tier).to_numpy(np.int64)


def _in_scope(inputs: PlanInputs) -> pd.DataFrame:
    """Return the buildings asked for, ``asked``, and those that are locked, whatever they are."""
    rows = inputs.buildings.assign(find_chance=inputs.find_chance, asked=True)
    for name, wanted in (("kind", "kinds"), ("community_code", "communities")):
        if chosen := getattr(inputs.options, wanted):
            rows["asked"] &= rows[name].isin(chosen)
    locked = inputs.locked
    if locked is not None:
        rows = rows[rows["asked"] | rows["building_id"].isin(locked["building_id"])]
    else:
        rows = rows[rows["asked"]]
    return rows.sort_values("building_id").reset_index(drop=True)


def _facts(inputs: PlanInputs, rows: pd.DataFrame) -> _Facts:
    first, last = (pd.Timestamp(day) for day in (inputs.options.first, inputs.options.last))
    steps = rows["next_step"].isin([AGAIN, JOINT_TEAM])
    until = last + pd.Timedelta(days=1)
    appointed = steps & (rows["retry_at"].isna() | (rows["retry_at"] < until))
    visited = rows["last_at"].dt.normalize()
    recent = (first - visited).dt.days < inputs.rules.least_days_between
    found = rows["last_result"].isin([FOUND, SUSPECTED])
    days = pd.Series(floor_days(inputs, rows["tier"]), index=rows.index)
    again = days.clip(upper=inputs.visit_rules.revisit_days)
    days = days.mask(found, again)
    due_on = (visited + pd.to_timedelta(days, unit="D")).astype("datetime64[us]")
    due = due_on.isna() | (due_on <= last)
    late = (first - due_on).dt.days.clip(lower=0)
    floors = (late / days).fillna(NEVER_FLOORS_LATE).clip(upper=MOST_FLOORS_LATE)
    return _Facts(
        appointed=appointed.to_numpy(bool),
        recent=recent.to_numpy(bool),
        due=due.to_numpy(bool),
        revisit=(found & due & ~recent).to_numpy(bool),
        due_on=due_on,
        days_late=late.fillna(0).to_numpy(np.int64),
        floors_late=floors.to_numpy(float),
    )


def _draw(inputs: PlanInputs, rows: pd.DataFrame, usable: Bools, stops: int) -> tuple[Bools, int]:
    """Draw the random arm; what was drawn before and is locked stays in it, and counts."""
    share = inputs.options.random_share
    share = inputs.rules.random_share if share is None else share
    count = max(1, round(share * stops)) if share > 0 and stops > 0 else 0
    kept = np.zeros(len(rows), dtype=bool)
    if inputs.locked is not None:
        before = inputs.locked.loc[inputs.locked["arm"] == RANDOM, "building_id"]
        kept = rows["building_id"].isin(before).to_numpy(bool)
    among = np.flatnonzero(usable | kept)
    ids = rows["building_id"].to_numpy(object)[among]
    drawn = np.zeros(len(rows), dtype=bool)
    drawn[among] = random_arm(ids, count=count, seed=inputs.seed, kept=kept[among])
    return drawn, count


def _reasons(rows: pd.DataFrame, facts: _Facts, drawn: Bools) -> list[list[str]]:
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    due = facts.due & ~facts.recent
    codes = {
        RETRY: facts.appointed & ~joint,
        JOINT: facts.appointed & joint,
        REVISIT: facts.revisit,
        FLOOR: due & ~facts.revisit,
        RISK: rows["tier"].isin(_ALSO_RISK).to_numpy(bool),
        CHANCE: drawn,
    }
    listed = [
        [code for code, holds in zip(codes, each, strict=True) if holds]
        for each in zip(*codes.values(), strict=True)
    ]
    return [reasons or [RISK] for reasons in listed]


def _musts(inputs: PlanInputs, facts: _Facts, drawn: Bools) -> Floats:
    due = facts.due & ~facts.recent
    highest = np.select(
        [facts.appointed, drawn, due],
        [MUST_APPOINTMENT, MUST_RANDOM, inputs.rules.due_worth],
        0.0,
    )
    late: Floats = np.where(due, facts.floors_late, 0.0) * inputs.rules.late_worth
    return highest + late


def _minutes(inputs: PlanInputs, rows: pd.DataFrame, drawn: Bools) -> Ints:
    minutes = inputs.rules.minutes
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    return np.select([joint, drawn], [minutes.joint, minutes.random], minutes.look).astype(np.int64)


def _modes(rows: pd.DataFrame, facts: _Facts, drawn: Bools) -> np.ndarray:
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    return np.select([joint, drawn, facts.revisit], [JOINT_MODE, DRAWN, REVISIT_MODE], "").astype(
        object
    )
