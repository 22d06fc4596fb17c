"""Which action leads a line from which status to which, who may take it, what it asks for."""

from typing import Final

from data.contracts.ledger_vocabulary import (
    ON_LEDGER,
    InReason,
    LedgerAction,
    LedgerCadence,
    LedgerStatus,
    LedgerTier,
)
from governance.access.permissions import Action
from governance.cases.rules.workflow.transitions import FactField, FactKind, Transition, Workflow

_LISTED, _WATCHED = frozenset({LedgerStatus.LISTED}), frozenset({LedgerStatus.WATCHED})
_OFF: Final = frozenset({LedgerStatus.OUT, LedgerStatus.WITHDRAWN})
_EDIT, _APPROVE = (Action.EDIT_LEDGER,), (Action.APPROVE_LEDGER,)


_CHANGED: Final = (
    FactField.of_words("tier", LedgerTier, required=False),
    FactField.of_words("cadence", LedgerCadence, required=False),
    FactField("owner_id", FactKind.PERSON, required=False),
)
LedgerTransition = Transition[LedgerAction, LedgerStatus]
WORKFLOW: Final = Workflow[LedgerAction, LedgerStatus]((
    Transition(LedgerAction.ASK_EXIT, _LISTED, LedgerStatus.WATCHED, _EDIT,
               (FactField("out_reason"),)),
    Transition(LedgerAction.APPROVE_EXIT, _WATCHED, None, _APPROVE),
    Transition(LedgerAction.DECLINE_EXIT, _WATCHED, LedgerStatus.LISTED, _APPROVE,
               (FactField("reason"),)),
    Transition(LedgerAction.CHANGE, ON_LEDGER, None, _EDIT, _CHANGED),
    Transition(LedgerAction.HOLD, _LISTED, LedgerStatus.ON_HOLD, _EDIT,
               (FactField("hold_reason"),)),
    Transition(LedgerAction.RESUME, frozenset({LedgerStatus.ON_HOLD}), LedgerStatus.LISTED, _EDIT),
    Transition(LedgerAction.REOPEN, _OFF, LedgerStatus.LISTED, _EDIT,
               (FactField.of_words("in_reason", InReason),)),
    Transition(LedgerAction.TAKE_BACK, frozenset(LedgerStatus), None, _EDIT),
    Transition(LedgerAction.NOTE, frozenset(LedgerStatus), None, _EDIT, (FactField("note"),)),
))  # fmt: skip
"""What people do. Entering is a line's first event; what the server does is in `changes`."""
TYPED: Final = frozenset(
    field.name for way in WORKFLOW.transitions for field in way.asks if field.kind is FactKind.TEXT
)
"""What people write themselves; the others are words and identifiers."""
TAKEN_BACK: Final = frozenset(
    {LedgerAction.ENTER, LedgerAction.REOPEN, LedgerAction.ASK_EXIT, LedgerAction.APPROVE_EXIT,
     LedgerAction.DECLINE_EXIT, LedgerAction.CHANGE, LedgerAction.HOLD, LedgerAction.RESUME}
)  # fmt: skip
"""What can be taken back while nothing else has happened since."""
