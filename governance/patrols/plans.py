"""Make a plan, look at it, list what there is."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd

from governance.access.permissions import Action, Actor, require
from governance.patrols.base import PlanInputReader
from governance.patrols.blinding import blind_plan, due_within
from governance.patrols.publication import Publisher
from governance.patrols.routing.model.plan import (
    CANCELLED,
    DRAFT,
    WEEK,
    Plan,
    PlanError,
    PlanOptions,
)
from governance.patrols.teams.people import PlanPeople
from governance.patrols.versions import PlanVersions, seen_part
from governance.service import Component, Service
from governance.visits.rules.blinding import may_unblind

Progress = Callable[[str, int, int], None]

PLAN_LIST: Final = ("plan_id", "kind", "title", "first", "last", "state", "version", "made_at",
                    "made_by", "stops", "expected_finds")  # fmt: skip
VERSIONS: Final = ("version", "made_at", "made_by", "state", "note", "shown", "stops",
                   "expected_finds")  # fmt: skip
MOST_LISTED: Final = 300
"""Plans in a list: those of about six years, one a week."""
SEED_BYTES: Final = 16
_ID_BYTES: Final = 4
MADE: Final = "made"


class PlanSolver(Component):
    """Works a plan out of its inputs."""

    _plan_inputs: PlanInputReader

    def solve(
        self,
        actor: Actor,
        options: PlanOptions,
        *,
        seed: str,
        progress: Progress | None,
        **kept: Any,  # noqa: ANN401 -- what `_plan_inputs` takes
    ) -> Plan:
        """Return a plan that is not kept, and knows no seed."""
        from governance.patrols.routing.make_plan import (
            make_plan,  # the solver takes a second to import
        )

        if progress:
            progress("gather", 0, 1)
        inputs = self._plan_inputs.plan_inputs(actor, options, seed=seed, **kept)
        made = make_plan(inputs, progress=progress)
        return replace(made, options=replace(made.options, seed=None))


class PlanService(Service):
    """Services that make plans and show them."""

    _plan_people: PlanPeople
    _plan_solver: PlanSolver
    _publisher: Publisher
    _versions: PlanVersions

    def preview(
        self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None
    ) -> Plan:
        """Work a plan out without keeping it.

        Raises
        ------
        PlanRefusedError
            Naming everything that is wrong with the options, or missing in the office.
        """
        require(actor, Action.MAKE_PLAN)
        return self._plan_solver.solve(actor, options, seed=_seed(options), progress=progress)

    def make(self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None) -> Plan:
        """Work a plan out and keep it as a draft, version 1.

        Parameters
        ----------
        options
            A seed of theirs is kept on the server, and never told again.
        progress
            Called as (stage, done, total); what it raises stops the work.

        Raises
        ------
        PlanRefusedError
            As `plan_preview`.
        """
        require(actor, Action.MAKE_PLAN)
        seed = _seed(options)
        worked_out = self._plan_solver.solve(actor, options, seed=seed, progress=progress)
        letter = "W" if options.kind == WEEK else "C"
        made = replace(
            worked_out,
            plan_id=f"{letter}{options.first:%Y%m%d}-{secrets.token_hex(_ID_BYTES)}",
            version=1,
            state=DRAFT,
            made_at=self._local_now(),
            made_by=actor.id,
        )
        with self._workspace.store.begin() as unit:
            self._versions.next_version(unit, actor, made, seed=seed, note=MADE)
            self._versions.note_change(
                unit, actor, Action.MAKE_PLAN, made, note=MADE, first=str(made.first),
                last=str(made.last), stops=made.totals.stops,
            )  # fmt: skip
            unit.commit()
        return made

    def publish(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Show a plan's stops to its teams: as `governance.patrols.publication.Publisher.publish`.

        Raises
        ------
        PlanError
            As there.
        """
        require(actor, Action.PUBLISH_PLAN)
        return self._publisher.publish(actor, plan_id, version=version)

    def cancel(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        """Cancel a plan: as `governance.patrols.publication.Publisher.cancel`.

        Raises
        ------
        PlanError
            As there.
        """
        require(actor, Action.PUBLISH_PLAN)
        return self._publisher.cancel(actor, plan_id, version=version)

    def people(self, actor: Actor) -> dict[str, str]:
        """Name who made plans and who is in a team, as `PlanPeople.names` does.

        Raises
        ------
        NotAllowedError
            When the actor may not see plans.
        """
        require(actor, Action.SEE_PLAN)
        return self._plan_people.names(actor)

    def get(self, actor: Actor, plan_id: str, *, version: int | None = None) -> Plan:
        """Return a plan as far as it lies in the actor's scope; the version that holds, or another.

        Who does not make plans is told where and when, as `governance.patrols.blinding` says:
        never why a building is on it, nor what chance put there.

        Raises
        ------
        PlanError
            ``plan_missing`` – also when nothing of it is the actor's – or
            ``plan_version_missing``.
        """
        require(actor, Action.SEE_PLAN)
        part = self._seen_plan(actor, plan_id, version)
        if not actor.scope.street and not (len(part.stops) or len(part.uncovered)):
            raise PlanError("plan_missing", seen=plan_id)
        return part

    def _seen_plan(self, actor: Actor, plan_id: str, version: int | None = None) -> Plan:
        return blind_plan(
            actor, seen_part(actor, self._versions.load(self._versions.get(plan_id, version)))
        )

    def all(self, actor: Actor, *, limit: int = MOST_LISTED) -> pd.DataFrame:
        """List the plans, latest first day first.

        Parameters
        ----------
        limit
            At most so many of the latest plans, whether they concern the actor or not.

        Returns
        -------
        DataFrame
            Columns `PLAN_LIST`; ``stops`` and ``expected_finds`` are of the actor's part, the
            latter NaN for who does not make plans.
        """
        require(actor, Action.SEE_PLAN)
        with self._workspace.store.begin() as unit:
            listed = unit.patrols.plans(limit=limit)
            places = {} if actor.scope.street else unit.patrols.places(limit=limit)
        if not actor.scope.street:
            listed = _own_counts(actor, listed, places)
        times = [self.clock.to_local(at.to_pydatetime()) for at in listed["made_at"]]
        told = listed.assign(made_at=pd.Series(times, index=listed.index, dtype="datetime64[us]"))
        return _counted_for(actor, told)[list(PLAN_LIST)]

    def of_week(self, actor: Actor, day: date) -> Plan | None:
        """Return the plan of the week that holds a day, last changed and not cancelled."""
        require(actor, Action.SEE_PLAN)
        with self._workspace.store.begin() as unit:
            found = unit.patrols.of_day(day, kind=WEEK, without=CANCELLED)
        return None if found is None else self.get(actor, found)

    def versions(self, actor: Actor, plan_id: str) -> pd.DataFrame:
        """List the versions of a plan, newest first: who changed what, and which one teams go by.

        Returns
        -------
        DataFrame
            Columns `VERSIONS`; ``shown`` is true for the one that teams see; counts are unknown
            to who sees a part, ``expected_finds`` also to who does not make plans.
        """
        require(actor, Action.SEE_PLAN)
        self.get(actor, plan_id)
        with self._workspace.store.begin() as unit:
            rows = unit.patrols.versions(plan_id)
            out = set(unit.patrols.stops(plan_id=plan_id)["version"])
        if not actor.scope.street:
            unknown = pd.Series(pd.NA, index=rows.index, dtype="Int64")
            rows = rows.assign(stops=unknown, expected_finds=float("nan"))
        times = [self.clock.to_local(at.to_pydatetime()) for at in rows["made_at"]]
        told = rows.assign(
            made_at=pd.Series(times, index=rows.index, dtype="datetime64[us]"),
            shown=rows["version"].isin(out),
        )
        return _counted_for(actor, told)[list(VERSIONS)]


def _own_counts(
    actor: Actor, listed: pd.DataFrame, places: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]
) -> pd.DataFrame:
    """Return the plans that concern an actor, with the sums of the actor's part."""
    own_places = [places[plan_id] for plan_id in listed["plan_id"]]
    stops = [actor.scope.of_frame(of_stops) for of_stops, _ in own_places]
    uncovered = [actor.scope.of_frame(left) for _, left in own_places]
    if not may_unblind(actor):
        lasts = listed["last"]
        uncovered = [due_within(left, last) for left, last in zip(uncovered, lasts, strict=True)]
    own = listed.assign(
        stops=[len(part) for part in stops],
        expected_finds=[float(part["find_chance"].sum()) for part in stops],
    )
    concerns = [bool(len(part) or len(left)) for part, left in zip(stops, uncovered, strict=True)]
    return own[pd.Series(concerns, index=own.index, dtype=bool)].reset_index(drop=True)


def _counted_for(actor: Actor, listed: pd.DataFrame) -> pd.DataFrame:
    """Return a list of plans or versions without what only planners may know of each."""
    return listed if may_unblind(actor) else listed.assign(expected_finds=float("nan"))


def _seed(options: PlanOptions) -> str:
    return options.seed or secrets.token_hex(SEED_BYTES)
