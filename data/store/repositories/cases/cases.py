"""Repository of cases and of their history, to which rows are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from data.contracts.case_vocabulary import CONFIRMED, Stage
from data.store.repositories.versioned import (
    ChangedMeanwhileError,
    NumberedRows,
    insert_into,
)
from data.store.tables.cases import Case, CaseEvent


class Cases(NumberedRows[Case, CaseEvent]):
    """Cases and the changes that made them."""

    ROW, EVENT = Case, CaseEvent
    PREFIX, NUMBER, OF, CHANGED = "XS", "case_no", "case_id", "case_changed"
    # Looking through all that the session holds would cost more with every case of a run;
    # whatever reads a case reads it anew.
    SYNCHRONIZED = False

    def add(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Add cases, each a mapping of all columns but the id; return case number → id."""
        before = self._session.scalar(select(func.coalesce(func.max(Case.id), 0)))
        self._insert_all(Case, rows)
        query = select(Case.case_no, Case.id).where(Case.id > before)
        return {row.case_no: row.id for row in self._session.execute(query)}

    def add_events(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the first events of new cases, each a mapping of all columns but the id."""
        self._insert_all(CaseEvent, rows)

    def append_all(
        self, events: Sequence[Mapping[str, Any]], values: Mapping[int, Mapping[str, Any]]
    ) -> None:
        """Add events of several cases at once, and give each case what follows from its last.

        ``events``: those of a case in order, as of `append`.
        ``values``: case → the values of its columns, ``version`` among them.

        Raises `ChangedMeanwhileError` as `append`.
        """
        if not events:
            return
        adding = insert_into(self._session, CaseEvent).on_conflict_do_nothing()
        added = self._session.execute(adding.returning(CaseEvent.id), [*map(dict, events)])
        if len(added.all()) < len(events):
            raise ChangedMeanwhileError(self.CHANGED)
        self.place_all(values)

    def place(self, case_id: int, values: Mapping[str, Any]) -> None:
        """Give a case what it repeats of its leads."""
        self._change(case_id, values)

    def place_all(self, values: Mapping[int, Mapping[str, Any]]) -> None:
        """Give cases values at once, each of the same columns, by the id of the case."""
        if values:
            names = next(iter(values.values()))
            new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            changing = update(Case).where(Case.id == bindparam("of_id")).values(new)
            rows = [
                {"of_id": case_id} | {f"new_{name}": value for name, value in row.items()}
                for case_id, row in values.items()
            ]
            self._session.connection().execute(changing, rows)

    def by_numbers(self, numbers: Collection[str]) -> list[Case]:
        """Return the cases of some numbers, in order of their ids."""
        found = self._among(self._all(), Case.case_no, set(numbers))
        return sorted(found, key=lambda case: case.id)

    def decided_with(self, outcomes: Collection[str], *, since: date) -> list[Case]:
        """Return the cases that were decided on or after a day with some outcomes, newest first."""
        query = self._all().where(Case.decided_on >= since, Case.outcome.in_(sorted(outcomes)))
        newest = query.order_by(Case.decided_on.desc(), Case.id.desc())
        return list(self._session.scalars(newest))

    def confirmed_at(self, buildings: Collection[str]) -> list[Case]:
        """Return the closed cases at buildings that were confirmed, the latest opened first."""
        confirmed = self._all().where(
            Case.stage == Stage.CLOSED, Case.finding.in_(sorted(CONFIRMED))
        )
        found = self._among(confirmed, Case.building_id, buildings)
        return sorted(found, key=lambda case: (case.opened_at, case.id), reverse=True)

    def closed_confirmed(self, since: datetime) -> list[Case]:
        """Return the closed cases at known places whose finding was confirmed, closed since."""
        query = self._all().where(
            Case.stage == Stage.CLOSED, Case.closed_at >= since, Case.building_id.is_not(None),
            Case.finding.in_(sorted(CONFIRMED)),
        )  # fmt: skip
        return list(self._session.scalars(query.order_by(Case.id)))

    def with_events(self, actions: Collection[str]) -> list[tuple[Case, CaseEvent]]:
        """Return every case with each of its events of some actions, in the order they came."""
        query = select(Case, CaseEvent).join(CaseEvent, CaseEvent.case_id == Case.id)
        query = query.where(CaseEvent.action.in_(sorted(actions))).order_by(CaseEvent.id)
        fresh = query.execution_options(populate_existing=True)
        return [(case, event) for case, event in self._session.execute(fresh)]
