"""Ledgers with a row for each place, its visits beside each other."""

from collections.abc import Callable
from typing import Any

import pytest

from data.ingest import mapped_file
from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]

FACTS = ("at", "raw_address", "result", "other_count")
READ = [
    (2, "示例花园1号楼", "属实", 3),
    (9, "示例花园1号楼", "未发现异常", 0),
    (12, "示例花园2号楼", "未发现异常", 0),
    (20, "示例花园1号楼", "属实", 1),
]


def facts(rows_of: Rows) -> list[Any]:
    return [(at.day, *rest) for at, *rest in rows_of("inspections", *FACTS)]


@pytest.mark.parametrize("batch_rows", [1, 100])
@pytest.mark.parametrize(
    "names",
    [
        ("第一次检查日期,第一次检查结果,问题数1", "第二次检查日期,第二次检查结果,问题数2",
         "第3次检查日期,第3次检查结果,问题数3"),
        ("检查日期,检查结果,问题数",) * 3,
        ("First inspection date,First inspection result,First problem count",
         "2nd inspection date,2nd inspection result,2nd problem count",
         "Inspection Date 3,Inspection_Result_3,Problem Count (3)"),
    ],
)  # fmt: skip
def test_each_of_several_visits_of_a_row_is_a_visit(
    send: Send,
    rows_of: Rows,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    batch_rows: int,
) -> None:
    monkeypatch.setattr(mapped_file, "BATCH_ROWS", batch_rows)
    result = send("inspections", [
        f"序号,地址,{','.join(names)},最终检查结果",
        "1,示例花园1号楼,2026-11-02,发现问题,3,2026-11-09,未发现问题,0,2026-11-20,发现问题,1,合格",
        "2,示例花园2号楼,,,,2026-11-12,未发现问题,0,,,,合格",
    ])  # fmt: skip
    assert (result.rows_in, result.accepted, result.quarantined) == (4, 4, 0)
    assert facts(rows_of) == READ
    assert result.warned_about["visits_beside"] == ["第1次、第2次、第3次"]


def test_headers_of_two_levels_number_the_visits(send: Send, rows_of: Rows) -> None:
    send("inspections", [
        ["检查台账"], ["地址", "第一次检查", None, None, "第二次检查", None, None],
        [None, "检查日期", "检查结果", "问题数", "检查日期", "检查结果", "问题数"],
        ["示例花园1号楼", "2026-11-02", "发现问题", 3, "2026-11-09", "未发现问题", 0],
    ])  # fmt: skip
    assert facts(rows_of) == READ[:2]


def test_visits_of_a_numbered_row_have_numbers_of_their_own(send: Send, rows_of: Rows) -> None:
    lines = ["记录编号,地址,检查结果,第一次检查日期,第一次结果,第二次检查日期,第二次结果",
             "A1,示例花园1号楼,合格,2026-11-02,不合格,2026-11-09,合格"]  # fmt: skip
    result = send("inspections", lines)
    assert rows_of("inspections", "inspection_id", "result") == [
        ("A1", "属实"),
        ("A1-第2次", "未发现异常"),
    ]
    assert result.unmapped == ("整行:检查结果",), (
        "what a row says of all its visits is told of none"
    )
    lines[1] += "\nA2,示例花园2号楼,合格,2026-11-02,不合格,坏,合格"
    send("inspections", lines)
    assert rows_of("inspections", "inspection_id") == ["A1", "A1-第2次", "A2"]


def test_a_row_without_any_visit_waits_to_be_corrected(send: Send) -> None:
    lines = ["地址,检查日期1,检查结果1,检查日期2,检查结果2", "示例花园1号楼,,,,"]
    result = send("inspections", lines)
    assert (result.rows_in, result.quarantined) == (1, 1)


@pytest.mark.parametrize(
    "header",
    ["检查日期,检查结果,整改日期1,整改日期2", "检查日期,检查结果,检查人1,检查日期2"],
)
def test_a_row_is_one_visit_where_its_day_or_what_was_found_stands_once(
    send: Send, header: str
) -> None:
    result = send("inspections", [f"地址,{header}", "示例花园1号楼,2026-11-02,合格,a,2026-11-09"])
    assert result.rows_in == 1
    assert "visits_beside" not in result.warned_about
