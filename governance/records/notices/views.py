"""What a page is told of notices: lists, one notice, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.contracts.notice_vocabulary import CreditStatus, NoticeAction
from data.store.tables.records.notices import Notice
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import AllowedAction
from governance.records.notices.rules.conditions import (
    Circumstances,
    NoticeProblem,
    check,
)
from governance.records.notices.rules.state import NoticeState
from governance.records.notices.rules.transitions import WORKFLOW

CANDIDATES: Final = ("case_no", "decision_no", "decided_on", "served_on", "outcome", "party",
                     "estate", "community", "free_on", "why_not", "notice_no")  # fmt: skip
OWING: Final = ("building_id", "name", "duty", "holder", "community", "reminded_in")


class UnknownNoticeError(GridwardenError):
    """There is no notice, or no case for one, of this number that the actor may see."""


NoticeStep = AllowedAction[NoticeAction]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its page shows it."""

    facts: Mapping[str, Any]
    """Every column of `data.store.tables.records.notices.Notice`, with ``days_left``,
    ``overdue_days`` and ``card`` of today.
    """
    seen: str
    """SHA-256 of what it says, which a reviewer who looked at it names."""
    problems: tuple[NoticeProblem, ...]
    """What keeps it from being let go, all of it."""
    history: pd.DataFrame
    """Columns `governance.cases.rules.workflow.views.HISTORY`, the earliest first."""
    actions: tuple[NoticeStep, ...]
    """What the actor may do with it as it stands."""
    not_now: Mapping[NoticeAction, ActionError]
    """Why some of what the actor otherwise might do cannot be done."""


def find_notice(unit: UnitOfWork, actor: Actor, notice_no: str) -> Notice:
    """Return a notice of the actor's scope.

    Raises `UnknownNoticeError` when there is none of this number there.
    """
    notice = unit.notices.get(notice_no)
    if notice is None or not unit.notice_lists.sees(notice.id, inside=actor.scope.inside):
        raise UnknownNoticeError("notice_unknown", seen=notice_no)
    return notice


def allowed_actions(
    actor: Actor, state: NoticeState, given: Circumstances
) -> tuple[tuple[NoticeStep, ...], dict[NoticeAction, ActionError]]:
    """Return what an actor may do with a notice now, and why not what else they might do."""
    allowed, refused = [], {}
    for way in WORKFLOW.ways_out(state.stage):
        if not way.open_to(actor):
            continue
        try:
            check(state, way.action, _easiest(state, way.action, given), given)
        except ActionError as error:
            refused[way.action] = error
        else:
            allowed.append(AllowedAction(way.action, way.asks))
    return tuple(allowed), refused


def _easiest(state: NoticeState, action: NoticeAction, given: Circumstances) -> dict[str, Any]:
    """Return the facts of an action that ask for least."""
    facts: dict[NoticeAction, dict[str, Any]] = {
        NoticeAction.PREVIEW: {"seen": state.content_hash()},
        NoticeAction.APPROVE: {"seen": state.content_hash()},
        NoticeAction.PLEDGE: {"pledge_on": given.now.date()},
        NoticeAction.CREDIT: {"credit_status": CreditStatus.REPAIRED},
    }
    return facts.get(action, {})
