"""Changes of files that were begun and not yet written into the audit log; times are UTC."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from data.store.repositories.repository import Repository
from data.store.tables.pending_files import PendingFile


class PendingFiles(Repository):
    """One row for each change of a file, from before it until its line is in the audit log."""

    def add(
        self,
        token: str,
        *,
        kind: str,
        key: str,
        actor: str,
        action: str,
        facts: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Note what is about to change.

        ``token``: names this change and nothing else.
        ``kind``, ``key``: what sort of file, and what tells whether it is there.
        ``actor``, ``action``, ``facts``: the line that the audit log is to have.
        ``at``: aware time.
        """
        plain = json.loads(json.dumps(dict(facts), default=str))
        utc = at.astimezone(UTC).replace(tzinfo=None)
        self._kept(
            PendingFile(
                token=token, kind=kind, key=key, actor=actor, action=action, facts=plain, at=utc
            )
        )

    def get(self, token: str) -> PendingFile | None:
        """Return a change, to outlive the unit of work; None where it is no longer pending."""
        found = self._session.get(PendingFile, token, populate_existing=True)
        if found is not None:
            self._session.expunge(found)
        return found

    def tokens(self) -> Sequence[str]:
        """Return the names of all pending changes, oldest first."""
        query = select(PendingFile.token).order_by(PendingFile.at, PendingFile.token)
        return self._session.scalars(query).all()

    def keys(self) -> set[str]:
        """Return what tells of each pending change whether it was made."""
        return set(self._session.scalars(select(PendingFile.key)))

    def remove(self, token: str) -> bool:
        """Take a change out; False when it was no longer there."""
        removed = delete(PendingFile).where(PendingFile.token == token)
        return self._session.scalar(removed.returning(PendingFile.token)) is not None
