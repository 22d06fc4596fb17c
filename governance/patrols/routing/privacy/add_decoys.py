"""Add decoys for a plan's sensitive stops from all buildings of the scope, then fill it up."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.shapes.projection import distances_m
from governance.patrols.routing.model.plan import LIST, ORDINARY
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import FREE, Bools, Ints
from governance.patrols.routing.privacy.decoys import (
    DRAWN_AMONG,
    DecoySearch,
    Orders,
    add_decoys,
    fill_up,
    stops_alone,
)
from governance.patrols.routing.selection.candidates import MUST_RANDOM, Candidates
from governance.patrols.routing.selection.distances import within_decoy_range
from governance.patrols.routing.selection.formulate import Formulation, formulate
from governance.patrols.routing.selection.planning_base import PlanningBase
from governance.patrols.routing.selection.seeded_draw import chances


class RoutesWithDecoys(NamedTuple):
    """Routes with decoys, what they were made from, and the sensitive buildings without any."""

    ground: PlanningBase
    posed: Formulation
    orders: Orders
    alone: list[str]


def cover_sensitive_stops(
    inputs: PlanInputs, ground: PlanningBase, posed: Formulation, orders: Orders
) -> RoutesWithDecoys:
    """See to it that no sensitive stop is the only one of its decoy_search on a round.

    Its ordinary neighbours are those of the problem and, beside them, the nearest of all buildings
    that can be on the plan; these come with ``minutes.ordinary``, only as decoys.
    What time is left afterwards goes to the problem's candidates.
    """
    if not (posed.problem.candidates and posed.problem.shifts):
        return RoutesWithDecoys(ground, posed, orders, [])
    about, asked = decoy_search(inputs, ground, posed), ground.candidates
    extras = np.zeros(0, dtype=np.int64)
    if stops_alone(orders, about):
        sensitive = [(s, e) for s, order in orders.items() for e in order if about.sensitive[e]]
        extras = _extras(inputs, ground.candidates, posed.members, sensitive)
    if len(extras):
        ground = replace(ground, candidates=_as_decoys(inputs, ground.candidates, extras))
        members = np.concatenate([posed.members, extras])
        posed = _extend_formulation(
            posed, formulate(inputs, ground.candidates, members, ground.shifts, ground.worths)
        )
        about = decoy_search(inputs, ground, posed)
    company = add_decoys(posed.problem, orders, about)
    listed = np.arange(len(posed.members)) < len(posed.members) - len(extras)
    filled = fill_up(posed.problem, company.orders, about, listed)
    ids = ground.candidates.rows["building_id"].to_numpy(object)[posed.members]
    before = {stop for order in orders.values() for stop in order}
    joined = posed.members[sorted(company.joined - before)]
    ground = replace(ground, candidates=_joined(asked, ground.candidates, joined))
    return RoutesWithDecoys(
        ground, posed, filled, sorted(ids[s] for _, s in stops_alone(filled, about))
    )


def due_beside(
    inputs: PlanInputs, ground: PlanningBase, posed: Formulation, orders: Orders
) -> frozenset[str]:
    """Return the ids of buildings that are due and can be decoys of sensitive stops without any.

    One for each such stop, drawn among the nearest few that can be visited in its shift: a visit
    that is to be made anyhow costs less there than a decoy of its own.
    """
    if not (posed.problem.candidates and posed.problem.shifts):
        return frozenset()
    about, candidates = decoy_search(inputs, ground, posed), ground.candidates
    floor, ids = candidates.floor, candidates.rows["building_id"]
    could = _ordinary(candidates) & floor.due & ~floor.covered_otherwise
    draw, found = chances(ids, use="company", seed=inputs.seed), set[int]()
    for shift, stop in stops_alone(orders, about):
        near = _nearest(inputs, candidates, could, posed.members[stop], shift)[:DRAWN_AMONG]
        if len(near) and not found & {*near.tolist()}:
            found.add(int(near[draw[near].argmin()]))
    return frozenset(ids.iloc[sorted(found)])


def decoy_search(inputs: PlanInputs, ground: PlanningBase, posed: Formulation) -> DecoySearch:
    """Return what is known of a problem's candidates as decoys."""
    rows, problem = ground.candidates.rows.iloc[posed.members], posed.problem
    sensitive = rows["sensitive"].to_numpy(bool)
    return DecoySearch(
        sensitive=sensitive,
        ordinary=~sensitive & ground.candidates.open[posed.members],
        close=within_decoy_range(problem.lon, problem.lat, within_m=inputs.rules.company_m),
        fixed=(problem.locked != FREE) | (problem.must >= MUST_RANDOM),
        chance=chances(rows["building_id"], use="company", seed=inputs.seed),
    )


