"""The append-only audit log: who did what and when, each event chained to the one before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, Update, cast, delete, func, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from data.store.audit.chain import AuditError, Head, Sealing, text_of_facts, text_of_time
from data.store.tables.base import AuditCheckpoint, AuditEvent, AuditHead
from data.workspace.clock import utc_naive

HEAD = 1


class Entry(NamedTuple):
    """What is to be recorded: who did what at an aware time."""

    at: datetime
    actor: str
    action: str
    facts: Mapping[str, Any]


class AuditTrail:
    """Who did what and when; events are only added.

    The first event that a unit of work adds takes hold of the head of the chain and keeps it until
    the unit ends, so add it last: whoever else writes an event waits for that long.
    """

    def __init__(self, session: Session, sealing: Sealing) -> None:
        self._session = session
        self._sealing = sealing
        self.added: Head | None = None

    def add(self, *, at: datetime, actor: str, action: str, facts: Mapping[str, Any]) -> AuditEvent:
        """Record an event at an aware time, kept in UTC.

        Raises `AuditError`: ``audit_head_missing`` when the chain has lost its head.
        """
        return self.add_many([Entry(at, actor, action, facts)])[0]

    def add_many(self, entries: Sequence[Entry]) -> list[AuditEvent]:
        """Record events in their order, with none between them; at least one.

        Raises `AuditError`: ``audit_head_missing`` when the chain has lost its head.
        """
        self._session.flush()
        head, events = self._take_head(len(entries)), []
        for entry in entries:
            link = self._sealing.link(head, **entry._asdict())
            values = asdict(link)
            events.append(AuditEvent(id=values.pop("number"), **values))
            head = Head(link.number, link.seal)
        self._session.add_all(events)
        self._session.flush()
        self._session.execute(_update_head().values(seal=head.seal))
        self.added = head
        return events

    def _take_head(self, count: int) -> Head:
        """Count the head up, which makes everybody else wait, and return it as it was."""
        counted = _update_head().values(number=AuditHead.number + count)
        try:
            row = self._session.execute(counted.returning(AuditHead.number, AuditHead.seal)).one()
        except NoResultFound as error:
            raise AuditError("audit_head_missing") from error
        return Head(int(row[0]) - count, str(row[1]))

    def head(self) -> Head | None:
        """Return the head of the chain, or None where it was lost."""
        row = self._session.get(AuditHead, HEAD, populate_existing=True)
        return None if row is None else Head(row.number, row.seal)

    def seal_at(self, number: int) -> str | None:
        """Return the seal of an event or of the checkpoint that stands for it, or None."""
        for kind, column in (
            (AuditEvent, AuditEvent.id),
            (AuditCheckpoint, AuditCheckpoint.number),
        ):
            found = self._session.scalar(select(kind.seal).where(column == number))
            if found is not None:
                return str(found)
        return None

    def newest(self, count: int = 100) -> Sequence[AuditEvent]:
        """Return the newest events, newest first."""
        return self.find(limit=count)

    def find(
        self,
        *,
        person: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        about: Mapping[str, str] | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> Sequence[AuditEvent]:
        """Return events, newest first.

        ``person``, ``action``: only what this account did; only this action.
        ``since``, ``before``: UTC, naive: from the first moment on, and before the second.
        ``about``: only those whose facts have these texts under these names.
        ``text``: only those that have this anywhere in their facts, small letters or capitals.
        """
        query = select(AuditEvent).order_by(AuditEvent.id.desc())
        for name, value in (about or {}).items():
            query = query.where(AuditEvent.facts[name].as_string() == value)
        if text is not None:
            written = json.dumps(text)[1:-1]  # as the column has it: letters beyond ASCII escaped
            query = query.where(cast(AuditEvent.facts, Text).icontains(written, autoescape=True))
        if person is not None:
            query = query.where(AuditEvent.actor == person)
        if action is not None:
            query = query.where(AuditEvent.action == action)
        if since is not None:
            query = query.where(AuditEvent.at >= since)
        if before is not None:
            query = query.where(AuditEvent.at < before)
        return self._session.scalars(query.limit(limit)).all()

    def says(self, *, person: str, action: str, facts: Mapping[str, Any], since: datetime) -> bool:
        """Say whether an account did one action with just these facts from a UTC moment on."""
        query = select(AuditEvent.id).where(AuditEvent.actor == person)
        query = query.where(AuditEvent.action == action, AuditEvent.at >= since)
        same = cast(AuditEvent.facts, Text) == text_of_facts(dict(facts))
        return self._session.scalar(query.where(same).limit(1)) is not None

    def last_before(self, moment: datetime) -> AuditEvent | None:
        """Return the newest event such that it and all before it happened before a UTC moment."""
        later = select(func.min(AuditEvent.id)).where(AuditEvent.at >= moment).scalar_subquery()
        old = select(AuditEvent).where(AuditEvent.id < func.coalesce(later, 2**31 - 1))
        return self._session.scalars(old.order_by(AuditEvent.id.desc()).limit(1)).one_or_none()

    def remove_up_to(self, event: AuditEvent, *, at: datetime, actor: str) -> int:
        """Take the oldest events out, this one the last of them; return how many they were.

        A sealed checkpoint stays in their place, from which the rest can still be verified.
        """
        self._take_head_back()
        count = select(func.count()).select_from(AuditEvent).where(AuditEvent.id <= event.id)
        removed = int(self._session.scalar(count) or 0)
        utc = utc_naive(at)
        parts = (event.id, event.seal, removed, text_of_time(utc), actor)
        point = AuditCheckpoint(
            number=event.id, seal=event.seal, removed=removed, at=utc, actor=actor,
            sealed=self._sealing.seal("checkpoint", *parts),
        )  # fmt: skip
        self._session.add(point)
        self._session.flush()
        self._session.execute(delete(AuditEvent).where(AuditEvent.id <= event.id))
        return removed

    def _take_head_back(self) -> None:
        """Make everybody else wait without counting."""
        self._session.execute(_update_head().values(seal=AuditHead.seal))


def _update_head() -> Update:
    return update(AuditHead).execution_options(synchronize_session=False)
