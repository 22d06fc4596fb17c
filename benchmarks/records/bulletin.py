"""Time a bulletin: 20,000 cases of two years with their histories, 200,000 visits.

    python -m benchmarks.records.bulletin
    GRIDWARDEN_TEST_POSTGRESQL=postgresql+psycopg://... python -m benchmarks.records.bulletin

Cases go straight into the tables, visits through an import. Prints of each period the median of
five bulletins, worked out with what they are compared to, in milliseconds by the clock and of CPU;
the limit is 2,000 of CPU. With the variable set, its database is used as well, in a schema that is
dropped at the end.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.records.both_stores import office_on, on_both_stores, slowest
from data.contracts.case_vocabulary import CaseAction, ClockKind, Stage
from data.ingest.options import ImportOptions
from data.store.tables.cases import Case, CaseEvent
from data.store.unit_of_work import Store
from governance.access.permissions import local_owner
from governance.cases.rules.state import CaseState
from governance.office import Office
from governance.records.bulletins.periods import BulletinKind

CASES, VISITS, BUILDINGS = 20_000, 200_000, 5_000
MOST_CPU_MS = 2_000
NOW = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the office's local time
DAYS = 700
PERIODS = ((BulletinKind.WEEKLY, "2026-W46"), (BulletinKind.MONTHLY, "2026-10"),
           (BulletinKind.QUARTERLY, "2026-Q3"))  # fmt: skip
WAY = (
    (CaseAction.TAKE_IN, Stage.NEW, {"clock": ClockKind.TRIAGE}),
    (CaseAction.ACCEPT, Stage.ASSIGNED, {"clock": ClockKind.HANDLE}),
    (CaseAction.VERIFY, Stage.VERIFIED, {"finding": "属实"}),
    (CaseAction.REFER, Stage.REFERRED, {"referral": "移送", "clock": ClockKind.DECIDE}),
    (CaseAction.DECIDE, Stage.DECIDED, {"outcome": "责令改正", "clock": ClockKind.REPLY}),
    (CaseAction.REPLY, Stage.REPLIED, {"reply_by": "电话", "clock": ClockKind.CLOSE}),
    (CaseAction.CLOSE, Stage.CLOSED, {"clock": None}),
)
"""What becomes of a case, up to some step."""


def histories(draw: random.Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield cases, as rows of the table, with their events."""
    for number in range(1, CASES + 1):
        at = NOW - timedelta(minutes=draw.randrange(60 * 24 * DAYS))
        row = CaseState().values() | {
            "id": number, "case_no": f"XS-2026-{number:05d}", "opened_at": at,
            "channel": draw.choice(("12345热线", "信访", "随手拍")), "nature": "投诉",
            "received_at": at, "title": "反映补课", "address": "示例花园",
            "building_id": f"B{draw.randrange(BUILDINGS)}", "community": _community(draw),
            "grid": "", "leads": 1, "version": 0,
        }  # fmt: skip
        events: list[dict[str, Any]] = []
        for action, stage, facts in WAY[: draw.choice((2, 3, 6, 7, 7, 7, 7))]:
            due = at + timedelta(days=draw.randrange(1, 9))
            told = facts | ({"due_at": due.isoformat()} if facts.get("clock") else {})
            events.append({
                "case_id": number, "seq": len(events) + 1, "action": str(action),
                "from_stage": events[-1]["to_stage"] if events else None, "to_stage": str(stage),
                "actor": "a", "at": at, "note": "", "facts": told,
            })  # fmt: skip
            at = min(NOW, at + timedelta(hours=draw.randrange(1, 90)))
        row |= {"stage": events[-1]["to_stage"], "version": len(events)}
        yield row, events


def _community(draw: random.Random) -> str:
    return f"3709020010{draw.randrange(30):02d}"


def fill(office: Office, folder: Path) -> int:
    """Write buildings, visits and cases; return how many events there are."""
    draw = random.Random(1)  # noqa: S311 -- a benchmark's rows
    buildings = ["楼栋编码,小区名称,楼栋号,建筑类型,户数,社区代码"]
    buildings += [f"B{n},示例花园,{n}号楼,住宅,40,{_community(draw)}" for n in range(BUILDINGS)]
    visits = ["检查编号,检查时间,楼栋编码,检查结果,参加人次"]
    for number in range(VISITS):
        at = NOW - timedelta(minutes=draw.randrange(60 * 24 * DAYS))
        found = draw.choice(("属实", *["未发现异常"] * 9))
        visits.append(f"X{number},{at:%Y-%m-%d %H:%M},B{draw.randrange(BUILDINGS)},{found},2")
    for table, lines in (("buildings", buildings), ("inspections", visits)):
        path = folder / f"{table}.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        office.imports.import_file(local_owner(), table, path, ImportOptions())
    made = list(histories(draw))
    events = [event for _, own in made for event in own]
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- no service writes so many
        unit.session.execute(insert(Case), [row for row, _ in made])
        unit.session.execute(insert(CaseEvent), events)
        unit.commit()
    return len(events)


def measure(name: str, store: Store | None) -> bool:
    """Fill an office and make bulletins; say whether each took little enough."""
    with office_on(store, now=NOW.astimezone) as (office, folder):
        events = fill(office, folder)
        print(f"{name}: {CASES:,} cases with {events:,} events, {VISITS:,} visits")
        _, cpu = slowest({
            key: partial(office.bulletins.bulletin, local_owner(), kind, key)
            for kind, key in PERIODS
        })  # fmt: skip
    return cpu <= MOST_CPU_MS


if __name__ == "__main__":
    raise SystemExit(0 if on_both_stores(measure) else 1)
