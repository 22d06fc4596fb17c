"""Which building can be visited in which shift: hours of its kind, appointments, officers."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from data.contracts.vocabulary import NextStep
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import DAY_MINUTES, Bools, Shift
from governance.patrols.routing.model.settings import EVENING, Hours
from governance.patrols.routing.model.shifts import is_rest_or_break
from governance.patrols.routing.model.vocabulary import UncoveredReason
from risk.config.words import EVENING_FROM_HOUR

PATROL_STEPS: Final = (NextStep.AGAIN, NextStep.JOINT_TEAM)
"""Next steps of a visit that a patrol takes; the others are the chief's."""
_LEAST_OVERLAP: Final = 0.5


class OpeningHours(NamedTuple):
    """When the doors of a kind of building are worth a visit.

    ``allowed`` says in which shifts, shape (s,); in each of these a visit may begin from
    ``open_from`` until ``open_until``, minutes after midnight.
    """

    allowed: Bools
    open_from: int
    open_until: int


def find_doors(
    inputs: PlanInputs, buildings: pd.DataFrame, shifts: Sequence[Shift], rest: Bools
) -> tuple[pd.DataFrame, Bools]:
    """Find in which shifts each building can be visited.

    A building of a kind only in hours that make sense; one where nobody was in, not before the day
    it is appointed for and at another hour or on another kind of day than in vain; one where law
    needs officers, only with them; and nowhere one of which nobody knows where it is.

    ``buildings``: as in `PlanInputs`, any n rows.
    ``rest``: of each of s shifts, whether its day is one of rest or in a school break, shape (s,).

    Returns the buildings with ``open_from, open_until``: minutes after midnight between which a
    visit may begin; and ``why_not``: an `UncoveredReason` where no shift is possible, else "".
    Second whether a visit can be in a shift, shape (n, s).
    """
    kinds = buildings["kind"].astype(object)
    openings = {
        kind: opening_hours_of(kind, shifts, rest, inputs.rules.hours) for kind in kinds.unique()
    }
    allowed = np.zeros((len(buildings), len(shifts)), dtype=bool)
    for kind, rows in kinds.groupby(kinds).indices.items():
        allowed[rows] = openings[kind].allowed
    joint = buildings["next_step"].eq(NextStep.JOINT_TEAM).to_numpy()
    officers = np.array([shift.joint for shift in shifts], dtype=bool)
    _keep_appointments(allowed, inputs, buildings, shifts, rest)
    allowed[joint] &= officers
    placed = is_placed(buildings)
    allowed[~placed] = False
    why = np.select(
        [~placed, allowed.any(axis=1), np.full(len(joint), not shifts), joint & ~officers.any()],
        [UncoveredReason.NO_COORDINATES, "", UncoveredReason.NO_CAPACITY,
         UncoveredReason.NEEDS_JOINT_TEAM],
        UncoveredReason.HOURS_DO_NOT_FIT,
    )  # fmt: skip
    doors = buildings.assign(
        open_from=np.array([openings[kind].open_from for kind in kinds], dtype=np.int64),
        open_until=np.array([openings[kind].open_until for kind in kinds], dtype=np.int64),
        why_not=pd.Series(why, index=buildings.index, dtype="str"),
    )
    return doors, allowed


def opening_hours_of(kind: str, shifts: Sequence[Shift], rest: Bools, hours: Hours) -> OpeningHours:
    """Return in which shifts a kind of building is worth a visit, and from when until when.

    A shift is one of them if the day's hours cover it, or at least half of it – unless the one
    pair of hours that a building has would then cut another shift short.
    """
    work_from, work_until, rest_from, rest_until = (
        round(hour * 60) for hour in hours.of_kind(kind)
    )
    bounds = [(rest_from, rest_until) if r else (work_from, work_until) for r in rest]
    window, taken = (0, DAY_MINUTES), dict[int, tuple[int, int]]()
    for at in sorted(range(len(shifts)), key=lambda s: (-_covered(shifts[s], bounds[s]), s)):
        shift, share = shifts[at], _covered(shifts[at], bounds[at])
        if share < _LEAST_OVERLAP:
            continue
        begins, ends = _meet((shift.from_minute, shift.until_minute), bounds[at])
        tried = (
            max(window[0], begins if begins > shift.from_minute else 0),
            min(window[1], ends if ends < shift.until_minute else DAY_MINUTES),
        )
        wider = {**taken, at: (begins, ends)}
        if all(_meet(_hours_of(shifts[s]), tried) == span for s, span in wider.items()):
            window, taken = tried, wider
    allowed = np.zeros(len(shifts), dtype=bool)
    allowed[list(taken)] = True
    return OpeningHours(allowed, *window)


def _keep_appointments(
    allowed: Bools,
    inputs: PlanInputs,
    buildings: pd.DataFrame,
    shifts: Sequence[Shift],
    rest: Bools,
) -> None:
    """Strike the shifts before an appointment, and those like the one that was in vain."""
    days = np.array([shift.day for shift in shifts], dtype="datetime64[D]")
    evening = np.array([shift.part == EVENING for shift in shifts], dtype=bool)
    retry, last, step = (buildings[name] for name in ("retry_at", "last_at", "next_step"))
    appointed = (step.isin(PATROL_STEPS) & retry.notna()).to_numpy(bool)
    early = days[None, :] < retry.to_numpy("datetime64[D]")[:, None]
    allowed &= ~(appointed[:, None] & early)
    in_vain = (step.eq(NextStep.AGAIN) & last.notna()).to_numpy(bool)
    known = last.fillna(pd.Timestamp(inputs.options.first))
    was_evening = (known.dt.hour >= EVENING_FROM_HOUR).to_numpy(bool)
    was_rest = is_rest_or_break(known.to_numpy("datetime64[D]"), inputs.calendar)
    same = (evening == was_evening[:, None]) & (rest == was_rest[:, None])
    allowed &= ~(in_vain[:, None] & same)


def is_placed(buildings: pd.DataFrame) -> Bools:
    """Say of which buildings it is known where they are, shape (n,)."""
    placed: Bools = (buildings["lon"].notna() & buildings["lat"].notna()).to_numpy(bool)
    return placed


def _covered(shift: Shift, bounds: tuple[int, int]) -> float:
    begins, ends = _meet(_hours_of(shift), bounds)
    return max(0, ends - begins) / (shift.until_minute - shift.from_minute)


def _hours_of(shift: Shift) -> tuple[int, int]:
    return shift.from_minute, shift.until_minute


def _meet(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])
