"""The condition that a case waits for somebody's next step."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_

from data.store.tables.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A way in which a case waits."""

    stage: str
    clock: str = ""
    """While this clock runs; whichever does where it is ""."""
    holders: tuple[str, ...] = ()
    """Held by one of these, "" for held by nobody; by anybody where there is none."""
    findings: tuple[str, ...] = ()
    """With one of these findings; with any where there is none."""
    not_verified_by: tuple[str, ...] = ()
    """Verified by none of these; by anybody where there is none."""
    hold_asked_by_other_than: tuple[str, ...] = ()
    """Somebody else than these asked to put it on hold; whether or not one did where there is none.
    """


def waits(ways: Sequence[Waiting]) -> ColumnElement[bool]:
    """Return the condition that a case waits in any of some ways; without a way none does."""
    return or_(false(), *(_holds(each) for each in ways))


def held_by(holders: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that one of some people holds a case, "" for nobody."""
    held = Case.holder_id.in_([each for each in holders if each])
    return or_(held, Case.holder_id.is_(None)) if "" in holders else held


def _holds(way: Waiting) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Case.stage == way.stage]
    if way.clock:
        conditions.append(Case.clock == way.clock)
    if way.holders:
        conditions.append(held_by(way.holders))
    if way.findings:
        conditions.append(Case.finding.in_(way.findings))
    if way.not_verified_by:
        by = Case.verified_by
        conditions.append(or_(by.is_(None), by.not_in(way.not_verified_by)))
    if way.hold_asked_by_other_than:
        conditions.append(Case.hold_asked_by.not_in(way.hold_asked_by_other_than))
    return and_(*conditions)
