"""The state of a notice, which follows from its history alone."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Final, Protocol, Self

from data.contracts.notice_vocabulary import Audience, NoticeStage

TIMES: Final = frozenset(
    {"due_at", "submitted_at", "approved_at", "published_at", "appealed_at", "answered_at",
     "ended_at", "taken_down_at"}
)  # fmt: skip
DAYS: Final = frozenset({"expires_on", "pledge_on"})
CONTENT: Final = ("kind", "period", "title", "body", "audience", "addressee", "building_id", "duty",
                  "case_nos", "entries", "template_hash", "replaces")  # fmt: skip
"""What a reviewer lets go; nothing of it changes afterwards."""


class Event(Protocol):
    """One change of a notice, as its history keeps it."""

    @property
    def seq(self) -> int:
        """Its number in the notice's history."""

    @property
    def to_stage(self) -> str:
        """The stage after it."""

    @property
    def facts(self) -> dict[str, Any]:
        """The values that it gives the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeState:
    """Where a notice stands; each field is a column of `data.store.tables.records.notices.Notice`.

    Parameters
    ----------
    version
        Number of the newest event; 0 before the first.
    building_id, duty
        The building of a reminder, and the duty of the one whom it reminds.
    entries
        Lines of a list to be handed over, each in the order of its columns.
    authors
        Accounts of who wrote it, each between commas.
    clock, due_at
        `NoticeClock` that runs, and the local time it runs out; None where nothing is due.
    doubted
        Number of the case whose decision stands no more, since it was published.
    """

    version: int = 0
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
    template_hash: str | None = None
    authors: str = ","
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
    end_reason: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    taken_down_at: datetime | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    credit_status: str | None = None
    pledge_on: date | None = None

    @classmethod
    def of_row(cls, row: object) -> Self:
        """Return the state that a row of the table of notices holds."""
        return cls(**{each.name: getattr(row, each.name) for each in fields(cls)})

    def after(self, event: Event) -> Self:
        """Return the state after an event."""
        values = {name: _decoded(name, value) for name, value in event.facts.items()}
        return replace(self, version=event.seq, stage=event.to_stage, **values)

    def values(self) -> dict[str, Any]:
        """Return column → value, without ``version``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "version"}

    def content_hash(self) -> str:
        """Return the SHA-256 of what a reviewer lets go, as 64 hex digits."""
        told = [getattr(self, name) for name in CONTENT]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def is_by(self, account: str) -> bool:
        """Say whether an account wrote any of it."""
        return f",{account}," in self.authors


FIELDS: Final = frozenset(each.name for each in fields(NoticeState)) - {"version", "stage"}


def replay(events: Iterable[Event]) -> NoticeState:
    """Return the state that a whole history gives, the oldest event first."""
    state = NoticeState()
    for event in events:
        state = state.after(event)
    return state


def encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of fields as an event keeps them in JSON."""
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}


def _decoded(name: str, value: Any) -> Any:  # noqa: ANN401 -- columns are of several kinds
    if value is None or name not in TIMES | DAYS:
        return value
    return datetime.fromisoformat(value) if name in TIMES else date.fromisoformat(value)
