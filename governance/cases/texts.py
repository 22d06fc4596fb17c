"""What goes back to the hotline about a ticket: its handling form, as text and as rows.

The form's words are the hotline's own, whatever the language of the page. Nothing here knows a
score: a case's text tells what people did, saw and decided.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from data.contracts.case_vocabulary import CONFIRMED, CaseAction, Finding, Outcome, ReplyWay, Stage
from data.privacy.pseudonyms import mask_prose

RESULT_COLUMNS: Final = ("工单编号", "诉求属实", "超职责诉求", "申请类型", "联系群众", "联系时间",
                         "是否解决", "未解决原因", "办理情况", "公开答复内容",
                         "满意度")  # fmt: skip
"""The hotline's handling form, in its order."""
_YES, _NO = "是", "否"
_OPEN: Final = frozenset({Stage.NEW, Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED,
                          Stage.ON_HOLD})  # fmt: skip


def result_row(
    case: Mapping[str, Any], lead: Mapping[Hashable, Any], history: pd.DataFrame
) -> dict[str, str]:
    """Return the handling form of one ticket, `RESULT_COLUMNS`.

    Telephone and identity numbers that somebody typed are masked.

    ``case``: columns of `data.store.tables.cases.Case`.
    ``lead``: the ticket, `governance.cases.views.LEADS`.
    ``history``: the case's, `governance.cases.views.HISTORY`.
    """
    contacted = case["reply_by"] not in {None, ReplyWay.NOBODY, ReplyWay.PUBLIC}
    solved = case["stage"] not in _OPEN and case["finding"] is not None
    answers = {
        "工单编号": lead["ticket_no"],
        "诉求属实": _truth(case["finding"]),
        "超职责诉求": _YES if case["stage"] == Stage.RETURNED else _NO,
        "申请类型": "退回" if case["stage"] == Stage.RETURNED else "办结" if solved else "办理中",
        "联系群众": "已联系" if contacted else "未联系",
        "联系时间": _moment(case["replied_at"]) if contacted else "",
        "是否解决": _YES if solved else _NO,
        "未解决原因": "" if solved else _why_not(case),
        "办理情况": "".join(_sentences(history)),
        "公开答复内容": case["reply"] or "",
        "满意度": case["satisfaction"] or "",
    }
    masked = mask_prose(pa.array([str(each) for each in answers.values()], pa.large_string()))
    texts = [lead["ticket_no"], *masked.to_pylist()[1:]]
    return dict(zip(answers, map(str, texts), strict=True))


def as_text(row: Mapping[str, str]) -> str:
    """Return a handling form as one block to be copied."""
    return "\n".join(f"{name}：{row[name]}" for name in RESULT_COLUMNS if row[name])


def _truth(finding: str | None) -> str:
    if finding in CONFIRMED:
        return _YES if finding == Finding.TRUE else str(finding)
    return {Finding.UNTRUE: _NO}.get(Finding(finding), str(finding)) if finding else ""


def _why_not(case: Mapping[str, Any]) -> str:
    stage = case["stage"]
    if stage == Stage.RETURNED:
        return case["return_reason"] or ""
    if stage == Stage.ON_HOLD:
        return f"已批准挂账：{case['hold_reason'] or ''}"
    return {Stage.REFERRED: "已移送执法部门，正在调查"}.get(stage, "正在办理")


def _sentences(history: pd.DataFrame) -> Iterable[str]:
    """Yield what was done since the case was opened the last time, one sentence each."""
    begun = history.index[history["action"] == CaseAction.REOPEN]
    since = history.loc[begun[-1] :] if len(begun) else history
    numbers = [facts["decision_no"] for facts in since["facts"] if "decision_no" in facts]
    for at, action, facts in zip(since["at"], since["action"], since["facts"], strict=True):
        is_decision = action == CaseAction.DECIDE
        shown = facts | {"decision_no": numbers[-1]} if is_decision and numbers else facts
        if sentence := _sentence(action, shown):
            yield f"{at.month}月{at.day}日，{sentence}。"


def _sentence(action: str, facts: Mapping[str, Any]) -> str:
    """Return what an action is to the reporter; "" for what is the office's own business."""

    def number(name: str) -> str:
        return f"（{facts[name]}）" if facts.get(name) else ""

    sentences: dict[CaseAction, Callable[[], str]] = {
        CaseAction.TAKE_IN: lambda: "收到反映",
        CaseAction.REOPEN: lambda: "再次受理",
        CaseAction.VERIFY: lambda: f"经现场核查，反映的情况{facts['finding']}",
        CaseAction.REFER: lambda: (
            f"已{facts['referral']}，由{facts['sent_to']}处理{number('receipt_no')}"
        ),
        CaseAction.DECIDE: lambda: f"处理结果为{_decided(facts['outcome'])}{number('decision_no')}",
        CaseAction.RETURN: lambda: f"退回：{facts['return_reason']}",
        CaseAction.EXTEND: lambda: f"申请延期：{facts['extend_basis']}",
        CaseAction.REPLY: lambda: (
            "" if facts["reply_by"] == ReplyWay.NOBODY else f"以{facts['reply_by']}方式答复反映人"
        ),
    }
    return sentences[CaseAction(action)]() if action in sentences else ""


def _decided(outcome: str) -> str:
    return "不属本地管辖" if outcome == Outcome.ELSEWHERE else str(outcome)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
