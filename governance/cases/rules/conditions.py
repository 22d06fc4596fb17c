"""Conditions of actions that the case's stage alone does not tell."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from data.contracts.case_vocabulary import CONFIRMED, CaseAction, ClockKind, Stage
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.state import CaseState
from governance.cases.rules.workflow.transitions import ActionError

CORRECTED: Final = ("decision_no", "served_on")
"""What a correction puts in the place of what was told before."""


def check(state: CaseState, action: CaseAction, read: dict[str, Any], given: Circumstances) -> None:
    """Check what an action asks for beside its stage.

    Raises `ActionError` naming what it lacks.
    """
    rule = _RULES.get(action)
    if rule is not None:
        rule(state, read, given)


def _returned_in_time(state: CaseState, _read: dict[str, Any], given: Circumstances) -> None:
    """Check that its time is not over; a ticket that is due sooner takes none of it."""
    if state.due_at is None:
        return
    whole = given.deadline(ClockKind.TRIAGE).due(given.received_at.date(), given.calendar)
    if given.calendar.read(max(state.due_at, whole), given.now.date()).overdue_days:
        raise ActionError("case_return_late", seen=f"{state.due_at:%Y-%m-%d}")


def _confirmed(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.finding not in CONFIRMED:
        raise ActionError("case_not_confirmed", seen=state.finding or "",
                              expected=", ".join(sorted(CONFIRMED)))  # fmt: skip


def _answered(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.stage == Stage.VERIFIED and state.finding in CONFIRMED:
        raise ActionError("case_found_not_handled", seen=state.finding)


def _decided(_state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    if read["decided_on"] > given.now.date():
        raise ActionError("fact_wrong", field="decided_on", seen=read["decided_on"],
                              expected=f"<= {given.now.date()}")  # fmt: skip
    _served_between(read["decided_on"], read.get("served_on"), given)


def _served(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    if state.decided_on is None:
        raise ActionError("case_not_decided", seen=state.stage)
    _served_between(state.decided_on, read.get("served_on"), given)


def _corrected(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    if state.decided_on is None:
        raise ActionError("case_not_decided", seen=state.stage)
    if state.stage == Stage.CLOSED:
        raise ActionError("case_correct_closed", seen=state.decision_no or "")
    if all(getattr(state, name) == read.get(name, getattr(state, name)) for name in CORRECTED):
        raise ActionError("case_correct_nothing", seen=state.decision_no or "")
    _served_between(state.decided_on, read.get("served_on"), given)


def _served_between(decided_on: date, served_on: date | None, given: Circumstances) -> None:
    today = given.now.date()
    if served_on is not None and not decided_on <= served_on <= today:
        raise ActionError("fact_wrong", field="served_on", seen=served_on,
                              expected=f"{decided_on} – {today}")  # fmt: skip


def _closed_by_another(state: CaseState, _read: dict[str, Any], given: Circumstances) -> None:
    if state.verified_by in given.actor_names:
        raise ActionError("case_closer_verified", seen=given.actor)


def _no_hold_waits(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.hold_asked_by:
        raise ActionError("case_hold_asked", seen=state.hold_asked_by)


def _hold_waits(state: CaseState, _read: dict[str, Any], _given: Circumstances) -> None:
    if not state.hold_asked_by:
        raise ActionError("case_hold_not_asked")


def _hold_by_another(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    _hold_waits(state, read, given)
    if state.hold_asked_by in given.actor_names:
        raise ActionError("case_hold_own", seen=given.actor)


def _extended_within(state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    most = given.deadline(state.clock).extend_days if state.clock else 0
    if state.due_at is None or not 1 <= read["days"] <= most - state.extended_days:
        raise ActionError("case_extend_too_long", seen=read["days"],
                              expected=f"1–{max(0, most - state.extended_days)}")  # fmt: skip


def _another_case(_state: CaseState, read: dict[str, Any], given: Circumstances) -> None:
    if read["merged_into"] == given.case_no:
        raise ActionError("case_merge_itself", seen=given.case_no)


_RULES: Final[dict[CaseAction, Callable[[CaseState, dict[str, Any], Circumstances], None]]] = {
    CaseAction.RETURN: _returned_in_time,
    CaseAction.REFER: _confirmed,
    CaseAction.REPLY: _answered,
    CaseAction.DECIDE: _decided,
    CaseAction.SERVE: _served,
    CaseAction.CORRECT: _corrected,
    CaseAction.CLOSE: _closed_by_another,
    CaseAction.ASK_HOLD: _no_hold_waits,
    CaseAction.DECLINE_HOLD: _hold_waits,
    CaseAction.HOLD: _hold_by_another,
    CaseAction.EXTEND: _extended_within,
    CaseAction.MERGE: _another_case,
}
