"""Repository of requests for unmasked exports: requested, decided and used once each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from data.store.repositories.repository import Repository
from data.store.tables.export_requests import ExportRequest


class ExportRequests(Repository):
    """Requests to take rows out unmasked; times are UTC."""

    def ask(self, **facts: Any) -> int:  # noqa: ANN401 -- the columns of the table
        """Record a request and return its number."""
        return self._kept(ExportRequest(**facts)).id

    def get(self, number: int) -> ExportRequest | None:
        """Return a request, or None where there is none of this number."""
        return self._session.get(ExportRequest, number, populate_existing=True)

    def all(self, *, asker: str | None = None) -> Sequence[ExportRequest]:
        """Return the requests, newest first; of one account where it is named."""
        query = select(ExportRequest).order_by(ExportRequest.id.desc())
        if asker is not None:
            query = query.where(ExportRequest.asker == asker)
        return self._session.scalars(query).all()

    def decide(
        self, number: int, *, approved: bool, approver: str, approver_name: str, at: datetime
    ) -> bool:
        """Approve or refuse; False when it had been decided before."""
        return self._changed(
            ExportRequest,
            ExportRequest.id == number,
            ExportRequest.decided_at.is_(None),
            approved=approved,
            approver=approver,
            approver_name=approver_name,
            decided_at=at,
        )

    def use(self, number: int, *, file: str, at: datetime) -> bool:
        """Mark an approved request as used; False when it had been used before."""
        unused = ExportRequest.used_at.is_(None) & ExportRequest.approved.is_(True)
        return self._changed(
            ExportRequest, ExportRequest.id == number, unused, used_at=at, file=file
        )

    def release(self, number: int) -> None:
        """Make a request usable again, since no file came of it."""
        used = ExportRequest.used_at.is_not(None)
        self._changed(ExportRequest, ExportRequest.id == number, used, used_at=None, file=None)

    def waiting(self) -> int:
        """Return how many wait for a decision."""
        query = select(func.count()).select_from(ExportRequest)
        return int(self._session.scalar(query.where(ExportRequest.decided_at.is_(None))) or 0)
