"""Time how the ledger catches up in a city: 200,000 buildings, 400,000 visits, 5,000 lines.

    python -m benchmarks.records.ledger_catch_up [buildings]

Files are imported, lines written straight into the table. Prints CPU seconds of the first time,
when everything is new; of the next, when nothing is; after a visit; and after the rules were set
anew, which changes every proposal. The limits are 10 s, 0.05 s, 3 s and 10 s: it runs after every
change, beside people at work.
"""

import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.records.ledger_lists import write_lines
from data.ingest.options import ImportOptions
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import create_workspace, open_office

BUILDINGS, LINES = 200_000, 5_000
FIRST_S, NOTHING_S, AGAIN_S = 10.0, 0.05, 3.0
NOW = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the office's local time
CHIEF = Actor("chief", "chief", ("grid_chief",), Scope.whole())
DAYS = 300
TABLES = {
    "buildings": "楼栋编码,小区名称,楼栋号,建筑类型,户数,社区代码",
    "inspections": "检查编号,检查时间,楼栋编码,检查结果,人员",
    "violations": "决定书文号,当事人,查处日期,楼栋编码,处罚种类",
    "rentals": "备案编号,楼栋编码,承租人,承租人类型,租期起,租期止,状态",
}


def rows_of(table: str, count: int, draw: random.Random) -> list[str]:
    """Return lines of a table about so many buildings."""
    sizes = {"buildings": count, "inspections": 2 * count, "violations": count // 40,
             "rentals": count // 2}  # fmt: skip
    return [_row(table, number, count, draw) for number in range(sizes[table])]


def _row(table: str, number: int, count: int, draw: random.Random) -> str:
    day = NOW - timedelta(days=draw.randrange(DAYS))
    building = f"B{draw.randrange(count)}"
    if table == "buildings":
        return f"B{number},示例花园,{number}号楼,住宅,40,3709020010{number % 30:02d}"
    if table == "inspections":
        result = draw.choice(("疑似", "属实", *["未发现异常"] * 38))
        return f"X{number},{day:%Y-%m-%d} 19:00,{building},{result},甲{number % 50}"
    if table == "violations":
        return f"示教罚字〔2026〕第{number}号,王某{number},{day:%Y-%m-%d},{building},责令停止举办"
    begun = f"{day:%Y-%m-%d},{day + timedelta(days=365):%Y-%m-%d}"
    return f"备{number},{building},李某{number % 40_000},个人,{begun},有效"


def fill(office: Office, folder: Path, count: int) -> None:
    """Import the files, and write lines."""
    draw = random.Random(1)  # noqa: S311 -- a benchmark's rows
    for table, header in TABLES.items():
        path = folder / f"{table}.csv"
        path.write_text("\n".join([header, *rows_of(table, count, draw)]), encoding="utf-8")
        office.imports.import_file(local_owner(), table, path, ImportOptions())
    write_lines(office, LINES)


def cpu_s(asked: Callable[[], object]) -> tuple[float, float]:
    """Return what something takes: CPU seconds, and by the clock."""
    begun, begun_cpu = perf_counter(), process_time()
    asked()
    return process_time() - begun_cpu, perf_counter() - begun


def main(count: int) -> bool:
    """Fill an office and have its ledger catch up; say whether each took little enough."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(create_workspace(Path(folder) / "office"), now=NOW.astimezone)
        fill(office, Path(folder), count)

        def catch_up() -> None:
            done = office.ledger.catch_up(local_owner())
            print(f"  {done.proposed:,} proposals, {done.lapsed:,} lapsed", end="")

        kept = []
        for title, limit in (("first", FIRST_S), ("nothing new", NOTHING_S),
                             ("after a visit", AGAIN_S), ("nothing new", NOTHING_S),
                             ("after other rules", FIRST_S)):  # fmt: skip
            if title == "after a visit":
                office.visits.record(CHIEF, NewVisit(key="1", building_id="B7", result="疑似"))
            if title == "after other rules":
                rules = office.ledger_rules.current(local_owner())
                other = replace(rules, suspicion_days=rules.suspicion_days + 1).to_mapping()
                office.ledger_rules.set_rules(
                    local_owner(), other, valid_from=NOW.date(), why="benchmark"
                )
            cpu, clock = cpu_s(catch_up)
            print(f": {title} {cpu:.2f} s of CPU, {clock:.2f} s by the clock", flush=True)
            kept.append(cpu <= limit)
        office.close()
    return all(kept)


if __name__ == "__main__":
    raise SystemExit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else BUILDINGS) else 1)
