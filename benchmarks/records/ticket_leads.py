"""Time taking tickets in as leads: all of them new, none new, ten new, all changed.

    python -m benchmarks.records.ticket_leads [--counts 20000,200000]
    GRIDWARDEN_TEST_POSTGRESQL=postgresql+psycopg://... python -m benchmarks.records.ticket_leads

Of each count an office is made with 5,000 buildings and so many complaints, seven of ten closed;
then each question is answered by a process of its own, which prints seconds of CPU, the most
memory that it had, and how much of that came after it had begun. Imports and placement come before.
Run by turns in two trees it compares them. With the variable set, the store is there, in a schema
that is dropped at the end. Rows are drawn from a seed and mean nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.records.both_stores import POSTGRESQL, emptied_postgresql
from data.ingest.options import ImportOptions
from data.workspace.settings import SETTINGS_FILE
from governance.access.permissions import local_owner
from governance.cases.upkeep.catch_up import SETTING
from governance.office import Office
from gridwarden.compose import create_workspace, open_office

BUILDINGS, DAYS, TEN = 5_000, 700, 10
TEXTS: Final = ("周末补课扰民，每小时二百元", "晚上有老师带学生做作业", "家教到深夜，孩子很多",
                "楼道里都是学生和家长", "暑假办班，没有执照", "广场舞声音大，请管一管")  # fmt: skip
STATUSES, SHARES = ("待处置", "已结案", "已退回"), (0.2, 0.7, 0.1)
UNTIL: Final = np.datetime64("2026-11-20T00:00", "m")


def buildings() -> pd.DataFrame:
    """Return the rows of a register."""
    numbers = np.arange(BUILDINGS)
    return pd.DataFrame({
        "楼栋编码": [f"B{n}" for n in numbers],
        "小区名称": [f"示例{n // 20}花园" for n in numbers],
        "楼栋号": [f"{n % 20 + 1}号楼" for n in numbers],
        "经度": 117.0 + numbers % 100 / 1000,
        "纬度": 36.0 + numbers // 100 / 1000,
    })  # fmt: skip


def tickets(first: int, count: int) -> pd.DataFrame:
    """Return the rows of an export, of tickets numbered from ``first``."""
    rng = np.random.default_rng(first)
    at = UNTIL - rng.integers(1, DAYS * 1440, count).astype("timedelta64[m]")
    return pd.DataFrame({
        "工单编号": [f"D{number:09}" for number in range(first, first + count)],
        "来电时间": np.char.replace(np.datetime_as_string(at, unit="m"), "T", " "),
        "楼栋编码": [f"B{n}" for n in rng.integers(0, BUILDINGS, count)],
        "来源渠道": rng.choice(("12345热线", "信访"), count),
        "工单状态": rng.choice(STATUSES, count, p=SHARES),
        "办理期限": rng.integers(3, 11, count),
        "诉求内容": rng.choice(TEXTS, count),
    })  # fmt: skip


def bring_in(office: Office, table: str, rows: pd.DataFrame) -> None:
    """Import rows and place them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.csv"
        rows.to_csv(path, index=False)
        options = ImportOptions(datum="wgs84" if table == "buildings" else None)
        office.imports.import_file(local_owner(), table, path, options)
    office._engine.table(table).count().execute()  # noqa: SLF001 -- places what is not


def take_in(folder: Path, name: str) -> None:
    """Take in what came, and print what it took."""
    with closing(open_office(folder)) as office:
        office._engine.name_of_rows("complaints")  # noqa: SLF001 -- imports and connects
        with office._workspace.store.begin() as unit:  # noqa: SLF001
            unit.settings.put(SETTING, {})
            unit.commit()
        before, cpu, begun = _peak_mb(), process_time(), datetime.now()  # noqa: DTZ005
        done = office.cases.catch_up(local_owner()).leads
        cpu, took = process_time() - cpu, (datetime.now() - begun).total_seconds()  # noqa: DTZ005
    peak = _peak_mb()
    print(
        f"  {name:11} {done.new:9,} new {done.updated:9,} changed {cpu:8.1f} CPU s {took:8.1f} s",
        f"{peak:7.0f} MB, {peak - before:+.0f}",
        flush=True,
    )


def _peak_mb() -> float:
    """Return the most memory of this process; ``ru_maxrss`` would count what began it, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def bring_ten(folder: Path, first: int) -> None:
    """Import ten tickets more."""
    with closing(open_office(folder)) as office:
        bring_in(office, "complaints", tickets(first, TEN))


def change_all(folder: Path, count: int) -> None:
    """Import all tickets again, each with another status."""
    rows = tickets(0, count)
    rows["工单状态"] = rows["工单状态"].map(
        dict(zip(STATUSES, ("已结案", "待处置", "已结案"), strict=True))
    )
    with closing(open_office(folder)) as office:
        bring_in(office, "complaints", rows)


def make(folder: Path, count: int, url: str | None) -> None:
    """Make an office with so many tickets, none of them taken in."""
    create_workspace(folder)
    if url is not None:
        settings = folder / SETTINGS_FILE
        template = settings.read_text(encoding="utf-8")
        text = template.replace('[store]\nurl = ""', f'[store]\nurl = "{url}"')
        settings.write_text(text, encoding="utf-8")
    with closing(open_office(folder)) as office:
        bring_in(office, "buildings", buildings())
        bring_in(office, "complaints", tickets(0, count))


def measure(count: int, url: str | None) -> None:
    """Make an office and let processes of their own take in."""
    print(f"{count:,} tickets, {'SQLite' if url is None else 'PostgreSQL'}", flush=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "office"
        make(folder, count, url)
        for step in ("all new", "none new", "ten new", "all changed"):
            if step == "ten new":
                bring_ten(folder, count)
            if step == "all changed":
                change_all(folder, count)
            own = [sys.executable, "-m", "benchmarks.records.ticket_leads"]
            subprocess.run([*own, "--step", step, "--folder", str(folder)], check=True)  # noqa: S603


@contextmanager
def database() -> Iterator[str | None]:
    """Give the URL of a schema of its own where there is a database, else none."""
    if url := os.environ.get(POSTGRESQL):
        with emptied_postgresql(url) as made:
            yield made
    else:
        yield None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="20000,200000")
    parser.add_argument("--step", help="one question to an office that is there")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.step:
        take_in(chosen.folder, chosen.step)
    else:
        for each in map(int, chosen.counts.split(",")):
            with database() as store:
                measure(each, store)
