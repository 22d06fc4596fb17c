"""Verify that each line of the ledger is what its history gives, column by column."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from data.integrity.sealed.audit import Fault
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent
from data.store.unit_of_work import Store

_NOT_OF_EVENTS: Final = frozenset({"id", "status", "version", "last_on", "next_on"})
_DAYS: Final = frozenset({"in_on", "out_on"})


def verify_ledger(store: Store) -> Iterator[Fault | None]:
    """Yield ``ledger_line_changed`` for a line that its events do not give, None for one they do.

    Read here without the rules that wrote it, so that a fault of those would be seen, too.
    """
    with store.begin() as unit:
        lines = unit.ledger.all()
        histories = unit.ledger.events({line.id for line in lines})
        for line in lines:
            wrong = _wrong(line, histories.get(line.id, []))
            facts = {"line": line.ledger_no, "seen": ", ".join(wrong)}
            yield Fault("ledger_line_changed", facts) if wrong else None


def _wrong(line: LedgerEntry, events: Sequence[LedgerEvent]) -> list[str]:
    """Return the columns of a line that its events do not give."""
    given: dict[str, Any] = {}
    for event in events:
        given |= event.facts
    columns = [c.name for c in LedgerEntry.__table__.columns if c.name not in _NOT_OF_EVENTS]
    wrong = [name for name in columns if name not in given or _plain(line, name) != given[name]]
    if not events or line.status != events[-1].to_status:
        wrong.append("status")
    if [event.seq for event in events] != list(range(1, line.version + 1)):
        wrong.append("version")
    return wrong


def _plain(line: LedgerEntry, name: str) -> Any:  # noqa: ANN401 -- columns are of several kinds
    value = getattr(line, name)
    return value.isoformat() if name in _DAYS and isinstance(value, date) else value
