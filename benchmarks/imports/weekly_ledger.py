"""Measure what a ledger without numbers costs that is imported whole again, its states changed.

Run ``python -m benchmarks.imports.weekly_ledger [--held N]``. ``N`` invented complaints (300,000 if
not said) are imported, then all of them again, every third closed and a few with another text, and
a third as many new ones. Prints the CPU seconds of each import, of the second also those that its
rows were compared with held ones for later states, and how many were found.
"""

import argparse
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from data.contracts.model import TableContract
from data.ingest import run
from data.ingest.held_rows.later_states import keys_of_later_states
from data.workspace.folder import Workspace

START = datetime(2026, 1, 1)  # noqa: DTZ001 -- local times throughout
NOW = datetime(2026, 12, 3, 9)  # noqa: DTZ001
HEADER = "来电时间,诉求人,工单标题,事发地址,工单状态\n"


def write_ledger(path: Path, count: int, *, again: bool) -> Path:
    """Write one complaint a minute; ``again``: as a week later."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(count):
            at = START + timedelta(minutes=number)
            state = "已结案" if again and number % 3 == 0 else "待处置"
            text = f"补课{number % 977}" + ("，请尽快" if again and number % 977 == 0 else "")
            file.write(f"{at:%Y-%m-%d %H:%M},王先生,{text},示例花园{number % 500}号楼,{state}\n")
    return path


def main() -> None:
    """Import both ledgers and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", type=int, default=300_000)
    held = parser.parse_args().held
    spent = [0.0]

    def compare_timed(
        workspace: Workspace, contract: TableContract, rows: Path, import_id: str
    ) -> dict[str, str]:
        start = time.process_time()
        keys = keys_of_later_states(workspace, contract, rows, import_id)
        spent[0] = time.process_time() - start
        return keys

    with (
        tempfile.TemporaryDirectory() as name,
        patch.object(run, "keys_of_later_states", compare_timed),
    ):
        folder = Path(name)
        workspace = Workspace.create(folder / "office")
        for week, count in enumerate((held, held * 4 // 3)):
            path = write_ledger(folder / f"week{week}.csv", count, again=bool(week))
            now, start = NOW + timedelta(days=7 * week), time.process_time()
            result = run.import_file(workspace, "complaints", path, now=now, derive=False)
            cpu = time.process_time() - start
            print(
                f"week {week + 1}: {result.rows_in:,} rows, {result.replaced:,} later states,"
                f" {cpu:.1f} s of CPU, of it {spent[0]:.2f} to find them"
            )


if __name__ == "__main__":
    main()
