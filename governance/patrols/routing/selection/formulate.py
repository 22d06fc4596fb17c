"""Put candidates and shifts as a problem to the solver: worths, ways, locks; a bounded number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from governance.patrols.routing.model.plan_inputs import PlanInputs, walks_between
from governance.patrols.routing.model.problem import FREE, Floats, Ints, PatrolProblem, Shift
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.distances import start_metres
from governance.patrols.routing.selection.opening_hours import is_placed
from governance.patrols.routing.selection.seeded_draw import jitter

SURE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulation:
    """A problem and whom its candidates are.

    Parameters
    ----------
    problem
        For the solver.
    members
        Row of each of its n candidates in `Candidates.rows`, shape (n,).
    """

    problem: PatrolProblem
    members: Ints


def formulate(
    inputs: PlanInputs,
    candidates: Candidates,
    members: Ints,
    shifts: Sequence[Shift],
    worths: Floats,
) -> Formulation:
    """Put some candidates and all shifts as a problem.

    What a visit is worth is its chance of a find in that shift, moved by a little chance within
    the building's tier.

    Parameters
    ----------
    members
        Rows of `Candidates.rows`, shape (n,); each has coordinates.
    worths
        What a visit is worth by shift, as `[patrols.when]` says, shape (s,).
    """
    rows, doors = candidates.rows.iloc[members], candidates.doors
    lon, lat = (rows[name].to_numpy(float) for name in ("lon", "lat"))
    value = slot_chances(jittered(inputs, candidates.rows)[members], worths, inputs.usual_worth)
    value[~doors.allowed[members]] = np.nan
    problem = PatrolProblem(
        shifts=tuple(shifts),
        lon=lon,
        lat=lat,
        minutes=rows["minutes"].to_numpy(np.int64),
        value=value,
        must=rows["must"].to_numpy(float),
        open_from=doors.open_from[members],
        open_until=doors.open_until[members],
        locked=locked_shifts(inputs, rows["building_id"], shifts),
        metres=walks_between(inputs, lon, lat, rows["building_id"].tolist()),
        start_metres=start_metres(shifts, lon, lat, factor=inputs.rules.walk_factor),
        walk_m_a_minute=inputs.rules.walk_m_a_minute,
        km_worth=inputs.rules.km_worth,
    )
    return Formulation(problem=problem, members=members)


def choose_pool(
    inputs: PlanInputs, candidates: Candidates, shifts: Sequence[Shift], worths: Floats
) -> Ints:
    """Return the rows that the solver is given: what is locked, then what is worth most.

    At most ``most_candidates`` besides what is locked; ascending.
    """
    rows, doors = candidates.rows, candidates.doors
    locked = locked_shifts(inputs, rows["building_id"], shifts) != FREE
    locked &= is_placed(rows)
    best = np.where(doors.allowed, worths[None, :], 0.0).max(axis=1, initial=0.0)
    worth = rows["must"].to_numpy(float) + jittered(inputs, rows) * best
    free = np.flatnonzero(candidates.open & ~locked)
    order = np.lexsort((rows["building_id"].to_numpy(object)[free], -worth[free]))
    chosen = free[order[: inputs.rules.most_candidates]]
    return np.sort(np.concatenate([np.flatnonzero(locked), chosen])).astype(np.int64)


def slot_chances(chance: Floats, worths: Floats, usual_worth: float) -> Floats:
    """Return the chance of a find by building and shift, shape (n, s), at most 1.

    The chance at a usual time, times what the shift's time is worth beside the usual.
    """
    by_slot: Floats = np.minimum(SURE, chance[:, None] * worths[None, :] / usual_worth)
    return by_slot


def jittered(inputs: PlanInputs, rows: pd.DataFrame) -> Floats:
    """Return chances moved by a little chance, within those of the same tier; shape (n,).

    Nobody who knows the scores can tell who of a tier is on the plan; no building passes one of
    another tier whose chances are all higher.
    """
    chance = rows["find_chance"]
    by_tier = chance.groupby(rows["tier"])
    moved = chance * (1 + inputs.rules.jitter * jitter(rows["building_id"], seed=inputs.seed))
    within: Floats = moved.clip(by_tier.transform("min"), by_tier.transform("max")).to_numpy(float)
    return within


def locked_shifts(
    inputs: PlanInputs, building_ids: pd.Series[str], shifts: Sequence[Shift]
) -> Ints:
    """Return the index of the shift that each building is locked to, `FREE` (-1) for none."""
    if inputs.locked is None:
        return np.full(len(building_ids), FREE, dtype=np.int64)
    index = {shift.shift_id: number for number, shift in enumerate(shifts)}
    fixed = {
        building: index.get(shift, FREE)
        for building, shift in zip(
            inputs.locked["building_id"], inputs.locked["shift_id"], strict=True
        )
    }
    return np.array([fixed.get(each, FREE) for each in building_ids], dtype=np.int64)
