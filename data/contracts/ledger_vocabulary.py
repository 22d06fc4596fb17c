"""Words of the ledger by which code decides: what is on it, why, how dangerous, how often seen."""

from enum import StrEnum


class LedgerKind(StrEnum):
    """What a line of the ledger is about."""

    BUILDING = "楼栋"
    UNIT = "户室"
    INSTITUTION = "机构"
    PERSON = "个人"


class InReason(StrEnum):
    """Why a line came on the ledger, what weighs most first."""

    DECISION = "查处"
    COMPLAINT = "投诉属实"
    CONVERTED = "转型机构"
    STAFF = "裁减人员聚集"
    SUSPICION = "疑似多次"
    ORDERED = "上级交办"
    """By hand alone: no rule proposes it."""


class LedgerTier(StrEnum):
    """How dangerous a line is, the most dangerous first."""

    RED = "红"
    ORANGE = "橙"
    YELLOW = "黄"
    BLUE = "蓝"


class LedgerCadence(StrEnum):
    """How often the place of a line is visited."""

    DAILY = "每日"
    WEEKLY = "每周"
    FORTNIGHTLY = "每半月"
    MONTHLY = "每月"


CADENCE_DAYS = {LedgerCadence.DAILY: 1, LedgerCadence.WEEKLY: 7, LedgerCadence.FORTNIGHTLY: 15,
                LedgerCadence.MONTHLY: 30}  # fmt: skip


class LedgerStatus(StrEnum):
    """Where a line stands."""

    LISTED = "在账"
    WATCHED = "观察"
    """Somebody asked for its exit, which waits for approval; it is visited as before."""
    ON_HOLD = "挂账"
    """On the ledger, and for a reason not visited for now."""
    OUT = "出账"
    WITHDRAWN = "已撤回"
    """Its entry was taken back; no word of the office's form."""


ON_LEDGER = frozenset({LedgerStatus.LISTED, LedgerStatus.WATCHED, LedgerStatus.ON_HOLD})
VISITED = frozenset({LedgerStatus.LISTED, LedgerStatus.WATCHED})
"""Statuses in which a place is visited at its cadence."""


class LedgerAction(StrEnum):
    """What changes a line."""

    ENTER = "enter"
    REOPEN = "reopen"
    CHANGE = "change"
    ASK_EXIT = "ask_exit"
    APPROVE_EXIT = "approve_exit"
    DECLINE_EXIT = "decline_exit"
    STOP_EXIT = "stop_exit"
    """Something was found while an exit waited: the server itself takes it off the table."""
    HOLD = "hold"
    RESUME = "resume"
    TAKE_BACK = "take_back"
    NOTE = "note"


class ProposalKind(StrEnum):
    """What a rule proposes."""

    ENTER = "enter"
    REOPEN = "reopen"
    EXIT = "exit"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """What it rested on holds no longer."""


class KeyList(StrEnum):
    """Lists of institutions and people that are followed up."""

    CONVERTED = "转型机构"
    LAID_OFF = "裁减人员"
    AFTER_SCHOOL_CARE = "托管"
    COMPETITION = "竞赛"
    ADMISSION_ADVICE = "志愿填报"
    SERVING_TEACHER = "在职教师"


OF_PEOPLE = frozenset({KeyList.LAID_OFF, KeyList.SERVING_TEACHER})
"""Lists that name people."""
