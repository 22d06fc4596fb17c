"""Watch over the score: has it drifted, who reports too little, and when is there most to find."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd
from pydantic import TypeAdapter

from data.calendars.calendar import Calendar
from data.derived.answers.followed_answers import FollowedAnswers, RowsAtBuildings
from data.derived.answers.unit_names import UnitNames
from data.workspace.cache import Cache
from data.workspace.clock import start_of
from data.workspace.sections import section
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, require, require_whole
from governance.service import Resources, Service
from risk import schema as c
from risk.config.score import ScoreConfig, read_score_config
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource
from risk.models.time_factors import TimeRules, learn_day_factors, learn_time_factors
from risk.monitoring.drift import DriftRules, compare_snapshots, worst_state
from risk.monitoring.repeat_reports import ReportingRules, report_events
from risk.monitoring.timing import complaint_moments, visits_by_time
from risk.monitoring.under_reporting import FAR_LESS, STATE, estimate_reporting, profile_communities

SECTION = "monitoring"
PINNED = "drift_reference"
"""Name of the store's setting with the pinned snapshot."""


@section
class MonitoringRules:
    """The ``[monitoring]`` section of ``gridwarden.toml``."""

    drift: DriftRules = field(default_factory=DriftRules)
    reporting: ReportingRules = field(default_factory=ReportingRules)
    time: TimeRules = field(default_factory=TimeRules)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The pinned snapshot.

    ``pinned_by``, ``pinned_at``: who pinned it, and when, UTC.
    """

    snapshot_id: str
    pinned_by: str
    pinned_at: datetime


_STORED = TypeAdapter(Reference)


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What has changed since the reference.

    ``reference_id``, ``reference_as_of``, ``pinned_by``, ``pinned_at``: the pinned snapshot, its
    day, who pinned it and when (UTC).
    ``snapshot_id``, ``as_of``: the one compared with it, and its day.
    ``same_config``, ``same_model``: False when policy, or the model of the score, changed between
    them. A change of the scores is then to be expected; scores of two models are not compared at
    all.
    """

    reference_id: str
    reference_as_of: date
    pinned_by: str
    pinned_at: datetime
    snapshot_id: str
    as_of: date
    same_config: bool
    same_model: bool
    state: str
    """The worst of all columns, one of `risk.monitoring.drift.STATES`."""
    columns: pd.DataFrame
    """As `risk.monitoring.drift.compare_snapshots`, one row per number of a building."""


@dataclass(frozen=True, kw_only=True)
class TimeFactors:
    """When there is most to find and most is told.

    ``visits``, ``complaints``: as `risk.models.time_factors.learn_time_factors` and
    `learn_day_factors`.
    """

    visits: pd.DataFrame
    complaints: pd.DataFrame
    unknown_years: list[int]
    """Years of the span, and the coming one, whose holidays are not announced."""