def _extras(
    inputs: PlanInputs, candidates: Candidates, members: Ints, stops: list[tuple[int, int]]
) -> Ints:
    """Return rows outside the problem that could be decoys: the nearest few of each stop.

    Parameters
    ----------
    stops
        Shift and candidate of every sensitive stop: one that has a decoy can lose it to another.
    """
    could = _ordinary(candidates)
    could[members] = False
    found: set[int] = set()
    for shift, stop in stops:
        near = _nearest(inputs, candidates, could, members[stop], shift)
        found |= {*near[: 2 * DRAWN_AMONG].tolist()}
    return np.array(sorted(found), dtype=np.int64)


def _ordinary(candidates: Candidates) -> Bools:
    """Say which rows can be on the plan and no complaint of late stands behind."""
    ordinary: Bools = candidates.open & ~candidates.rows["sensitive"].to_numpy(bool)
    return ordinary


def _nearest(
    inputs: PlanInputs, candidates: Candidates, could: Bools, row: int, shift: int
) -> Ints:
    """Return the rows near enough to a row to be its decoy in a shift, nearest first."""
    lon, lat = (candidates.rows[name].to_numpy(float) for name in ("lon", "lat"))
    free = np.flatnonzero(could & candidates.doors.allowed[:, shift])
    free = free[free != row]
    metres = distances_m(lon[row], lat[row], lon[free], lat[free])
    order = np.argsort(metres, kind="stable")
    near: Ints = free[order[metres[order] <= inputs.rules.company_m]].astype(np.int64)
    return near


def _as_decoys(inputs: PlanInputs, candidates: Candidates, extras: Ints) -> Candidates:
    """Return candidates of which some are there as decoys alone."""
    rows = candidates.rows.copy()
    at = rows.index[extras]
    rows.loc[at, "minutes"] = inputs.rules.minutes.ordinary
    rows.loc[at, "must"] = 0.0
    rows.loc[at, "arm"] = LIST
    rows.loc[at, "mode"] = ""
    rows["reasons"] = pd.Series(
        [[] if extra else reasons
         for extra, reasons in zip(np.isin(np.arange(len(rows)), extras), rows["reasons"],
                                   strict=True)],
        index=rows.index, dtype=object,
    )  # fmt: skip
    return replace(candidates, rows=rows)


def _extend_formulation(posed: Formulation, wide: Formulation) -> Formulation:
    """Return a wider problem that keeps the distances of the one it extends, to the second."""
    metres, count = wide.problem.metres.copy(), len(posed.members)
    metres[:count, :count] = posed.problem.metres
    return replace(wide, problem=replace(wide.problem, metres=metres))


def _joined(before: Candidates, after: Candidates, joined: Ints) -> Candidates:
    """Return candidates as before, but for those added as decoys, whose reasons say so."""
    rows = before.rows.copy()
    at = rows.index[joined]
    for name in ("minutes", "must", "arm", "mode"):
        rows.loc[at, name] = after.rows.loc[at, name]
    reasons = rows["reasons"].tolist()
    for row in joined.tolist():
        reasons[row] = [*after.rows["reasons"].iloc[row], ORDINARY]
    return replace(
        before, rows=rows.assign(reasons=pd.Series(reasons, index=rows.index, dtype=object))
    )
