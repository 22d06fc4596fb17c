"""Rules of notes: what was seen stays, who it was goes."""

import time

import pytest

from governance.visits.rules.redaction import is_unit, redact


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("约20名学生，6张课桌，3单元501", "约20名学生，6张课桌，3单元501"),
        ("窗帘紧闭，敲门10分钟无人应", "窗帘紧闭，敲门10分钟无人应"),
        ("门卫说每天18:00学生来", "门卫说每天18:00学生来"),
        ("语文老师在上课", "语文老师在上课"),
        ("two desks, no answer (again)", "two desks, no answer (again)"),
        ("３张课桌（一层）", "3张课桌（一层）"),
        ("初三数学辅导，收费 80 元", "初三数学辅导，收费 80 元"),
        ("", ""),
    ],
)
def test_what_was_seen_stays_with_its_marks_as_they_were_written(note: str, kept: str) -> None:
    assert redact(note) == kept


@pytest.mark.parametrize(
    ("note", "gone"),
    [
        ("电话13812345678", "1381"),
        ("电话 138 1234 5678", "5678"),
        ("座机0538-8123456", "8123456"),
        ("证件370902199001011234", "3709"),
        ("证件37090219900101123X", "3709"),
        ("王老师在", "王"),
        ("欧阳先生开门", "欧阳"),
        ("学生张小明,李红", "张小明"),
        ("联系人：赵四", "赵四"),
        ("房东刘建国说不知道", "刘建国"),
        ("微信号：wangls2020", "wangls2020"),
        ("发到 a.b@qq.com", "@"),
        ("１３８１２３４５６７８", "1381"),
        ("138.1234.5678", "5678"),
        ("1 3 8 1 2 3 4 5 6 7 8", "7 8"),
        ("13\u200b8\u202e1234\u20665678", "5678"),
        ("幺三八一二三四五六七八", "七八"),
        ("加V wangls2020", "wangls2020"),
    ],
)
def test_who_it_was_goes(note: str, gone: str) -> None:
    assert gone not in redact(note)


@pytest.mark.parametrize("sign", ["_", "1", "老师", "a."])
def test_a_long_note_takes_no_longer_than_it_is_long(sign: str) -> None:
    before = time.process_time()
    redact(sign * 20_000)
    assert time.process_time() - before < 1


def test_scrubbing_twice_changes_nothing_more() -> None:
    once = redact("王老师13800001111，房东刘建国说，约20名学生")
    assert redact(once) == once


@pytest.mark.parametrize("unit", ["", "3单元501", "2层", "501-503", "A座12F", "东户", "全部"])
def test_a_unit_names_a_door(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("unit", ["王老师家", "501 张某", "楼上那户小孩家", "1" * 31])
def test_a_unit_names_no_person(unit: str) -> None:
    assert not is_unit(unit)
