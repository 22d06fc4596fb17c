"""Changes of a case: what an action gives, or why it may not be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self

from data.contracts.case_vocabulary import (
    CONFIRMED,
    CaseAction,
    ClockKind,
    Outcome,
    ReplyWay,
    Satisfaction,
    Stage,
)
from geo.errors import GridwardenError
from governance.cases.rules.clocks import WorkingDays, end_of
from governance.cases.rules.deadlines import Deadline, DeadlineTable
from governance.cases.rules.state import FIELDS, CaseState, encoded
from governance.cases.rules.transitions import (
    FORMER,
    TRANSITIONS,
    Asked,
    ClockChange,
    FactKind,
    Transition,
    transition,
)


class CaseActionError(GridwardenError):
    """A case cannot be changed in this way; the code says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a change rests on beside the case's state.

    Parameters
    ----------
    now
        The office's local time.
    actor
        Account of who changes it.
    case_no, channel, nature, received_at
        The case's, of its earliest lead.
    ticket_due
        When the earliest of its tickets is due by who sent it, None where none says so.
    """

    now: datetime
    actor: str
    deadlines: DeadlineTable
    calendar: WorkingDays
    case_no: str = ""
    channel: str = ""
    nature: str = ""
    received_at: datetime = datetime.min  # noqa: DTZ901 -- local times throughout
    ticket_due: datetime | None = None

    def of(self, case: Mapping[str, Any], *, ticket_due: datetime | None) -> Self:
        """Return the circumstances of a case, or of the lead that opens one."""
        return replace(
            self,
            case_no=case.get("case_no", ""),
            channel=case["channel"],
            nature=case["nature"],
            received_at=case["received_at"],
            ticket_due=ticket_due,
        )

    def deadline(self, clock: str) -> Deadline:
        """Return the deadline that holds for a clock of this case."""
        return self.deadlines.of(clock, channel=self.channel, nature=self.nature)

    def begin(self, clock: ClockKind, *, again: bool) -> dict[str, Any]:
        """Return the values of a clock that begins: the ticket's own deadline goes before ours.

        Parameters
        ----------
        again
            Whether the case was opened again, so that the time begins anew.
        """
        handled = clock == ClockKind.HANDLE
        if handled and self.ticket_due and (not again or self.ticket_due > self.now):
            due_at = self.ticket_due
        else:
            start = self.received_at if handled and not again else self.now
            due_at = self.deadline(clock).due(start.date(), self.calendar)
        return {"clock": clock, "due_at": due_at, "days_left": None, "extended_days": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event that a case's history is to get; ``facts`` as JSON keeps them."""

    action: str
    seq: int
    from_stage: str | None
    to_stage: str
    facts: dict[str, Any]
    note: str = ""


STOPPED: Final[dict[str, Any]] = {"clock": None, "due_at": None, "days_left": None,
                                  "extended_days": 0}  # fmt: skip
REOPENED_BY_REPORTER: Final = frozenset({Stage.REPLIED, Stage.CLOSED})
"""Stages that a reporter's dissatisfaction opens again; before them a case is open anyway."""
_ANEW: Final = ("finding", "verified_by", "verified_at", "visit_id", "referral", "sent_to",
                "sent_at", "receipt_no", "outcome", "decision_no", "decided_on", "recorded_at",
                "replied_at", "reply_by", "reply", "return_reason", "closed_at", "closed_by",
                "hold_reason", "hold_asked_by", "hold_approver")  # fmt: skip
"""What a case that is opened again has not got yet; its history keeps what it had."""


def make_changes(
    state: CaseState, action: str, facts: Mapping[str, str], given: Circumstances, *, note: str = ""
) -> list[Change]:
    """Return the changes that an action makes: itself and what follows from it by itself.

    Raises
    ------
    CaseActionError
        When the case's stage, a fact or a rule does not allow it; the code says which.
    """
    way = transition(state.stage, action)
    if way is None:
        sources = {s for each in TRANSITIONS if each.action == action for s in each.sources}
        raise CaseActionError("case_action_illegal", action=action, seen=state.stage,
                              expected=", ".join(sorted(sources)))  # fmt: skip
    read = read_facts(way, facts)
    note = read.pop("reason", note)
    _check(state, way, read, given)
    values = _effects(state, way, read, given)
    own = {name: value for name, value in read.items() if name in FIELDS}
    change = _change(state, way.action, _target(state, way), own | values, note)
    after = state.after(change)
    return [change, *_reopen_where_dissatisfied(after, change, given)]


