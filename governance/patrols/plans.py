"""Make a plan, look at it, list what there is, publish it, cancel it."""

import secrets
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd

from data.store.tables.patrols import PatrolPlan
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.patrols.base import PlanSolver, Progress
from governance.patrols.blinding import blind_plan
from governance.patrols.forecasts import PlanForecasts
from governance.patrols.routing.model.forecast import PlanForecast
from governance.patrols.routing.model.plan import Plan, PlanError, PlanOptions
from governance.patrols.routing.model.vocabulary import PlanKind, PlanNote, PlanState
from governance.patrols.versions import PlanVersions, content_version, may_read_drafts, part_for
from governance.patrols.visible_plans import VisiblePlans
from governance.responsibility.duty_register import read_duties
from governance.responsibility.people import names_known
from governance.service import Service
from governance.visits.rules.blinding import may_unblind

PLAN_LIST: Final = ("plan_id", "kind", "title", "first", "last", "state", "version", "made_at",
                    "made_by", "stops", "expected_finds")  # fmt: skip
VERSIONS: Final = ("version", "made_at", "made_by", "state", "note", "shown", "stops",
                   "expected_finds")  # fmt: skip
MOST_LISTED: Final = 300
"""Plans in a list: those of about six years, one a week."""
MADE, PUBLISHED, CANCELLED, REPLACED = ("made", "published", "cancelled", "replaced")
"""What a version can say that it changed, besides those of `governance.patrols.edits`."""
_SHOWN_OF_STOP: Final = ("shift_id", "place", "building_id", "arm", "arrive", "minutes", "mode")
_SEED_BYTES: Final = 16
_ID_BYTES: Final = 4


