"""Words of leads and cases by which code decides: where a lead is from, where a case stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """Through what a lead came: ``complaints.source``, and what no ticket stands for."""

    HOTLINE = "12345热线"
    PETITION = "信访"
    SNAPSHOT = "随手拍"
    EDUCATION = "教育举报"
    WARDEN = "网格上报"
    SUPERVISION = "督查交办"
    MEDIA = "媒体"
    OTHER = "其他"
    ADVERT = "advert"
    PUBLIC_REPORT = "public_report"


class TicketStatus(StrEnum):
    """Where a ticket stands with who sent it: ``complaints.status``."""

    UNACCEPTED = "待受理"
    UNDISPATCHED = "待派遣"
    OPEN = "待处置"
    TO_CALL_BACK = "待回访"
    CLOSED = "已结案"
    RETURNED = "已退回"
    WITHDRAWN = "已撤回"
    """Its import was taken back; no word of the table."""


class Finding(StrEnum):
    """What came of looking: ``complaints.is_true``, and the finding of a case."""

    TRUE = "属实"
    PARTLY = "部分属实"
    UNTRUE = "不属实"
    UNVERIFIABLE = "无法核实"


CONFIRMED = frozenset({Finding.TRUE, Finding.PARTLY})


class Satisfaction(StrEnum):
    """What who reported says of the result: ``complaints.satisfaction``."""

    VERY_SATISFIED = "非常满意"
    SATISFIED = "满意"
    MOSTLY_SATISFIED = "基本满意"
    DISSATISFIED = "不满意"
    NOT_REACHED = "未接通"


class ReplyWay(StrEnum):
    """How who reported was told."""

    PHONE = "电话"
    MESSAGE = "短信"
    LETTER = "书面"
    PUBLIC = "公开"
    NOBODY = "无需反馈"
    """Nobody reported it: an advert, or what a warden saw."""


class Referral(StrEnum):
    """How a case went over to enforcement."""

    FILED = "立案"
    HANDED_OVER = "移送"
    ORDERED = "责令"


class Outcome(StrEnum):
    """What enforcement decided."""

    CORRECTION = "责令改正"
    STOPPED = "停办"
    FINE = "罚款"
    NO_PENALTY = "不予处罚"
    ELSEWHERE = "不属本地"
    OTHER = "其他"


PENALTIES: Final[Mapping[str, str]] = {
    Outcome.CORRECTION: "责令改正", Outcome.STOPPED: "责令停止举办", Outcome.FINE: "罚款",
}  # fmt: skip
"""Outcomes that say that something was wrong, as ``violations.penalty`` words them."""


class Stage(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    VERIFIED = "verified"
    REFERRED = "referred"
    DECIDED = "decided"
    REPLIED = "replied"
    CLOSED = "closed"
    RETURNED = "returned"
    ON_HOLD = "on_hold"
    MERGED = "merged"
    """Its leads are in another case until they are taken apart again."""


ENDED = frozenset({Stage.CLOSED, Stage.RETURNED, Stage.MERGED})
"""Stages in which nothing waits; each has a way out all the same."""

TICKET_OVER: Final[Mapping[str, Stage]] = {
    TicketStatus.TO_CALL_BACK: Stage.CLOSED,
    TicketStatus.CLOSED: Stage.CLOSED,
    TicketStatus.RETURNED: Stage.RETURNED,
    TicketStatus.WITHDRAWN: Stage.RETURNED,
}
"""Stage of a case whose ticket was over before anybody here had begun with it."""


class CaseAction(StrEnum):
    """What changes a case."""

    TAKE_IN = "take_in"
    ACCEPT = "accept"
    RETURN = "return"
    ASSIGN = "assign"
    VERIFY = "verify"
    REFER = "refer"
    TAKE_OVER = "take_over"
    DECIDE = "decide"
    SERVE = "serve"
    """The day on which the decision was handed to whom it is about."""
    CORRECT = "correct"
    """The decision's number or day of service was mistyped."""
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    ASK_HOLD = "ask_hold"
    HOLD = "hold"
    DECLINE_HOLD = "decline_hold"
    RESUME = "resume"
    EXTEND = "extend"
    REOPEN = "reopen"
    MERGE = "merge"
    UNMERGE = "unmerge"
    UPDATE = "update"
    """Who sent a ticket changed it: its status, its deadline, its return."""
    NOTE = "note"
    UNDO = "undo"
    """Who took the last step takes it back, soon after it."""


class ClockKind(StrEnum):
    """What a case has to be done with by its deadline."""

    TRIAGE = "triage"
    HANDLE = "handle"
    DECIDE = "decide"
    REPLY = "reply"
    CLOSE = "close"