def reopened(state: CaseState, given: Circumstances, *, cause: str, reason: str = "") -> Change:
    """Return the change that opens a case again.

    Parameters
    ----------
    cause
        Why by itself: ``dissatisfied``, ``recurrence`` or ``revisit``; "" where a person does it.
    """
    way = transition(state.stage, CaseAction.REOPEN)
    if way is None or not isinstance(way.clock, ClockKind):
        raise CaseActionError("case_action_illegal", action=CaseAction.REOPEN, seen=state.stage,
                              expected=Stage.CLOSED)  # fmt: skip
    values = _anew(state) | given.begin(way.clock, again=True)
    return _change(state, way.action, str(way.to), values, reason or cause)


def opened(given: Circumstances, *, stage: Stage = Stage.NEW, note: str = "") -> Change:
    """Return the first change of a case: it is new, or over already by what its ticket says."""
    values: dict[str, Any] = dict(STOPPED)
    if stage == Stage.NEW:
        values = given.begin(ClockKind.TRIAGE, again=False)
    elif stage == Stage.CLOSED:
        values |= {"closed_at": given.now, "closed_by": given.actor}
    return Change(
        action=CaseAction.TAKE_IN, seq=1, from_stage=None, to_stage=stage, facts=encoded(values),
        note=note,
    )  # fmt: skip


def updated(state: CaseState, given: Circumstances, *, over: Stage | None, note: str) -> Change:
    """Return the change of a case whose ticket was changed by who sent it.

    Parameters
    ----------
    over
        The stage of a case none of whose tickets is open any more, else None. It takes a case to
        that stage only while nobody has begun with it; one that was returned and is open again
        is new.
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
    elif over is None and given.ticket_due and state.clock == ClockKind.HANDLE:
        values = {"due_at": given.ticket_due} if stage != Stage.ON_HOLD else {}
    return _change(state, CaseAction.UPDATE, stage, values, note)


def read_facts(way: Transition, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts that an action asks for, read.

    Raises
    ------
    CaseActionError
        ``case_fact_missing``, ``case_fact_unknown`` or ``case_fact_wrong``.
    """
    for name in facts.keys() - {each.name for each in way.asks}:
        raise CaseActionError("case_fact_unknown", action=way.action, seen=name,
                              expected=", ".join(each.name for each in way.asks))  # fmt: skip
    read = {}
    for asked in way.asks:
        text = str(facts.get(asked.name) or "").strip()
        if text:
            read[asked.name] = _read(asked, text)
        elif asked.required:
            raise CaseActionError("case_fact_missing", action=way.action, field=asked.name)
    return read


def _read(asked: Asked, text: str) -> Any:  # noqa: ANN401 -- facts are of several kinds
    wrong = CaseActionError("case_fact_wrong", field=asked.name, seen=text,
                            expected=", ".join(asked.words) or asked.kind.value)  # fmt: skip
    try:
        if asked.kind == FactKind.DAY:
            return date.fromisoformat(text)
        if asked.kind == FactKind.COUNT:
            return int(text)
    except ValueError as error:
        raise wrong from error
    if asked.words and text not in asked.words:
        raise wrong
    return text


def _check(state: CaseState, way: Transition, read: dict[str, Any], given: Circumstances) -> None:
    rule = _RULES.get(way.action)
    if rule is not None:
        rule(state, read, given)


def _returned_in_time(state: CaseState, _read: dict[str, Any], given: Circumstances) -> None:
    if state.due_at and given.calendar.read(state.due_at, given.now.date()).overdue_days:
        raise CaseActionError("case_return_late", seen=f"{state.due_at:%Y-%m-%d}")


