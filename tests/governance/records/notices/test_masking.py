"""What may not leave in a notice is found, all of it, and what may is not."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contracts.notice_vocabulary import NoticeKind
from governance.records.notices.rules import surnames
from governance.records.notices.rules.masking import (
    find_unmasked,
    mask_party,
)
from governance.records.notices.texts import Office, first_text

EXPOSURE = NoticeKind.EXPOSURE
SHIPPED = Path(surnames.__file__).with_suffix(".csv")
with SHIPPED.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
CODE = "91430321MA4L1XYQ3K"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("联系13800005678", "phone", "13800005678"),
        ("加微信lao_shi88报名", "wechat", "lao_shi88"),
        ("身份证37090219900307123X", "identity", "37090219900307123X"),
        (f"信用代码{CODE}", "credit_code", CODE),
        ("示例花园1001室", "room", "1001室"),
        ("示例花园12-3-1001", "room", "12-3-1001"),
        ("示例花园12号楼", "building", "12号楼"),
        ("当事人雷小明，男", "name", "雷小明"),
        ("负责人：王芳。", "name", "王芳"),
        ("向刘海燕女士收取", "name", "刘海燕"),
        ("由赵网格核查", "name", "赵网格"),
        ("学生张小宝等", "pupil", "张小宝"),
        ("三年级2班学生", "pupil", "三年级2班"),
        ("根据群众举报，", "reporter", "根据群众举报"),
        ("接12345来电反映", "reporter", "接12345来电"),
        ("投诉人称", "reporter", "投诉人"),
        ("工单编号250912101108115409", "reporter", "工单编号250912101108115409"),
    ],
)
def test_what_tells_who_or_where_is_found(text: str, kind: str, found: str) -> None:
    problems = find_unmasked(text, kind=EXPOSURE, names=frozenset({"赵网格"}))
    assert (kind, found) in {(each.kind, each.found) for each in problems}


@pytest.mark.parametrize(
    "text",
    [
        "当事人雷**（91430321**************3）",
        "2026年11月24日，示教罚字〔2026〕第9号",
        "自2026-11-24起",
        "联系138****5678",
        "监督举报电话：0538-8806697",
        "发现线索可拨打12345热线反映",
        "学生24名、授课人员3名",
        "示例街道示例花园一处住宅",
        "当事人某托管中心",
        "学生家长应当自觉抵制，教师不得有偿补课",
    ],
)
def test_what_is_masked_or_nobodys_is_left_alone(text: str) -> None:
    assert find_unmasked(text, kind=EXPOSURE) == []


def test_a_name_of_every_surname_is_found() -> None:
    missed = []
    for row in ROWS:
        name, mark = f"{row['surname']}建华", "：" * (row["use"] == "after_mark")
        told = find_unmasked(f"当事人{mark}{name}，学生{mark}{name}等", kind=EXPOSURE)
        if not {("name", name), ("pupil", name)} <= {(each.kind, each.found) for each in told}:
            missed.append(name)
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "当事人和家长，教师和学生。", "承租人和房东、教师高中、学生公寓。", "教师从事，学生平时，",
        "负责人有关，学生全体，教师管理，", "学生家长，教师水平，学生安全，",
        "教师应当，学生空间，", "联系人：微信公众号", "学生广场，教师文化，孩子通常，",
    ],
)  # fmt: skip
def test_an_ordinary_word_that_begins_as_a_surname_does_is_no_name(text: str) -> None:
    assert [p for p in find_unmasked(text, kind=EXPOSURE) if p.kind in {"name", "pupil"}] == []


def test_every_surname_has_a_source_and_stands_once() -> None:
    assert len(ROWS) > 500
    assert sum(len(row["surname"]) > 1 for row in ROWS) >= 50
    assert len({row["surname"] for row in ROWS}) == len(ROWS)
    assert all(row["source"] and row["use"] in {"frequent", "rare", "after_mark"} for row in ROWS)


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = f"当事人雷小明，13800005678，{CODE}，示例花园3单元1001室，经群众举报发现"
    kinds = {each.kind for each in find_unmasked(text, kind=EXPOSURE)}
    assert kinds == {"name", "phone", "credit_code", "room", "building", "reporter"}


def test_who_answers_for_a_building_may_be_told_which_but_no_room() -> None:
    told = find_unmasked("示例花园12号楼1001室", kind=NoticeKind.REMINDER)
    assert [each.kind for each in told] == ["room"]


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_what_is_filled_in_without_a_case_may_leave(kind: NoticeKind) -> None:
    text = first_text(kind, period="2026Q4", cases=[], office=Office("示例街道办事处", "示例街道"))
    assert find_unmasked(f"{text.title}\n{text.body}", kind=kind) == []


@given(st.from_regex(r"[雷王李张][一-鿿]{1,2}", fullmatch=True))
def test_a_masked_name_is_never_found_again(name: str) -> None:
    masked = mask_party(name)
    assert not [p for p in find_unmasked(f"当事人{masked}，", kind=EXPOSURE) if p.kind == "name"]
