"""Words of notices by which code decides: what one is, where it stands, whom it is for."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is: ``notices.kind``."""

    WARNING = "预警提示"
    REMINDER = "工作提醒"
    WEEKLY = "周报"
    MONTHLY = "月报"
    QUARTERLY = "季度通报"
    CAMPAIGN = "专项行动小结"
    EXPOSURE = "典型案例曝光"
    LETTER = "致家长信"
    BLACKLIST = "黑名单移交"


DECIDED_ONLY = frozenset({NoticeKind.EXPOSURE, NoticeKind.BLACKLIST})
"""Kinds that name whom a decision went against, so that each case must have one that stands."""


class Audience(StrEnum):
    """Whom a notice is for: ``notices.audience``."""

    INTERNAL = "内部"
    DEPARTMENTS = "部门"
    PUBLIC = "公开"


class CreditStatus(StrEnum):
    """Where the decided list stands with the education bureau, in the order of its way."""

    NOT_SENT = "未报送"
    HANDED_OVER = "已移交教育局"
    LISTED = "已入库"
    REPAIRED = "已修复"


class NoticeStage(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    APPEALED = "appealed"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CORRECTED = "corrected"
    DISCARDED = "discarded"


STANDING = frozenset({NoticeStage.PUBLISHED, NoticeStage.APPEALED, NoticeStage.UPHELD})
"""Stages in which a notice is out."""
OVER = frozenset(
    {NoticeStage.WITHDRAWN, NoticeStage.EXPIRED, NoticeStage.CORRECTED, NoticeStage.DISCARDED}
)


class NoticeAction(StrEnum):
    """What changes a notice."""

    DRAFT = "draft"
    EDIT = "edit"
    SUBMIT = "submit"
    DISCARD = "discard"
    RESTORE = "restore"
    PREVIEW = "preview"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    WITHDRAW = "withdraw"
    DOUBT = "doubt"
    """A decision that it tells of stands no more."""
    EXPIRE = "expire"
    CORRECT = "correct"
    TAKE_DOWN = "take_down"
    CREDIT = "credit"
    PLEDGE = "pledge"


class NoticeClock(StrEnum):
    """What has to be done with a notice by its deadline, and what it has to wait for."""

    REVIEW = "review"
    PUBLISH = "publish"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take_down"
    WAIT = "wait"
    """Since a decision, before it may be told."""
    SHOWN = "shown"
    """Since it was published, until it expires."""
