"""Verify the audit log: every event, every number, the head, the checkpoints."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from data.store.audit.chain import START, AuditError, ChainWalk, Head, Sealing, seal_with
from data.store.unit_of_work import Store

_BEFORE_ALL = -(2**63)
MOST_NAMED = 20
"""So many changed events are named; more are counted."""

# As the bytes are stored: a value that only reads the same is a changed byte all the same.
_EVENTS = {
    "sqlite": "SELECT id, CAST(at AS TEXT), actor, action, CAST(facts AS TEXT), previous, seal "
    "FROM audit_events WHERE id > :after ORDER BY id",
    "postgresql": "SELECT id, to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), actor, action, "
    "CAST(facts AS TEXT), previous, seal FROM audit_events WHERE id > :after ORDER BY id",
}
_POINTS = {
    "sqlite": "SELECT number, seal, removed, CAST(at AS TEXT), actor, sealed "
    "FROM audit_checkpoints ORDER BY number",
    "postgresql": "SELECT number, seal, removed, to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), actor, "
    "sealed FROM audit_checkpoints ORDER BY number",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that no longer holds in the log: a code for the wording, and the facts."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the log holds, and everything that is wrong with it.

    ``first``, ``last``: times of the oldest and newest event, as stored (UTC), empty where there is
    none.
    """

    events: int
    """How many events are in the database."""
    removed: int
    """How many were kept long enough and taken out below a checkpoint."""
    head: Head
    """Number and seal of the newest event."""
    first: str
    last: str
    faults: tuple[Fault, ...]
    """What is wrong; none where the chain is unbroken."""


def verify_chain(store: Store, *, known: ChainReport | None = None) -> ChainReport:
    """Check the whole chain of a store's audit log; nothing is repaired.

    A hundred thousand events take about a second.

    ``known``: what was found a moment ago. Where the chain was unbroken then and goes on from
    there, only what came since is read.
    """
    engine = store.engine  # a log from before it was chained is chained now, and gets its file
    walk = _Walk(store.sealing)
    try:
        walk.read_file()
        with engine.connect() as connection:
            walk.read_head(connection)
            walk.read_checkpoints(_rows(connection, _POINTS))
            after = walk.go_on_from(known) if known else _BEFORE_ALL
            walk.read_events(_rows(connection, _EVENTS, after=after))
        walk.compare_heads()
    except (SQLAlchemyError, ValueError, TypeError) as error:  # bytes that are no text any more
        walk.faults.append(Fault("audit_unreadable", {"seen": type(error).__name__}))
    return walk.report()


def _rows(connection: Connection, queries: dict[str, str], **bound: int) -> Iterable[Any]:
    return connection.execute(text(queries[connection.dialect.name]), bound)


class _Walk:
    """One pass over the log, from the last checkpoint to the head."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing
        self._key = sealing.key()
        self._file: Head | None = None
        self._head: Head | None = None
        self._start = self._last = START
        self._seals: dict[int, str] = {}
        self._first = self._newest = ""
        self._events = self._removed = self._changed = 0
        self.faults: list[Fault] = []

    def read_file(self) -> None:
        """Read the head kept in a file; before the database's, which can only be newer."""
        try:
            self._file = self._sealing.read_head()
        except AuditError as error:
            self.faults.append(Fault(error.code, error.facts))

    def read_head(self, connection: Connection) -> None:
        row = connection.execute(text("SELECT number, seal FROM audit_head")).one_or_none()
        if row is None:
            self.faults.append(Fault("audit_head_missing"))
        else:
            self._head = Head(int(row[0]), str(row[1]))

    def read_checkpoints(self, rows: Iterable[Any]) -> None:
        for number, seal, removed, at, actor, sealed in rows:
            expected = seal_with(self._key, "checkpoint", number, seal, removed, at, actor)
            if not hmac.compare_digest(expected, str(sealed)):
                self.faults.append(Fault("audit_checkpoint_changed", {"number": number}))
            self._start = self._last = Head(number, seal)
            self._removed += removed

    def go_on_from(self, known: ChainReport) -> int:
        """Return after which event to read on: where nothing before it was changed, the last known.

        A head that lies before it, events that were taken out, a fault: all is read.
        """
        set_back = any(h.number < known.head.number for h in (self._file, self._head) if h)
        if known.faults or self.faults or set_back or known.removed != self._removed:
            return _BEFORE_ALL
        self._start = self._last = known.head
        self._events, self._first, self._newest = known.events, known.first, known.last
        return known.head.number

    def read_events(self, rows: Iterable[Any]) -> None:
        wanted = {head.number for head in (self._file, self._head) if head}
        walk = ChainWalk(self._key, start=self._start)
        for number, at, actor, action, facts, previous, seal in rows:
            if number <= self._start.number:
                self._note(Fault("audit_event_left_behind", {"number": number}))
                continue
            for code, detail in walk.read(number, at, actor, action, facts, previous, seal):
                self._note(Fault(f"audit_{code}", detail))
            self._last = walk.last
            if number in wanted:
                self._seals[number] = seal
            self._first, self._newest = self._first or at, at
            self._events += 1

    def compare_heads(self) -> None:
        """Compare the end of the chain with the heads; it may have grown meanwhile."""
        for code, head in (("audit_head_differs", self._head), ("audit_file_differs", self._file)):
            if head is None or head.number < self._start.number:
                continue
            if head.number > self._last.number:
                cut = {"first": self._last.number + 1, "last": head.number}
                self._note(Fault("audit_tail_missing", cut))
            elif head.seal != self._seal_at(head.number):
                self._note(Fault(code, {"number": head.number}))
        if self._head and self._file and self._head.number < self._file.number:
            self._note(Fault("audit_head_differs", {"number": self._head.number}))

    def _seal_at(self, number: int) -> str:
        return self._start.seal if number == self._start.number else self._seals.get(number, "")

    def _note(self, fault: Fault) -> None:
        self._changed += 1
        if self._changed <= MOST_NAMED:
            self.faults.append(fault)

    def report(self) -> ChainReport:
        """Return what was found."""
        more = self._changed - MOST_NAMED
        if more > 0:
            self.faults.append(Fault("audit_more_faults", {"count": more}))
        return ChainReport(
            events=self._events,
            removed=self._removed,
            head=self._last,
            first=self._first,
            last=self._newest,
            faults=tuple(self.faults),
        )
