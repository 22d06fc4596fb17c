"""By when cases are due whose leads are put together, and once they are taken apart again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from data.contracts.case_vocabulary import ClockKind, Stage
from data.store.history import encoded
from data.store.tables.cases import Case
from governance.cases.rules.changes import due_by_ticket
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.state import CaseState

_RUNNING: Final = ("clock", "due_at", "extended_days")
AFTER: Final = "_after"
"""With this behind it, a decision keeps what a value of the clock was given by it."""
HANDLED_BY: Final = "handled_by"
"""Under this name a decision keeps by when the leads of each case were to be handled."""


def running(case: Case) -> dict[str, Any]:
    """Return the values of a case's clock that putting cases together can change."""
    return {name: getattr(case, name) for name in _RUNNING}


def clock_together(
    into: Case, others: Iterable[Case], about: Mapping[int, Circumstances]
) -> dict[str, Any]:
    """Return what changes of the clock of a case that others go to: it is due no later than any.

    One that nobody accepted yet counts as if it were accepted now, once that one was. Where the
    answer was given and enforcement works on, an answer to the others is to be given first.
    """
    others = list(others)
    if into.due_at is None:
        return {}
    if into.clock == ClockKind.TRIAGE:
        due = [each.due_at for each in others if each.due_at and each.clock == into.clock]
    elif into.clock == ClockKind.DECIDE:
        due = list(_handled_by([each for each in others if about[each.id].answer_awaited], about))
        if due:
            return {"clock": ClockKind.HANDLE, "due_at": min(due), "extended_days": 0}
    else:
        due = list(_handled_by(others, about))
    earliest = min([into.due_at, *due])
    return {} if earliest == into.due_at else {"due_at": earliest}


def clock_apart(
    into: Case, before: Mapping[str, Any], *, with_all: datetime | None, alone: Circumstances
) -> dict[str, Any]:
    """Return what changes of the clock of a case that leads of others leave again.

    ``before``: what the decision kept that put them together.
    ``with_all``: by when it is to be handled with their leads.
    ``alone``: its circumstances without them.
    """
    due = alone.ticket_due
    now = encoded(running(into))
    kept = [name for name in _RUNNING if f"{name}{AFTER}" in before]
    if not due_otherwise(before, into.case_no, due) and all(
        now[name] == before[f"{name}{AFTER}"] for name in kept
    ):
        return {name: before[name] for name in kept if before[name] != now[name]}
    stands = into.stage == Stage.ON_HOLD and not into.extended_days
    if (
        due
        and due != with_all
        and into.clock == ClockKind.HANDLE
        and (stands or into.due_at == with_all)
    ):
        return due_by_ticket(CaseState.of_row(into), due, alone)
    return {}


def due_otherwise(before: Mapping[str, Any], case_no: str, handled_by: datetime | None) -> bool:
    """Say whether leads of a case are to be handled by another time than before the decision."""
    kept = before.get(HANDLED_BY, {})
    return case_no in kept and encoded({case_no: handled_by})[case_no] != kept[case_no]


def _handled_by(cases: Iterable[Case], about: Mapping[int, Circumstances]) -> Iterator[datetime]:
    """Yield when each case is due that is to be handled still."""
    for case in cases:
        if case.clock == ClockKind.TRIAGE:
            yield about[case.id].begin(ClockKind.HANDLE, again=bool(case.reopened))["due_at"]
        elif case.clock == ClockKind.HANDLE and case.due_at:
            yield case.due_at
