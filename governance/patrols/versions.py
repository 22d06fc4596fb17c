"""How plans are kept and shown: versions that are only added, and as much as somebody may see."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd

from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.tables.patrols import PatrolPlan
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from governance.access.permissions import Action, Actor, NotAllowedError, may
from governance.patrols.blinding import blind_plan, open_uncovered
from governance.patrols.routing.model.plan import Plan, PlanError, PlanTotals
from governance.patrols.routing.model.vocabulary import Arm, PlanKind, PlanState, StopReason
from governance.service import Component, Resources

_SAME: Final = ("plan_id", "kind", "title", "first", "last")
"""What stays from version to version."""
_COVERED: Final = ("options", "totals", "teams", "shifts", "stops", "notes", "locked")
"""Of a plan's content, all but what it leaves uncovered."""
_KEPT_PLANS: Final = 8
_KEPT_EXECUTED: Final = 100


class PlanVersions(Component):
    """The parts that services about kept plans share."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._plans: Cache[Plan] = Cache(_KEPT_PLANS)
        self._executed: Cache[Plan] = Cache(_KEPT_EXECUTED)

    def get(self, plan_id: str, version: int | None = None) -> PatrolPlan:
        """Return a version of a plan, the one that holds when none is named.

        Raises `PlanError`: ``plan_missing`` or ``plan_version_missing``.
        """
        with self._workspace.store.begin() as unit:
            row = unit.patrols.version(plan_id, version)
            if row is None and version is not None and unit.patrols.version(plan_id) is not None:
                raise PlanError("plan_version_missing", seen=version, plan=plan_id)
        if row is None:
            raise PlanError("plan_missing", seen=plan_id)
        return row

    def of_week(self, actor: Actor, day: date) -> tuple[str, int] | None:
        """Return id and version of the plan of a day's week, last changed and not cancelled.

        As far as the actor may read it: `may_read_drafts`.
        """
        with self._workspace.store.begin() as unit:
            if may_read_drafts(actor):
                return unit.patrols.of_day(day, kind=PlanKind.WEEK, without=PlanState.CANCELLED)
            return unit.published_plans.of_day(day, kind=PlanKind.WEEK)

    def plan_of_week(self, actor: Actor, day: date) -> Plan | None:
        """Return the plan that `of_week` names."""
        found = self.of_week(actor, day)
        return found and self._kept_plan(*found)

    def plan(self, actor: Actor, plan_id: str, version: int | None = None) -> Plan:
        """Return a version of a plan, the one that holds for the actor when none is named.

        To who reads no drafts what was never published reads as if there was none. It is kept,
        since a version never changes.

        Raises `PlanError` as `get`.
        """
        number, state = self._holding(actor, plan_id, version)
        plan = self._kept_plan(plan_id, number)
        return plan if state is None else replace(plan, state=state)

    def executed(self, actor: Actor, plan_id: str) -> Plan:
        """Return the version that teams went by; the one that `plan` returns if none is shown.

        Without what it leaves uncovered, which in a large street is nearly all of it. It is kept.
        """
        with self._workspace.store.begin() as unit:
            shown = unit.patrols.shown_version(plan_id)
        key = plan_id, shown or self._holding(actor, plan_id)[0]
        return self._executed.get(key, lambda: self._load_covered(*key))

    def _kept_plan(self, plan_id: str, version: int) -> Plan:
        return self._plans.get((plan_id, version), lambda: self.load(self.get(plan_id, version)))

    def _holding(
        self, actor: Actor, plan_id: str, version: int | None = None
    ) -> tuple[int, str | None]:
        """Return which version an actor reads, and its state where that is not the version's."""
        if may_read_drafts(actor):
            return version or self._newest(plan_id), None
        with self._workspace.store.begin() as unit:
            found = unit.published_plans.version(plan_id, version)
            if found is None and version is not None and unit.published_plans.version(plan_id):
                raise PlanError("plan_version_missing", seen=version, plan=plan_id)
        if found is None:
            raise PlanError("plan_missing", seen=plan_id)
        return found

    def _newest(self, plan_id: str) -> int:
        with self._workspace.store.begin() as unit:
            newest = unit.patrols.newest_version(plan_id)
        if newest is None:
            raise PlanError("plan_missing", seen=plan_id)
        return newest

    def _load_covered(self, plan_id: str, version: int) -> Plan:
        with self._workspace.store.begin() as unit:
            row = unit.patrols.version_in_parts(plan_id, version, parts=_COVERED)
        if row is None:
            raise PlanError("plan_version_missing", seen=version, plan=plan_id)
        row.content["uncovered"] = {}
        return self.load(row)

    def load(self, row: PatrolPlan) -> Plan:
        """Return the plan that a stored version holds."""
        about = {name: getattr(row, name) for name in (*_SAME, "version", "state", "made_by")}
        content, made_at = row.content, self.clock.to_local(row.made_at)
        if "pieces" in content["uncovered"]:
            with self._workspace.store.begin() as unit:
                left = unit.patrols.kept_rows(content["uncovered"]["pieces"])
            content = content | {"uncovered": left}
        return Plan.of_content(content, made_at=made_at, **about)

    def get_for_update(
        self, actor: Actor, plan_id: str, version: int, action: Action, *, cancelled: bool = False
    ) -> tuple[PatrolPlan, Plan]:
        """Return a plan that an actor may change, as they saw it.

        ``cancelled``: whether it may be cancelled.

        Raises `PlanError`: ``plan_missing``; ``plan_changed`` when another version holds by now;
        ``plan_cancelled``.
        Raises `NotAllowedError` when the plan has a stop that is not in their scope.
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
        if row.state == PlanState.CANCELLED and not cancelled:
            raise PlanError("plan_cancelled", seen=plan_id)
        return row, plan

    def next_version(self, unit: UnitOfWork, actor: Actor, plan: Plan, **about: Any) -> None:  # noqa: ANN401 -- columns of the table
        """Add a version; ``about`` gives ``seed``, ``note`` and ``restores``."""
        row = {name: getattr(plan, name) for name in (*_SAME, "version", "state")} | {
            "made_at": self.clock.utc(),
            "made_by": actor.id,
            "stops": plan.totals.stops,
            "expected_finds": plan.totals.expected_finds,
            "content": plan.covered() | {"uncovered": keep_uncovered(unit, plan)},
            "restores": None,
        }
        try:
            unit.patrols.add_version(row | about)
        except ChangedMeanwhileError as error:
            raise PlanError("plan_changed", **error.facts) from error

    def keep_change(
        self,
        actor: Actor,
        row: PatrolPlan,
        plan: Plan,
        *,
        note: str,
        restores: int | None = None,
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> Plan:
        """Keep a changed plan as the version after ``row``, with its audit line; as a draft."""
        changed = self.as_next(actor, row, plan, state=PlanState.DRAFT)
        with self._workspace.store.begin() as unit:
            self.next_version(unit, actor, changed, seed=row.seed, note=note, restores=restores)
            self.commit_change(unit, actor, Action.MAKE_PLAN, changed, note=note, **facts)
        return changed

    def as_next(self, actor: Actor, row: PatrolPlan, plan: Plan, *, state: str) -> Plan:
        """Return a plan as the next version of a stored one."""
        return replace(
            plan,
            **{name: getattr(row, name) for name in _SAME},
            version=row.version + 1,
            state=state,
            made_at=self._local_now(),
            made_by=actor.id,
            options=replace(plan.options, seed=None),
        )

    def commit_change(
        self,
        unit: UnitOfWork,
        actor: Actor,
        action: Action,
        plan: Plan,
        *,
        note: str,
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> None:
        """Write down a change of a plan and commit it."""
        self._commit(unit, actor, action, plan=plan.plan_id, version=plan.version, change=note,
                     **facts)  # fmt: skip


def keep_uncovered(unit: UnitOfWork, plan: Plan) -> dict[str, list[str]]:
    """Keep what a plan leaves uncovered; return the digests of its pieces, and of its codes.

    The codes, with whether anybody may know of them, are what a list of plans asks for.
    """
    left = plan.uncovered
    is_open = left.index.isin(open_uncovered(left, plan.last).index)
    codes = left[["community_code", "grid_code"]].assign(open=is_open).drop_duplicates()
    return {
        "pieces": unit.patrols.keep_rows(left, by="building_id"),
        "codes": unit.patrols.keep_rows(codes.sort_values([*codes]), by="grid_code"),
    }


def may_read_drafts(actor: Actor) -> bool:
    """Say whether an actor may read what was never published: who makes plans, or publishes them.

    Each draft of a week has a draw of its own: what chance drew is what is on one of them alone.
    """
    return may(actor, Action.MAKE_PLAN) or may(actor, Action.PUBLISH_PLAN)


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


def part_for(actor: Actor, plan: Plan) -> Plan:
    """Return what an actor is told of a plan; nothing of it is as if there was none."""
    part = blind_plan(actor, seen_part(actor, plan))
    if not actor.scope.street and not (len(part.stops) or len(part.uncovered)):
        raise PlanError("plan_missing", seen=plan.plan_id)
    return part


def _part_of_shifts(shifts: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Return the shifts that have any of these stops, summed up over them alone."""
    sums = stops.groupby("shift_id").agg(
        stops=("place", "size"),
        minutes=("minutes", "sum"),
        distance_m=("walk_m", "sum"),
        expected_finds=("find_chance", "sum"),
    )
    part = shifts[shifts["shift_id"].isin(sums.index)].reset_index(drop=True)
    part_sums = sums.reindex(part["shift_id"]).reset_index(drop=True)
    return part.assign(**part_sums.astype(part.dtypes[[*part_sums]]), over_minutes=0)


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
        random_stops=int((stops["arm"] == Arm.RANDOM).sum()),
        ordinary_stops=int(sum(StopReason.ORDINARY in each for each in stops["reasons"])),
        uncovered=len(uncovered),
    )
