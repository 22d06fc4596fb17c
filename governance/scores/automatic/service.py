"""Scoring by itself: some time after a change, and every day, so that what is shown is today's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from data.workspace.locks import WorkspaceBusyError, hold_lock
from data.workspace.settings import read_section
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may, require, require_whole
from governance.scores.automatic.rules import (
    REST,
    SECTION,
    ScoringRules,
    Wait,
    changed_inputs,
    pause_after,
    wait_on,
)
from governance.scores.automatic.superseded import SupersededScores
from governance.scores.live import LiveScores
from governance.scores.score_writer import ScoreWriter
from governance.service import Resources, Service

LOCK_FILE: Final = ".scoring.lock"
SETTINGS: Final = "settings"


class AutomaticScoringError(GridwardenError):
    """A score that was due could not be made, for a reason that nobody foresaw."""


@dataclass(frozen=True, kw_only=True)
class ScoringFailure:
    """Scores that were due could not be made.

    ``at``, ``retry_at``: when that was, and when it is tried again; local.
    """

    error: GridwardenError
    """Why the last one could not."""
    at: datetime
    retry_at: datetime


@dataclass(frozen=True, kw_only=True)
class ScoringState:
    """How current the score is.

    ``snapshot_id``, ``made_at``: the newest score, and when it was made (local); None where there
    is none, or no time.
    """

    at_work: bool
    """Whether this server scores by itself; where it does not, nothing is said of what is due."""
    snapshot_id: str | None = None
    made_at: datetime | None = None
    running: bool = False
    due_at: datetime | None = None
    """Local time from which one will be made; None where the newest holds everything."""
    failure: ScoringFailure | None = None
    """Why it was not, told only to who may score."""

    @property
    def is_pending(self) -> bool:
        """Whether a newer score is on its way."""
        return self.running or self.due_at is not None


@dataclass(frozen=True, kw_only=True)
class _Failed:
    error: GridwardenError
    at: datetime
    times: int

    @property
    def retry_at(self) -> datetime:
        return self.at + pause_after(self.times)


class AutomaticScoringService(Service):
    """Scores after a change that a score rests on, wherever and by whom it was made.

    What is due follows from what the newest score was made from, so it holds after a restart, with
    several servers and for changes by the command line. Only the quiet time is kept in memory.
    """

    _writer: ScoreWriter
    _live: LiveScores
    _superseded: SupersededScores

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._memory = Lock()
        self._wait: Wait | None = None
        self._failed: _Failed | None = None
        self._rest_until: datetime | None = None
        self._at_work = self._running = False
        self._settings_scored = False

    def step(self, actor: Actor, *, ended: Callable[[], bool] = lambda: False) -> bool:
        """Score if a change has waited long enough, and delete scores that this supersedes.

        To be called every few seconds, by one thread; it costs little while nothing is due. What
        goes wrong is written down, told by `state` and tried again later.

        ``ended``: says that the server is about to end: what fails then is nobody's fault.

        Returns ``made``: whether a score was made.
        """
        require_whole(actor, Action.SCORE)
        now, failed = self._now(), self._failed  # pages may forget it meanwhile
        if failed is not None and now < failed.retry_at:
            return False
        because: tuple[str, ...] = ()
        try:
            rules = self._rules()
            self._at_work = self._live.is_watched = rules.automatic
            due_at = self._look(now) if rules.automatic else None
            if due_at is None or now < due_at:
                self._live.take_in(self._writer.versions())
                return False
            with self._alone() as alone:
                # Another server may just have made it.
                because = self._changed(self._writer.versions()) if alone else ()
                if because:
                    self._score(actor, rules, because)
            return bool(because)
        except Exception as error:  # noqa: BLE001 -- nobody else hears of it
            if not ended():
                self._note_failure(actor, error, because)
            return False

    def state(self, actor: Actor) -> ScoringState:
        """Say how current the newest score is, and whether a newer one is on its way."""
        require(actor, Action.SEE_MAP)
        latest = self._snapshots.latest()
        newest = latest.snapshot_id if latest else None
        made_at = {run.snapshot_id: run.at for run in self._snapshots.runs()}.get(newest or "")
        due_at = self._look(self._now()) if self._at_work else None
        failed = self._failed if self._at_work and may(actor, Action.SCORE) else None
        local = self.clock.to_local
        return ScoringState(
            at_work=self._at_work,
            snapshot_id=newest,
            made_at=local(made_at) if made_at else None,
            running=self._running,
            due_at=local(due_at) if due_at and not self._running else None,
            failure=ScoringFailure(
                error=failed.error, at=local(failed.at), retry_at=local(failed.retry_at)
            )
            if failed
            else None,
        )

    def _look(self, now: datetime) -> datetime | None:
        """Return when a score is due; None where the newest of today holds everything."""
        versions = self._writer.versions()
        changed, rules = self._changed(versions), self._rules()
        with self._memory:
            if not changed:
                self._wait = self._failed = None
                return None
            self._wait = wait_on(self._wait, versions, now=now)
            earliest = [self._rest_until, self._failed.retry_at if self._failed else None]
            return max([self._wait.due_at(rules), *filter(None, earliest)])

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the right to score by itself, as one of several servers; give whether it is had."""
        with ExitStack() as held:
            try:
                held.enter_context(hold_lock(self._workspace.root / LOCK_FILE))
            except WorkspaceBusyError:
                yield False
            else:
                yield True

    def _changed(self, versions: dict[str, str]) -> tuple[str, ...]:
        """Name what the newest score of today does not rest on."""
        if not self._writer.has_buildings:
            return ()
        changed = changed_inputs(self._snapshots.runs(), versions, today=self.clock.today())
        if SETTINGS not in changed:
            self._settings_scored = True
        # Settings are those of the server's start: two servers that were started with different
        # ones must not score in turns for ever.
        return tuple(each for each in changed if each != SETTINGS or not self._settings_scored)

    def _score(self, actor: Actor, rules: ScoringRules, because: tuple[str, ...]) -> None:
        begun, self._running = self._now(), True
        try:
            self._writer.write(actor, self._writer.inputs(), self.clock.today(), because=because)
        finally:
            self._running = False
        ended = self._now()
        with self._memory:
            self._wait, self._failed, self._settings_scored = None, None, True
            self._rest_until = ended + REST * (ended - begun)
        with suppress(OSError):  # what somebody reads cannot be deleted everywhere; next time
            self._superseded.delete(actor, rules)

    def _note_failure(self, actor: Actor, error: Exception, because: tuple[str, ...]) -> None:
        """Keep and write down why a score could not be made."""
        known = (
            error
            if isinstance(error, GridwardenError)
            else AutomaticScoringError("scoring_failed", seen=type(error).__name__)
        )
        with self._memory:
            times = self._failed.times + 1 if self._failed else 1
            self._failed = failed = _Failed(error=known, at=self._now(), times=times)
        with suppress(Exception):  # a store that cannot be written to may be what is wrong
            self._record(
                actor, Action.SCORE, automatic=True, because=list(because), failed=known.code,
                seen=type(error).__name__, retry_at=str(self.clock.to_local(failed.retry_at)),
            )  # fmt: skip

    def _rules(self) -> ScoringRules:
        return read_section(self._workspace.settings, SECTION, ScoringRules)
