"""Publish a plan, so that teams see where they go; or call it off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from data.store.tables.patrols import PatrolPlan
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor
from governance.patrols.blinding import REPLACED_PLAN, blind_plan
from governance.patrols.routing.model.plan import (
    CANCELLED,
    PUBLISHED,
    WEEK,
    Plan,
    PlanError,
)
from governance.patrols.versions import PlanVersions, content_version
from governance.service import Component

PUBLISHED_NOTE, CANCELLED_NOTE, REPLACED = "published", "cancelled", "replaced"
_SHOWN_OF_STOP: Final = ("shift_id", "place", "building_id", "arm", "arrive", "minutes", "mode")


class Publisher(Component):
    """Publishes and cancels plans; asks no permission, but whether the plan is the actor's."""

    _versions: PlanVersions

    def publish(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Show a plan's stops to its teams, whole; another plan of that week is called off.

        Returns
        -------
        Plan
            Its next version; ``replaced_plan`` is among the notes when another was called off.

        Raises
        ------
        PlanError
            ``plan_changed``, ``plan_cancelled``, ``plan_missing``; ``plan_week_taken`` when a
            published plan of that week goes to places outside the actor's scope as well as inside.
        """
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        notes = [note for note in plan.notes if note != REPLACED_PLAN]
        with self._workspace.store.begin() as unit:
            unit.patrols.hold_all()
            others = self._others_of_week(unit, actor, plan)
            told = (*notes, REPLACED_PLAN) if others else tuple(notes)
            shown = self._versions.as_next(actor, row, replace(plan, notes=told), state=PUBLISHED)
            for other in others:
                self._call_off(unit, actor, other, self._versions.load(other), note=REPLACED)
            self._versions.next_version(
                unit, actor, shown, seed=row.seed, note=PUBLISHED_NOTE,
                restores=content_version(row),
            )  # fmt: skip
            unit.patrols.put_stops(plan_id, stops_to_show(shown))
            self._versions.note_change(
                unit, actor, Action.PUBLISH_PLAN, shown, note=PUBLISHED_NOTE,
                stops=len(shown.stops),
                replaces=[other.plan_id for other in others],
            )  # fmt: skip
            unit.commit()
        return blind_plan(actor, shown)

    def cancel(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Call a plan off: its teams no longer see it, the planner still does.

        Raises
        ------
        PlanError
            ``plan_changed``, ``plan_cancelled``, ``plan_missing``.
        """
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        with self._workspace.store.begin() as unit:
            over = self._call_off(unit, actor, row, plan, note=CANCELLED_NOTE)
            self._versions.note_change(unit, actor, Action.PUBLISH_PLAN, over, note=CANCELLED_NOTE)
            unit.commit()
        return blind_plan(actor, over)

    def _call_off(
        self, unit: UnitOfWork, actor: Actor, row: PatrolPlan, plan: Plan, *, note: str
    ) -> Plan:
        """Cancel a stored version; `plan_changed` when another one followed it meanwhile."""
        over = self._versions.as_next(actor, row, plan, state=CANCELLED)
        self._versions.next_version(
            unit, actor, over, seed=row.seed, note=note, restores=content_version(row)
        )
        unit.patrols.put_stops(row.plan_id, ())
        return over

    def _others_of_week(self, unit: UnitOfWork, actor: Actor, plan: Plan) -> list[PatrolPlan]:
        """Return the published plans of this week that this one takes the place of."""
        if plan.kind != WEEK:
            return []
        ids = unit.patrols.published_of_span(plan.first, plan.last, kind=WEEK)
        rows = [unit.patrols.version(each) for each in ids if each != plan.plan_id]
        return [row for row in rows if row is not None and self._is_mine(actor, row)]

    def _is_mine(self, actor: Actor, row: PatrolPlan) -> bool:
        """Say whether a published plan is the actor's to cancel; False when it is others'."""
        if actor.scope.street:
            return True
        stops = self._versions.load(row).stops
        own = len(actor.scope.of_frame(stops))
        if 0 < own < len(stops):
            raise PlanError("plan_week_taken", seen=row.plan_id)
        return own > 0


def stops_to_show(plan: Plan) -> list[dict[str, Any]]:
    """Return the rows of published stops of a plan."""
    shifts = plan.shifts[["shift_id", "team_id", "day", "part"]]
    joined = plan.stops[list(_SHOWN_OF_STOP)].merge(shifts, on="shift_id", how="left")
    days = [day.date() for day in joined.pop("day")]
    own = {"plan_id": plan.plan_id, "version": plan.version, "first": plan.first,
           "last": plan.last}  # fmt: skip
    rows = joined.to_dict("records")
    return [
        own | {str(name): value for name, value in row.items()} | {"day": day}
        for row, day in zip(rows, days, strict=True)
    ]