def _confirmed(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.finding not in CONFIRMED:
        raise CaseActionError("case_not_confirmed", seen=state.finding or "",
                              expected=", ".join(sorted(CONFIRMED)))  # fmt: skip


def _told(state: CaseState, read: dict[str, Any], _given: Circumstances) -> None:
    if state.stage == Stage.VERIFIED and state.finding in CONFIRMED:
        raise CaseActionError("case_found_not_handled", seen=state.finding)
    if read["reply_by"] != ReplyWay.NOBODY and not read.get("reply"):
        raise CaseActionError("case_fact_missing", action=CaseAction.REPLY, field="reply")


def _decided(_state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    free = {Outcome.ELSEWHERE, Outcome.OTHER}
    if read["outcome"] not in free and not read.get("decision_no"):
        raise CaseActionError("case_fact_missing", action=CaseAction.DECIDE, field="decision_no")
    if read["decided_on"] > given.now.date():
        raise CaseActionError("case_fact_wrong", field="decided_on", seen=read["decided_on"],
                              expected=f"<= {given.now.date()}")  # fmt: skip


def _closed_by_another(state: CaseState, _read: dict[str, Any], given: Circumstances) -> None:
    if state.verified_by == given.actor:
        raise CaseActionError("case_closer_verified", seen=given.actor)


def _not_asked_before(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.hold_asked_by:
        raise CaseActionError("case_hold_asked", seen=state.hold_asked_by)


def _hold_asked(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if not state.hold_asked_by:
        raise CaseActionError("case_hold_not_asked")


def _hold_by_another(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    _hold_asked(state, read, given)
    if state.hold_asked_by == given.actor:
        raise CaseActionError("case_hold_own", seen=given.actor)


def _extended_within(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    most = given.deadline(state.clock).extend_days if state.clock else 0
    if state.due_at is None or not 1 <= read["days"] <= most - state.extended_days:
        raise CaseActionError("case_extend_too_long", seen=read["days"],
                              expected=f"1–{max(0, most - state.extended_days)}")  # fmt: skip


def _another_case(_state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    if read["merged_into"] == given.case_no:
        raise CaseActionError("case_merge_itself", seen=given.case_no)


_RULES: Final[dict[CaseAction, Callable[[CaseState, dict[str, Any], Circumstances], None]]] = {
    CaseAction.RETURN: _returned_in_time,
    CaseAction.REFER: _confirmed,
    CaseAction.REPLY: _told,
    CaseAction.DECIDE: _decided,
    CaseAction.CLOSE: _closed_by_another,
    CaseAction.ASK_HOLD: _not_asked_before,
    CaseAction.DECLINE_HOLD: _hold_asked,
    CaseAction.HOLD: _hold_by_another,
    CaseAction.EXTEND: _extended_within,
    CaseAction.MERGE: _another_case,
}


def _target(state: CaseState, way: Transition) -> str:
    if way.to is None:
        return state.stage
    return str(state.former_stage if way.to == FORMER else way.to)


def _effects(
    state: CaseState, way: Transition, read: dict[str, Any], given: Circumstances
) -> dict[str, Any]:
    """Return the values that an action gives the state beside the facts that were told."""
    now, actor = given.now, given.actor
    effects: dict[CaseAction, dict[str, Any]] = {
        CaseAction.VERIFY: {"verified_by": actor, "verified_at": now},
        CaseAction.REFER: {"sent_at": now},
        CaseAction.TAKE_OVER: {"holder_id": actor},
        CaseAction.DECIDE: {"recorded_at": now},
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


def _clock(state: CaseState, way: Transition, given: Circumstances) -> dict[str, Any]:
    today = given.now.date()
    if isinstance(way.clock, ClockKind):
        return given.begin(way.clock, again=bool(state.reopened) or way.action == CaseAction.REOPEN)
    if way.clock == ClockChange.STOP:
        return dict(STOPPED)
    if way.clock == ClockChange.PAUSE and state.due_at:
        return {"due_at": None, "days_left": given.calendar.read(state.due_at, today).days_left}
    if way.clock == ClockChange.RESUME and state.days_left is not None:
        due = given.calendar.add(today, state.days_left)
        return {"due_at": end_of(due), "days_left": None}
    return {}


def _anew(state: CaseState) -> dict[str, Any]:
    return {**dict.fromkeys(_ANEW), "reopened": state.reopened + 1}


def _reopen_where_dissatisfied(
    state: CaseState, change: Change, given: Circumstances
) -> list[Change]:
    told = change.facts.get("satisfaction") == Satisfaction.DISSATISFIED
    if not told or state.stage not in REOPENED_BY_REPORTER:
        return []
    return [reopened(state, given, cause="dissatisfied")]


def _change(
    state: CaseState, action: CaseAction, to: str, values: Mapping[str, Any], note: str
) -> Change:
    return Change(
        action=action, seq=state.version + 1, from_stage=state.stage, to_stage=to,
        facts=encoded(values), note=note,
    )  # fmt: skip
