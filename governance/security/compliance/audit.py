"""Who did what: the log as the auditor reads it, whether it is unbroken, how long it stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from data.integrity.problems import Problem
from data.store.audit.chain import Head
from data.store.tables.base import AuditEvent
from data.workspace.cache import Cache
from data.workspace.clock import Clock, months_on, start_of
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.service import Resources, Service

if TYPE_CHECKING:
    import pandas as pd

    from data.integrity.sealed.audit import ChainReport


class AuditReasonError(GridwardenError):
    """Nothing says why a log is to be accepted as it is."""


AUDIT_COLUMNS = ("number", "at", "person", "action", "facts")
MOST_SHOWN = 1000
WALK_HOLDS_S = 600.0
"""So long a walk over the whole log, a second for a hundred thousand events, is not repeated."""


class NothingToPruneError(GridwardenError):
    """No event of the log is old enough to be taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditState:
    """What the log holds and whether its chain is unbroken.

    ``walked``: local time at which the whole chain was walked; later events were read just now.
    ``first``, ``last``: local times of the oldest and newest, None where there is none.
    ``number``, ``seal``: the head: write both down elsewhere, and nobody can set the whole folder
    back unseen.
    """

    walked: datetime
    unbroken: bool
    """Whether every event is what was written, in its order, none missing."""
    events: int
    first: datetime | None
    last: datetime | None
    pruned: int
    """How many older ones were taken out after they had been kept long enough."""
    number: int
    seal: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which events are asked for; None for all.

    ``person``, ``action``: only what this account did; only this action.
    ``since``, ``until``: local days, both inclusive.
    ``text``: only what has this in its facts as they are kept, in codes: a case, a file, a login.
    """

    person: str | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None
    text: str | None = None


ALL_EVENTS = AuditFilter()


@dataclass(frozen=True, slots=True)
class PrunedAudit:
    """How many events were taken out and stay, and before which day those taken out were."""

    removed: int
    kept: int
    before: date


class AuditService(Service):
    """Services about the audit log."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._walks: Cache[tuple[datetime, ChainReport]] = Cache(1, seconds=WALK_HOLDS_S)

    def events(
        self, actor: Actor, only: AuditFilter = ALL_EVENTS, *, limit: int | None = MOST_SHOWN
    ) -> list[dict[str, object]]:
        """List events, newest first: ``number, at`` (local)``, person, action, facts`` (JSON).

        ``limit``: at most so many; None for all.
        """
        require(actor, Action.READ_AUDIT)
        ends = None if only.until is None else start_of(only.until + timedelta(days=1))
        with self._workspace.store.begin() as unit:
            found = unit.audit.find(
                person=only.person or None,
                action=only.action or None,
                since=None if only.since is None else self.clock.to_utc(start_of(only.since)),
                before=None if ends is None else self.clock.to_utc(ends),
                text=(only.text or "").strip() or None,
                limit=limit,
            )
            return [_as_row(event, self.clock) for event in found]

    def log(
        self, actor: Actor, only: AuditFilter = ALL_EVENTS, *, limit: int | None = MOST_SHOWN
    ) -> pd.DataFrame:
        """Return what `events` lists as a frame."""
        import pandas as pd

        require(actor, Action.READ_AUDIT)
        frame = pd.DataFrame(self.events(actor, only, limit=limit), columns=list(AUDIT_COLUMNS))
        return frame.astype({"number": "int64", "at": "datetime64[us]"})

    def log_for_file(self, actor: Actor, file: str, only: AuditFilter = ALL_EVENTS) -> pd.DataFrame:
        """Return all that `log` can, for a file of that name; the log says that it was made."""
        frame = self.log(actor, only, limit=None)
        self._record(actor, Action.READ_AUDIT, file=file, rows=len(frame))
        return frame

    def state(self, actor: Actor, *, anew: bool = True) -> AuditState:
        """Walk the whole chain and say whether it is unbroken.

        ``anew``: otherwise a walk of the last `WALK_HOLDS_S` is gone on from, for what came since.
        """
        require(actor, Action.READ_AUDIT)
        return self._state(anew=anew)

    def _state(self, *, anew: bool = True) -> AuditState:
        from data.integrity.sealed.audit import verify_chain

        store = self._workspace.store
        if anew:
            self._walks.forget()
        walked, whole = self._walks.get("", lambda: (self._local_now(), verify_chain(store)))
        report = whole if anew or whole.faults else verify_chain(store, known=whole)
        return AuditState(
            walked=walked,
            unbroken=not report.faults,
            events=report.events,
            first=_local_of(report.first, self.clock),
            last=_local_of(report.last, self.clock),
            pruned=report.removed,
            number=report.head.number,
            seal=report.head.seal,
            problems=tuple(Problem(fault.code, "audit", fault.facts) for fault in report.faults),
        )

    def export(self, actor: Actor, path: Path, only: AuditFilter = ALL_EVENTS) -> int:
        """Write events to a ``.csv``, ``.xlsx`` or ``.parquet`` file; return how many.

        Raises `ExportError` when the file's ending is none of these.
        """
        from data.export.writers import write_frame

        frame = self.log(actor, only, limit=None)
        return write_frame(
            frame,
            path,
            announce=lambda rows: self._record(actor, Action.READ_AUDIT, file=path.name, rows=rows),
        )

    def accept(self, actor: Actor, reason: str) -> AuditState:
        """Go on from a log whose end is not what the workspace remembers: a backup was restored.

        What was wrong, and why it is accepted, becomes an event of the log; events that were
        changed stay what they are, and are found again.

        Raises `AuditReasonError` when no reason is given.
        """
        require(actor, Action.ACCEPT_AUDIT)
        if not reason.strip():
            raise AuditReasonError("audit_reason_missing")
        found = [str(problem) for problem in self._state().problems]
        with self._workspace.store.begin() as unit:
            event = self._record_in(
                unit, actor, Action.ACCEPT_AUDIT, reason=reason.strip(), problems=found
            )
            head = Head(event.id, event.seal)
            unit.commit()
        self._workspace.store.sealing.write_anew(head)
        return self._state()

    def prune(self, actor: Actor) -> PrunedAudit:
        """Take out the events that were kept for the months that the office set.

        A sealed checkpoint stays, from which the rest can be verified.

        Raises `NothingToPruneError` when no event is old enough.
        """
        require(actor, Action.PRUNE_AUDIT)
        months = self._workspace.settings.audit.keep_months
        day = months_on(self._local_now().date(), -months)
        with self._workspace.store.begin() as unit:
            last = unit.audit.last_before(self.clock.to_utc(start_of(day)))
            if last is None:
                raise NothingToPruneError("nothing_to_prune", months=months, before=str(day))
            removed = unit.audit.remove_up_to(last, at=self._now(), actor=actor.id)
            event = self._record_in(
                unit, actor, Action.PRUNE_AUDIT, removed=removed, before=str(day)
            )
            kept = event.id - last.id
            unit.commit()
        return PrunedAudit(removed, kept, day)


def _as_row(event: AuditEvent, clock: Clock) -> dict[str, object]:
    facts = json.dumps(event.facts, ensure_ascii=False)
    values = (event.id, clock.to_local(event.at), event.actor, event.action, facts)
    return dict(zip(AUDIT_COLUMNS, values, strict=True))


def _local_of(text: str, clock: Clock) -> datetime | None:
    return clock.to_local(datetime.fromisoformat(text)) if text else None
