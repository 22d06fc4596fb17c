"""Add decoys for a plan's sensitive stops from all buildings of the scope, then fill it up."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.shapes.projection import distances_m
from governance.patrols.routing.model.problem import FREE, Bools, Ints, Orders
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from governance.patrols.routing.privacy.decoys import (
    DRAWN_AMONG,
    DecoySearch,
    add_decoys,
    fill_up,
    spread_out,
    stops_alone,
    stops_without_company,
    within_decoy_range,
)
from governance.patrols.routing.selection.candidates import MUST
from governance.patrols.routing.selection.formulate import Formulation, PlanningBase, formulate
from governance.patrols.routing.selection.seeded_draw import chances

_PURPOSE = ["minutes", "must", "arm", "mode"]
"""What a building is on a plan for, beside its reasons."""


class RoutesWithDecoys(NamedTuple):
    """Routes with decoys, the problem they are of, and the sensitive buildings without any."""

    formulation: Formulation
    orders: Orders
    alone: list[str]


def cover_sensitive_stops(formulation: Formulation, orders: Orders) -> RoutesWithDecoys:
    """See to it that neither company nor its want tells a sensitive stop from another.

    Sensitive stops are taken apart, and no stop is the only one of its surroundings on a round.
    Its neighbours are those of the problem and, beside them, the nearest of all buildings
    that can be on the plan; these come with ``minutes.ordinary``, only as decoys.
    What time is left afterwards goes to the problem's candidates.
    """
    if formulation.is_idle:
        return RoutesWithDecoys(formulation, orders, [])
    base, search = formulation.base, decoy_search(formulation)
    orders = spread_out(formulation.problem, orders, search)
    extras = np.zeros(0, dtype=np.int64)
    if stops_without_company(orders, search):
        extras = _extras(formulation, orders, search)
    if len(extras):
        formulation = _with_members(formulation, _as_decoys(base, extras), extras)
        search = decoy_search(formulation)
    decoys = add_decoys(formulation.problem, orders, search)
    listed = np.arange(len(formulation.members)) < len(formulation.members) - len(extras)
    filled = fill_up(formulation.problem, decoys.orders, search, listed)
    before = {stop for order in orders.values() for stop in order}
    joined = formulation.members[sorted(decoys.joined - before)]
    rows = _joined(base.rows, formulation.base.rows, joined)
    formulation = replace(formulation, base=_with_rows(base, rows))
    ids = formulation.rows["building_id"].to_numpy(object)
    return RoutesWithDecoys(
        formulation, filled, sorted(ids[stop] for _, stop in stops_alone(filled, search))
    )


def due_companions(formulation: Formulation, orders: Orders) -> frozenset[str]:
    """Return the ids of buildings that are due and can be decoys of sensitive stops without any.

    One for each such stop, drawn among the nearest few that can be visited in its shift: a visit
    that is to be made anyhow costs less there than a decoy of its own.
    """
    if formulation.is_idle:
        return frozenset()
    base, ids = formulation.base, formulation.base.rows["building_id"]
    ordinary = _ordinary(base) & base.candidates.floor_due
    ordinary &= ~base.rows["covered_otherwise"].to_numpy(bool)
    draw, drawn = chances(ids, use="company", seed=base.inputs.seed), set[int]()
    for shift, stop in stops_alone(orders, decoy_search(formulation)):
        near = _nearest(base, ordinary, formulation.members[stop], shift)[:DRAWN_AMONG]
        if len(near) and not drawn & {*near.tolist()}:
            drawn.add(int(near[draw[near].argmin()]))
    return frozenset(ids.iloc[sorted(drawn)])


def decoy_search(formulation: Formulation) -> DecoySearch:
    """Return what is known of a problem's candidates as decoys."""
    rows, problem, inputs = formulation.rows, formulation.problem, formulation.base.inputs
    sensitive = rows["sensitive"].to_numpy(bool)
    return DecoySearch(
        sensitive=sensitive,
        ordinary=~sensitive & rows["open"].to_numpy(bool),
        wanting=sensitive | (inputs.rules.company_m > 0),
        close=within_decoy_range(problem.lon, problem.lat, within_m=inputs.rules.company_m),
        fixed=(problem.locked != FREE) | (problem.must >= MUST),
        chance=chances(rows["building_id"], use="company", seed=inputs.seed),
    )


