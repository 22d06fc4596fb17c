"""What every service about patrols stands on: rules, and everything that a plan is made from."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

import pandas as pd

from data.contracts.vocabulary import SOMETHING, NextStep
from data.derived.placing.building_ends import stands
from data.store.unit_of_work import UnitOfWork
from data.workspace.clock import start_of
from data.workspace.settings import read_section
from governance.access.permissions import Actor
from governance.access.problems import InputProblem
from governance.cases.upkeep.revisits import Revisit, Revisits
from governance.patrols.inputs.followed_visits import FollowedVisits
from governance.patrols.routing.model.forecast import PlanForecast
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.plan_inputs import BUILDING_COLUMNS, PlanInputs
from governance.patrols.routing.model.settings import SECTION, PatrolRules, check_floor
from governance.patrols.routing.model.shifts import Team, default_teams, shifts_of
from governance.patrols.routing.model.vocabulary import PlanKind
from governance.patrols.routing.selection.opening_hours import PATROL_STEPS
from governance.patrols.validation import options_problems, refuse_any
from governance.records.ledger.appointments import Appointment, LedgerAppointments
from governance.scores.trials.reader import TrialReader
from governance.service import Component
from governance.visits.base import VisitReader, are_among, with_last

SENSITIVE_DAYS: Final = 180
"""A complaint of the last so many days makes a visit one that could betray who complained."""
FORECAST_SEED: Final = "forecast"
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the stage, how much is done, of how much; what it raises stops the work."""
_OWN_ID: Final = re.compile(r"T(\d+)")


