"""Who can be on a plan and why: appointments, chance, what is due, and what is likely."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitKind
from governance.patrols.routing.model.plan import (
    CHANCE,
    FLOOR,
    JOINT,
    LIST,
    RANDOM,
    REPORT,
    RETRY,
    REVISIT,
    RISK,
)
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import (
    Bools,
    Floats,
    Ints,
    Shift,
)
from governance.patrols.routing.selection.coverage_floor import (
    DueDates,
    FloorShare,
    choose_floor,
    find_dues,
    floor_days,
)
from governance.patrols.routing.selection.opening_hours import AGAIN, JOINT_TEAM, Doors, find_doors
from governance.patrols.routing.selection.seeded_draw import random_arm
from governance.visits.rules.settings import SOMETHING

CANDIDATE_COLUMNS: Final = (
    *("building_id", "name", "address", "kind", "tier", "grid_code", "community_code", "lon"),
    *("lat", "score", "find_chance", "last_at", "last_result", "next_step", "retry_at", "due_on"),
    *("days_late", "arm", "reasons", "must", "minutes", "mode", "sensitive"),
)
MUST_APPOINTMENT, MUST_RANDOM = 60.0, 20.0
"""Added worth, in finds, of keeping an appointment and of going where chance sends one.

Far above what is likely or due (``due_worth``), and apart, so that no detour is too long.
"""
MOST_LATE: Final = 3.0
"""Being later than so many periods presses no more."""
_ALSO_RISK: Final = ("红", "橙")


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
        Those that should be on the plan for another reason than risk (appointment, a report that
        waits, chance, revisit, floor), shape (n,).
    open
        Those that can be on it: possible in some shift, and not visited just before.
    random
        How many chance was to choose.
    floor
        What the floor asks, and what of it the plan is to keep.
    """

    rows: pd.DataFrame
    doors: Doors
    wanted: Bools
    open: Bools
    random: int
    floor: FloorShare


