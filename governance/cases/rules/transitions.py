"""Which action leads from which stage to which, who may take it, what it asks for, which clock."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data.contracts.case_vocabulary import (
    CaseAction,
    ClockKind,
    Finding,
    Outcome,
    Referral,
    ReplyWay,
    Satisfaction,
    Stage,
)
from governance.access.permissions import Action


class FactKind(StrEnum):
    """What sort of value an action asks for."""

    TEXT = "text"
    WORD = "word"
    DAY = "day"
    COUNT = "count"
    PERSON = "person"


class ClockChange(StrEnum):
    """What an action does to the clock, where it begins none."""

    KEEP = "keep"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that an action asks for.

    Parameters
    ----------
    name
        Field of the case's state, or a word of the action's own.
    words
        The values that will do, where only some do.
    """

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
        The stage that follows; None stays, `FORMER` goes back to where the case was.
    may
        Any of these permissions will do; with none of them no person can take it.
    clock
        The clock that begins, or what becomes of the one that runs.
    undone
        Whether who took it may take it back soon after: nobody outside was told, nothing was
        written elsewhere.
    """

    action: CaseAction
    sources: frozenset[Stage]
    to: Stage | str | None
    may: tuple[Action, ...] = ()
    asks: tuple[Asked, ...] = ()
    clock: ClockKind | ClockChange = ClockChange.KEEP
    undone: bool = False


FORMER: Final = "former"
_ACTIVE: Final = frozenset(
    {Stage.NEW, Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED, Stage.REPLIED}
)
_HELD: Final = frozenset({Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED})
_ALL: Final = frozenset(Stage)
_TAKE, _VERIFY, _DECIDE, _MANAGE = (
    Action.TAKE_LEADS, Action.VERIFY_CASES, Action.DECIDE_CASES, Action.MANAGE_CASES,
)  # fmt: skip


def _words(name: str, kind: type[StrEnum], *, required: bool = True) -> Asked:
    return Asked(name, FactKind.WORD, required, tuple(kind))


_REPLY = (
    _words("reply_by", ReplyWay),
    Asked("reply"),
    _words("satisfaction", Satisfaction, required=False),
)

TRANSITIONS: Final = (
    Transition(CaseAction.ACCEPT, frozenset({Stage.NEW}), Stage.ASSIGNED, (_TAKE, _MANAGE),
               (Asked("holder_id", FactKind.PERSON, required=False),), ClockKind.HANDLE,
               undone=True),
    Transition(CaseAction.RETURN, frozenset({Stage.NEW}), Stage.RETURNED, (_TAKE,),
               (Asked("return_reason"),), ClockChange.STOP, undone=True),
    Transition(CaseAction.ASSIGN, frozenset({Stage.NEW}), Stage.ASSIGNED, (_MANAGE,),
               (Asked("holder_id", FactKind.PERSON),), ClockKind.HANDLE, undone=True),
    Transition(CaseAction.ASSIGN, _HELD, None, (_MANAGE,), (Asked("holder_id", FactKind.PERSON),),
               undone=True),
    Transition(CaseAction.VERIFY, frozenset({Stage.ASSIGNED}), Stage.VERIFIED, (_VERIFY,),
               (_words("finding", Finding), Asked("visit_id", required=False)), undone=True),
    Transition(CaseAction.REFER, frozenset({Stage.VERIFIED}), Stage.REFERRED, (_VERIFY, _MANAGE),
               (_words("referral", Referral), Asked("sent_to"),
                Asked("receipt_no", required=False)), ClockKind.DECIDE),
    Transition(CaseAction.TAKE_OVER, frozenset({Stage.REFERRED}), None, (_DECIDE,),
               (Asked("receipt_no"),), undone=True),
    Transition(CaseAction.DECIDE, frozenset({Stage.REFERRED}), Stage.DECIDED, (_DECIDE,),
               (_words("outcome", Outcome), Asked("decision_no", required=False),
                Asked("decided_on", FactKind.DAY),
                Asked("served_on", FactKind.DAY, required=False)), ClockKind.REPLY),
    Transition(CaseAction.SERVE, frozenset({Stage.DECIDED, Stage.REPLIED, Stage.CLOSED}), None,
               (_DECIDE,), (Asked("served_on", FactKind.DAY),), undone=True),
    Transition(CaseAction.REPLY, frozenset({Stage.REFERRED}), None, (_TAKE,), _REPLY),
    Transition(CaseAction.REPLY, frozenset({Stage.VERIFIED, Stage.DECIDED}), Stage.REPLIED,
               (_TAKE,), _REPLY, ClockKind.CLOSE),
    Transition(CaseAction.FOLLOW_UP, frozenset({Stage.REPLIED, Stage.CLOSED}), None, (_TAKE,),
               (_words("satisfaction", Satisfaction),)),
    Transition(CaseAction.CLOSE, frozenset({Stage.REPLIED}), Stage.CLOSED, (_MANAGE,), (),
               ClockChange.STOP, undone=True),
    Transition(CaseAction.ASK_HOLD, _HELD, None, (_TAKE, _VERIFY, _DECIDE, _MANAGE),
               (Asked("hold_reason"),), undone=True),
    Transition(CaseAction.HOLD, _HELD, Stage.ON_HOLD, (_MANAGE,), (), ClockChange.PAUSE,
               undone=True),
    Transition(CaseAction.DECLINE_HOLD, _HELD, None, (_MANAGE,), (), undone=True),
    Transition(CaseAction.RESUME, frozenset({Stage.ON_HOLD}), FORMER, (_MANAGE,), (),
               ClockChange.RESUME, undone=True),
    Transition(CaseAction.EXTEND, _ACTIVE, None, (_MANAGE,),
               (Asked("extend_basis"), Asked("days", FactKind.COUNT)), undone=True),
    Transition(CaseAction.REOPEN, frozenset({Stage.REPLIED, Stage.CLOSED}), Stage.ASSIGNED,
               (_TAKE, _MANAGE), (Asked("reason"),), ClockKind.HANDLE),
    Transition(CaseAction.REOPEN, frozenset({Stage.RETURNED}), Stage.NEW, (_TAKE, _MANAGE),
               (Asked("reason"),), ClockKind.TRIAGE),
    Transition(CaseAction.MERGE, _ACTIVE | {Stage.CLOSED, Stage.RETURNED}, Stage.MERGED, (_TAKE,),
               (Asked("merged_into"),)),
    Transition(CaseAction.UNMERGE, frozenset({Stage.MERGED}), FORMER, (_TAKE,)),
    Transition(CaseAction.NOTE, _ALL, None, (Action.SEE_CASES,)),
)  # fmt: skip
"""What people do. What follows by itself – taking in, a ticket's own changes – is in `changes`; a
step taken back is in `undo`."""


BY_MERGING: Final = frozenset({CaseAction.MERGE, CaseAction.UNMERGE})
"""What moves leads as well, so that `governance.cases.merging` alone does it."""


def transition(stage: str, action: str) -> Transition | None:
    """Return the way that an action leads from a stage, None where there is none."""
    for each in TRANSITIONS:
        if each.action == action and stage in each.sources:
            return each
    return None


def ways_out(stage: str) -> tuple[Transition, ...]:
    """Return every transition that a stage has."""
    return tuple(each for each in TRANSITIONS if stage in each.sources)
