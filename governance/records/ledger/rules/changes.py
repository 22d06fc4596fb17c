"""How an action changes a line: checked, and told as the event that its history keeps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from data.contracts.ledger_vocabulary import LedgerAction, LedgerStatus
from data.store.history import Event, encoded
from governance.cases.rules.workflow.facts import read_facts
from governance.cases.rules.workflow.transitions import ActionError
from governance.records.ledger.rules.settings import LedgerRules
from governance.records.ledger.rules.state import LedgerState, replay
from governance.records.ledger.rules.transitions import TAKEN_BACK, WORKFLOW

APPROVERS_NEEDED: Final = 2
BY_DUTY: Final = "by_duty"
"""In place of a person: whoever has the duty for the building answers for the line."""
_NO_EXIT: Final[Mapping[str, Any]] = {"exit_asked_by": None, "approvers": (), "out_reason": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedBy:
    """Who changes a line, and when."""

    person: str
    """Who it is: the person of the table of staff, or the account."""
    actor_names: frozenset[str]
    """Every name that rows may know the same person by (`governance.access.persons`)."""
    today: date
    rules: LedgerRules
    approves: bool = False
    """Whether asking for an exit is already the first of the two approvals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChange:
    """The next event of a line, without who and when."""

    seq: int
    action: str
    from_status: str | None
    to_status: str
    facts: dict[str, Any]
    note: str = ""


class PastEvent(Event, Protocol):
    """An event with the action that it tells of."""

    @property
    def action(self) -> str:
        """One of `LedgerAction`."""


def entered(values: Mapping[str, Any], *, note: str = "") -> LedgerChange:
    """Return the first event of a line."""
    return LedgerChange(
        seq=1, action=LedgerAction.ENTER, from_status=None, to_status=LedgerStatus.LISTED,
        facts=encoded(values), note=note,
    )  # fmt: skip


def change_line(
    state: LedgerState,
    action: str,
    facts: Mapping[str, str],
    by: ChangedBy,
    *,
    history: Sequence[PastEvent],
    note: str = "",
) -> LedgerChange:
    """Return the event by which a person's action changes a line.

    ``facts``: what the action asks for or offers, as text; empty ones count as not told.
    ``history``: the line's events so far, which taking back needs.

    Raises `ActionError` when its status, a fact or a rule does not allow it.
    """
    way = WORKFLOW.require(state.status, action)
    if action == LedgerAction.NOTE:
        facts = {"note": note, **facts}
    read = read_facts(way, facts)
    if action == LedgerAction.TAKE_BACK:
        return _taken_back(state, history, note=note)
    to, values = _EFFECTS[way.action](state, read, by)
    status = to or way.to or state.status
    text = note or read.get("note", "") or read.get("reason", "")
    return _change(state, way.action, status, values, note=text)


def stop_exit(state: LedgerState) -> LedgerChange:
    """Return the event that ends the wait for an exit, since something was found."""
    return _change(state, LedgerAction.STOP_EXIT, LedgerStatus.LISTED, _NO_EXIT, note="find")


def reopened(
    state: LedgerState, *, reason: str, tier: str, rule_version: int, by: ChangedBy, note: str = ""
) -> LedgerChange:
    """Return the event by which a line comes back, under its number."""
    values = {
        **_NO_EXIT, "in_on": by.today, "in_reason": reason, "tier": tier,
        "cadence": by.rules.cadences[tier], "rule_version": rule_version, "out_on": None,
        "hold_reason": None, "reopened": state.reopened + 1,
    }  # fmt: skip
    return _change(state, LedgerAction.REOPEN, LedgerStatus.LISTED, values, note=note)


Effect = tuple[LedgerStatus | None, Mapping[str, Any]]


def _ask_exit(_state: LedgerState, read: dict[str, str], by: ChangedBy) -> Effect:
    approvers = (by.person,) if by.approves else ()
    return None, {"exit_asked_by": by.person, "approvers": approvers,
                  "out_reason": read["out_reason"]}  # fmt: skip


def _approve_exit(state: LedgerState, _read: dict[str, str], by: ChangedBy) -> Effect:
    if not by.actor_names.isdisjoint(state.approvers):
        raise ActionError("ledger_approved_already", seen=by.person)
    approvers = (*state.approvers, by.person)
    if len(approvers) < APPROVERS_NEEDED:
        return None, {"approvers": approvers}
    return LedgerStatus.OUT, {"approvers": approvers, "out_on": by.today}


def _decline_exit(_state: LedgerState, _read: dict[str, str], _by: ChangedBy) -> Effect:
    return None, _NO_EXIT


def _change_line(state: LedgerState, read: dict[str, str], by: ChangedBy) -> Effect:
    fields: dict[str, str | None] = {n: value for n, value in read.items() if n != "note"}
    if fields.get("owner_id") == BY_DUTY:
        fields["owner_id"] = None
    if "tier" in fields and "cadence" not in fields and fields["tier"] != state.tier:
        fields["cadence"] = by.rules.cadences[read["tier"]]
    values = {name: value for name, value in fields.items() if getattr(state, name) != value}
    if not values:
        raise ActionError("ledger_nothing_changed")
    return None, values


def _hold(_state: LedgerState, read: dict[str, str], _by: ChangedBy) -> Effect:
    return None, {"hold_reason": read["hold_reason"]}


def _resume(_state: LedgerState, _read: dict[str, str], _by: ChangedBy) -> Effect:
    return None, {"hold_reason": None}


def _reopen(state: LedgerState, read: dict[str, str], by: ChangedBy) -> Effect:
    reason = read["in_reason"]
    tier = by.rules.tiers[reason]
    change = reopened(state, reason=reason, tier=tier, rule_version=0, by=by)
    return None, change.facts


def _nothing(_state: LedgerState, _read: dict[str, str], _by: ChangedBy) -> Effect:
    return None, {}


_EFFECTS: Final[Mapping[str, Callable[[LedgerState, dict[str, str], ChangedBy], Effect]]] = {
    LedgerAction.ASK_EXIT: _ask_exit,
    LedgerAction.APPROVE_EXIT: _approve_exit,
    LedgerAction.DECLINE_EXIT: _decline_exit,
    LedgerAction.CHANGE: _change_line,
    LedgerAction.HOLD: _hold,
    LedgerAction.RESUME: _resume,
    LedgerAction.REOPEN: _reopen,
    LedgerAction.NOTE: _nothing,
}


def _taken_back(state: LedgerState, history: Sequence[PastEvent], *, note: str) -> LedgerChange:
    """Return the event that gives a line the state of before its last event."""
    last = history[-1]
    if last.action not in TAKEN_BACK:
        raise ActionError("ledger_not_taken_back", action=last.action)
    if len(history) == 1:
        return _change(state, LedgerAction.TAKE_BACK, LedgerStatus.WITHDRAWN, {}, note=note)
    before = replay(history[:-1])
    values = {name: getattr(before, name) for name in last.facts}
    return _change(state, LedgerAction.TAKE_BACK, before.status, values, note=note)


def _change(
    state: LedgerState, action: LedgerAction, to: str, values: Mapping[str, Any], *, note: str
) -> LedgerChange:
    return LedgerChange(
        seq=state.version + 1, action=action, from_status=state.status, to_status=to,
        facts=encoded(values), note=note,
    )  # fmt: skip
