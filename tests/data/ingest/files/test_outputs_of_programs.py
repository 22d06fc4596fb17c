"""What clients of databases, services and spreadsheets put out is read whole, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
NAMES = ["工单编号", "来电时间", "事发地址"]
ROWS = [["G1", "2026-11-03", "示例花园3号楼"], ["G2", "2026-11-04", "春岭街97号"]]
COLUMNS = {name: {str(at): row[i] for at, row in enumerate(ROWS)} for i, name in enumerate(NAMES)}
RULE = "+----+------------+---------------+"


def line(cells: list[str], mark: str = "|") -> str:
    """Return cells as a client prints a row of a table."""
    return f"{mark} " + " | ".join(cells) + f" {mark}"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([RULE, line(NAMES), RULE, *map(line, ROWS), RULE, "2 rows in set (0.00 sec)"]),
        "\n".join([" | ".join(NAMES), "----+------+----", *map(" | ".join, ROWS), "(2 rows)"]),
        json.dumps(COLUMNS, ensure_ascii=False),
        json.dumps({"columns": NAMES, "index": [0, 1], "data": ROWS}, ensure_ascii=False),
        "\n".join(['"工单\n编号","来电\n时间","事发\n地址"', *map(",".join, ROWS)]),
        "\n".join(f"\ufeff{','.join(NAMES)}\n{','.join(row)}" for row in ROWS),
    ],
    ids=["mysql", "psql", "json by column", "json by row", "broken header", "files end to end"],
)
def test_each_record_is_read_once_and_nothing_else(send: Send, tmp_path: Path, text: str) -> None:
    path = tmp_path / "导出.txt"
    path.write_text(text, encoding="utf-8")
    result = send("complaints", path)
    assert (result.accepted, result.quarantined) == (2, 0)
