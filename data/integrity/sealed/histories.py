"""Verify that each line of the ledger, case and notice is what its history gives, by columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.integrity.sealed.audit import Fault
from data.store.repositories.cases.cases import Cases
from data.store.repositories.records.ledger import Ledger
from data.store.repositories.records.notices import Notices
from data.store.repositories.versioned import NumberedRows, histories
from data.store.unit_of_work import Store

BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHistory:
    """Rows that follow from their events, and what is said of one that does not."""

    rows: type[NumberedRows[Any, Any]]
    code: str
    """Of the fault."""
    stage: str
    """The column that every event says anew."""
    elsewhere: frozenset[str]
    """Columns that no event gives, beside ``id``, ``version`` and the stage."""
    whole: bool = False
    """Whether events give every other column, empty ones as well."""


LEDGER: Final = KeptHistory(
    rows=Ledger, code="ledger_line_changed", stage="status",
    elsewhere=frozenset({"last_on", "next_on"}), whole=True,
)  # fmt: skip
CASES: Final = KeptHistory(
    rows=Cases, code="case_state_changed", stage="stage",
    elsewhere=frozenset({"case_no", "opened_at", "channel", "nature", "received_at", "title",
                         "address", "building_id", "community", "grid", "leads"}),
)  # fmt: skip
NOTICES: Final = KeptHistory(
    rows=Notices, code="notice_state_changed", stage="stage",
    elsewhere=frozenset({"notice_no", "drafted_by", "drafted_at"}),
)  # fmt: skip
HISTORIES: Final = {"ledger": LEDGER, "cases": CASES, "notices": NOTICES}


def verify_histories(store: Store, *, kept: KeptHistory) -> Iterator[Fault | None]:
    """Yield a fault for a row that its events do not give, None for one that they do.

    The fault's facts are the row's number and, as ``seen``, the columns.

    Read here without the rules that wrote it, so that a fault of those would be seen, too. What is
    changed while this reads is read once more.
    """
    with store.begin() as unit:
        for rows in _batches(unit.session, kept):
            events = _events(unit.session, kept, rows)
            for row in rows:
                wrong = _wrong(kept, row, events.get(row.id, []))
                if wrong:
                    unit.session.refresh(row)
                    wrong = _wrong(kept, row, _events(unit.session, kept, [row]).get(row.id, []))
                number = kept.rows.NUMBER
                facts = {number: getattr(row, number), "seen": ", ".join(wrong)}
                yield Fault(kept.code, facts) if wrong else None
            unit.session.expunge_all()


def _batches(session: Session, kept: KeptHistory) -> Iterator[Sequence[Any]]:
    row, last = kept.rows.ROW, -1
    while rows := session.scalars(
        select(row).where(row.id > last).order_by(row.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        yield rows


def _events(session: Session, kept: KeptHistory, rows: Sequence[Any]) -> dict[int, list[Any]]:
    event = kept.rows.EVENT
    of = getattr(event, kept.rows.OF)
    return histories(session, of, {row.id for row in rows}, by=event.seq)


def _wrong(kept: KeptHistory, row: Any, events: Sequence[Any]) -> list[str]:  # noqa: ANN401 -- of any table
    """Return the columns of a row that its events do not give."""
    given: dict[str, Any] = {}
    for event in events:
        given |= event.facts
    other = {"id", "version", kept.stage, *kept.elsewhere}
    columns = [column.name for column in row.__table__.columns if column.name not in other]
    wrong = [name for name in columns if not _follows(kept, getattr(row, name), name, given)]
    after = [getattr(event, f"to_{kept.stage}") for event in events]
    before = [getattr(event, f"from_{kept.stage}") for event in events]
    if [*before, getattr(row, kept.stage)] != [None, *after]:
        wrong.append(kept.stage)
    if [event.seq for event in events] != list(range(1, row.version + 1)):
        wrong.append("version")
    return wrong


def _follows(kept: KeptHistory, value: Any, name: str, given: dict[str, Any]) -> bool:  # noqa: ANN401 -- columns are of several kinds
    if name not in given:
        return not (value or kept.whole)
    return bool((value.isoformat() if isinstance(value, date) else value) == given[name])
