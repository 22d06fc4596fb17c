"""What a manager opens on: what changed, what waits, what is missing, what is wrong."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.results.snapshot import BUILDING_KIND, Snapshot
from data.workspace.cache import Cache
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, NotAllowedError, Scope, may, require
from governance.importing.address_review import AddressReviewService
from governance.importing.building_ends import BuildingEndService
from governance.importing.files import ImportService
from governance.overview.facts import (
    EVENT_COLUMNS,
    RISER_COLUMNS,
    SUSPECTED,
    CommunityFacts,
    StartFacts,
    StartLine,
    WorkFigures,
    count_old_imports,
    find_risers,
)
from governance.overview.first_places import FirstPlaces
from governance.overview.lost_buildings import LostBuildings
from governance.overview.suspicions import SuspicionService, WaitingPlaces
from governance.patrols.routing.model.vocabulary import PlanState
from governance.patrols.versions import PlanVersions, may_read_drafts
from governance.responsibility.assignment.service import AssignmentService
from governance.responsibility.chains import ResponsibilityService
from governance.scores.monitoring import PINNED, MonitoringService
from governance.service import Resources, Service
from governance.visits.coverage import CoverageService
from governance.visits.rules.settings import TIERS
from risk.monitoring.drift import DRIFTED

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
MOST_FIRST = 5
MOST_RISERS = 8
OLD_IMPORT_DAYS = 45
OLD_SCORE_DAYS = 8
_SUMMARIES = 200
"""How many answers are kept; one for each person who opens the start page, while it is true."""
VISITS_DUE = "visits_due"
EVENTS = ("complaints", "rentals", "violations", "inspections")


class OverviewService(Service):
    """The service behind the start page."""

    _address_review: AddressReviewService
    _assignment: AssignmentService
    _building_ends: BuildingEndService
    _coverage: CoverageService
    _first_places: FirstPlaces
    _imports: ImportService
    _monitoring: MonitoringService
    _plan_versions: PlanVersions
    _responsibility: ResponsibilityService
    _suspicions: SuspicionService
    _waiting_places: WaitingPlaces

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._summaries: Cache[StartFacts] = Cache(_SUMMARIES)
        self._figures: Cache[WorkFigures] = Cache(_SUMMARIES)
        self._lost = LostBuildings()
        self._last: dict[Hashable, tuple[datetime, StartFacts]] = {}

    def summary(self, actor: Actor) -> StartFacts:
        """Return what the person should know first, as far as their scope goes."""
        require(actor, Action.SEE_START)
        return self._summaries.get(self._key(actor), lambda: self._gather_now(actor))

    def earlier(self, actor: Actor) -> tuple[datetime, StartFacts] | None:
        """Return what `summary` last said to the person as they are now, and when (local time).

        None where it said nothing yet.
        """
        require(actor, Action.SEE_START)
        return self._last.get(_person(actor))

    def _gather_now(self, actor: Actor) -> StartFacts:
        now, facts = self._local_now(), self._pinned()._gather(actor)  # noqa: SLF001 -- of its own class
        self._last.pop(_person(actor), None)
        self._last[_person(actor)] = now, facts
        for person in list(self._last)[:-_SUMMARIES]:
            self._last.pop(person, None)
        return facts

    def figures(self, actor: Actor) -> WorkFigures:
        """Return the figures over the map, without asking for the rest of the start page."""
        require(actor, Action.SEE_START)
        return self._figures.get(self._key(actor), lambda: self._count_work(actor))

    def _key(self, actor: Actor) -> tuple[object, ...]:
        return self._start_state(), *_person(actor)

    def _count_work(self, actor: Actor) -> WorkFigures:
        now = self._local_now()
        waiting = {line.kind: line.count for line in self._overdue(actor, now)}
        sees_complaints = may(actor, Action.SEE_COMPLAINTS)
        return WorkFigures(
            complaints=self._count_events(actor, "complaints", now)[0] if sees_complaints else None,
            visits_due=waiting.get(VISITS_DUE, 0),
            suspected=waiting.get(SUSPECTED, 0),
        )

    def community(self, actor: Actor, code: str) -> CommunityFacts:
        """Return what the start page tells of one community, with its tiers and suspicions.

        Raises `NotAllowedError` when the actor has no start page, may not know reasons, or sees
        only a part of it.
        """
        require(actor, Action.SEE_START)
        require(actor, Action.SEE_REASONS)
        if not actor.scope.covers(community=code):
            raise NotAllowedError(
                "not_allowed", actor=actor.id, action=Action.SEE_START.value,
                reason="the community is not one of the account's",
            )  # fmt: skip
        inside = replace(actor, scope=Scope(communities=frozenset({code})), delegated=frozenset())
        newest = self._snapshots.latest()
        tiers = pd.Series(dtype=int)
        if newest is not None:
            tiers = inside.scope.of_frame(newest.ranked(BUILDING_KIND))["tier"].value_counts()
        return CommunityFacts(
            code=code,
            name=str(UnitNames(self._engine).of("community", pd.Series([code]))[0] or ""),
            facts=self._gather(inside),
            tiers={tier: int(tiers[tier]) for tier in TIERS if tier in tiers},
            suspicions=self._suspicions.waiting(inside),
        )

    def _start_state(self) -> tuple[object, ...]:
        """Return what changes when anything that the start page tells may have changed."""
        newest = self._snapshots.latest()
        with self._workspace.store.begin() as unit:
            store = (
                unit.duties.newest_change(), unit.visits.state(), repr(unit.settings.get(PINNED)),
                unit.patrols.state(), unit.assignments.state(),
                tuple(sorted(unit.address_reviews.decisions())),
            )  # fmt: skip
        imports = tuple(manifest.import_id for manifest in self._workspace.lake.imports())
        hour = self._local_now().replace(minute=0, second=0, microsecond=0)
        register = self._engine.name_of_register()
        return (newest.snapshot_id if newest else None, *store, imports, register, hour)

    def _gather(self, actor: Actor) -> StartFacts:
        """Ask everything that the start page tells."""
        now = self._local_now()
        newest, before = self._two_snapshots()
        tables = self._imports.tables(actor)
        return StartFacts(
            on=now.date(),
            has_rows=bool(tables["rows"].sum()),
            has_score=newest is not None,
            as_of=newest.as_of if newest else None,
            before=before.as_of if before else None,
            first=self._first_places.of(actor, newest, on=now.date(), most=MOST_FIRST),
            risers=self._risers(actor, before, newest),
            events=self._events(actor, now),
            plan=self._plan_of_next_week(actor, now),
            overdue=self._overdue(actor, now),
            duties=self._duties(actor),
            warnings=self._warnings(actor, tables, newest, now),
            coverage=self._covered(actor, now),
        )

    def _two_snapshots(self) -> tuple[Snapshot | None, Snapshot | None]:
        """Return the newest snapshot and the newest of its model that is at least a week older."""
        snapshots = self._snapshots.by_date()
        newest = snapshots[-1] if snapshots else None
        older = [
            each
            for each in snapshots
            if newest and each.as_of <= newest.as_of - WEEK and each.model == newest.model
        ]
        return newest, older[-1] if older else None

    def _risers(
        self, actor: Actor, before: Snapshot | None, newest: Snapshot | None
    ) -> pd.DataFrame:
        if before is None or newest is None or not may(actor, Action.SEE_REASONS):
            return pd.DataFrame(columns=list(RISER_COLUMNS))
        then, now = (
            self._engine.snapshot_rows(each.path_of("buildings")) for each in (before, newest)
        )
        risers = find_risers(then, actor.scope.of_rows(now), most=MOST_RISERS)
        names = UnitNames(self._engine).of("building", risers["unit"])
        return risers.assign(name=names)[list(RISER_COLUMNS)]

    def _events(self, actor: Actor, now: datetime) -> pd.DataFrame:
        """Count what happened in the last seven days and in the seven before, by kind."""
        rows = [
            (name, *self._count_events(actor, name, now))
            for name in EVENTS
            if name != "complaints" or may(actor, Action.SEE_COMPLAINTS)
        ]
        return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))

    def _count_events(self, actor: Actor, name: str, now: datetime) -> tuple[int, int]:
        """Count the rows of a table of the last seven days, and of the seven before."""
        end = start_of(now.date() + timedelta(days=1))
        table = actor.scope.of_rows(self._engine.table(name))
        at = table["event_at"]
        counted = table.aggregate(
            week=table.count(where=(at >= end - WEEK) & (at < end)),
            before=table.count(where=(at >= end - 2 * WEEK) & (at < end - WEEK)),
        ).to_pandas()
        return int(counted["week"].iloc[0]), int(counted["before"].iloc[0])

    def _plan_of_next_week(self, actor: Actor, now: datetime) -> StartLine | None:
        """Say how far next week's plan is, to who makes or publishes plans."""
        if not may_read_drafts(actor):
            return None
        first = now.date() - timedelta(days=now.weekday()) + WEEK
        plan = self._plan_versions.plan_of_week(actor, first)
        state = plan.state if plan else "missing"
        if plan and state == PlanState.DRAFT:
            with self._workspace.store.begin() as unit:  # teams may go by an earlier version
                state = "changed" if unit.patrols.shown_version(plan.plan_id) else state
        facts = {"first": first, "last": first + timedelta(days=6)}
        return StartLine(kind=f"plan_{state}", count=1, facts=facts)

    def _overdue(self, actor: Actor, now: datetime) -> tuple[StartLine, ...]:
        count, worst = self._coverage.late(actor)
        lines = [StartLine(kind=VISITS_DUE, count=count, facts={"worst": worst})]
        lines += [
            StartLine(kind=kind, count=rows["building_id"].nunique(), facts={})
            for kind, rows in self._waiting_places.of(actor, now=now).items()
        ]
        return _some(lines)

    def _duties(self, actor: Actor) -> tuple[StartLine, ...]:
        if not may(actor, Action.SEE_RESPONSIBILITY):
            return ()
        work = self._responsibility.work(actor)
        people = work.rows.groupby("kind")["person_id"].nunique()
        lines = [
            StartLine(kind=f"duty_{kind}", count=n, facts={"people": int(people.get(kind, 0))})
            for kind, n in work.counts.items()
        ]
        if may(actor, Action.APPROVE_ASSIGNMENT):  # told above everything else
            return _some(lines)
        proposals = self._assignment.proposals(actor)
        waiting = int(proposals["state"].isin(["open", "part"]).sum())
        return _some([*lines, StartLine(kind="proposals", count=waiting, facts={})])

    def _warnings(
        self, actor: Actor, tables: pd.DataFrame, newest: Snapshot | None, now: datetime
    ) -> tuple[StartLine, ...]:
        """Say what is wrong with the data; what concerns the whole street only to who sees it."""
        lines = []
        if actor.scope.street and may(actor, Action.IMPORT):
            rows = sum(each["rows"] for each in self._imports.quarantine(actor))
            lines.append(StartLine(kind="quarantine", count=rows, facts={}))
        if actor.scope.street and may(actor, Action.REVIEW_ADDRESS):
            waiting = self._address_review.count(actor)
            lines.append(StartLine(kind="addresses", count=waiting, facts={}))
        if actor.scope.street and may(actor, Action.END_BUILDINGS):
            rows = self._building_ends.count_later_rows(actor)
            lines.append(StartLine(kind="later_rows", count=rows, facts={}))
        if actor.scope.street and may(actor, Action.SEE_RESPONSIBILITY):
            with self._workspace.store.begin() as unit:
                lines.append(self._lost.line(self._engine, unit, now=now))
        old = count_old_imports(tables, now=now, days=OLD_IMPORT_DAYS)
        lines += [
            StartLine(kind="old_import", count=age, facts={"table": name})
            for name, age in old.items()
        ]
        if newest and (age := (now.date() - newest.as_of).days) > OLD_SCORE_DAYS:
            lines.append(StartLine(kind="score_old", count=age, facts={"day": newest.as_of}))
        drift = self._monitoring.drift(actor) if may(actor, Action.SEE_REASONS) else None
        if drift is not None and drift.state == DRIFTED:
            changed = int((drift.columns["state"] == DRIFTED).sum())
            lines.append(StartLine(kind="drift", count=changed, facts={}))
        return _some(lines)

    def _covered(self, actor: Actor, now: datetime) -> pd.DataFrame:
        until = now.date()
        covered = self._coverage.summary(actor, since=until - MONTH, until=until, by="community")
        whole = covered[covered["tier"].eq("") & (covered["due"] > 0)]
        return whole.reset_index(drop=True)


def _person(actor: Actor) -> tuple[object, ...]:
    return actor.id, actor.roles, actor.scope


def _some(lines: list[StartLine]) -> tuple[StartLine, ...]:
    return tuple(line for line in lines if line.count)
