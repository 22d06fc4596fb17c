"""What words of offices' own lists mean."""

import pytest

from data.contracts.registry import vocabulary_of


@pytest.mark.parametrize(
    ("table", "field", "word", "value"),
    [
        ("inspections", "result", "不合规", "属实"),
        ("inspections", "result", "合规", "未发现异常"),
        ("inspections", "result", "空置", "已不在"),
        ("inspections", "result", "有学生", "疑似"),
        ("inspections", "result", "整改到位", None),
        ("inspections", "result", "待复查", None),
        ("complaints", "is_true", "无法联系", "无法核实"),
        ("complaints", "is_true", "撤诉", None),
        ("complaints", "status", "已归档", "已结案"),
        ("complaints", "status", "已回复", "待回访"),
        ("complaints", "status", "处理中", "待处置"),
        ("complaints", "status", "超期", None),
        ("complaints", "source", "市长信箱", "信访"),
        ("inspections", "place_kind", "晚托班", "托管小饭桌"),
        ("buildings", "kind", "自建房", "住宅"),
        ("violations", "penalty", "责令限期改正", "责令改正"),
        ("persons", "role", "社区主任", "网格长"),
        ("rentals", "status", "已退租", "注销"),
    ],
)
def test_a_word_that_offices_use_has_one_meaning_or_is_left_to_a_person(
    table: str, field: str, word: str, value: str | None
) -> None:
    assert vocabulary_of(table, field).reader()(word) == value
