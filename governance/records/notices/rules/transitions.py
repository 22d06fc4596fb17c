"""Which action leads a notice from which stage to which, who may take it, what it asks for."""

from typing import Final

from data.contracts.notice_vocabulary import (
    STANDING,
    Audience,
    CreditStatus,
    NoticeAction,
    NoticeClock,
    NoticeStage,
)
from governance.access.permissions import Action
from governance.cases.rules.workflow.transitions import (
    ClockChange,
    FactField,
    FactKind,
    Transition,
    Workflow,
)

_DRAFT, _REVIEW = Action.DRAFT_NOTICES, Action.APPROVE_NOTICES
_EITHER: Final = (_DRAFT, _REVIEW)
_ENDED: Final = frozenset({NoticeStage.WITHDRAWN, NoticeStage.EXPIRED, NoticeStage.CORRECTED})
_CONTENT: Final = (
    FactField("title", required=False, emptied=True),
    FactField("body", FactKind.LONG, required=False, emptied=True),
    FactField("period", required=False, emptied=True),
    FactField("addressee", required=False, emptied=True),
    FactField("audience", FactKind.WORD, required=False, emptied=True, words=tuple(Audience)),
    FactField("case_nos", FactKind.CASES, required=False, emptied=True),
)
"""What of a draft its authors write."""
_SEEN: Final = FactField("seen", FactKind.HASH)
"""SHA-256 of the content that was looked at."""


def _only(*stages: NoticeStage) -> frozenset[NoticeStage]:
    return frozenset(stages)


NoticeTransition = Transition[NoticeAction, NoticeStage]
WORKFLOW: Final = Workflow[NoticeAction, NoticeStage]((
    Transition(NoticeAction.EDIT, _only(NoticeStage.DRAFT), None, (_DRAFT,), _CONTENT),
    Transition(NoticeAction.SUBMIT, _only(NoticeStage.DRAFT), NoticeStage.IN_REVIEW, (_DRAFT,),
               (), NoticeClock.REVIEW),
    Transition(NoticeAction.DISCARD, _only(NoticeStage.DRAFT), NoticeStage.DISCARDED, (_DRAFT,)),
    Transition(NoticeAction.RESTORE, _only(NoticeStage.DISCARDED), NoticeStage.DRAFT, (_DRAFT,)),
    Transition(NoticeAction.PREVIEW, _only(NoticeStage.IN_REVIEW), None, (_REVIEW,), (_SEEN,)),
    Transition(NoticeAction.APPROVE, _only(NoticeStage.IN_REVIEW), NoticeStage.APPROVED,
               (_REVIEW,), (_SEEN,), NoticeClock.PUBLISH),
    Transition(NoticeAction.RETURN, _only(NoticeStage.IN_REVIEW, NoticeStage.APPROVED),
               NoticeStage.DRAFT, (_REVIEW,), (FactField("return_reason", FactKind.LONG),),
               ClockChange.STOP),
    Transition(NoticeAction.PUBLISH, _only(NoticeStage.APPROVED), NoticeStage.PUBLISHED, _EITHER,
               (), ClockChange.STOP),
    Transition(NoticeAction.APPEAL, _only(NoticeStage.PUBLISHED, NoticeStage.UPHELD),
               NoticeStage.APPEALED, _EITHER, (FactField("appeal", FactKind.LONG),),
               NoticeClock.APPEAL),
    Transition(NoticeAction.UPHOLD, _only(NoticeStage.APPEALED), NoticeStage.UPHELD, (_REVIEW,),
               (FactField("answer", FactKind.LONG),), ClockChange.STOP),
    Transition(NoticeAction.WITHDRAW, STANDING, NoticeStage.WITHDRAWN, (_REVIEW,),
               (FactField("end_reason", FactKind.LONG),), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.DOUBT, STANDING, None, (), (FactField("doubted"),),
               NoticeClock.WITHDRAW),
    Transition(NoticeAction.EXPIRE, _only(NoticeStage.PUBLISHED, NoticeStage.UPHELD),
               NoticeStage.EXPIRED, (), (), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.CORRECT, STANDING, NoticeStage.CORRECTED, (),
               (FactField("replaced_by"),), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.TAKE_DOWN, _ENDED, None, _EITHER, (), ClockChange.STOP),
    Transition(NoticeAction.CREDIT, STANDING | _ENDED, None, _EITHER,
               (FactField.of_words("credit_status", CreditStatus),)),
    Transition(NoticeAction.PLEDGE, _only(NoticeStage.PUBLISHED), None, _EITHER,
               (FactField("pledge_on", FactKind.DAY),)),
))  # fmt: skip
"""What people do, and with no permission what follows by itself."""
