"""Re-visits after a case is closed; a new find opens the case again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from data.contracts.vocabulary import SOMETHING
from data.store.tables.cases import Case
from data.store.unit_of_work import UnitOfWork
from data.workspace.clock import start_of
from governance.access.permissions import Actor
from governance.cases.log import CaseLog
from governance.cases.rules.changes import reopened
from governance.cases.rules.state import CaseState
from governance.service import Component

REVISIT_DAYS: Final = (30, 60, 90)
"""Days after a case was closed on which its place is looked at again."""
EARLY_DAYS: Final = 7
"""A visit so many days before one is due makes it."""
MOST_DAYS: Final = 365
"""A re-visit that was never made is asked for until so many days after the case was closed."""


@dataclass(frozen=True, slots=True)
class Revisit:
    """A look at the place of a closed case that is still to be made; ``number`` from 1."""

    case_no: str
    building_id: str
    due_on: date
    number: int


class Revisits(Component):
    """Tells which re-visits are due, and opens cases again where one found something."""

    _log: CaseLog

    def due(self, until: date) -> tuple[Revisit, ...]:
        """Return the re-visits that are due by a day, the earliest first.

        One is made by a visit of anybody but who verified the case, from a week before it is due.
        Of several that were missed the latest is due alone.
        """
        with self._workspace.store.begin() as unit:
            due = [
                revisit
                for case, visits in self._visited(unit)
                if (revisit := revisit_due(case, visits, until, names=_verifier(unit, case)))
                is not None
            ]
        return tuple(sorted(due, key=lambda each: (each.due_on, each.case_no)))

    def reopen_where_found(self, unit: UnitOfWork, actor: Actor) -> list[str]:
        """Open the closed cases again at whose places a later visit saw something.

        Returns their numbers.
        """
        given = self._log.circumstances(unit, actor)
        opened = []
        for case, visits in list(self._visited(unit)):
            if visits["result"].isin(SOMETHING).any():
                state = CaseState.of_row(case)
                about = given.of(vars(case))
                change = reopened(state, about, cause="revisit")
                self._log.append(unit, case.id, state, change, given)
                opened.append(case.case_no)
        return opened

    def _visited(self, unit: UnitOfWork) -> Iterator[tuple[Case, pd.DataFrame]]:
        """Yield the confirmed cases closed within a year, and the visits to their places since."""
        since = self._local_now() - timedelta(days=MOST_DAYS)
        cases = unit.cases.closed_confirmed(since)
        buildings = {str(case.building_id) for case in cases}
        first = min((case.closed_at for case in cases if case.closed_at), default=since)
        if not cases:
            return
        visits = unit.visits.holding(buildings=buildings, since=first)
        at = dict(list(visits.groupby("building_id")))
        for case in cases:
            visits_there = at.get(str(case.building_id), visits.iloc[:0])
            if case.closed_at is not None:
                yield case, visits_there[visits_there["at"] > case.closed_at]


def revisit_due(
    case: Case, visits: pd.DataFrame, until: date, *, names: frozenset[str]
) -> Revisit | None:
    """Return the re-visit of a case that is to be made by a day; None where there is none.

    ``visits``: to its place since it was closed; columns ``at``, ``recorded_by``, ``person_id``.
    ``names``: every name of who verified the case: another person has to look again.
    """
    if case.closed_at is None:
        return None
    days = [case.closed_at.date() + timedelta(days=number) for number in REVISIT_DAYS]
    reached = [number for number, day in enumerate(days) if day <= until]
    if not reached:
        return None
    number = reached[-1]
    begins = start_of(days[number] - timedelta(days=EARLY_DAYS))
    late = visits[visits["at"] >= begins]
    if len(late) and not (late["recorded_by"].isin(names) | late["person_id"].isin(names)).all():
        return None
    return Revisit(case.case_no, str(case.building_id), days[number], number + 1)


def _verifier(unit: UnitOfWork, case: Case) -> frozenset[str]:
    return unit.accounts.names_of_person(case.verified_by or "", None)
