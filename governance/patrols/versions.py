"""How plans are kept and shown: versions that are only added, and as much as somebody may see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from data.store.repositories.patrols import PlanChangedMeanwhileError
from data.store.tables.patrols import PatrolPlan
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, NotAllowedError
from governance.patrols.routing.model.plan import (
    CANCELLED,
    DRAFT,
    ORDINARY,
    RANDOM,
    Plan,
    PlanError,
    PlanTotals,
)
from governance.service import Component


class PlanVersions(Component):
    """The parts that services about kept plans share."""

    def get(self, plan_id: str, version: int | None = None) -> PatrolPlan:
        """Return a version of a plan, the one that holds when none is named.

        Raises
        ------
        PlanError
            ``plan_missing`` or ``plan_version_missing``.
        """
        with self._workspace.store.begin() as unit:
            row = unit.patrols.version(plan_id, version)
            if row is None and version is not None and unit.patrols.version(plan_id) is not None:
                raise PlanError("plan_version_missing", seen=version, plan=plan_id)
        if row is None:
            raise PlanError("plan_missing", seen=plan_id)
        return row

    def load(self, row: PatrolPlan) -> Plan:
        """Return the plan that a stored version holds."""
        return Plan.of_content(
            row.content,
            plan_id=row.plan_id,
            version=row.version,
            kind=row.kind,
            title=row.title,
            first=row.first,
            last=row.last,
            state=row.state,
            made_at=self.clock.to_local(row.made_at),
            made_by=row.made_by,
        )

    def get_for_update(
        self, actor: Actor, plan_id: str, version: int, action: Action, *, cancelled: bool = False
    ) -> tuple[PatrolPlan, Plan]:
        """Return a plan that an actor may change, as they saw it.

        Parameters
        ----------
        version
            The one they saw.
        cancelled
            Whether it may be cancelled.

        Raises
        ------
        PlanError
            ``plan_missing``; ``plan_changed`` when another version holds by now;
            ``plan_cancelled``.
        NotAllowedError
            When the plan has a stop that is not in their scope.
        """
        row = self.get(plan_id)
        plan = self.load(row)
        if not actor.scope.street and len(actor.scope.of_frame(plan.stops)) < len(plan.stops):
            raise NotAllowedError(
                "not_allowed_in_part",
                actor=actor.id,
                action=action.value,
                reason="the plan goes to places that the account does not answer for",
            )
        if row.version != version:
            raise PlanError("plan_changed", seen=version, expected=row.version)
        if row.state == CANCELLED and not cancelled:
            raise PlanError("plan_cancelled", seen=plan_id)
        return row, plan

    def next_version(self, unit: UnitOfWork, actor: Actor, plan: Plan, **about: Any) -> None:  # noqa: ANN401 -- columns of the table
        """Add a version; ``about`` gives ``seed``, ``note`` and ``restores``."""
        same = ("plan_id", "version", "kind", "title", "first", "last", "state")
        row = {name: getattr(plan, name) for name in same} | {
            "made_at": self.clock.utc(),
            "made_by": actor.id,
            "stops": plan.totals.stops,
            "expected_finds": plan.totals.expected_finds,
            "content": plan.content(),
            "restores": None,
        }
        try:
            unit.patrols.add_version(row | about)
        except PlanChangedMeanwhileError as error:
            raise PlanError("plan_changed", **error.facts) from error

    def keep_change(
        self,
        actor: Actor,
        row: PatrolPlan,
        plan: Plan,
        *,
        action: Action,
        note: str,
        restores: int | None = None,
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> Plan:
        """Keep a changed plan as the version after ``row``, with its audit line; as a draft."""
        changed = self.as_next(actor, row, plan, state=DRAFT)
        with self._workspace.store.begin() as unit:
            self.next_version(unit, actor, changed, seed=row.seed, note=note, restores=restores)
            self.note_change(unit, actor, action, changed, note=note, **facts)
            unit.commit()
        return changed

    def as_next(self, actor: Actor, row: PatrolPlan, plan: Plan, *, state: str) -> Plan:
        """Return a plan as the next version of a stored one."""
        return replace(
            plan,
            plan_id=row.plan_id,
            version=row.version + 1,
            kind=row.kind,
            title=row.title,
            first=row.first,
            last=row.last,
            state=state,
            made_at=self._local_now(),
            made_by=actor.id,
            options=replace(plan.options, seed=None),
        )

    def note_change(
        self,
        unit: UnitOfWork,
        actor: Actor,
        action: Action,
        plan: Plan,
        *,
        note: str,
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> None:
        """Write down a change of a plan in the same unit of work."""
        told = {"plan": plan.plan_id, "version": plan.version, "change": note, **facts}
        unit.audit.add(at=self._now(), actor=actor.id, action=action.value, facts=told)


def content_version(row: PatrolPlan) -> int:
    """Return the version that first had the content of this one."""
    return row.version if row.restores is None else row.restores


def seen_part(actor: Actor, plan: Plan) -> Plan:
    """Return as much of a plan as lies in an actor's scope, totals of that part."""
    if actor.scope.street:
        return plan
    stops = actor.scope.of_frame(plan.stops).reset_index(drop=True)
    uncovered = actor.scope.of_frame(plan.uncovered).reset_index(drop=True)
    shifts = _part_of_shifts(plan.shifts, stops)
    communities = {*stops["community_code"], *uncovered["community_code"]}
    codes = tuple(code for code in plan.options.communities if code in communities)
    return replace(
        plan,
        options=replace(plan.options, communities=codes),
        totals=_totals_of_part(plan, shifts, stops, uncovered),
        teams=tuple(team for team in plan.teams if team.team_id in set(shifts["team_id"])),
        shifts=shifts,
        stops=stops,
        uncovered=uncovered,
        locked=plan.locked & frozenset(stops["building_id"]),
    )


def _part_of_shifts(shifts: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Return the shifts that have any of these stops, summed up over them alone."""
    groups = stops.groupby("shift_id")
    counts = groups.size()
    part = shifts[shifts["shift_id"].isin(counts.index)].reset_index(drop=True)
    order = part["shift_id"]
    return part.assign(
        stops=order.map(counts).astype(int),
        minutes=order.map(groups["minutes"].sum()).astype(int),
        over_minutes=0,
        distance_m=order.map(groups["walk_m"].sum()).astype(float),
        expected_finds=order.map(groups["find_chance"].sum()).astype(float),
    )


def _totals_of_part(
    plan: Plan, shifts: pd.DataFrame, stops: pd.DataFrame, uncovered: pd.DataFrame
) -> PlanTotals:
    """Return totals of a part; what can only be said of the whole plan is 0 or unknown."""
    return PlanTotals(
        shifts=len(shifts),
        stops=len(stops),
        buildings=int(stops["building_id"].nunique()),
        minutes=int(stops["minutes"].sum()),
        distance_km=round(float(stops["walk_m"].sum()) / 1000, 3),
        expected_finds=float(stops["find_chance"].sum()),
        expected_low=float("nan"),
        expected_high=float("nan"),
        level=plan.totals.level,
        random_stops=int((stops["arm"] == RANDOM).sum()),
        ordinary_stops=int(sum(ORDINARY in each for each in stops["reasons"])),
        uncovered=len(uncovered),
    )