def _extras(formulation: Formulation, orders: Orders, search: DecoySearch) -> Ints:
    """Return rows outside the problem that could be decoys: the nearest few of the stops.

    Of all that want company, for one that has it can lose it to another.
    """
    ordinary = _ordinary(formulation.base)
    ordinary &= ~np.isin(np.arange(len(ordinary)), formulation.members)
    extras: set[int] = set()
    for shift, order in orders.items():
        for stop in order:
            if search.wanting[stop]:
                near = _nearest(formulation.base, ordinary, formulation.members[stop], shift)
                extras |= {*near[: 2 * DRAWN_AMONG].tolist()}
    return np.array(sorted(extras), dtype=np.int64)


def _ordinary(base: PlanningBase) -> Bools:
    """Say which rows can be on the plan and no complaint of late stands behind."""
    return (base.rows["open"] & ~base.rows["sensitive"]).to_numpy(bool, copy=True)


def _nearest(base: PlanningBase, ordinary: Bools, row: int, shift: int) -> Ints:
    """Return the ordinary rows near enough to a row to be its decoy in a shift, nearest first."""
    lon, lat = (base.rows[name].to_numpy(float) for name in ("lon", "lat"))
    free = np.flatnonzero(ordinary & base.candidates.allowed[:, shift])
    free = free[free != row]
    metres = distances_m(lon[row], lat[row], lon[free], lat[free])
    order = np.argsort(metres, kind="stable")
    near: Ints = free[order[metres[order] <= base.inputs.rules.company_m]].astype(np.int64)
    return near


def _as_decoys(base: PlanningBase, extras: Ints) -> PlanningBase:
    """Return a base of which some rows are there as decoys alone."""
    rows, reasons = base.rows.copy(), base.rows["reasons"].tolist()
    at = rows.index[extras]
    rows.loc[at, "minutes"] = base.inputs.rules.minutes.ordinary
    rows.loc[at, "must"] = 0.0
    rows.loc[at, "arm"] = Arm.LIST
    rows.loc[at, "mode"] = ""
    for extra in extras.tolist():
        reasons[extra] = []
    return _with_rows(base, rows.assign(reasons=_lists(rows, reasons)))


def _with_members(formulation: Formulation, base: PlanningBase, extras: Ints) -> Formulation:
    """Return a wider problem that keeps the distances of the one it extends, to the second."""
    wide = formulate(base, np.concatenate([formulation.members, extras]))
    metres, count = wide.problem.metres.copy(), len(formulation.members)
    metres[:count, :count] = formulation.problem.metres
    return replace(wide, problem=replace(wide.problem, metres=metres))


def _joined(before: pd.DataFrame, after: pd.DataFrame, joined: Ints) -> pd.DataFrame:
    """Return rows as before, but for those added as decoys, whose reasons say so."""
    rows, reasons = before.copy(), before["reasons"].tolist()
    at = rows.index[joined]
    rows.loc[at, _PURPOSE] = after.loc[at, _PURPOSE]
    for row in joined.tolist():
        reasons[row] = [*after["reasons"].iloc[row], StopReason.ORDINARY]
    return rows.assign(reasons=_lists(rows, reasons))


def _with_rows(base: PlanningBase, rows: pd.DataFrame) -> PlanningBase:
    return replace(base, candidates=replace(base.candidates, rows=rows))


def _lists(rows: pd.DataFrame, values: list[list[str]]) -> pd.Series[list[str]]:
    return pd.Series(values, index=rows.index, dtype=object)