class PlanSolver(Component):
    """Reads what a plan is made from, and works it out."""

    _followed: FollowedVisits
    _visit_reader: VisitReader
    _trials: TrialReader
    _revisits: Revisits
    _ledger: LedgerAppointments

    @property
    def rules(self) -> PatrolRules:
        """Return the settings of patrols.

        Raises `SettingsError`: also where the file has a coverage floor that is not
        ``visits.cadence``.
        """
        rules = read_section(self._workspace.settings, SECTION, PatrolRules)
        check_floor(rules, self._visit_reader.rules.cadence)
        return rules

    def named_teams(self) -> tuple[Team, ...]:
        """Return the teams that the office has named, by number where they have one."""
        with self._workspace.store.begin() as unit:
            return read_teams(unit)

    def last_stops(self, first: date) -> dict[str, date]:
        """Return by building the last day that published plans had it before a plan's first day.

        Kept or not; only days so late that they may keep anything off the plan. No version of the
        plan itself has a stop before its first day.
        """
        since = first - timedelta(days=self.rules.least_days_between_stops)
        with self._workspace.store.begin() as unit:
            stops = unit.patrols.stops(since=since, until=first - timedelta(days=1))
        return dict(zip(stops["building_id"], stops["day"], strict=True))  # by day

    def solve(
        self,
        actor: Actor,
        options: PlanOptions,
        *,
        seed: str,
        progress: Progress | None,
        teams: tuple[Team, ...] | None = None,
        locked: pd.DataFrame | None = None,
    ) -> Plan:
        """Return a plan that is not kept, and knows no seed; the parameters as `plan_inputs`."""
        # The solver takes a second to import.
        from governance.patrols.routing.make_plan import make_plan

        if progress:
            progress("gather", 0, 1)
        inputs = self.plan_inputs(actor, options, seed=seed, teams=teams, locked=locked)
        plan = make_plan(inputs, progress=progress)
        return replace(plan, options=replace(plan.options, seed=None))

    def forecast(
        self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None
    ) -> PlanForecast:
        """Say what a plan would come to without searching for it; refusals as `plan_inputs`.

        Draws do not count for it, so that all forecasts are by one seed, which no plan has.
        """
        from governance.patrols.routing.forecast import forecast_plan

        tell = progress or (lambda _stage, _done, _total: None)
        tell("gather", 0, 1)
        inputs = self.plan_inputs(actor, options, seed=FORECAST_SEED)
        return forecast_plan(inputs, progress=tell)

    def plan_inputs(
        self,
        actor: Actor,
        options: PlanOptions,
        *,
        seed: str,
        teams: tuple[Team, ...] | None = None,
        locked: pd.DataFrame | None = None,
        kept: Collection[str] = (),
    ) -> PlanInputs:
        """Gather what a plan is made from, within the actor's scope, as known on this day.

        Buildings that no longer stand on the plan's last day are left out, and their locked stops.

        ``teams``: those of an earlier version; the office's when None.
        ``locked``: stops that stay where they are,
        `governance.patrols.routing.model.plan_inputs.LOCKED_COLUMNS`.
        ``kept``: buildings that are not left out: a plan that is changed stops there.

        Raises `PlanRefusedError` naming everything that is wrong with the options, or missing in
        the office.
        """
        pinned = self._pinned()
        own_teams = pinned.named_teams() if teams is None else teams
        register = pinned._visit_reader.buildings(actor, on=self._local_now().date())  # noqa: SLF001 -- of its own class
        ended = register.loc[~stands(register, options.last), "building_id"]
        register = register[~register["building_id"].isin(set(ended) - set(kept))]
        register = register.reset_index(drop=True)
        if locked is not None:
            locked = locked[~locked["building_id"].isin(ended)].reset_index(drop=True)
        pinned._refuse_wrong(options, own_teams, register, new=teams is None)  # noqa: SLF001
        return pinned._inputs_of(  # noqa: SLF001
            register, options=options, teams=own_teams, seed=seed, locked=locked
        )

    def _inputs_of(
        self,
        register: pd.DataFrame,
        *,
        options: PlanOptions,
        teams: tuple[Team, ...],
        seed: str,
        locked: pd.DataFrame | None,
    ) -> PlanInputs:
        from governance.patrols.inputs import find_chances, walking_matrix

        rules, calendar, today = self.rules, self._visit_reader.calendar, self.clock.today()
        snapshot, tonight = self._visit_reader.snapshot(today), start_of(today + timedelta(days=1))
        assert snapshot is not None  # noqa: S101 -- or it was refused
        ids, is_week = register["building_id"], options.kind == PlanKind.WEEK
        waited, waiting = (self._followed.waiting(cut) for cut in (snapshot.cut, tonight))
        chances = find_chances.read_chances(snapshot, waited.index)
        reported_at = pd.Series(waiting.reindex(ids).to_numpy(), index=ids.index)
        known = self._what_is_known(register, tonight, first=options.first)
        known = with_revisits(known, self._revisits.due(options.last), rest_days=rules.rest_days)
        # The ledger has a cadence of its own, up to daily: routes do not put it off.
        of_visits = {"last_at": rules.least_days_between}
        known = with_revisits(known, self._ledger.due(options.last), rest_days=of_visits)
        revisit = known["last_result"].isin(SOMETHING).to_numpy(bool)
        score, chance = chances.of(ids, waiting=reported_at.notna().to_numpy(bool), revisit=revisit)
        buildings = known.assign(score=score, reported_at=reported_at)[list(BUILDING_COLUMNS)]
        return PlanInputs(
            options=options, rules=rules, visit_rules=self._visit_reader.rules, calendar=calendar,
            teams=teams, buildings=buildings, find_chance=chance, interval=chances.interval,
            usual_worth=find_chances.read_usual_worth(
                self._engine, snapshot, calendar, rules, chances
            ),
            walk=walking_matrix.read_walking_matrix(self._engine, factor=rules.walk_factor),
            seed=seed, locked=locked,
            trial=self._trials.due(options.first, options.last) if is_week else frozenset(),
        )  # fmt: skip

    def _refuse_wrong(
        self, options: PlanOptions, teams: tuple[Team, ...], register: pd.DataFrame, *, new: bool
    ) -> None:
        """Refuse what cannot be planned, with all its faults at once."""
        communities, kinds = (set(register[name].unique()) for name in ("community_code", "kind"))
        refuse_any(
            [
                *options_problems(options, communities=communities, kinds=kinds),
                *self._office_problems(options, teams, buildings=len(register)),
                *(self._past_problems(options) if new else ()),
            ]
        )

    def _what_is_known(
        self, register: pd.DataFrame, tonight: datetime, *, first: date
    ) -> pd.DataFrame:
        """Return buildings with last visit and last stop, and whether somebody complained lately.

        A stop of a past day counts where somebody was there since; what was missed can be planned
        anew.

        ``first``: the plan's first day.
        """
        last = self._followed.last(before=tonight)
        sensitive = are_among(register["building_id"], self._complained_of())
        stops = register["building_id"].map(self.last_stops(first)).astype("datetime64[us]")
        known = with_last(register, last).assign(sensitive=sensitive)
        was_kept = (known["last_at"] >= stops) | (stops >= pd.Timestamp(self.clock.today()))
        return known.assign(last_stop_on=stops.where(was_kept))

    def _office_problems(
        self, options: PlanOptions, teams: tuple[Team, ...], *, buildings: int
    ) -> Iterator[InputProblem]:
        snapshot = self._visit_reader.snapshot(self._local_now().date())
        if snapshot is None:
            yield InputProblem("not_scored", "")
        elif snapshot.is_of_earlier_model:
            yield InputProblem("score_outdated", "", str(snapshot.as_of))
        if not buildings:
            yield InputProblem("no_buildings", "")
        if options.last < options.first:
            return
        rules = self.rules
        going = teams[: options.teams] if teams else default_teams(rules, count=options.teams)
        if not shifts_of(going, options.first, options.last, self._visit_reader.calendar, rules):
            yield InputProblem("no_shifts", "teams", f"{options.first} – {options.last}")

    def _past_problems(self, options: PlanOptions) -> Iterator[InputProblem]:
        """Name what is wrong with a new plan's days: nobody can be sent where it is yesterday."""
        today = self._local_now().date()
        if options.first <= options.last < today:
            yield InputProblem("span_past", "last", str(options.last), str(today))

    def _complained_of(self) -> set[str]:
        """Return the buildings that somebody complained of lately; never to leave the server."""
        now = self._local_now()
        rows = self._engine.table("complaints")
        since = now - timedelta(days=SENSITIVE_DAYS)
        rows = rows.filter((rows["event_at"] >= since) & (rows["event_at"] <= now))
        rows = rows.select("building_id").distinct()
        return set(rows.drop_null().to_pyarrow()["building_id"].to_pylist())


