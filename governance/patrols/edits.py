"""Change a plan by hand: move, take out, put in, hand over, lock, plan the rest anew, undo."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import pandas as pd

from data.store.tables.patrols import PatrolPlan
from governance.access.permissions import Action, Actor, require
from governance.patrols.base import PlanSolver, Progress
from governance.patrols.routing.begun_day import BegunDay, visited_stops
from governance.patrols.routing.insert_stop import insert_stop
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.routing.model.plan_inputs import LOCKED_COLUMNS, PlanInputs
from governance.patrols.routing.model.plan_tables import EDIT_COLUMNS
from governance.patrols.routing.model.vocabulary import Arm
from governance.patrols.validation import (
    building_problems,
    refuse_any,
    shift_problems,
    stop_problems,
)
from governance.patrols.versions import PlanVersions, content_version, part_for
from governance.service import Service
from governance.visits.base import VisitReader

MOVED, REMOVED, ADDED, HANDED_OVER, LOCKED, UNLOCKED, REPLANNED, UNDONE = (
    "moved", "removed", "added", "stops_handed_over", "locked", "unlocked", "replanned", "undone",
)  # fmt: skip
"""What a version can say that it changed, besides being made, published or cancelled."""
_PLACED: Final = [*EDIT_COLUMNS, "lon", "lat"]


class PlanEditService(Service):
    """Services that change plans; each change is a version, made from the version one saw."""

    _plan_solver: PlanSolver
    _versions: PlanVersions
    _visit_reader: VisitReader

    def move_stop(
        self,
        actor: Actor,
        plan_id: str,
        building_id: str,
        *,
        to_shift: str,
        place: int | None = None,
        version: int,
    ) -> Plan:
        """Move a stop to a shift, and lock it there; arrivals are worked out anew.

        A shift that takes too long then is shown to, not refused.

        ``place``: from 1; where it costs the least way when None.
        ``version``: the version that the actor saw.

        Raises `PlanError`: ``plan_changed`` when another version holds by now; as `plan`.
        Raises `PlanRefusedError`: ``stop_unknown``, ``shift_unknown``.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        refuse_any([*stop_problems(plan, building_id), *shift_problems(plan, to_shift)])
        stops = plan.stops[_PLACED]
        is_moved = stops["building_id"] == building_id
        moved = stops[is_moved].assign(shift_id=to_shift, locked=True)
        rebuilt = self._rebuilt(actor, row, plan, insert_stop(stops[~is_moved], moved, place))
        return self._versions.keep_change(
            actor, row, rebuilt, note=MOVED, building=building_id, shift=to_shift
        )

    def remove_stop(self, actor: Actor, plan_id: str, building_id: str, *, version: int) -> Plan:
        """Take a stop out of a plan.

        Raises `PlanError` or `PlanRefusedError` as `move_stop`.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        refuse_any(stop_problems(plan, building_id))
        rest = plan.stops[plan.stops["building_id"] != building_id]
        rebuilt = self._rebuilt(actor, row, plan, rest)
        return self._versions.keep_change(actor, row, rebuilt, note=REMOVED, building=building_id)

    def add_stop(
        self,
        actor: Actor,
        plan_id: str,
        building_id: str,
        *,
        to_shift: str,
        place: int | None = None,
        version: int,
    ) -> Plan:
        """Put a building of the actor's scope on a plan, and lock it to a shift.

        Raises `PlanError` as `move_stop`.
        Raises `PlanRefusedError`: ``building_unknown``, ``building_unplaced``, ``building_ended``,
        ``already_planned``, ``shift_unknown``.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        register = self._visit_reader.buildings(actor, only=[building_id], scored=False)
        refuse_any(
            [*building_problems(plan, building_id, register), *shift_problems(plan, to_shift)]
        )
        reasons = pd.Series([list[str]()], index=register.index, dtype=object)
        added = register[["building_id", "lon", "lat"]].assign(
            shift_id=to_shift, arm=str(Arm.LIST), reasons=reasons, locked=True
        )
        rebuilt = self._rebuilt(actor, row, plan, insert_stop(plan.stops[_PLACED], added, place))
        return self._versions.keep_change(
            actor, row, rebuilt, note=ADDED, building=building_id, shift=to_shift
        )

    def preview_hand_over(
        self,
        actor: Actor,
        plan_id: str,
        building_ids: Collection[str],
        *,
        to_shifts: Collection[str],
        over_time: bool = False,
        version: int,
    ) -> Plan:
        """Return what `hand_over` would make of a plan, without keeping it.

        Raises `PlanError` or `PlanRefusedError` as `hand_over`.
        """
        require(actor, Action.MAKE_PLAN)
        return self._handed_over(
            actor, plan_id, building_ids, to_shifts, over_time=over_time, version=version
        )[1]

    def hand_over(
        self,
        actor: Actor,
        plan_id: str,
        building_ids: Collection[str],
        *,
        to_shifts: Collection[str],
        over_time: bool = False,
        version: int,
    ) -> Plan:
        """Hand stops over to other shifts, where they fit and lengthen the way least; lock them.

        For a team that cannot go. What fits nowhere stays with it, as does what was visited already
        (`visited_stops`); nothing else moves. Today, teams go on from now, after their visits.

        ``to_shifts``: those that may take them, also such as a team of the plan does not have yet
        (``T2/2026-12-01/day``), which it then goes out in too; those that stops are taken from
        never do.
        ``over_time``: whether what fits nowhere goes where it exceeds the hours least.

        Raises `PlanError` or `PlanRefusedError` as `move_stop`.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._handed_over(
            actor, plan_id, building_ids, to_shifts, over_time=over_time, version=version
        )
        moved = len(plan.stops_on(to_shifts, building_ids))
        return self._versions.keep_change(actor, row, plan, note=HANDED_OVER, stops=moved)

    def visited_stops(self, actor: Actor, plan_id: str, building_ids: Collection[str]) -> set[str]:
        """Return those of some stops where somebody was on the stop's day or later.

        Raises `PlanError` as `governance.patrols.plans.PlanService.get`.
        """
        require(actor, Action.MAKE_PLAN)
        plan = part_for(actor, self._versions.plan(actor, plan_id))
        return visited_stops(plan, self._visit_reader.last_at_buildings(building_ids)["last_at"])

    def lock_stops(
        self,
        actor: Actor,
        plan_id: str,
        building_ids: Collection[str],
        locked: bool,  # noqa: FBT001 -- the contract of the page
        *,
        version: int,
    ) -> Plan:
        """Fix stops to their shifts, or let them go, for when the rest is planned anew.

        Raises `PlanError` or `PlanRefusedError` as `move_stop`.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        wanted = frozenset(building_ids)
        refuse_any([each for one in sorted(wanted) for each in stop_problems(plan, one)])
        is_wanted = plan.stops["building_id"].isin(wanted)
        is_locked = plan.stops["locked"].mask(is_wanted, locked).astype(bool)
        changed = replace(
            plan,
            stops=plan.stops.assign(locked=is_locked),
            locked=plan.locked | wanted if locked else plan.locked - wanted,
        )
        note = LOCKED if locked else UNLOCKED
        return self._versions.keep_change(actor, row, changed, note=note, stops=len(wanted))

    def replan(
        self,
        actor: Actor,
        plan_id: str,
        *,
        version: int,
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> Plan:
        """Plan anew all that is not locked, with the same teams and the same draws.

        ``seconds``: how long to search; as for the plan, by time or by iterations, when None.

        Raises `PlanError` or `PlanRefusedError` as `move_stop` and `make_plan`.
        """
        require(actor, Action.MAKE_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        options = plan.options
        if seconds is not None:
            options = replace(options, seconds=seconds, iterations=None)
        stays = plan.stops[plan.stops["locked"].astype(bool)]
        anew = self._plan_solver.solve(
            actor, options, seed=row.seed, progress=progress, teams=plan.teams,
            locked=stays[list(LOCKED_COLUMNS)].reset_index(drop=True),
        )  # fmt: skip
        return self._versions.keep_change(actor, row, anew, note=REPLANNED, kept=len(stays))

    def undo(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Go back to what the plan was before its last change; undone again, further back.

        What teams see stays until it is published again: publishing is not undone by this.

        Raises `PlanError`: ``plan_nothing_to_undo`` when it is as it was made; as `move_stop`.
        """
        require(actor, Action.MAKE_PLAN)
        row, _ = self._versions.get_for_update(
            actor, plan_id, version, Action.MAKE_PLAN, cancelled=True
        )
        before = content_version(row) - 1
        if before < 1:
            raise PlanError("plan_nothing_to_undo", seen=plan_id)
        old = self._versions.get(plan_id, before)
        return self._versions.keep_change(
            actor, row, self._versions.load(old), note=UNDONE,
            restores=content_version(old), back_to=content_version(old),
        )  # fmt: skip

    def _handed_over(
        self,
        actor: Actor,
        plan_id: str,
        building_ids: Collection[str],
        to_shifts: Collection[str],
        *,
        over_time: bool,
        version: int,
    ) -> tuple[PatrolPlan, Plan]:
        """Return the stored version that is changed, and the plan after it."""
        from governance.patrols.routing import hand_over as routing
        from governance.patrols.routing.rebuild_plan import rebuild

        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.MAKE_PLAN)
        extra = routing.extra_shifts(plan, to_shifts)
        stops, shifts = sorted(set(building_ids)), sorted(set(to_shifts) - set(extra))
        problems = [stop_problems(plan, each) for each in stops]
        problems += [shift_problems(plan, each) for each in shifts]
        refuse_any([problem for each in problems for problem in each])
        teams = routing.with_shifts(plan.teams, extra)
        inputs = self._inputs_of(actor, row, replace(plan, teams=teams))
        taking = plan.stops.loc[plan.stops["shift_id"].isin(shifts), "building_id"]
        last_at = self._visit_reader.last_at_buildings({*stops, *taking})["last_at"]
        begun = BegunDay.of(plan, last_at, now=self._local_now())
        after = routing.hand_over(
            inputs, replace(plan, teams=teams), stops, to_shifts, begun=begun, over_time=over_time
        )
        teams = routing.with_shifts(plan.teams, set(extra) & set(after["shift_id"]))
        needed = replace(plan, teams=teams)
        return row, rebuild(inputs, needed, after, begun=begun, shift_ids=to_shifts)

    def _rebuilt(self, actor: Actor, row: PatrolPlan, plan: Plan, stops: pd.DataFrame) -> Plan:
        """Return the plan with these stops in this order; times and totals follow from them."""
        from governance.patrols.routing.rebuild_plan import rebuild

        return rebuild(self._inputs_of(actor, row, plan), plan, stops[list(EDIT_COLUMNS)])

    def _inputs_of(self, actor: Actor, row: PatrolPlan, plan: Plan) -> PlanInputs:
        kept = plan.stops["building_id"]
        return self._plan_solver.plan_inputs(
            actor, plan.options, seed=row.seed, teams=plan.teams, kept=kept
        )
