"""Changes of a notice: what an action gives, or why it may not be."""

from collections.abc import Mapping
from typing import Any, Final

from data.calendars.working_days import end_of
from data.contracts.notice_vocabulary import (
    DECIDED_ONLY,
    CreditStatus,
    NoticeAction,
    NoticeClock,
    NoticeKind,
    NoticeStage,
)
from data.store.history import encoded
from governance.cases.rules.workflow.facts import read_facts
from governance.cases.rules.workflow.transitions import Change, ClockChange
from governance.records.notices.rules.conditions import Circumstances, check
from governance.records.notices.rules.state import FIELDS, NoticeState
from governance.records.notices.rules.transitions import WORKFLOW, NoticeTransition

_STOPPED: Final[dict[str, Any]] = {"clock": None, "due_at": None}
_NOT_LET_GO: Final = dict.fromkeys(
    ("submitted_by", "submitted_at", "previewed_by", "previewed_hash", "approver", "approved_at",
     "approved_hash")
)  # fmt: skip
"""What a notice that goes back to its authors has not got yet; its history keeps what it had."""


def drafted(content: Mapping[str, Any], given: Circumstances) -> Change:
    """Return the first change of a notice.

    ``content``: fields of `NoticeState`: what it says.
    """
    values = {**content, "authors": f",{given.actor},"}
    if content["kind"] in DECIDED_ONLY:
        values["credit_status"] = CreditStatus.NOT_SENT
    return Change(action=NoticeAction.DRAFT, seq=1, from_stage=None, to_stage=NoticeStage.DRAFT,
                  facts=encoded(values))  # fmt: skip


def make_change(
    state: NoticeState,
    action: str,
    facts: Mapping[str, Any],
    given: Circumstances,
    *,
    more: Mapping[str, Any] | None = None,
    note: str = "",
) -> Change:
    """Return the change that an action makes.

    ``facts``: what the action asks for, as text; ``case_nos`` as a list.
    ``more``: fields that follow from these and are nobody's to tell.

    Raises `ActionError` when the notice's stage, a fact or a rule does not allow it; the code says
    which.
    """
    way = WORKFLOW.require(state.stage, action)
    read = read_facts(way, facts)
    check(state, way.action, read, given)
    stored = {name: value for name, value in read.items() if name in FIELDS}
    values = (
        stored | dict(more or {}) | _effects(state, way.action, given) | _clock(state, way, given)
    )
    return Change(action=way.action, seq=state.version + 1, from_stage=state.stage,
                  to_stage=way.to or state.stage, facts=encoded(values), note=note)  # fmt: skip


def _effects(state: NoticeState, action: NoticeAction, given: Circumstances) -> dict[str, Any]:
    """Return the values that an action gives the state beside the facts that were told."""
    now, actor = given.now, given.actor
    ended = {"ended_by": actor, "ended_at": now}
    effects: dict[NoticeAction, dict[str, Any]] = {
        NoticeAction.EDIT: {} if state.is_by((actor,)) else {"authors": f"{state.authors}{actor},"},
        NoticeAction.SUBMIT: {"submitted_by": actor, "submitted_at": now, "return_reason": None},
        NoticeAction.PREVIEW: {"previewed_by": actor, "previewed_hash": state.content_hash()},
        NoticeAction.APPROVE: {"approver": actor, "approved_at": now,
                               "approved_hash": state.content_hash()},
        NoticeAction.RETURN: dict(_NOT_LET_GO),
        NoticeAction.APPEAL: {"appealed_at": now, "answer": None, "answered_by": None,
                              "answered_at": None},
        NoticeAction.UPHOLD: {"answered_by": actor, "answered_at": now},
        NoticeAction.WITHDRAW: ended,
        NoticeAction.EXPIRE: ended,
        NoticeAction.CORRECT: ended,
        NoticeAction.TAKE_DOWN: {"taken_down_at": now},
    }  # fmt: skip
    return _published(state, given) if action == NoticeAction.PUBLISH else effects.get(action, {})


def _published(state: NoticeState, given: Circumstances) -> dict[str, Any]:
    shown = given.deadlines.find(NoticeClock.SHOWN, kind=state.kind)
    today = given.now.date()
    values: dict[str, Any] = {
        "published_by": given.actor, "published_at": given.now,
        "expires_on": shown.end(today, given.calendar) if shown else None,
    }  # fmt: skip
    if state.kind == NoticeKind.BLACKLIST:
        values["credit_status"] = CreditStatus.HANDED_OVER
    return values


def _clock(state: NoticeState, way: NoticeTransition, given: Circumstances) -> dict[str, Any]:
    if way.clock is None or (way.action == NoticeAction.APPEAL and state.doubted):
        return {}  # the shorter clock of the withdrawal goes on
    if way.clock == ClockChange.STOP:
        return dict(_STOPPED)
    deadline = given.deadlines.find(str(way.clock), kind=state.kind)
    if deadline is None:
        return dict(_STOPPED)
    due = end_of(deadline.end(given.now.date(), given.calendar))
    return {"clock": str(way.clock), "due_at": due}
