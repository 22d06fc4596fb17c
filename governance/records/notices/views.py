"""What a page is told of notices: lists, one notice, and what may be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.contracts.notice_vocabulary import CreditStatus, NoticeAction
from data.store.tables.records.notices import Notice, NoticeEvent
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, NotAllowedError, may
from governance.records.notices.rules.conditions import (
    Circumstances,
    NoticeActionError,
    NoticeProblem,
    check,
)
from governance.records.notices.rules.state import NoticeState
from governance.records.notices.rules.transitions import Asked, Transition, ways_out

HISTORY: Final = ("seq", "action", "from_stage", "to_stage", "actor", "at", "note",
                  "facts")  # fmt: skip
CANDIDATES: Final = ("case_no", "decision_no", "decided_on", "served_on", "outcome", "party",
                     "estate", "community", "free_on", "why_not", "told_in")  # fmt: skip
OWING: Final = ("building_id", "name", "duty", "holder", "community", "reminded_in")


class UnknownNoticeError(GridwardenError):
    """There is no notice, or no case for one, of this number that the actor may see."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A part of the asked-for notices and how many there are in all.

    The rows have the columns of `data.store.repositories.records.notice_lists.LISTED`, with
    ``days_left``, ``overdue_days`` and ``card`` of today.
    """

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class AllowedAction:
    """What the actor may do with a notice, and the facts that it asks for."""

    action: NoticeAction
    asks: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its page shows it.

    Parameters
    ----------
    facts
        Every column of `data.store.tables.records.notices.Notice`, with ``days_left``,
        ``overdue_days`` and ``card`` of today.
    seen
        SHA-256 of what it says, which a reviewer who looked at it names.
    problems
        What keeps it from being let go, all of it.
    history
        Columns `HISTORY`, the earliest first.
    actions
        What the actor may do with it as it stands.
    not_now
        Why some of what the actor otherwise might do cannot be done.
    """

    facts: Mapping[str, Any]
    seen: str
    problems: tuple[NoticeProblem, ...]
    history: pd.DataFrame
    actions: tuple[AllowedAction, ...]
    not_now: Mapping[NoticeAction, NoticeActionError]


def history_rows(events: Iterable[NoticeEvent]) -> pd.DataFrame:
    """Return events as a frame, columns `HISTORY`."""
    rows = [[getattr(each, name) for name in HISTORY] for each in events]
    return pd.DataFrame(rows, columns=list(HISTORY))


def facts_of(notice: Notice) -> dict[str, Any]:
    """Return every column of a notice."""
    return {column.name: getattr(notice, column.name) for column in Notice.__table__.columns}


def allowed_actions(
    actor: Actor, state: NoticeState, given: Circumstances
) -> tuple[tuple[AllowedAction, ...], dict[NoticeAction, NoticeActionError]]:
    """Return what an actor may do with a notice now, and why not what else they might do."""
    allowed, refused = [], {}
    for way in ways_out(state.stage):
        if not any(may(actor, each) for each in way.may):
            continue
        try:
            check(state, way.action, _easiest(state, way.action, given), given)
        except NoticeActionError as error:
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


def require_way(actor: Actor, way: Transition) -> Action:
    """Return the permission by which an actor may go a way.

    Raises
    ------
    NotAllowedError
        When there is none.
    """
    for each in way.may:
        if may(actor, each):
            return each
    asked = way.may[0] if way.may else Action.APPROVE_NOTICES
    raise NotAllowedError(
        "not_allowed", actor=actor.id, action=asked.value,
        reason=f"{way.action.value} asks for one of {', '.join(a.value for a in way.may) or '–'}",
    )  # fmt: skip
