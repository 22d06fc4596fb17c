"""The facts of the audit log, as people read them."""

import ast
import json
from collections.abc import Iterator

import pytest
from test_structure import files

from dashboard.i18n import Translator, translator
from dashboard.views.people.audit_log import facts_text
from governance.access.permissions import Action

CODED = {"reason": "audit_reason", "change": "audit_change", "by": "sign_in_by"}
WRITERS = {
    "announce",
    "commit_change",
    "_commit",
    "_keep",
    "_record",
    "_record_in",
    "_record_hourly",
}


def _name(called: ast.expr) -> str:
    return getattr(called, "attr", "") or getattr(called, "id", "")


def facts_written() -> Iterator[ast.keyword]:
    """Return the facts of every line that a service writes, as they are spelt out."""
    for path in files():
        if "governance" in path.parts:
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and _name(call.func) in WRITERS:
                    yield from (each for each in call.keywords if each.arg)


def codes_written() -> Iterator[tuple[str, str]]:
    for each in facts_written():
        if each.arg in CODED and isinstance(each.value, ast.Constant):
            yield each.arg, str(each.value.value)


def test_every_fact_of_a_line_of_the_log_has_a_name() -> None:
    say = translator("zh")
    written = {str(each.arg) for each in facts_written()}
    assert {"login", "case", "plan"} & written
    assert {name for name in written if not say.knows("fact", name)} == set()


def test_every_permission_has_a_name() -> None:
    say = translator("zh")
    assert {action for action in Action if not say.knows("action", action.value)} == set()


def test_every_code_in_a_line_of_the_log_has_words() -> None:
    say = translator("zh")
    written = set(codes_written())
    assert {"reason", "change"} <= {fact for fact, _ in written}
    assert {each for each in written if not say.knows(CODED[each[0]], each[1])} == set()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"reason": "password", "address": "127.0.0.1"}, "原因 密码不对 · 地址 127.0.0.1"),
        ({"reason": "idle"}, "原因 久未使用"),
        ({"reason": "上级要求"}, "原因 上级要求"),
        ({"change": "published"}, "变更 发布"),
        (
            {"event": "inspections:found", "among": "inspected", "unit": "building"},
            "判断的事 检查属实 · 在哪些地方中 实际检查过的 · 对象 楼栋",
        ),
        ({"change": "team_removed"}, "变更 删除队伍"),
        ({"kind": "assignment", "undoes": 2}, "类型 分配方案批准 · 撤销的变更 2"),
        (
            {"case": "XS-2026-0001", "change": "accept", "to": "assigned"},
            "案件 XS-2026-0001 · 变更 受理 · 转入阶段 待核查",
        ),
        (
            {"asked": "make_plan", "reason": "not_allowed", "service": "PlanService.make"},
            "想做 编制巡查计划 · 原因 无此权限",
        ),
        ({"telephones_of": "building", "unit": "B1"}, "电话属于 楼栋 · 对象 B1"),
    ],
)
def test_a_reason_is_told_in_words_and_what_somebody_wrote_as_it_was_written(
    facts: dict[str, str], told: str
) -> None:
    say: Translator = translator("zh")
    assert facts_text(json.dumps(facts), say=say) == told
