"""Address and contact of an advert are read from its text where it has no cell for them."""

from collections.abc import Callable

import pytest

from data.ingest.batches import FOUND_IN_SENTENCE, NOT_FOUND_IN_SENTENCE, CheckedBatch
from data.ingest.text_extraction import address_in

TEXT = "初中数学小班,上课地点:示例花园12号楼3单元,加V:lao_shi88,电话一三八零零零零五六七八"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (TEXT, "示例花园12号楼3单元"),
        ("高三冲刺,就在锦绣家园", "锦绣家园"),
        ("合租单间 示例花园7栋 次卧", "示例花园7栋"),
        ("老师住迎春小区5号楼 加V:ls_1234567", "迎春小区5号楼"),
        ("学府花园附近有课,地址东岳大街88号", "东岳大街88号"),
        ("初中数学一对一,小区内上课,150元一小时", None),
        ("本小区业主,周末在家上课", None),
        ("我们小区3号楼", None),
        ("", None),
    ],
)
def test_an_address_is_the_clause_that_names_a_building_else_an_estate(
    text: str, place: str | None
) -> None:
    assert address_in(text) == place


def test_what_the_text_tells_fills_cells_that_are_empty(check: Callable[..., CheckedBatch]) -> None:
    rows = check(
        "adverts",
        {
            "广告内容": [TEXT, TEXT],
            "地址": [None, "另一小区8号楼"],
            "联系方式": [None, "微信:Teacher_99"],
            "网址": ["https://a.example/1", "https://a.example/2"],
        },
        secret=b"of this test",
    ).accepted.to_pylist()
    assert [row["raw_address"] for row in rows] == ["示例花园12号楼3单元", "另一小区8号楼"]
    assert [row["contact"] for row in rows] == ["138****5678", "t****"]
    assert [row["advert_no"] for row in rows] == ["https://a.example/1", "https://a.example/2"]


def test_no_contact_of_an_advert_stays_in_clear_wherever_it_stood(
    check: Callable[..., CheckedBatch],
) -> None:
    checked = check(
        "adverts",
        {
            "广告标题": ["数学 微信lao_shi88"] * 2,
            "广告内容": [TEXT] * 2,
            "地址": ["示例花园12号楼 电话①③⑧⓪⓪⓪⓪⑤⑥⑦⑧"] * 2,
            "发布时间": ["2026-11-18", "no date"],
        },
        secret=b"of this test",
    )
    assert (len(checked.accepted), len(checked.quarantined)) == (1, 1)
    for row in (*checked.accepted.to_pylist(), *checked.quarantined.to_pylist()):
        told = " ".join(str(cell) for cell in row.values())
        assert not any(secret in told for secret in ("lao_shi88", "一三八零", "⑤⑥⑦⑧", "00005678"))


def test_one_contact_has_one_key_however_it_is_written_and_as_a_complainant_would(
    check: Callable[..., CheckedBatch],
) -> None:
    ways = ["数学 13800005678", "英语 ①③⑧ ⓪⓪⓪⓪ ⑤⑥⑦⑧", "物理 一三八零零零零五六七八"]
    keys = check("adverts", {"广告内容": ways}, secret=b"key").accepted["contact_key"].to_pylist()
    assert len(set(keys)) == 1
    complaint = {"来电时间": ["2026-11-01 10:00"], "联系电话": ["13800005678"]}
    of_caller = check("complaints", complaint, secret=b"key").accepted["reporter_key"].to_pylist()
    assert of_caller == keys[:1]


def test_the_outcome_of_a_complaint_is_read_from_its_handling_where_no_cell_says_it(
    check: Callable[..., CheckedBatch],
) -> None:
    checked = check(
        "complaints",
        {
            "来电时间": ["2026-11-20"] * 4,
            "事发地址": ["示例花园12号楼"] * 4,
            "诉求内容": ["一", "二", "三", "四"],
            "是否属实": [None, None, "不属实", None],
            "办理结果": ["经核实，情况属实", "查无实据", "情况属实", "已转教育局"],
        },
    )
    assert checked.accepted["is_true"].to_pylist() == ["属实", "不属实", "不属实", None]
    assert checked.noted[FOUND_IN_SENTENCE].tolist() == [True, False, False, False]
    assert checked.noted[NOT_FOUND_IN_SENTENCE].tolist() == [False, True, False, False]