class MonitoringService(Service):
    """Services that watch over the score."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._events: FollowedAnswers[tuple[pd.DataFrame, pd.DataFrame]] = FollowedAnswers(1)
        self._complaints: Cache[tuple[pd.DataFrame, list[int]]] = Cache(1)
        self._factors: Cache[TimeFactors] = Cache(1)

    def pin_reference(self, actor: Actor, snapshot_id: str) -> Reference:
        """Pin a snapshot that was judged good, for later ones to be compared with.

        Raises `SnapshotError` when there is no such snapshot.
        """
        require_whole(actor, Action.SCORE)
        snapshot = self._snapshots.open(snapshot_id)
        pinned = Reference(
            snapshot_id=snapshot.snapshot_id, pinned_by=actor.id, pinned_at=self._now()
        )
        with self._workspace.store.begin() as unit:
            unit.settings.put(PINNED, _STORED.dump_python(pinned, mode="json"))
            self._commit(unit, actor, Action.SCORE, pinned=snapshot.snapshot_id)
        return pinned

    def pinned_reference(self, actor: Actor) -> Reference | None:
        """Return the pinned snapshot, None where none is."""
        require(actor, Action.SEE_REASONS)
        with self._workspace.store.begin() as unit:
            pinned = unit.settings.get(PINNED)
        return None if pinned is None else _STORED.validate_python(pinned)

    def compared(self, actor: Actor) -> tuple[str, str] | None:
        """Return the ids of the pinned and of the newest snapshot; None without either; cheap."""
        reference, latest = self.pinned_reference(actor), self._snapshots.latest()
        if reference is None or latest is None:
            return None
        return reference.snapshot_id, latest.snapshot_id

    def drift(self, actor: Actor) -> Drift | None:
        """Compare the latest snapshot with the pinned one; None when none is."""
        require(actor, Action.SEE_REASONS)
        reference, current = self.pinned_reference(actor), self._snapshots.latest()
        if reference is None or current is None:
            return None
        before = self._snapshots.open(reference.snapshot_id)
        same_model = before.model == current.model
        compared = compare_snapshots(
            before.table("buildings"),
            current.table("buildings"),
            rules=self._rules().drift,
            scores=same_model,
        )
        return Drift(
            reference_id=before.snapshot_id,
            reference_as_of=before.as_of,
            pinned_by=reference.pinned_by,
            pinned_at=reference.pinned_at,
            snapshot_id=current.snapshot_id,
            as_of=current.as_of,
            same_config=before.config_hash == current.config_hash,
            same_model=same_model,
            state=worst_state(compared),
            columns=compared,
        )

    def reporting(self, actor: Actor) -> pd.DataFrame:
        """Estimate how much each community reports of what there is, the quietest first.

        Returns as `risk.monitoring.under_reporting.estimate_reporting`, with ``community`` (the
        name); flagged first.
        """
        require(actor, Action.SEE_REASONS)
        rules = self._rules().reporting
        events, profile = self._reports(rules)
        estimate = estimate_reporting(events, profile, rules=rules)
        names = UnitNames(self._engine).of("community", estimate[c.COMMUNITY])
        flagged = (estimate[STATE] == FAR_LESS).to_numpy()
        ordered = estimate.assign(community=names, flagged=flagged).sort_values(
            ["flagged", "rate", c.COMMUNITY], ascending=[False, True, True], ignore_index=True
        )
        return actor.scope.of_frame(ordered.drop(columns="flagged"))

    def time_factors(self, actor: Actor) -> TimeFactors:
        """Learn when visits find most and complaints come most, against the office's calendar.

        Kept while nothing that it follows from changes; never to be changed in place.
        """
        require(actor, Action.SEE_REASONS)
        pinned = self._pinned()
        calendar, settings = Calendar.read(self._workspace), str(self._workspace.settings)
        state = pinned._engine.state  # noqa: SLF001 -- of its own class
        key = (self._cut(), calendar, settings)
        return self._factors.get((key, state), lambda: pinned._time_factors(key, calendar))  # noqa: SLF001 -- as above

    def _time_factors(self, key: Hashable, calendar: Calendar) -> TimeFactors:
        rules, cut = self._rules().time, self._cut()

        def of_complaints() -> tuple[pd.DataFrame, list[int]]:
            moments = complaint_moments(self._engine, cut=cut)
            first = moments.min().to_pydatetime() if len(moments) else cut
            learnt = learn_day_factors(moments, first=first, cut=cut, calendar=calendar,
                                       rules=rules)  # fmt: skip
            return learnt, calendar.unknown_years(first.year, cut.year + 1)

        visits = visits_by_time(self._engine, cut=cut, config=self._policy())
        complaints, unknown = self._complaints.get(
            (key, self._engine.state.but_visits), of_complaints
        )
        learnt = learn_time_factors(visits, calendar=calendar, rules=rules)
        return TimeFactors(visits=learnt, complaints=complaints, unknown_years=unknown)

    def _reports(self, rules: ReportingRules) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return confirmed events with further reports, and what makes communities alike."""
        engine, cut, confirmed = (
            self._engine.pinned(),
            self._cut(),
            self._policy().evidence.confirmed,
        )

        def events(source: FeatureSource) -> pd.DataFrame:
            return fetch(report_events(source, cut=cut, rules=rules, confirmed=confirmed))

        def read() -> tuple[pd.DataFrame, pd.DataFrame]:
            register = engine.table("buildings", cut=cut)
            dwellings = {c.DWELLINGS: register["household_count"]}
            buildings = fetch(register.select(c.COMMUNITY, c.KIND, **dwellings))
            return events(engine), profile_communities(buildings)

        def follow(
            before: tuple[pd.DataFrame, pd.DataFrame], visited: set[str]
        ) -> tuple[pd.DataFrame, pd.DataFrame]:
            known, profile = before
            again = events(RowsAtBuildings(engine, visited))
            return pd.concat([known[~known[c.BUILDING].isin(visited)], again]), profile

        return self._events.get((cut, rules, confirmed), engine, self._workspace.store,
                                read=read, follow=follow)  # fmt: skip

    def _rules(self) -> MonitoringRules:
        return read_section(self._workspace.settings, SECTION, MonitoringRules)

    def _policy(self) -> ScoreConfig:
        return read_score_config(self._workspace.settings)

    def _cut(self) -> datetime:
        """Return when today ends, in local time."""
        return start_of(self.clock.today() + timedelta(days=1))
