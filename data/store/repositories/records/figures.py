"""Counts and ages for those who watch the server: numbers, and nothing of anybody."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from data.contracts.case_vocabulary import Stage
from data.store.repositories.repository import Repository
from data.store.tables.accounts import SignedInSession
from data.store.tables.cases import Case
from data.store.tables.export_requests import ExportRequest
from data.store.tables.pending_files import PendingFile
from data.store.tables.records.evidence import EvidenceUpload


class Queue(NamedTuple):
    """How many wait, and since when the oldest does; None where none waits."""

    waiting: int
    oldest: datetime | None


class StoreFigures(Repository):
    """Counts of what is open and what waits."""

    def sessions(self, *, seen_since: datetime) -> int:
        """Return how many people were active since a moment (UTC)."""
        seen = SignedInSession.last_seen_at >= seen_since
        query = select(func.count()).select_from(SignedInSession).where(seen)
        return self._session.scalar(query) or 0

    def queues(self) -> dict[str, Queue]:
        """Return what waits, by kind; times of cases are local, all others UTC."""
        return {
            "cases": self._queue(Case.opened_at, Case.stage.not_in((Stage.CLOSED, Stage.MERGED))),
            "file_changes": self._queue(PendingFile.at),
            "export_requests": self._queue(
                ExportRequest.asked_at, ExportRequest.approved.is_(None)
            ),
            "uploads": self._queue(EvidenceUpload.last_at),
        }

    def _queue(
        self, since: InstrumentedAttribute[datetime], *conditions: ColumnElement[bool]
    ) -> Queue:
        query = select(func.count(), func.min(since)).where(*conditions)
        count, oldest = self._session.execute(query).one()
        return Queue(int(count), oldest)
