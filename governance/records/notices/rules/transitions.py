"""Which action leads a notice from which stage to which, who may take it, what it asks for."""

from dataclasses import dataclass
from enum import StrEnum
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

STOP: Final = "stop"
"""What becomes of the clock that runs, where none begins and it does not go on."""


class FactKind(StrEnum):
    """What sort of value an action asks for."""

    TEXT = "text"
    LONG = "long"
    WORD = "word"
    DAY = "day"
    HASH = "hash"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that an action asks for; ``words`` are the values that will do, where only some do."""

    name: str
    kind: FactKind = FactKind.TEXT
    required: bool = True
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from some stages to another.

    Parameters
    ----------
    to
        The stage that follows; None stays.
    may
        Any of these permissions will do; with none of them no person can take it.
    clock
        The clock that begins, `STOP`, or None: the one that runs goes on.
    """

    action: NoticeAction
    sources: frozenset[NoticeStage]
    to: NoticeStage | None
    may: tuple[Action, ...] = ()
    asks: tuple[Asked, ...] = ()
    clock: NoticeClock | str | None = None


_DRAFT, _REVIEW = Action.DRAFT_NOTICES, Action.APPROVE_NOTICES
_EITHER: Final = (_DRAFT, _REVIEW)
_ENDED: Final = frozenset({NoticeStage.WITHDRAWN, NoticeStage.EXPIRED, NoticeStage.CORRECTED})
_CONTENT: Final = (
    Asked("title", required=False),
    Asked("body", FactKind.LONG, required=False),
    Asked("period", required=False),
    Asked("addressee", required=False),
    Asked("audience", FactKind.WORD, required=False, words=tuple(Audience)),
    Asked("case_nos", FactKind.CASES, required=False),
)
"""What of a draft its authors write."""
_SEEN: Final = Asked("seen", FactKind.HASH)
"""SHA-256 of the content that was looked at."""


def _only(*stages: NoticeStage) -> frozenset[NoticeStage]:
    return frozenset(stages)


TRANSITIONS: Final = (
    Transition(NoticeAction.EDIT, _only(NoticeStage.DRAFT), None, (_DRAFT,), _CONTENT),
    Transition(NoticeAction.SUBMIT, _only(NoticeStage.DRAFT), NoticeStage.IN_REVIEW, (_DRAFT,),
               (), NoticeClock.REVIEW),
    Transition(NoticeAction.DISCARD, _only(NoticeStage.DRAFT), NoticeStage.DISCARDED, (_DRAFT,)),
    Transition(NoticeAction.RESTORE, _only(NoticeStage.DISCARDED), NoticeStage.DRAFT, (_DRAFT,)),
    Transition(NoticeAction.PREVIEW, _only(NoticeStage.IN_REVIEW), None, (_REVIEW,), (_SEEN,)),
    Transition(NoticeAction.APPROVE, _only(NoticeStage.IN_REVIEW), NoticeStage.APPROVED,
               (_REVIEW,), (_SEEN,), NoticeClock.PUBLISH),
    Transition(NoticeAction.RETURN, _only(NoticeStage.IN_REVIEW, NoticeStage.APPROVED),
               NoticeStage.DRAFT, (_REVIEW,), (Asked("return_reason", FactKind.LONG),), STOP),
    Transition(NoticeAction.PUBLISH, _only(NoticeStage.APPROVED), NoticeStage.PUBLISHED, _EITHER,
               (), STOP),
    Transition(NoticeAction.APPEAL, _only(NoticeStage.PUBLISHED, NoticeStage.UPHELD),
               NoticeStage.APPEALED, _EITHER, (Asked("appeal", FactKind.LONG),),
               NoticeClock.APPEAL),
    Transition(NoticeAction.UPHOLD, _only(NoticeStage.APPEALED), NoticeStage.UPHELD, (_REVIEW,),
               (Asked("answer", FactKind.LONG),), STOP),
    Transition(NoticeAction.WITHDRAW, STANDING, NoticeStage.WITHDRAWN, (_REVIEW,),
               (Asked("end_reason", FactKind.LONG),), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.DOUBT, STANDING, None, (), (Asked("doubted"),), NoticeClock.WITHDRAW),
    Transition(NoticeAction.EXPIRE, _only(NoticeStage.PUBLISHED, NoticeStage.UPHELD),
               NoticeStage.EXPIRED, (), (), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.CORRECT, STANDING, NoticeStage.CORRECTED, (),
               (Asked("replaced_by"),), NoticeClock.TAKE_DOWN),
    Transition(NoticeAction.TAKE_DOWN, _ENDED, None, _EITHER, (), STOP),
    Transition(NoticeAction.CREDIT, STANDING | _ENDED, None, _EITHER,
               (Asked("credit_status", FactKind.WORD, words=tuple(CreditStatus)),)),
    Transition(NoticeAction.PLEDGE, _only(NoticeStage.PUBLISHED), None, _EITHER,
               (Asked("pledge_on", FactKind.DAY),)),
)  # fmt: skip
"""What people do, and with no permission what follows by itself."""


def transition(stage: str, action: str) -> Transition | None:
    """Return the way that an action leads from a stage, None where there is none."""
    for each in TRANSITIONS:
        if each.action == action and stage in each.sources:
            return each
    return None


def ways_out(stage: str) -> tuple[Transition, ...]:
    """Return every transition that a stage has."""
    return tuple(each for each in TRANSITIONS if stage in each.sources)