def choose_candidates(
    inputs: PlanInputs, shifts: Sequence[Shift], rest: Bools, *, stops: int | None = None,
    beside: Collection[str] = (),
) -> Candidates:  # fmt: skip
    """Say of every building of the scope whether it can be on the plan, and what for.

    The random arm is drawn from all that can be on the plan at all, each as likely as any other:
    score, tier and place do not count. Nobody comes again within ``least_days_between`` days of a
    visit unless it is an appointment; that holds for list and chance alike.

    Parameters
    ----------
    rest
        Of each shift, whether its day is one of rest or in a school break.
    stops
        How many the shifts have time for, of which chance and floor have their shares
        (`governance.patrols.routing.selection.capacity`); None for what would fit without any
        walking.
    beside
        Buildings that can be company to another stop: if they are due, the floor takes them first.
    """
    rows = _in_scope(inputs)
    doors = find_doors(inputs, rows, shifts, rest)
    facts = _facts(inputs, rows)
    asked = rows["asked"].to_numpy(bool)
    usable = asked & doors.possible & (facts.appointed | ~facts.recent)
    if stops is None:
        stops = sum(shift.minutes for shift in shifts) // inputs.rules.minutes.look
    most = min(stops, int(usable.sum()), inputs.rules.most_candidates)
    drawn, count = _draw(inputs, rows, usable, most)
    floor = _floor(
        inputs, rows, facts, possible=asked & doors.possible, drawn=drawn, stops=stops,
        beside=rows["building_id"].isin(beside).to_numpy(bool),
    )  # fmt: skip
    told = rows.assign(
        due_on=facts.dues.on,
        days_late=facts.dues.late_days,
        arm=np.where(drawn, RANDOM, LIST),
        reasons=pd.Series(_reasons(rows, facts, drawn), index=rows.index, dtype=object),
        must=_musts(inputs, facts, drawn, floor.reserved),
        minutes=_minutes(inputs, rows, drawn),
        mode=_modes(rows, facts, drawn),
    )
    return Candidates(
        rows=told[list(CANDIDATE_COLUMNS)],
        doors=doors,
        wanted=asked & (facts.appointed | facts.told | facts.due | drawn),
        open=usable,
        random=count,
        floor=floor,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What holds of each building, shape (n,); ``due``: by ``dues``, and not visited just before.

    Where a report waits for an answer it is ``told``; where something was found ``revisit``, due
    sooner than by its tier's floor.
    """

    appointed: Bools
    recent: Bools
    told: Bools
    revisit: Bools
    due: Bools
    dues: DueDates


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
    recent = ((first - visited).dt.days < inputs.rules.least_days_between).to_numpy(bool)
    found = rows["last_result"].isin(SOMETHING).to_numpy(bool)
    days = floor_days(inputs, rows["tier"])
    sooner = np.where(found, np.minimum(days, inputs.visit_rules.revisit_days), days)
    dues = find_dues(inputs, visited, sooner)
    due = dues.due & ~recent
    return _Facts(
        appointed=appointed.to_numpy(bool),
        recent=recent,
        told=rows["told_at"].notna().to_numpy(bool),
        revisit=due & found,
        due=due,
        dues=dues,
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


def _floor(
    inputs: PlanInputs, rows: pd.DataFrame, facts: _Facts, *, possible: Bools, drawn: Bools,
    stops: int, beside: Bools,
) -> FloorShare:  # fmt: skip
    """Keep the floor's share of the stops, rounded down, for what no other reason brings."""
    due = facts.due & possible
    covered_otherwise = due & (facts.appointed | drawn)
    share = inputs.options.floor_share
    room = int((inputs.rules.floor_share if share is None else share) * stops)
    among = due & ~covered_otherwise
    return FloorShare(
        dues=facts.dues,
        possible=possible,
        due=due,
        covered_otherwise=covered_otherwise,
        reserved=choose_floor(inputs, rows, facts.dues.late, among=among, beside=beside, room=room),
    )


def _reasons(rows: pd.DataFrame, facts: _Facts, drawn: Bools) -> list[list[str]]:
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    codes: dict[str, Bools] = {
        RETRY: facts.appointed & ~joint,
        JOINT: facts.appointed & joint,
        REPORT: facts.told,
        REVISIT: facts.revisit,
        FLOOR: facts.due & ~facts.revisit,
        RISK: rows["tier"].isin(_ALSO_RISK).to_numpy(bool),
        CHANCE: drawn,
    }
    listed = [
        [code for code, holds in zip(codes, each, strict=True) if holds]
        for each in zip(*codes.values(), strict=True)
    ]
    return [reasons or [RISK] for reasons in listed]


def _musts(inputs: PlanInputs, facts: _Facts, drawn: Bools, kept: Bools) -> Floats:
    """Return what is added to a visit's worth; among what is due, the more the later."""
    highest = np.select(
        [facts.appointed, drawn, kept],
        [MUST_APPOINTMENT, MUST_RANDOM, inputs.rules.due_worth],
        0.0,
    )
    pressing = facts.due & (highest > 0)
    late: Floats = np.where(pressing, facts.dues.late.clip(max=MOST_LATE), 0.0)
    return highest + late * inputs.rules.late_worth


def _minutes(inputs: PlanInputs, rows: pd.DataFrame, drawn: Bools) -> Ints:
    minutes = inputs.rules.minutes
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    return np.select([joint, drawn], [minutes.joint, minutes.random], minutes.look).astype(np.int64)


def _modes(rows: pd.DataFrame, facts: _Facts, drawn: Bools) -> np.ndarray:
    joint = rows["next_step"].eq(JOINT_TEAM).to_numpy()
    return np.select(
        [joint, drawn, facts.revisit], [VisitKind.JOINT, VisitKind.DRAWN, VisitKind.REVISIT], ""
    ).astype(object)
