"""Tell a plan anew after a person changed it: times and totals follow, nothing is refused."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitKind
from governance.patrols.routing.begun_day import BegunDay
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.routing.model.plan_inputs import LOCKED_COLUMNS, PlanInputs
from governance.patrols.routing.model.problem import Orders
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from governance.patrols.routing.privacy.add_decoys import decoy_search
from governance.patrols.routing.privacy.decoys import stops_alone
from governance.patrols.routing.report.plan_report import report_plan
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.formulate import Formulation, PlanningBase, formulate
from governance.patrols.routing.selection.opening_hours import is_placed
from governance.patrols.routing.selection.planning_base import make_planning_base


def rebuild(
    inputs: PlanInputs,
    plan: Plan,
    stops: pd.DataFrame,
    *,
    begun: BegunDay | None = None,
    shift_ids: Collection[str] = (),
) -> Plan:
    """Return a plan with these stops in this order, and the plan's own teams and shifts.

    Arrivals, totals and what is uncovered are worked out anew, with what is known of the buildings
    now. A shift that takes too long says so (``over_minutes``); a visit at an hour that makes no
    sense is noted. What only a search tells – bound, one more team – stays as it was.

    ``stops``: ``building_id`` and ``shift_id``, within a shift in the order of visiting; and ``arm,
    reasons, locked`` where they are known, else as the plan has them; what is new to the plan is on
    the list arm.
    ``begun``: the time and what was visited, by which those of ``shift_ids`` that are of today go
    on from now; None times whole shifts.

    Raises `PlanError`: ``plan_stops_wrong``: a building twice, unknown, or nobody knows where; a
    shift unknown.
    """
    stops = _complete(plan, stops.reset_index(drop=True))
    formulation, orders = formulate_stops(inputs, plan, stops)
    if begun is not None:
        among = np.array([s.shift_id in shift_ids for s in formulation.problem.shifts], dtype=bool)
        buildings = stops["building_id"].tolist()
        timed = begun.timed(formulation.problem, orders, buildings, among)
        formulation = replace(formulation, problem=timed)
    alone = [
        stops["building_id"][stop] for _, stop in stops_alone(orders, decoy_search(formulation))
    ]
    rebuilt = report_plan(formulation, orders, alone=alone)
    kept = ("bound", "one_more_finds", "likely_finds", "seconds")
    searched = {name: getattr(plan.totals, name) for name in kept}
    about = ("plan_id", "version", "state", "made_at", "made_by", "options")
    after = replace(
        rebuilt,
        totals=replace(rebuilt.totals, **searched),
        **{name: getattr(plan, name) for name in about},
    )
    return after if begun is None else begun.with_visits(after, shift_ids)


def formulate_stops(
    inputs: PlanInputs, plan: Plan, stops: pd.DataFrame
) -> tuple[Formulation, Orders]:
    """Put a plan's stops as a problem, each candidate by its row, and their orders by shift.

    ``stops``: ``building_id, shift_id, arm, reasons, locked``.

    Raises `PlanError` as `rebuild`.
    """
    inputs = replace(inputs, locked=stops.loc[stops["locked"], list(LOCKED_COLUMNS)])
    base = make_planning_base(replace(inputs, locked=stops[list(LOCKED_COLUMNS)]), plan.teams)
    _refuse_wrong(base, stops)
    base = replace(base, inputs=inputs, candidates=_as_before(base.candidates, plan, stops))
    row_of = {each: row for row, each in enumerate(base.rows["building_id"])}
    members = np.array([row_of[each] for each in stops["building_id"]], dtype=np.int64)
    return formulate(base, members), _orders(base, stops)


def _complete(plan: Plan, stops: pd.DataFrame) -> pd.DataFrame:
    """Return stops with ``arm, reasons, locked`` where the caller does not say."""
    before = plan.stops.set_index("building_id")
    columns = {"building_id": stops["building_id"].astype("str"), "shift_id": stops["shift_id"]}
    for name, unknown in (("arm", Arm.LIST), ("reasons", [StopReason.RISK]), ("locked", False)):
        was = before[name].to_dict()
        values = stops[name] if name in stops else [was.get(b) for b in stops["building_id"]]
        filled = [unknown if each is None else each for each in values]
        columns[name] = pd.Series(filled, index=stops.index, dtype=object)
    return pd.DataFrame(columns).astype({"arm": "str", "locked": bool})


def _as_before(candidates: Candidates, plan: Plan, stops: pd.DataFrame) -> Candidates:
    """Return candidates who are on the plan as they were on it: arm, reasons, minutes, mode."""
    rows = candidates.rows.set_index("building_id")
    was = plan.stops.set_index("building_id")[["minutes", "mode"]].to_dict("index")
    facts = rows[["arm", "reasons", "minutes", "mode", "must"]].to_dict("index")
    for building, arm, reasons in stops[["building_id", "arm", "reasons"]].itertuples(index=False):
        stop = facts[building] | was.get(building, {})
        by_hour = stop["mode"] in {VisitKind.DAY, VisitKind.NIGHT} or (
            stop["mode"] == VisitKind.DRAWN and arm == Arm.LIST
        )
        known = [e for e in stop["reasons"] if e not in {StopReason.CHANCE, StopReason.ORDINARY}]
        stop |= {"arm": arm, "reasons": [*reasons] or known or [StopReason.RISK]}
        if by_hour:
            stop["mode"] = ""
        if stop["reasons"] == [StopReason.ORDINARY]:
            stop["must"] = 0.0
        facts[building] = stop
    changed = pd.DataFrame.from_dict(facts, orient="index").astype({"mode": object})
    return replace(candidates, rows=rows.assign(**changed).reset_index())


def _orders(base: PlanningBase, stops: pd.DataFrame) -> Orders:
    number = {shift.shift_id: number for number, shift in enumerate(base.shifts)}
    shift = stops["shift_id"].map(number).to_numpy(np.int64)
    return {int(each): np.flatnonzero(shift == each).tolist() for each in np.unique(shift)}


def _refuse_wrong(base: PlanningBase, stops: pd.DataFrame) -> None:
    rows = base.rows
    placed = set(rows.loc[is_placed(rows), "building_id"])
    known, shifts = set(rows["building_id"]), {shift.shift_id for shift in base.shifts}
    twice = stops["building_id"][stops["building_id"].duplicated()]
    problems = [
        *(f"building {each} is there twice" for each in twice),
        *(f"building {each} is unknown" for each in stops["building_id"] if each not in known),
        *(f"nobody knows where building {each} is" for each in stops["building_id"]
          if each in known - placed),
        *(f"shift {each} is unknown" for each in stops["shift_id"] if each not in shifts),
    ]  # fmt: skip
    if problems:
        raise PlanError("plan_stops_wrong", problems=problems)
