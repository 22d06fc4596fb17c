"""Measure reading and checking: a million complaint rows from CSV, 100,000 rows from xlsx.

Run ``python -m benchmarks.imports.import_read [csv|xlsx]``. Prints CPU and wall seconds of reading
and of checking, and the largest memory used; fails beyond the limits. The whole import
(``import_csv.py``) may take 20 s of CPU and 1.5 GB; reading and checking must leave room for
placing and storing.
"""

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from data.contracts.registry import TABLES
from data.ingest.batches import CheckOptions
from data.ingest.checking.check import check_batch
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.ingest.reading.open import OpenSource

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the product's times are naive and local
START = datetime(2024, 11, 24)  # noqa: DTZ001 -- the same
HEADER = (
    *("工单编号", "来源渠道", "来电时间", "诉求人", "联系电话", "诉求内容", "事发地址"),
    *("楼栋编码", "经度", "纬度", "诉求属实"),
)
CSV_ROWS, CSV_CPU_S, LARGEST_GB = 1_000_000, 12.0, 1.5
XLSX_ROWS, XLSX_WALL_S = 100_000, 30.0


def make_rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield rows as a hotline exports them, all different."""
    for i in range(count):
        moment = START + timedelta(seconds=i * 63)
        yield (
            f"25{i:016d}",
            "12345热线",
            moment.isoformat(" "),
            f"张{chr(0x4E00 + i % 5000)}",
            f"138{i % 300_000:08d}",
            f"反映示例花园{i % 3000}号楼{i % 600}室有人补课，晚上和周末有学生集中出入，请核实。",
            f"示例花园{i % 3000}号楼{i % 3 + 1}单元{i % 30 + 1}01室",
            f"370998001001003B{i % 3000:04d}",
            f"{117 + i % 1000 / 10000:.4f}",
            f"{36 + i % 977 / 10000:.4f}",
            "属实" if i % 2 else "不属实",
        )


def write_csv(path: Path, count: int) -> None:
    """Write a GB18030 file as such systems do."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(make_rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """Write a workbook with a title."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_string(0, 0, "××街道12345工单（2026年）")
        for row, cells in enumerate([HEADER, *make_rows(count)], start=1):
            sheet.write_row(row, 0, cells)


def measure(path: Path) -> tuple[int, float, float, float]:
    """Return rows, CPU seconds of reading, of checking, and wall seconds of both."""
    contract = TABLES["complaints"]
    wall, cpu = time.perf_counter(), time.process_time()
    mapping = guess_mapping(
        OpenSource(path, contract=contract).describe().columns, contract
    ).mapping
    options, seen = CheckOptions(now=NOW, secret=b"secret"), SeenRows()
    rows, checking = 0, 0.0
    for batch in OpenSource(path, contract=contract).batches():
        before = time.process_time()
        checked = check_batch(batch, contract, mapping, options=options, seen=seen)
        checking += time.process_time() - before
        assert len(checked.accepted) == len(batch)
        rows += len(batch)
    return rows, time.process_time() - cpu - checking, checking, time.perf_counter() - wall


def main() -> None:
    """Run one benchmark or both."""
    chosen = sys.argv[1:] or ["csv", "xlsx"]
    with tempfile.TemporaryDirectory() as folder:
        for kind in chosen:
            path = Path(folder) / f"rows.{kind}"
            (write_csv if kind == "csv" else write_xlsx)(
                path, CSV_ROWS if kind == "csv" else XLSX_ROWS
            )
            rows, reading, checking, wall = measure(path)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(
                f"{kind}: {rows:,} rows, reading {reading:.1f} s CPU,"
                f" checking {checking:.1f} s CPU, {wall:.1f} s wall, peak {peak:.2f} GB"
            )
            assert peak <= LARGEST_GB
            assert reading + checking <= CSV_CPU_S if kind == "csv" else wall <= XLSX_WALL_S


if __name__ == "__main__":
    main()
