"""The state of a case, which follows from its history alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final, Protocol, Self

from data.contracts.case_vocabulary import Stage

TIMES: Final = frozenset(
    {"due_at", "verified_at", "sent_at", "recorded_at", "replied_at", "closed_at"}
)
DAYS: Final = frozenset({"decided_on"})


class Event(Protocol):
    """One change of a case, as its history keeps it."""

    @property
    def seq(self) -> int:
        """Its number in the case's history."""

    @property
    def to_stage(self) -> str:
        """The stage after it."""

    @property
    def facts(self) -> dict[str, Any]:
        """The values that it gives the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """Where a case stands; each field is a column of `data.store.tables.cases.Case`.

    Parameters
    ----------
    version
        Number of the newest event; 0 before the first.
    stage, former_stage
        `Stage`, and the one to go back to from a hold or a merger.
    clock, due_at, days_left
        `ClockKind` that runs, the local time it runs out, and while it is stopped the working days
        that it has left; all None where nothing is due.
    extended_days
        Working days by which it was extended, all told.
    reopened
        How often the case was opened again.
    """

    version: int = 0
    stage: str = Stage.NEW
    former_stage: str | None = None
    merged_into: str | None = None
    holder_id: str | None = None
    clock: str | None = None
    due_at: datetime | None = None
    days_left: int | None = None
    extended_days: int = 0
    extend_basis: str | None = None
    finding: str | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None
    visit_id: str | None = None
    referral: str | None = None
    sent_to: str | None = None
    sent_at: datetime | None = None
    receipt_no: str | None = None
    outcome: str | None = None
    decision_no: str | None = None
    decided_on: date | None = None
    recorded_at: datetime | None = None
    replied_at: datetime | None = None
    reply_by: str | None = None
    reply: str | None = None
    satisfaction: str | None = None
    return_reason: str | None = None
    hold_reason: str | None = None
    hold_asked_by: str | None = None
    hold_approver: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    reopened: int = 0

    @classmethod
    def of_row(cls, row: object) -> Self:
        """Return the state that a row of the table of cases holds."""
        return cls(**{each.name: getattr(row, each.name) for each in fields(cls)})

    def after(self, event: Event) -> Self:
        """Return the state after an event."""
        values = {name: _decoded(name, value) for name, value in event.facts.items()}
        return replace(self, version=event.seq, stage=event.to_stage, **values)

    def values(self) -> dict[str, Any]:
        """Return column → value, without ``version``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "version"}


FIELDS: Final = frozenset(each.name for each in fields(CaseState)) - {"version", "stage"}


def replay(events: Iterable[Event]) -> CaseState:
    """Return the state that a whole history gives, the oldest event first."""
    state = CaseState()
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
