"""Put candidates and shifts as a problem to the solver: worths, ways, locks; a bounded number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.shapes.projection import distances_m
from governance.patrols.routing.model.plan_inputs import PlanInputs, walks_between
from governance.patrols.routing.model.problem import FREE, Bools, Floats, Ints, PatrolProblem, Shift
from governance.patrols.routing.model.shifts import Team
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.opening_hours import is_placed
from governance.patrols.routing.selection.seeded_draw import jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningBase:
    """What a plan is worked out from: who is out when, and who could be visited."""

    inputs: PlanInputs
    teams: tuple[Team, ...]
    shifts: tuple[Shift, ...]
    slots: pd.DataFrame
    """`governance.patrols.routing.model.shifts.SLOT_COLUMNS`, a row for each of s shifts."""
    candidates: Candidates
    """All buildings of the scope."""

    @property
    def rows(self) -> pd.DataFrame:
        """All buildings of the scope."""
        return self.candidates.rows

    @property
    def worths(self) -> Floats:
        """What a visit is worth by shift, as ``[patrols.when]`` says, shape (s,)."""
        return self.slots["worth"].to_numpy(float)

    def slot_chances(self, chance: Floats) -> Floats:
        """Return the chance of a find by building and shift, shape (n, s).

        The rate behind the chance at a usual time, shape (n,), times what the shift's time is worth
        beside the usual: 1 - (1 - p)^worth.
        """
        usual = self.inputs.usual_worth
        by_part = np.array([usual.of_part(shift.part) for shift in self.shifts], dtype=float)
        return np.asarray(1.0 - np.maximum(1.0 - chance[:, None], 0.0) ** (self.worths / by_part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulation:
    """A problem and whom its candidates are.

    ``members``: row of each of its n candidates in ``base.rows``, shape (n,).
    """

    base: PlanningBase
    problem: PatrolProblem
    members: Ints

    @property
    def rows(self) -> pd.DataFrame:
        """The n candidates."""
        return self.base.rows.iloc[self.members]

    @property
    def is_idle(self) -> bool:
        """Whether there is nobody to visit, or nobody to go."""
        return not (self.problem.candidates and self.problem.shifts)


def formulate(base: PlanningBase, members: Ints) -> Formulation:
    """Put some candidates and all shifts as a problem.

    What a visit is worth is its chance of a find in that shift, moved by a little chance within
    the building's tier.

    ``members``: rows of ``base.rows``, shape (n,); each has coordinates.
    """
    inputs, rows, shifts = base.inputs, base.rows.iloc[members], base.shifts
    lon, lat = (rows[name].to_numpy(float) for name in ("lon", "lat"))
    value = base.slot_chances(jittered(inputs, base.rows)[members])
    value[~base.candidates.allowed[members]] = np.nan
    problem = PatrolProblem(
        shifts=shifts,
        lon=lon,
        lat=lat,
        minutes=rows["minutes"].to_numpy(np.int64),
        value=value,
        must=rows["must"].to_numpy(float),
        open_from=rows["open_from"].to_numpy(np.int64),
        open_until=rows["open_until"].to_numpy(np.int64),
        locked=_locked_shifts(inputs, rows["building_id"], shifts),
        metres=walks_between(inputs, lon, lat, rows["building_id"].tolist()),
        start_metres=start_metres(shifts, lon, lat, factor=inputs.rules.walk_factor),
        walk_m_a_minute=inputs.rules.walk_m_a_minute,
        km_worth=inputs.rules.km_worth,
    )
    return Formulation(base=base, problem=problem, members=members)


def formulate_pool(base: PlanningBase) -> Formulation:
    """Put as a problem what is locked, and what is worth most: at most ``most_candidates``."""
    inputs, rows = base.inputs, base.rows
    locked: Bools = _locked_shifts(inputs, rows["building_id"], base.shifts) != FREE
    locked &= is_placed(rows)
    worth = rows["must"].to_numpy(float) + jittered(inputs, rows) * _best_worths(base)
    free = np.flatnonzero(rows["open"].to_numpy(bool) & ~locked)
    order = np.lexsort((rows["building_id"].to_numpy(object)[free], -worth[free]))
    chosen = free[order[: inputs.rules.most_candidates]]
    members = np.sort(np.concatenate([np.flatnonzero(locked), chosen])).astype(np.int64)
    return formulate(base, members)


def _best_worths(base: PlanningBase) -> Floats:
    """Return the highest worth of a shift in which each building can be visited, 0 where none is.

    Shifts of one worth are looked at together: a number for each building and shift of a district
    would take half a gigabyte.
    """
    best = np.zeros(len(base.rows))
    for worth in np.unique(base.worths):
        possible = base.candidates.allowed[:, base.worths == worth].any(axis=1)
        best[possible] = np.maximum(best[possible], worth)
    return best


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


def start_metres(shifts: Sequence[Shift], lon: Floats, lat: Floats, *, factor: float) -> Floats:
    """Return straight lines times a factor from each shift's start, shape (s, n); 0 without one."""
    metres = np.zeros((len(shifts), len(lon)))
    for number, shift in enumerate(shifts):
        if shift.lon is not None and shift.lat is not None:
            metres[number] = distances_m(shift.lon, shift.lat, lon, lat) * factor
    return metres


def _locked_shifts(
    inputs: PlanInputs, building_ids: pd.Series[str], shifts: Sequence[Shift]
) -> Ints:
    """Return the index of the shift that each building is locked to, `FREE` (-1) for none."""
    if inputs.locked is None:
        return np.full(len(building_ids), FREE, dtype=np.int64)
    number = {shift.shift_id: number for number, shift in enumerate(shifts)}
    shift_of = dict(zip(inputs.locked["building_id"], inputs.locked["shift_id"], strict=True))
    numbers = [number.get(shift_of.get(each, ""), FREE) for each in building_ids]
    return np.array(numbers, dtype=np.int64)
