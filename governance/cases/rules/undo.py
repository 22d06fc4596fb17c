"""A step taken back: for a short time, by who took it, while nothing followed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from data.contracts.case_vocabulary import CaseAction
from data.store.history import encoded
from data.store.tables.cases import CaseEvent
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.state import FIELDS, replay
from governance.cases.rules.transitions import WORKFLOW, CaseTransition
from governance.cases.rules.workflow.transitions import ActionError, Change

UNDO_WITHIN: Final = timedelta(minutes=10)


def undone(events: Sequence[CaseEvent], given: Circumstances) -> tuple[CaseTransition, Change]:
    """Return the way that the last step of a history went, and the change that takes it back.

    ``events``: the whole history, the oldest first.

    Raises `ActionError`: ``case_undo_none`` where the last step is none that can be taken back,
    ``case_undo_other`` where somebody else took it, ``case_undo_late`` where `UNDO_WITHIN` is over.
    """
    last = events[-1]
    way = WORKFLOW.find(last.from_stage, last.action) if last.from_stage else None
    if way is None or not way.undone:
        raise ActionError("case_undo_none", seen=last.action)
    if last.actor != given.actor:
        raise ActionError("case_undo_other", seen=last.actor)
    if given.now - last.at > UNDO_WITHIN:
        raise ActionError("case_undo_late", seen=f"{last.at:%H:%M}",
                              minutes=int(UNDO_WITHIN.total_seconds() // 60))  # fmt: skip
    before, after = replay(events[:-1]), replay(events)
    values = {
        name: getattr(before, name)
        for name in sorted(FIELDS)
        if getattr(before, name) != getattr(after, name)
    }
    change = Change(
        action=CaseAction.UNDO, seq=last.seq + 1, from_stage=after.stage, to_stage=before.stage,
        facts=encoded(values),
    )  # fmt: skip
    return way, change
