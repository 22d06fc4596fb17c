"""Changes of a case: what an action gives, or why it may not be."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from data.calendars.working_days import end_of
from data.contracts.case_vocabulary import CaseAction, ClockKind, Satisfaction, Stage
from data.privacy.pseudonyms import hide_numbers
from data.store.history import encoded
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.conditions import check
from governance.cases.rules.state import FIELDS, CaseState
from governance.cases.rules.transitions import FORMER, WORKFLOW, CaseTransition
from governance.cases.rules.workflow.facts import read_facts
from governance.cases.rules.workflow.transitions import Change, ClockChange, FactKind

STOPPED: Final[dict[str, Any]] = {"clock": None, "due_at": None, "days_left": None,
                                  "extended_days": 0}  # fmt: skip
REOPENED_BY_REPORTER: Final = frozenset({Stage.REPLIED, Stage.CLOSED})
"""Stages that a reporter's dissatisfaction opens again; before them a case is open anyway."""
_ANEW: Final = ("holder_id", "finding", "verified_by", "verified_at", "visit_id", "referral",
                "sent_to", "sent_at", "receipt_no", "outcome", "decision_no", "decided_on",
                "served_on", "recorded_at", "replied_at", "reply_by", "reply", "return_reason",
                "closed_at", "closed_by", "hold_reason", "hold_asked_by",
                "hold_approver")  # fmt: skip
"""What a case that is opened again has not got yet; its history keeps what it had."""


def make_changes(
    state: CaseState, action: str, facts: Mapping[str, str], given: Circumstances, *, note: str = ""
) -> list[Change]:
    """Return the changes that an action makes: itself and what follows from it by itself.

    Telephone and identity numbers in the note and in long texts are hidden: nothing finds them
    there when the person asks for them to be erased.

    Raises `ActionError` when the case's stage, a fact or a rule does not allow it; the code says
    which.
    """
    way = WORKFLOW.require(state.stage, action)
    read = read_facts(way, facts)
    read |= {each.name: hide_numbers(read[each.name]) for each in way.asks
             if each.kind is FactKind.LONG and each.name in read}  # fmt: skip
    note = "\n".join(filter(None, [read.pop("reason", ""), hide_numbers(note)]))
    check(state, way.action, read, given)
    values = _effects(state, way, read, given)
    stored = {name: value for name, value in read.items() if name in FIELDS}
    if way.action == CaseAction.CORRECT:
        stored = {name: value for name, value in stored.items() if getattr(state, name) != value}
    change = _change(state, way.action, _target(state, way), stored | values, note)
    after = state.after(change)
    return [change, *_reopen_where_dissatisfied(after, change, given)]


def replaced_by(change: Change, before: CaseState) -> dict[str, Any]:
    """Return the facts in whose place a correction puts others; none for any other change."""
    if change.action != CaseAction.CORRECT:
        return {}
    return encoded({name: getattr(before, name) for name in change.facts})


def reopened(state: CaseState, given: Circumstances, *, cause: str, reason: str = "") -> Change:
    """Return the change that opens a case again.

    ``cause``: why by itself: ``dissatisfied``, ``recurrence`` or ``revisit``; "" where a person
    does it.
    """
    way = WORKFLOW.require(state.stage, CaseAction.REOPEN)
    values = _anew(state) | _clock(state, way, given)
    return _change(state, way.action, str(way.to), values, reason or cause)


def opened(given: Circumstances, *, stage: Stage = Stage.NEW) -> Change:
    """Return the first change of a case: it is new, or over already by what its ticket says."""
    values: dict[str, Any] = dict(STOPPED)
    if stage == Stage.NEW:
        values = given.begin(ClockKind.TRIAGE, again=False)
    elif stage == Stage.CLOSED:
        values |= {"closed_at": given.now, "closed_by": given.actor}
    return Change(
        action=CaseAction.TAKE_IN, seq=1, from_stage=None, to_stage=stage, facts=encoded(values)
    )  # fmt: skip


def updated(
    state: CaseState, given: Circumstances, *, over: Stage | None, due_changed: bool, note: str
) -> Change:
    """Return the change of a case whose ticket was changed by who sent it.

    ``due_changed``: whether its leads are to be handled by another time than before
    (`Circumstances.ticket_due`): only then does that go before an extension of ours.
    ``over``: the stage of a case none of whose tickets is open any more, else None. It takes a case
    to that stage only while nobody has begun with it; one that was returned and is open again is
    new.
    """
    values: dict[str, Any] = {}
    stage = state.stage
    if over is not None and stage == Stage.NEW:
        stage, values = over, dict(STOPPED)
        if over == Stage.CLOSED:
            values |= {"closed_at": given.now, "closed_by": given.actor}
    elif over is None and stage == Stage.RETURNED:
        stage = Stage.NEW
        values = _anew(state) | given.begin(ClockKind.TRIAGE, again=True)
    elif due_changed and given.ticket_due:
        values = due_by_ticket(state, given.ticket_due, given)
    return _change(state, CaseAction.UPDATE, stage, values, note)


