"""Which action leads a line from which status to which, who may take it, what it asks for."""

from dataclasses import dataclass
from typing import Final

from data.contracts.ledger_vocabulary import ON_LEDGER, LedgerAction, LedgerStatus
from governance.access.permissions import Action


@dataclass(frozen=True, slots=True)
class Way:
    """A way from some statuses to another.

    Parameters
    ----------
    to
        The status that follows; None where the action's own facts say it, or it stays.
    may
        The permission that it asks for.
    asks
        Names of the facts that must be told, of `FACTS`.
    offers
        Names of those that may be told.
    """

    action: LedgerAction
    sources: frozenset[LedgerStatus]
    to: LedgerStatus | None
    may: Action
    asks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


_LISTED, _WATCHED = frozenset({LedgerStatus.LISTED}), frozenset({LedgerStatus.WATCHED})
_GONE: Final = frozenset({LedgerStatus.OUT, LedgerStatus.WITHDRAWN})
_EDIT, _APPROVE = Action.EDIT_LEDGER, Action.APPROVE_LEDGER

WAYS: Final = (
    Way(LedgerAction.ASK_EXIT, _LISTED, LedgerStatus.WATCHED, _EDIT, ("out_reason",)),
    Way(LedgerAction.APPROVE_EXIT, _WATCHED, None, _APPROVE),
    Way(LedgerAction.DECLINE_EXIT, _WATCHED, LedgerStatus.LISTED, _APPROVE, ("reason",)),
    Way(LedgerAction.CHANGE, ON_LEDGER, None, _EDIT, (), ("tier", "cadence", "owner_id")),
    Way(LedgerAction.HOLD, _LISTED, LedgerStatus.ON_HOLD, _EDIT, ("hold_reason",)),
    Way(LedgerAction.RESUME, frozenset({LedgerStatus.ON_HOLD}), LedgerStatus.LISTED, _EDIT),
    Way(LedgerAction.REOPEN, _GONE, LedgerStatus.LISTED, _EDIT, ("in_reason",)),
    Way(LedgerAction.TAKE_BACK, frozenset(LedgerStatus), None, _EDIT),
    Way(LedgerAction.NOTE, frozenset(LedgerStatus), None, _EDIT, ("note",)),
)
"""What people do. Entering is a line's first event; what the server does is in `changes`."""
TAKEN_BACK: Final = frozenset(
    {LedgerAction.ENTER, LedgerAction.REOPEN, LedgerAction.ASK_EXIT, LedgerAction.APPROVE_EXIT,
     LedgerAction.DECLINE_EXIT, LedgerAction.CHANGE, LedgerAction.HOLD, LedgerAction.RESUME}
)  # fmt: skip
"""What can be taken back while nothing else has happened since."""


def way_of(status: str, action: str) -> Way | None:
    """Return the way that an action leads from a status, None where there is none."""
    for way in WAYS:
        if way.action == action and status in way.sources:
            return way
    return None


def ways_out(status: str) -> tuple[Way, ...]:
    """Return every way that a status has."""
    return tuple(way for way in WAYS if status in way.sources)
