"""The state of a notice, which follows from its history alone."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from data.contracts.notice_vocabulary import Audience, NoticeStage
from data.store.history import ReplayedState

CONTENT: Final = ("kind", "period", "title", "body", "audience", "addressee", "building_id", "duty",
                  "case_nos", "entries", "template_hash", "replaces")  # fmt: skip
"""What a reviewer lets go; nothing of it changes afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeState(ReplayedState):
    """Where a notice stands; each field is a column of `data.store.tables.records.notices.Notice`.

    ``building_id``, ``duty``: the building of a reminder, and the duty of the one whom it reminds.
    ``clock``, ``due_at``: `NoticeClock` that runs, and the local time it runs out; None where
    nothing is due.
    """

    stage: str = NoticeStage.DRAFT
    kind: str = ""
    period: str = ""
    title: str = ""
    body: str = ""
    audience: str = Audience.INTERNAL
    addressee: str = ""
    building_id: str | None = None
    duty: str | None = None
    case_nos: list[str] = field(default_factory=list)
    entries: list[list[Any]] = field(default_factory=list)
    """Lines of a list to be handed over, each in the order of its columns."""
    template_hash: str | None = None
    authors: str = ","
    """Accounts of who wrote it, each between commas."""
    clock: str | None = None
    due_at: datetime | None = None
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    previewed_by: str | None = None
    previewed_hash: str | None = None
    return_reason: str | None = None
    approver: str | None = None
    approved_at: datetime | None = None
    approved_hash: str | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    expires_on: date | None = None
    appeal: str | None = None
    appealed_at: datetime | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    doubted: str | None = None
    """Number of the case whose decision stands no more, since it was published."""
    end_reason: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    taken_down_at: datetime | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    credit_status: str | None = None
    pledge_on: date | None = None

    def content_hash(self) -> str:
        """Return the SHA-256 of what a reviewer lets go, as 64 hex digits."""
        content = [getattr(self, name) for name in CONTENT]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def is_by(self, accounts: Collection[str]) -> bool:
        """Say whether one of some accounts wrote any of it."""
        return not set(accounts).isdisjoint(self.authors.split(","))


FIELDS: Final = NoticeState.fact_fields()
replay: Final = NoticeState.of_history