class PlanService(Service):
    """Services that make plans, show and publish them."""

    _plan_solver: PlanSolver
    _forecasts: PlanForecasts
    _versions: PlanVersions
    _visible_plans: VisiblePlans

    def preview(
        self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None
    ) -> Plan:
        """Work a plan out without keeping it.

        Raises `PlanRefusedError` naming everything that is wrong with the options, or missing in
        the office.
        """
        require(actor, Action.MAKE_PLAN)
        return self._plan_solver.solve(actor, options, seed=_seed(options), progress=progress)

    def forecast(
        self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None
    ) -> PlanForecast:
        """Say what a plan would come to, how much of what is due it keeps, and what would fit.

        ``progress``: called as (stage, done, total); what it raises stops the work.

        Raises `PlanRefusedError` as `preview`.
        """
        require(actor, Action.MAKE_PLAN)
        return self._forecasts.forecast(actor, options, progress=progress)

    def make(self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None) -> Plan:
        """Work a plan out and keep it as a draft, version 1.

        ``options``: a seed of theirs is kept on the server, and never told again.
        ``progress``: called as (stage, done, total); what it raises stops the work.

        Raises `PlanRefusedError` as `preview`.
        """
        require(actor, Action.MAKE_PLAN)
        seed = _seed(options)
        solved = self._plan_solver.solve(actor, options, seed=seed, progress=progress)
        letter = "W" if options.kind == PlanKind.WEEK else "C"
        plan = replace(
            solved,
            plan_id=f"{letter}{options.first:%Y%m%d}-{secrets.token_hex(_ID_BYTES)}",
            version=1,
            state=PlanState.DRAFT,
            made_at=self._local_now(),
            made_by=actor.id,
        )
        with self._workspace.store.begin() as unit:
            self._versions.next_version(unit, actor, plan, seed=seed, note=MADE)
            self._versions.commit_change(
                unit, actor, Action.MAKE_PLAN, plan, note=MADE, first=str(plan.first),
                last=str(plan.last), stops=plan.totals.stops,
            )  # fmt: skip
        return plan

    def publish(self, actor: Actor, plan_id: str, *, version: int, over_time: bool = False) -> Plan:
        """Show a plan's stops to its teams, whole; another plan of that week is cancelled.

        ``over_time``: whether shifts may be over their hours.

        Returns `Plan`: its next version; ``replaced_plan`` is among the notes when another was
        cancelled.

        Raises `PlanError`: ``plan_changed``, ``plan_cancelled``, ``plan_missing``;
        ``plan_over_time`` where shifts are over their hours and may not be; ``plan_week_taken``
        when a published plan of that week goes to places outside the actor's scope as well as
        inside.
        """
        require(actor, Action.PUBLISH_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        if plan.totals.over_time and not over_time:
            raise PlanError("plan_over_time", count=plan.totals.over_time)
        with self._workspace.store.begin() as unit:
            unit.patrols.hold_all()
            others = self._others_of_week(unit, actor, plan)
            notes = [note for note in plan.notes if note != PlanNote.REPLACED_PLAN]
            notes += [PlanNote.REPLACED_PLAN] if others else []
            published = self._versions.as_next(
                actor, row, replace(plan, notes=tuple(notes)), state=PlanState.PUBLISHED
            )
            for other in others:
                self._cancel(unit, actor, other, self._versions.load(other), note=REPLACED)
            self._versions.next_version(
                unit, actor, published, seed=row.seed, note=PUBLISHED,
                restores=content_version(row),
            )  # fmt: skip
            unit.patrols.put_stops(plan_id, _stops_to_show(published))
            self._versions.commit_change(
                unit, actor, Action.PUBLISH_PLAN, published, note=PUBLISHED,
                stops=len(published.stops), replaces=[other.plan_id for other in others],
            )  # fmt: skip
        return blind_plan(actor, published)

    def cancel(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Cancel a plan: its teams no longer see it, the planner still does.

        Raises `PlanError`: ``plan_changed``, ``plan_cancelled``, ``plan_missing``.
        """
        require(actor, Action.PUBLISH_PLAN)
        row, plan = self._versions.get_for_update(actor, plan_id, version, Action.PUBLISH_PLAN)
        with self._workspace.store.begin() as unit:
            unit.patrols.hold_all()  # in the order of `publish`, or both wait for each other
            cancelled = self._cancel(unit, actor, row, plan, note=CANCELLED)
            self._versions.commit_change(
                unit, actor, Action.PUBLISH_PLAN, cancelled, note=CANCELLED
            )
        return blind_plan(actor, cancelled)

    def taken_shifts(self, actor: Actor, plan_id: str) -> frozenset[str]:
        """Return the shifts with stops whose teams another published plan sends out as well.

        Of a week, campaigns alone: its other plan is cancelled as this one is published.

        Raises `PlanError` as `get`.
        """
        require(actor, Action.PUBLISH_PLAN)
        plan, ours = self.get(actor, plan_id), {plan_id}
        with self._workspace.store.begin() as unit:
            published = unit.patrols.stops(since=plan.first, until=plan.last)
            if plan.kind == PlanKind.WEEK:
                ours |= {*unit.patrols.published_of_span(plan.first, plan.last, kind=PlanKind.WEEK)}
        others = published.loc[~published["plan_id"].isin(ours), "shift_id"]
        return frozenset(map(str, others)) & frozenset(map(str, plan.stops["shift_id"]))

    def people(self, actor: Actor) -> dict[str, str]:
        """Name who made plans and who is in a team, as far as the actor may know.

        Returns account, or number of a person → name, as
        `governance.responsibility.people.names_known` says; who made plans is named to everybody
        who sees them. Who is not in it is told by the id alone: an account that is gone, or a
        member whom the actor does not otherwise see.
        """
        require(actor, Action.SEE_PLAN)
        register = read_duties(self._workspace, self._engine, on=self._local_now().date())
        with self._workspace.store.begin() as unit:
            members = {each for team in unit.patrols.teams() for each in team.members}
            makers = unit.patrols.makers()
            ids = members | makers
            accounts = [each for each in unit.accounts.all() if each.login in ids]
            names = names_known(actor, accounts, register)
            names |= {each.login: each.name for each in accounts if each.login in makers}
        actor_ids = {each for each in (actor.id, actor.person_id) if each}
        return {each: name for each, name in names.items() if each in ids | actor_ids}

    def get(self, actor: Actor, plan_id: str, *, version: int | None = None) -> Plan:
        """Return a plan as far as it lies in the actor's scope; the version that holds, or another.

        Who does not make plans is told where and when, as `governance.patrols.blinding` says:
        never why a building is on it, nor what chance put there; and of published versions alone.

        Raises `PlanError`: ``plan_missing`` – also when nothing of it is the actor's, or was
        published for who reads no drafts – or ``plan_version_missing``.
        """
        require(actor, Action.SEE_PLAN)
        return part_for(actor, self._versions.plan(actor, plan_id, version))

    def all(self, actor: Actor) -> pd.DataFrame:
        """List the plans, latest first day first.

        At most `MOST_LISTED` of the latest, whether they concern the actor or not; to who reads no
        drafts, as they were published last.

        Returns columns `PLAN_LIST`; ``stops`` and ``expected_finds`` are of the actor's part, the
        latter NaN for who does not make plans.
        """
        require(actor, Action.SEE_PLAN)
        with self._workspace.store.begin() as unit:
            readable = unit.patrols.plans if may_read_drafts(actor) else unit.published_plans.all
            plans = readable(limit=MOST_LISTED)
        if not actor.scope.street:
            plans = self._visible_plans.counts(actor, plans)
        return self._listed(actor, plans)[list(PLAN_LIST)]

    def of_week(self, actor: Actor, day: date) -> Plan | None:
        """Return the plan of the week that holds a day, last changed and not cancelled.

        To who reads no drafts, as it was published last; None where none was.
        """
        require(actor, Action.SEE_PLAN)
        plan = self._versions.plan_of_week(actor, day)
        return None if plan is None else part_for(actor, plan)

    def versions(self, actor: Actor, plan_id: str) -> pd.DataFrame:
        """List the versions of a plan, newest first: who changed what, and which one teams go by.

        To who reads no drafts, those that were published.

        Returns columns `VERSIONS`; ``shown`` is true for the one that teams see; counts are unknown
        to who sees a part, ``expected_finds`` also to who does not make plans.
        """
        require(actor, Action.SEE_PLAN)
        self.get(actor, plan_id)
        with self._workspace.store.begin() as unit:
            rows = unit.patrols.versions(plan_id)
            shown = unit.patrols.shown_version(plan_id)
        if not may_read_drafts(actor):
            rows = rows[rows["state"] == PlanState.PUBLISHED].reset_index(drop=True)
        if not actor.scope.street:
            unknown = pd.Series(pd.NA, index=rows.index, dtype="Int64")
            rows = rows.assign(stops=unknown, expected_finds=float("nan"))
        rows = rows.assign(shown=rows["version"].isin([shown]))
        return self._listed(actor, rows)[list(VERSIONS)]

    def _listed(self, actor: Actor, rows: pd.DataFrame) -> pd.DataFrame:
        """Return a list of plans or versions in local time, without what only planners may know."""
        times = [self.clock.to_local(at.to_pydatetime()) for at in rows["made_at"]]
        rows = rows.assign(made_at=pd.Series(times, index=rows.index, dtype="datetime64[us]"))
        return rows if may_unblind(actor) else rows.assign(expected_finds=float("nan"))

    def _cancel(
        self, unit: UnitOfWork, actor: Actor, row: PatrolPlan, plan: Plan, *, note: str
    ) -> Plan:
        """Cancel a stored version; `plan_changed` when another one followed it meanwhile."""
        cancelled = self._versions.as_next(actor, row, plan, state=PlanState.CANCELLED)
        self._versions.next_version(
            unit, actor, cancelled, seed=row.seed, note=note, restores=content_version(row)
        )
        unit.patrols.put_stops(row.plan_id, ())
        return cancelled

    def _others_of_week(self, unit: UnitOfWork, actor: Actor, plan: Plan) -> list[PatrolPlan]:
        """Return the published plans of this week that this one takes the place of."""
        if plan.kind != PlanKind.WEEK:
            return []
        ids = unit.patrols.published_of_span(plan.first, plan.last, kind=PlanKind.WEEK)
        rows = [unit.patrols.version(each) for each in ids if each != plan.plan_id]
        return [row for row in rows if row is not None and self._is_own(actor, row)]

    def _is_own(self, actor: Actor, row: PatrolPlan) -> bool:
        """Say whether a published plan is the actor's to cancel; False when it is others'."""
        if actor.scope.street:
            return True
        stops = self._versions.load(row).stops
        seen = len(actor.scope.of_frame(stops))
        if 0 < seen < len(stops):
            raise PlanError("plan_week_taken", seen=row.plan_id)
        return seen > 0


def _stops_to_show(plan: Plan) -> list[dict[str, Any]]:
    shifts = plan.shifts[["shift_id", "team_id", "day", "part"]]
    stops = plan.stops[list(_SHOWN_OF_STOP)].merge(shifts, on="shift_id", how="left")
    stops = stops.assign(
        day=pd.Series([day.date() for day in stops["day"]], index=stops.index, dtype=object),
        **{name: getattr(plan, name) for name in ("plan_id", "version", "first", "last")},
    )
    return [{str(name): value for name, value in row.items()} for row in stops.to_dict("records")]


def _seed(options: PlanOptions) -> str:
    return options.seed or secrets.token_hex(_SEED_BYTES)
