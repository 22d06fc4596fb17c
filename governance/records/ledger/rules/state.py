"""The state of a line of the ledger, which follows from its history alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, Protocol, Self

from data.contracts.ledger_vocabulary import LedgerCadence, LedgerStatus, LedgerTier

_DAYS: Final = frozenset({"in_on", "out_on"})


class Event(Protocol):
    """One change of a line, as its history keeps it."""

    @property
    def seq(self) -> int:
        """Its number in the line's history."""

    @property
    def to_status(self) -> str:
        """The status after it."""

    @property
    def facts(self) -> dict[str, Any]:
        """The values that it gives the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """Where a line stands; each field is a column of `data.store.tables.records.ledger`.

    Parameters
    ----------
    approvers
        Who approved its exit so far: people, or accounts of nobody in the table of staff.
    reopened
        How often it came back.
    """

    version: int = 0
    ledger_no: str = ""
    subject: str = ""
    kind: str = ""
    name: str = ""
    address: str = ""
    building_id: str | None = None
    community: str = ""
    grid: str = ""
    in_on: date = date.min
    in_reason: str = ""
    tier: str = LedgerTier.BLUE
    cadence: str = LedgerCadence.MONTHLY
    owner_id: str | None = None
    rule_version: int = 0
    status: str = LedgerStatus.LISTED
    former_status: str | None = None
    exit_asked_by: str | None = None
    approvers: tuple[str, ...] = ()
    out_on: date | None = None
    out_reason: str | None = None
    hold_reason: str | None = None
    reopened: int = 0

    @classmethod
    def of_row(cls, row: object) -> Self:
        """Return the state that a row of the table holds."""
        held = {each.name: getattr(row, each.name) for each in fields(cls)}
        return cls(**held | {"approvers": tuple(held["approvers"])})

    def after(self, event: Event) -> Self:
        """Return the state after an event."""
        values = {name: _decoded(name, value) for name, value in event.facts.items()}
        return replace(self, version=event.seq, status=event.to_status, **values)

    def values(self) -> dict[str, Any]:
        """Return column → value, without ``version``."""
        held = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "version"}
        return held | {"approvers": list(self.approvers)}


FIELDS: Final = frozenset(each.name for each in fields(LedgerState)) - {"version", "status"}


def replay(events: Iterable[Event]) -> LedgerState:
    """Return the state that a whole history gives, the oldest event first."""
    state = LedgerState()
    for event in events:
        state = state.after(event)
    return state


def encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of fields as an event keeps them in JSON."""
    return {name: _encoded(value) for name, value in values.items()}


def _encoded(value: Any) -> Any:  # noqa: ANN401 -- columns are of several kinds
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _decoded(name: str, value: Any) -> Any:  # noqa: ANN401 -- columns are of several kinds
    if value is not None and name in _DAYS:
        return date.fromisoformat(value)
    return tuple(value) if name == "approvers" else value
