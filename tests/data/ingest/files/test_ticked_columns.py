"""Words of a list that ledgers tell by a tick in one of several columns."""

from collections.abc import Callable
from typing import Any

import pytest

from data.ingest import mapped_file
from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]


@pytest.mark.parametrize("batch_rows", [1, 100])
def test_a_tick_below_a_word_is_the_word(
    send: Send, rows_of: Rows, monkeypatch: pytest.MonkeyPatch, batch_rows: int
) -> None:
    monkeypatch.setattr(mapped_file, "BATCH_ROWS", batch_rows)
    result = send("inspections", [
        ["检查统计表"], ["序号", "地址", "检查时间", "检查结果", None, None, "隐患数"],
        [None, None, None, "合格", "不合格", "无人", None],
        [1, "示例花园1号楼", "2026-11-02", None, "√", None, 2],
        [2, "示例花园2号楼", "2026-11-03", "√", "×", None, 0],
        [3, "示例花园3号楼", "2026-11-04", None, None, "√", None],
        [4, "示例花园4号楼", "2026-11-05", "√", "√", None, None],
    ])  # fmt: skip
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常", "无人"]
    assert result.reasons == {"not_allowed": 1}, "of two ticks none is chosen"
    assert result.mapping["result"] == "检查结果"
    assert result.warned_about["joined_columns"] == [
        "检查结果/合格、检查结果/不合格、检查结果/无人",
    ]  # fmt: skip


def test_words_need_no_heading_and_a_question_is_answered(send: Send, rows_of: Rows) -> None:
    send("inspections", ["地址,检查时间,合格,不合格", "示例花园1号楼,2026-11-02,,√"])
    send("inspections", [
        ["序号", "地址", "检查时间", "是否发现问题", None], [None, None, None, "有", "无"],
        [2, "示例花园2号楼", "2026-11-03", None, "√"],
    ])  # fmt: skip
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常"]


@pytest.mark.parametrize("cells", ["1,0", "3,√", "好,差"])
def test_columns_with_anything_but_ticks_stay_apart(send: Send, cells: str) -> None:
    result = send("inspections", ["地址,检查时间,合格,不合格", f"示例花园1号楼,2026-11-02,{cells}"])
    assert "joined_columns" not in result.warned_about