def with_revisits(
    buildings: pd.DataFrame,
    due: Collection[Revisit | Appointment],
    *,
    rest_days: Mapping[str, int],
) -> pd.DataFrame:
    """Return buildings with an appointment where a place is to be seen again.

    It is of a closed case, of the ledger or of a key list; of several it is the earliest. An
    appointment that is there already, and no later, stays. Such a visit could betray who reported,
    as one after a complaint can; so it waits, like all that was not agreed at a visit, until the
    last visit, or what else is asked, is so many days past.

    ``rest_days``: these days, of those that `PatrolRules.rest_days` has.
    """
    latest_first = sorted(due, key=lambda each: each.due_on, reverse=True)
    days = {each.building_id: pd.Timestamp(each.due_on) for each in latest_first}
    wanted = buildings["building_id"].map(days).astype("datetime64[us]")
    for name, days_after in rest_days.items():
        rested = buildings[name].dt.normalize() + pd.Timedelta(days=days_after)
        wanted = wanted.mask(rested > wanted, rested).astype("datetime64[us]")
    retry = buildings["retry_at"]
    kept = buildings["next_step"].isin(PATROL_STEPS) & ~(retry > wanted)
    sets = wanted.notna() & ~kept
    return buildings.assign(
        next_step=buildings["next_step"].mask(sets, str(NextStep.AGAIN)),
        retry_at=retry.mask(sets, wanted),
        sensitive=buildings["sensitive"] | wanted.notna(),
    )


def read_teams(unit: UnitOfWork) -> tuple[Team, ...]:
    """Return the active teams, by number where they have one."""
    teams = [
        Team.of_content({each.name: getattr(row, each.name) for each in fields(Team)})
        for row in unit.patrols.teams()
    ]
    return tuple(sorted(teams, key=lambda team: _team_order(team.team_id)))


def _team_order(team_id: str) -> tuple[int, str]:
    """Return what sorts T2 before T10, and other codes after them."""
    match = _OWN_ID.fullmatch(team_id)
    return (int(match.group(1)), "") if match else (1 << 31, team_id)
