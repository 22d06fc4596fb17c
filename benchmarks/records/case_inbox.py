"""Time the inbox of cases: 20,000 cases of 100,000 leads, on SQLite and on PostgreSQL.

    python -m benchmarks.records.case_inbox
    GRIDWARDEN_TEST_POSTGRESQL=postgresql+psycopg://... python -m benchmarks.records.case_inbox

Takes in 20,000 leads as an import would, puts the other 80,000 into the cases that they opened, and
prints of each question the median of five answers, in milliseconds by the clock and of CPU; the
limit is 500 by the clock. On a busy machine the clock tells of the neighbours, too. With the
variable set, its database is used as well, in a schema that is dropped at the end.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter, process_time

from sqlalchemy import text

from benchmarks.records.both_stores import MOST_MS, office_on, on_both_stores, slowest
from data.contracts.case_vocabulary import Stage
from data.store.repositories.cases.inbox import InboxQuery
from data.store.unit_of_work import Store
from governance.access.permissions import Actor, Scope, local_owner
from governance.cases.inbox import CaseQuery
from governance.cases.intake import LeadIntake, NewLead
from governance.office import Office

CASES, LEADS = 20_000, 100_000
NOW = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the office's local time
WORDS = ("补课扰民", "托管无证", "一对一收费", "培训噪音", "家教广告", "晚托班", "自习室辅导")
CHIEF = Actor("chief", "chief", ("grid_chief",), Scope(communities=frozenset({"C007"})))
QUESTIONS: dict[str, InboxQuery] = {
    "first page": InboxQuery(),
    "a page far down": InboxQuery(offset=15_000),
    "one stage, newest": InboxQuery(stages=(Stage.ASSIGNED,), sort="newest"),
    "a channel": InboxQuery(channels=("信访",)),
    "ticket number": InboxQuery(search="260101000000012345"),
    "case number": InboxQuery(search="XS-2026-1234"),
    "a word that many have": InboxQuery(search="补课"),
    "two words": InboxQuery(search="补课 花园77号"),
    "a word that none has": InboxQuery(search="没有这个词"),
    "all stages, a word": InboxQuery(stages=tuple(Stage), search="花园123号"),
}


def new_leads(count: int) -> Iterator[NewLead]:
    """Yield reports of several channels from three hundred days."""
    draw = random.Random(1)  # noqa: S311 -- a benchmark's rows
    for number in range(count):
        yield NewLead(
            channel=draw.choice(("12345热线", "12345热线", "信访", "随手拍")),
            origin_table="benchmark",
            origin_key=str(number),
            ticket_no=f"{260101000000000000 + number}",
            received_at=NOW - timedelta(minutes=draw.randrange(60 * 24 * 300)),
            title=f"反映{draw.choice(WORDS)}",
            text="晚上和周末有学生集中出入，" * 4,
            address=f"示例花园{draw.randrange(900)}号楼{draw.randrange(1, 5)}单元",
            building_id=f"B{draw.randrange(5000)}",
            community=f"C{draw.randrange(30):03d}",
            grid=f"G{draw.randrange(200):03d}",
        )


def fill(office: Office) -> None:
    """Take in a fifth of the leads, and put the others into their cases."""
    leads = list(new_leads(LEADS))
    intake = office._resources.part(LeadIntake)  # noqa: SLF001 -- asks nobody
    with office._workspace.store.begin() as unit:  # noqa: SLF001
        intake.take_in(unit, leads[:CASES], local_owner())
        ids = sorted({held[1] for held in unit.leads.known("benchmark").values()})
        unit.leads.add(
            [
                asdict(lead) | {"forms": [], "opened_case_id": None, "case_id": ids[n % CASES]}
                for n, lead in enumerate(leads[CASES:])
            ]
        )
        unit.session.execute(text("UPDATE cases SET leads = 5"))
        unit.commit()


def measure(name: str, store: Store | None) -> bool:
    """Fill an office and ask; say whether every answer came in time."""
    with office_on(store) as (office, _):
        begun, cpu = perf_counter(), process_time()
        fill(office)
        took, cpu = perf_counter() - begun, process_time() - cpu
        print(f"{name}: {LEADS:,} leads taken in within {took:.1f} s, {cpu:.1f} s of CPU")
        owner, inbox, waiting = local_owner(), office.case_inbox, CaseQuery(for_actor=True)
        asked: dict[str, Callable[[], object]] = {
            f"{title} ({office.cases.inbox(owner, query).total:,})": partial(
                office.cases.inbox, owner, query
            )
            for title, query in QUESTIONS.items()
        } | {
            "first page of a community": lambda: office.cases.inbox(CHIEF),
            "counts": lambda: office.cases.counts(owner),
            "one case": lambda: office.cases.case(owner, "XS-2026-12345"),
            "what waits for one, with names": lambda: inbox.page(owner, waiting, limit=25),
            "the start page's counts": lambda: inbox.waiting(owner),
            "open cases for the map": lambda: inbox.open_places(owner),
        }
        clock, _ = slowest(asked)
    return clock <= MOST_MS


if __name__ == "__main__":
    raise SystemExit(0 if on_both_stores(measure) else 1)
