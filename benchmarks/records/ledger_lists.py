"""Time the lists of the ledger: 50,000 lines, on SQLite and on PostgreSQL.

    python -m benchmarks.records.ledger_lists
    GRIDWARDEN_TEST_POSTGRESQL=postgresql+psycopg://... python -m benchmarks.records.ledger_lists

Prints of each question the median of five answers, in milliseconds by the clock and of CPU; the
limit of a list is 500 by the clock. On a busy machine the clock tells of the neighbours, too. With
the variable set, its database is used as well, in a schema that is dropped at the end.
"""

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import insert

from benchmarks.records.both_stores import MOST_MS, office_on, on_both_stores, slowest
from data.contracts.ledger_vocabulary import InReason, LedgerKind, LedgerStatus, LedgerTier
from data.store.repositories.records.ledger_lists import LedgerQuery
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent
from data.store.unit_of_work import Store
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.records.ledger.rules.changes import entered
from governance.records.ledger.rules.state import FIELDS, LedgerState

LINES = 50_000
TODAY = date(2026, 11, 24)
CHIEF = Actor("chief", "chief", ("grid_chief",), Scope(communities=frozenset({"C007"})))
QUESTIONS: dict[str, LedgerQuery] = {
    "first page": LedgerQuery(),
    "a page far down": LedgerQuery(offset=40_000),
    "newest": LedgerQuery(sort="newest"),
    "the most dangerous": LedgerQuery(sort="tier"),
    "a tier and a reason": LedgerQuery(tiers=("红",), reasons=("查处",)),
    "a community": LedgerQuery(communities=("C011",)),
    "overdue": LedgerQuery(overdue_on=TODAY),
    "number": LedgerQuery(search="DM-2026-12345"),
    "a word that many have": LedgerQuery(search="花园"),
    "two words": LedgerQuery(search="花园77号 2单元"),
    "a word that none has": LedgerQuery(search="没有这个词"),
    "all statuses, a word": LedgerQuery(statuses=tuple(LedgerStatus), search="花园123号"),
}


def write_lines(office: Office, count: int) -> None:
    """Write lines with their first event, as entering them would."""
    draw = random.Random(1)  # noqa: S311 -- a benchmark's rows
    lines, events = [], []
    for number in range(1, count + 1):
        day = TODAY - timedelta(days=draw.randrange(300))
        state = LedgerState(
            ledger_no=f"DM-2026-{number:04d}", subject=f"楼栋:B{number}",
            kind=draw.choice(list(LedgerKind)), name=f"名称{number}",
            address=f"示例花园{draw.randrange(900)}号楼{draw.randrange(1, 5)}单元",
            building_id=f"B{number}", community=f"C{draw.randrange(30):03d}",
            grid=f"G{draw.randrange(200):03d}", in_on=day, in_reason=draw.choice(list(InReason)),
            tier=draw.choice(list(LedgerTier)), status=LedgerStatus.LISTED,
        )  # fmt: skip
        values = state.values()
        days = {"last_on": day, "next_on": day + timedelta(days=draw.choice((7, 15, 30)))}
        lines.append(values | days | {"id": number, "version": 1})
        first = entered({name: values[name] for name in FIELDS})
        at = datetime.combine(day, datetime.min.time())
        events.append(asdict(first) | {"entry_id": number, "actor": "a", "at": at})
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- no service writes so many
        unit.session.execute(insert(LedgerEntry), lines)
        unit.session.execute(insert(LedgerEvent), events)
        unit.commit()


def measure(name: str, store: Store | None) -> bool:
    """Fill an office and ask; say whether every list came in time."""
    with office_on(store) as (office, _):
        write_lines(office, LINES)
        owner, ledger = local_owner(), office.ledger
        print(f"{name}: {LINES:,} lines")
        asked: dict[str, Callable[[], object]] = {
            f"{title} ({ledger.lines(owner, query).total:,})": partial(ledger.lines, owner, query)
            for title, query in QUESTIONS.items()
        } | {
            "first page of a community": lambda: ledger.lines(CHIEF),
            "counts": lambda: ledger.counts(owner),
            "one line": lambda: ledger.line(owner, "DM-2026-12345"),
        }
        clock, _ = slowest(asked)
        begun = TODAY - timedelta(days=30)
        slowest({"figures of a month": lambda: ledger.figures(owner, begun, TODAY)})
    return clock <= MOST_MS


if __name__ == "__main__":
    raise SystemExit(0 if on_both_stores(measure) else 1)
