"""Conditions of actions that the notice's stage alone does not tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from data.calendars.working_days import WorkingDays
from data.contracts.notice_vocabulary import (
    DECIDED_ONLY,
    CreditStatus,
    NoticeAction,
    NoticeKind,
)
from governance.cases.rules.workflow.transitions import ActionError
from governance.records.notices.rules.deadlines import NoticeDeadlines
from governance.records.notices.rules.decided import DecidedCase, why_not
from governance.records.notices.rules.masking import find_unmasked
from governance.records.notices.rules.state import NoticeState


@dataclass(frozen=True, slots=True)
class NoticeProblem:
    """What keeps a notice from going on: a code, and what it is about as the notice has it."""

    code: str
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a change of a notice rests on beside its state."""

    now: datetime
    """The office's local time."""
    actor: str
    """Account of who changes it."""
    actor_names: frozenset[str]
    """Every name that rows may know the same person by (`governance.access.persons`)."""
    deadlines: NoticeDeadlines
    calendar: WorkingDays
    cases: Mapping[str, DecidedCase] = field(default_factory=dict)
    """The cases that it names, by number, as they are now."""
    names: frozenset[str] = frozenset()
    """Of people that the office knows."""

    def why_not(self, case_no: str, kind: str) -> str:
        """Return the code of what keeps a case out of a notice; "" where nothing does."""
        case = self.cases.get(case_no)
        if case is None:
            return "unknown"
        return why_not(case, kind=kind, today=self.now.date(), deadlines=self.deadlines,
                       calendar=self.calendar)  # fmt: skip


def problems_of(state: NoticeState, given: Circumstances) -> tuple[NoticeProblem, ...]:
    """List everything that keeps a notice from being let go, all at once."""
    found = [NoticeProblem("missing", name) for name in ("title", "body")
             if not getattr(state, name).strip()]  # fmt: skip
    if state.kind in DECIDED_ONLY:
        if not state.case_nos:
            found.append(NoticeProblem("missing", "case_nos"))
        reasons = {case_no: given.why_not(case_no, state.kind) for case_no in state.case_nos}
        found += [NoticeProblem(f"case_{why}", case_no) for case_no, why in reasons.items() if why]
    lines = ("\n".join(map(str, entry)) for entry in state.entries)
    text = "\n".join((state.title, state.body, *lines))
    unmasked = find_unmasked(text, kind=state.kind, names=given.names)
    return (*found, *(NoticeProblem(each.kind, each.found) for each in unmasked))


def check(
    state: NoticeState, action: NoticeAction, read: dict[str, Any], given: Circumstances
) -> None:
    """Check what an action asks for beside its stage.

    Raises `ActionError` naming what it lacks.
    """
    for rule in _RULES.get(action, ()):
        rule(state, read, given)


def _in_order(state: NoticeState, _read: dict[str, Any], given: Circumstances) -> None:
    if problems := problems_of(state, given):
        raise ActionError(
            "notice_problems", count=len(problems), seen=[p.seen for p in problems],
            codes=[p.code for p in problems],
        )  # fmt: skip


def _by_another(state: NoticeState, _read: dict[str, Any], given: Circumstances) -> None:
    if state.is_by(given.actor_names):
        raise ActionError("notice_own", seen=given.actor)


def _as_shown(state: NoticeState, read: dict[str, Any], _given: Circumstances) -> None:
    if read["seen"] != state.content_hash():
        raise ActionError("notice_seen_other", seen=read["seen"][:12])


def _previewed(state: NoticeState, read: dict[str, Any], given: Circumstances) -> None:
    if (state.previewed_by, state.previewed_hash) != (given.actor, read["seen"]):
        raise ActionError("notice_not_previewed", seen=state.previewed_by or "")


def _as_approved(state: NoticeState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.approved_hash != state.content_hash():
        raise ActionError("notice_seen_other", seen=(state.approved_hash or "")[:12])


def _credit_on(state: NoticeState, read: dict[str, Any], _given: Circumstances) -> None:
    order = list(CreditStatus)
    if state.kind not in DECIDED_ONLY:
        raise ActionError("notice_no_credit", seen=state.kind)
    now = order.index(CreditStatus(state.credit_status or CreditStatus.NOT_SENT))
    if order.index(CreditStatus(read["credit_status"])) <= now:
        raise ActionError("notice_credit_back", seen=read["credit_status"],
                                expected=[str(each) for each in order[now + 1 :]])  # fmt: skip


def _pledged(state: NoticeState, read: dict[str, Any], given: Circumstances) -> None:
    if state.kind != NoticeKind.REMINDER:
        raise ActionError("notice_no_pledge", seen=state.kind)
    if read["pledge_on"] > given.now.date():
        raise ActionError("fact_wrong", field="pledge_on", seen=read["pledge_on"],
                                expected=f"≤ {given.now.date()}")  # fmt: skip


def _not_doubted(state: NoticeState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.doubted:
        raise ActionError("notice_doubted", seen=state.doubted)


def _down(state: NoticeState, _read: dict[str, Any], _given: Circumstances) -> None:
    if state.taken_down_at is not None:
        raise ActionError("notice_down", seen=f"{state.taken_down_at:%Y-%m-%d}")


_Rule = Callable[[NoticeState, dict[str, Any], Circumstances], None]
_RULES: Final[Mapping[NoticeAction, tuple[_Rule, ...]]] = {
    NoticeAction.SUBMIT: (_in_order,),
    NoticeAction.PREVIEW: (_by_another, _as_shown),
    NoticeAction.APPROVE: (_by_another, _as_shown, _previewed, _in_order),
    NoticeAction.PUBLISH: (_as_approved, _in_order),
    NoticeAction.UPHOLD: (_by_another, _not_doubted),
    NoticeAction.TAKE_DOWN: (_down,),
    NoticeAction.CREDIT: (_credit_on,),
    NoticeAction.PLEDGE: (_pledged,),
}
