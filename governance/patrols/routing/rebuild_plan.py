"""Tell a plan anew after a person changed it: times and totals follow, nothing is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitKind
from governance.patrols.routing.model.plan import (
    CHANCE,
    LIST,
    ORDINARY,
    RISK,
    Plan,
    PlanError,
)
from governance.patrols.routing.model.plan_inputs import LOCKED_COLUMNS, PlanInputs
from governance.patrols.routing.privacy.add_decoys import decoy_search
from governance.patrols.routing.privacy.decoys import Orders, stops_alone
from governance.patrols.routing.report.plan_report import report_plan
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.formulate import formulate
from governance.patrols.routing.selection.opening_hours import is_placed
from governance.patrols.routing.selection.planning_base import PlanningBase, survey


def rebuild(inputs: PlanInputs, plan: Plan, stops: pd.DataFrame) -> Plan:
    """Return a plan with these stops in this order, and the plan's own teams and shifts.

    Arrivals, totals and what is uncovered are worked out anew, with what is known of the buildings
    now. A shift that takes too long says so (``over_minutes``); a visit at an hour that makes no
    sense is noted. What only a search tells – bound, one more team – stays as it was.

    Parameters
    ----------
    stops
        ``building_id`` and ``shift_id``, within a shift in the order of visiting; and ``arm,
        reasons, locked`` where they are known, else as the plan has them; what is new to the plan
        is on the list arm.

    Raises
    ------
    PlanError
        ``plan_stops_wrong``: a building twice, unknown, or nobody knows where; a shift unknown.
    """
    told = _complete(plan, stops.reset_index(drop=True))
    inputs = replace(inputs, locked=told.loc[told["locked"], list(LOCKED_COLUMNS)])
    ground = survey(replace(inputs, locked=told[list(LOCKED_COLUMNS)]), plan.teams)
    _refuse_wrong(ground, told)
    ground = replace(ground, candidates=_as_before(ground.candidates, plan, told))
    place = {each: row for row, each in enumerate(ground.candidates.rows["building_id"])}
    members = np.array([place[each] for each in told["building_id"]], dtype=np.int64)
    posed = formulate(inputs, ground.candidates, members, ground.shifts, ground.worths)
    orders = _orders(ground, told)
    alone = [told["building_id"][stop] for _, stop in
             stops_alone(orders, decoy_search(inputs, ground, posed))]  # fmt: skip
    again = report_plan(inputs, ground, posed, orders, alone=alone)
    kept = {name: getattr(plan.totals, name) for name in ("bound", "one_more_finds", "seconds")}
    about = ("plan_id", "version", "state", "made_at", "made_by", "options")
    return replace(
        again,
        totals=replace(again.totals, **kept),
        **{name: getattr(plan, name) for name in about},
    )


def _complete(plan: Plan, stops: pd.DataFrame) -> pd.DataFrame:
    """Return stops with ``arm, reasons, locked`` where the caller does not say."""
    before = plan.stops.set_index("building_id")
    columns = {"building_id": stops["building_id"].astype("str"), "shift_id": stops["shift_id"]}
    for name, unknown in (("arm", LIST), ("reasons", [RISK]), ("locked", False)):
        had = before[name].to_dict()
        said = stops[name] if name in stops else [had.get(b) for b in stops["building_id"]]
        filled = [unknown if each is None else each for each in said]
        columns[name] = pd.Series(filled, index=stops.index, dtype=object)
    return pd.DataFrame(columns).astype({"arm": "str", "locked": bool})


def _as_before(candidates: Candidates, plan: Plan, told: pd.DataFrame) -> Candidates:
    """Return candidates who are on the plan as they were on it: arm, reasons, minutes, mode."""
    rows, had = (each.set_index("building_id") for each in (candidates.rows, plan.stops))
    facts = {name: rows[name].to_dict() for name in ("arm", "reasons", "minutes", "mode", "must")}
    minutes, modes = had["minutes"].to_dict(), had["mode"].to_dict()
    for building, arm, reasons in told[["building_id", "arm", "reasons"]].itertuples(index=False):
        mode = modes.get(building, facts["mode"][building])
        by_hour = mode in {VisitKind.DAY, VisitKind.NIGHT} or (
            mode == VisitKind.DRAWN and arm == LIST
        )
        now = [each for each in facts["reasons"][building] if each not in {CHANCE, ORDINARY}]
        facts["minutes"][building] = minutes.get(building, facts["minutes"][building])
        facts["mode"][building] = "" if by_hour else mode
        facts["arm"][building] = arm
        facts["reasons"][building] = [*reasons] or now or [RISK]
        if facts["reasons"][building] == [ORDINARY]:
            facts["must"][building] = 0.0
    values = {name: [of[each] for each in rows.index] for name, of in facts.items()}
    changed = candidates.rows.assign(
        arm=values["arm"],
        must=np.array(values["must"], dtype=float),
        minutes=np.array(values["minutes"], dtype=np.int64),
        mode=np.array(values["mode"], dtype=object),
        reasons=pd.Series(values["reasons"], index=candidates.rows.index, dtype=object),
    )
    return replace(candidates, rows=changed)


def _orders(ground: PlanningBase, told: pd.DataFrame) -> Orders:
    index = {shift.shift_id: number for number, shift in enumerate(ground.shifts)}
    shift = told["shift_id"].map(index).to_numpy(np.int64)
    return {int(each): np.flatnonzero(shift == each).tolist() for each in np.unique(shift)}


def _refuse_wrong(ground: PlanningBase, told: pd.DataFrame) -> None:
    rows = ground.candidates.rows
    placed = set(rows.loc[is_placed(rows), "building_id"])
    known, shifts = set(rows["building_id"]), {shift.shift_id for shift in ground.shifts}
    twice = told["building_id"][told["building_id"].duplicated()]
    problems = [
        *(f"building {each} is there twice" for each in twice),
        *(f"building {each} is unknown" for each in told["building_id"] if each not in known),
        *(f"nobody knows where building {each} is" for each in told["building_id"]
          if each in known - placed),
        *(f"shift {each} is unknown" for each in told["shift_id"] if each not in shifts),
    ]  # fmt: skip
    if problems:
        raise PlanError("plan_stops_wrong", problems=problems)