def due_by_ticket(state: CaseState, due_at: datetime, given: Circumstances) -> dict[str, Any]:
    """Return the values that change where the leads of a case are to be handled by another time.

    On hold it is what is left from now on; one that is new is looked at no later than then.
    """
    if state.clock == ClockKind.TRIAGE and state.due_at and given.now < due_at < state.due_at:
        return {"due_at": due_at}
    if state.clock != ClockKind.HANDLE:
        return {}
    if state.stage != Stage.ON_HOLD:
        return {"due_at": due_at}
    return {"days_left": given.calendar.read(due_at, given.now.date()).balance}


def _target(state: CaseState, way: CaseTransition) -> str:
    if way.to is None:
        return state.stage
    return str(state.former_stage if way.to == FORMER else way.to)


def _served_on(read: dict[str, Any]) -> date | None:
    """Return the day of service as told, else the decision's, None where nothing is to serve."""
    by_default = read.get("decided_on") if read.get("decision_no") else None
    return read.get("served_on", by_default)


def _effects(
    state: CaseState, way: CaseTransition, read: dict[str, Any], given: Circumstances
) -> dict[str, Any]:
    """Return the values that an action gives the state beside the facts that were told."""
    now, actor = given.now, given.actor
    effects: dict[CaseAction, dict[str, Any]] = {
        CaseAction.VERIFY: {"verified_by": actor, "verified_at": now},
        CaseAction.REFER: {"sent_at": now},
        CaseAction.TAKE_OVER: {"holder_id": actor},
        CaseAction.DECIDE: {"recorded_at": now, "served_on": _served_on(read)},
        CaseAction.REPLY: {"replied_at": now},
        CaseAction.CLOSE: {"closed_at": now, "closed_by": actor},
        CaseAction.ASK_HOLD: {"hold_asked_by": actor},
        CaseAction.HOLD: {"hold_approver": actor, "former_stage": state.stage},
        CaseAction.DECLINE_HOLD: {"hold_reason": None, "hold_asked_by": None},
        CaseAction.RESUME: {"hold_reason": None, "hold_asked_by": None, "hold_approver": None,
                            "former_stage": None},
        CaseAction.REOPEN: _anew(state),
        CaseAction.MERGE: {"former_stage": state.stage},
        CaseAction.UNMERGE: {"former_stage": None, "merged_into": None},
    }  # fmt: skip
    values = effects.get(way.action, {}) | _clock(state, way, given)
    if way.action == CaseAction.EXTEND and state.due_at and state.clock:
        deadline, days = given.deadline(state.clock), read["days"]
        values["due_at"] = deadline.extended(state.due_at, days, given.calendar)
        values["extended_days"] = state.extended_days + days
    return values


def _clock(state: CaseState, way: CaseTransition, given: Circumstances) -> dict[str, Any]:
    today = given.now.date()
    if isinstance(way.clock, ClockKind):
        return _begun(state, way, way.clock, given)
    if way.clock == ClockChange.STOP:
        return dict(STOPPED)
    if way.clock == ClockChange.PAUSE and state.due_at:
        return {"due_at": None, "days_left": given.calendar.read(state.due_at, today).balance}
    if way.clock == ClockChange.RESUME and state.days_left is not None:
        on_rest_day = not state.days_left and not given.calendar.works_on(today)
        due = given.calendar.add(today, 1 if on_rest_day else state.days_left)
        return {"due_at": end_of(due), "days_left": None}
    return {}


def _begun(
    state: CaseState, way: CaseTransition, clock: ClockKind, given: Circumstances
) -> dict[str, Any]:
    """Return the values of a clock that begins.

    What is to be answered by a day is to be answered by it all the same once it was referred, so
    that time goes on until a first answer; only then the longer one of enforcement is shown, which
    began with the referral.
    """
    answer_due = state.due_at if given.answer_awaited and state.clock == ClockKind.HANDLE else None
    if way.action == CaseAction.REPLY and state.clock == clock:
        return {}
    referred_at = state.sent_at if way.action == CaseAction.REPLY else None
    again = bool(state.reopened) or way.action == CaseAction.REOPEN
    begun = given.begin(clock, again=again, since=referred_at)
    if way.action == CaseAction.REFER and answer_due and answer_due <= begun["due_at"]:
        return {}
    if clock == ClockKind.REPLY and answer_due:
        begun["due_at"] = min(begun["due_at"], answer_due)
    return begun


def _anew(state: CaseState) -> dict[str, Any]:
    return {**dict.fromkeys(_ANEW), "reopened": state.reopened + 1}


def _reopen_where_dissatisfied(
    state: CaseState, change: Change, given: Circumstances
) -> list[Change]:
    dissatisfied = change.facts.get("satisfaction") == Satisfaction.DISSATISFIED
    if not dissatisfied or state.stage not in REOPENED_BY_REPORTER:
        return []
    return [reopened(state, given, cause="dissatisfied")]


def _change(
    state: CaseState, action: CaseAction, to: str, values: Mapping[str, Any], note: str
) -> Change:
    return Change(
        action=action, seq=state.version + 1, from_stage=state.stage, to_stage=to,
        facts=encoded(values), note=note,
    )  # fmt: skip
