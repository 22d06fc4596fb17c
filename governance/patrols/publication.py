"""Publish a plan, so that teams see where they go; or call it off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from governance.access.permissions import Action, require
from governance.patrols.blinding import REPLACED_PLAN, told_plan
from governance.patrols.routing.model.plan import (
    CANCELLED,
    PUBLISHED,
    WEEK,
    Plan,
    PlanError,
)
from governance.patrols.versions import PlanVersions, content_version
from governance.service import Resources, Service

if TYPE_CHECKING:
    from data.store.unit_of_work import UnitOfWork
    from governance.access.permissions import Actor

PUBLISHED_NOTE, CANCELLED_NOTE, REPLACED = "published", "cancelled", "replaced"
_SHOWN_OF_STOP: Final = ("shift_id", "place", "building_id", "arm", "arrive", "minutes", "mode")


class PublicationService(Service):
    """Services that decide what teams see."""

    def __init__(self, resources: Resources, *, versions: PlanVersions) -> None:
        super().__init__(resources)
        self._versions = versions

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
            published plan of that week goes to places that are not the actor's as well as his.
        """
        require(actor, Action.PUBLISH_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        notes = [note for note in plan.notes if note != REPLACED_PLAN]
        with self._workspace.store.begin() as unit:
            unit.patrols.hold_all()
            others = self._others_of_week(unit, actor, plan)
            told = (*notes, REPLACED_PLAN) if others else tuple(notes)
            shown = self._versions.as_next(actor, row, replace(plan, notes=told), state=PUBLISHED)
            for other in others:
                self._call_off(unit, actor, other, note=REPLACED)
            self._versions.next_version(
                unit, actor, shown, seed=row.seed, note=PUBLISHED_NOTE,
                restores=content_version(row),
            )  # fmt: skip
            unit.patrols.put_stops(plan_id, stops_to_show(shown))
            self._versions.note_change(
                unit, actor, Action.PUBLISH_PLAN, shown, note=PUBLISHED_NOTE,
                stops=len(shown.stops), replaces=others,
            )  # fmt: skip
            unit.commit()
        return told_plan(actor, shown)

    def cancel(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Call a plan off: its teams no longer see it, the planner still does.

        Raises
        ------
        PlanError
            ``plan_changed``, ``plan_cancelled``, ``plan_missing``.
        """
        require(actor, Action.PUBLISH_PLAN)
        self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        with self._workspace.store.begin() as unit:
            over = self._call_off(unit, actor, plan_id, note=CANCELLED_NOTE)
            self._versions.note_change(unit, actor, Action.PUBLISH_PLAN, over, note=CANCELLED_NOTE)
            unit.commit()
        return told_plan(actor, over)

    def _call_off(self, unit: UnitOfWork, actor: Actor, plan_id: str, *, note: str) -> Plan:
        row = unit.patrols.version(plan_id)
        if row is None:
            raise PlanError("plan_missing", seen=plan_id)
        over = self._versions.as_next(actor, row, self._versions.load(row), state=CANCELLED)
        self._versions.next_version(
            unit, actor, over, seed=row.seed, note=note, restores=content_version(row)
        )
        unit.patrols.put_stops(plan_id, ())
        return over

    def _others_of_week(self, unit: UnitOfWork, actor: Actor, plan: Plan) -> list[str]:
        """Return the published plans of this week that this one takes the place of."""
        if plan.kind != WEEK:
            return []
        out = unit.patrols.published_of_span(plan.first, plan.last, kind=WEEK)
        return [each for each in out if each != plan.plan_id and self._is_mine(unit, actor, each)]

    def _is_mine(self, unit: UnitOfWork, actor: Actor, plan_id: str) -> bool:
        """Say whether a published plan is the actor's to call off; False when it is others'."""
        if actor.scope.street:
            return True
        row = unit.patrols.version(plan_id)
        stops = self._versions.load(row).stops if row is not None else None
        own = 0 if stops is None else len(actor.scope.of_frame(stops))
        if stops is not None and 0 < own < len(stops):
            raise PlanError("plan_week_taken", seen=plan_id)
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
