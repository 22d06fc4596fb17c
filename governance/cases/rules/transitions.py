"""Which action leads from which stage to which, who may take it, what it asks for, which clock."""

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
from governance.cases.rules.workflow.transitions import (
    ClockChange,
    FactField,
    FactKind,
    Transition,
    Workflow,
)

FORMER: Final = "former"
"""In place of a stage that follows: back to where the case was."""
_ACTIVE: Final = frozenset(
    {Stage.NEW, Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED, Stage.REPLIED}
)
_HELD: Final = frozenset({Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED})
_ALL: Final = frozenset(Stage)
_TAKE, _VERIFY, _DECIDE, _MANAGE = (
    Action.TAKE_LEADS, Action.VERIFY_CASES, Action.DECIDE_CASES, Action.MANAGE_CASES,
)  # fmt: skip


_REPLY = (
    FactField.of_words("reply_by", ReplyWay),
    FactField("reply", FactKind.LONG),
    FactField.of_words("satisfaction", Satisfaction, required=False),
)

CaseTransition = Transition[CaseAction, Stage]
WORKFLOW: Final = Workflow[CaseAction, Stage]((
    Transition(CaseAction.ACCEPT, frozenset({Stage.NEW}), Stage.ASSIGNED, (_TAKE, _MANAGE),
               (FactField("holder_id", FactKind.PERSON, required=False),), ClockKind.HANDLE,
               undone=True),
    Transition(CaseAction.RETURN, frozenset({Stage.NEW}), Stage.RETURNED, (_TAKE,),
               (FactField("return_reason", FactKind.LONG),), ClockChange.STOP, undone=True),
    Transition(CaseAction.ASSIGN, frozenset({Stage.NEW}), Stage.ASSIGNED, (_MANAGE,),
               (FactField("holder_id", FactKind.PERSON),), ClockKind.HANDLE, undone=True),
    Transition(CaseAction.ASSIGN, _HELD, None, (_MANAGE,),
               (FactField("holder_id", FactKind.PERSON),), undone=True),
    Transition(CaseAction.VERIFY, frozenset({Stage.ASSIGNED}), Stage.VERIFIED, (_VERIFY,),
               (FactField.of_words("finding", Finding), FactField("visit_id", required=False)),
               undone=True),
    Transition(CaseAction.REFER, frozenset({Stage.VERIFIED}), Stage.REFERRED, (_VERIFY, _MANAGE),
               (FactField.of_words("referral", Referral), FactField("sent_to"),
                FactField("receipt_no", required=False)), ClockKind.DECIDE),
    Transition(CaseAction.TAKE_OVER, frozenset({Stage.REFERRED}), None, (_DECIDE,),
               (FactField("receipt_no"),), undone=True),
    Transition(CaseAction.DECIDE, frozenset({Stage.REFERRED}), Stage.DECIDED, (_DECIDE,),
               (FactField.of_words("outcome", Outcome),
                FactField("decision_no", unless=("outcome", (Outcome.ELSEWHERE, Outcome.OTHER))),
                FactField("decided_on", FactKind.DAY),
                FactField("served_on", FactKind.DAY, required=False)), ClockKind.REPLY),
    Transition(CaseAction.SERVE, frozenset({Stage.DECIDED, Stage.REPLIED, Stage.CLOSED}), None,
               (_DECIDE,), (FactField("served_on", FactKind.DAY),), undone=True),
    Transition(CaseAction.CORRECT, frozenset({Stage.DECIDED, Stage.REPLIED, Stage.CLOSED}), None,
               (_DECIDE,), (FactField("decision_no", required=False),
                            FactField("served_on", FactKind.DAY, required=False),
                            FactField("reason", FactKind.LONG))),
    Transition(CaseAction.REPLY, frozenset({Stage.REFERRED}), None, (_TAKE,), _REPLY,
               ClockKind.DECIDE),
    Transition(CaseAction.REPLY, frozenset({Stage.VERIFIED, Stage.DECIDED}), Stage.REPLIED,
               (_TAKE,), _REPLY, ClockKind.CLOSE),
    Transition(CaseAction.FOLLOW_UP, frozenset({Stage.REPLIED, Stage.CLOSED}), None, (_TAKE,),
               (FactField.of_words("satisfaction", Satisfaction),)),
    Transition(CaseAction.CLOSE, frozenset({Stage.REPLIED}), Stage.CLOSED, (_MANAGE,), (),
               ClockChange.STOP, undone=True),
    Transition(CaseAction.ASK_HOLD, _HELD, None, (_TAKE, _VERIFY, _DECIDE, _MANAGE),
               (FactField("hold_reason", FactKind.LONG),), undone=True),
    Transition(CaseAction.HOLD, _HELD, Stage.ON_HOLD, (_MANAGE,), (), ClockChange.PAUSE,
               undone=True),
    Transition(CaseAction.DECLINE_HOLD, _HELD, None, (_MANAGE,), (), undone=True),
    Transition(CaseAction.RESUME, frozenset({Stage.ON_HOLD}), FORMER, (_MANAGE,), (),
               ClockChange.RESUME, undone=True),
    Transition(CaseAction.EXTEND, _ACTIVE, None, (_MANAGE,),
               (FactField("extend_basis", FactKind.LONG), FactField("days", FactKind.COUNT)),
               undone=True),
    Transition(CaseAction.REOPEN, frozenset({Stage.REPLIED, Stage.CLOSED}), Stage.ASSIGNED,
               (_TAKE, _MANAGE), (FactField("reason", FactKind.LONG),), ClockKind.HANDLE),
    Transition(CaseAction.REOPEN, frozenset({Stage.RETURNED}), Stage.NEW, (_TAKE, _MANAGE),
               (FactField("reason", FactKind.LONG),), ClockKind.TRIAGE),
    Transition(CaseAction.MERGE, _ACTIVE | {Stage.CLOSED, Stage.RETURNED}, Stage.MERGED, (_TAKE,),
               (FactField("merged_into"),)),
    Transition(CaseAction.UNMERGE, frozenset({Stage.MERGED}), FORMER, (_TAKE,)),
    Transition(CaseAction.NOTE, _ALL, None, (Action.SEE_CASES,)),
))  # fmt: skip
"""What people do. What follows by itself – taking in, a ticket's own changes – is in `changes`; a
step taken back is in `undo`."""


BY_MERGING: Final = frozenset({CaseAction.MERGE, CaseAction.UNMERGE})
"""What moves leads as well, so that `governance.cases.merging` alone does it."""
