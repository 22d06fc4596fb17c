"""Repository of cases and of their history, to which rows are only ever added."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text, update

from data.contracts.case_vocabulary import CONFIRMED, Stage
from data.store.repositories.repository import Repository, in_chunks
from data.store.repositories.versioned import add_once, histories, hold_all, newest_number
from data.store.tables.cases import Case, CaseEvent
from geo.errors import GridwardenError

PREFIX: Final = "XS"


class CaseChangedMeanwhileError(GridwardenError):
    """Somebody else changed a case at the same time."""


class Cases(Repository):
    """Cases and the changes that made them; times are the office's local time."""

    def hold_all(self) -> None:
        """Keep others from opening cases until the end of the unit of work."""
        lock = text("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE")
        hold_all(self._session, Case, on_postgresql=lock)

    def newest_number(self, year: int) -> int:
        """Return the highest number of a year's cases, 0 where there is none."""
        return newest_number(self._session, Case.case_no, stem=f"{PREFIX}-{year}-")

    def add(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Add cases, each a mapping of all columns but the id; return case number → id."""
        before = self._session.scalar(select(func.coalesce(func.max(Case.id), 0)))
        if rows:
            self._session.execute(insert(Case), [dict(row) for row in rows])
        query = select(Case.case_no, Case.id).where(Case.id > before)
        return {row.case_no: row.id for row in self._session.execute(query)}

    def add_events(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add the first events of new cases, each a mapping of all columns but the id."""
        if rows:
            self._session.execute(insert(CaseEvent), [dict(row) for row in rows])

    def append(self, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Add a case's next event, and give the case the values that follow from it.

        Raises
        ------
        CaseChangedMeanwhileError
            When somebody else added an event of this number meanwhile.
        """
        if not add_once(self._session, CaseEvent, event):
            raise CaseChangedMeanwhileError("case_changed", seen=event["seq"])
        self._change(event["case_id"], {"version": event["seq"], **values})

    def place(self, case_id: int, values: Mapping[str, Any]) -> None:
        """Give a case what it repeats of its leads."""
        self._change(case_id, values)

    def _change(self, case_id: int, values: Mapping[str, Any]) -> None:
        # Looking through all that the session holds would cost more with every case of a run;
        # whatever reads a case here reads it anew.
        changing = update(Case).where(Case.id == case_id).values(**values)
        self._session.execute(changing, execution_options={"synchronize_session": False})

    def get(self, case_no: str) -> Case | None:
        """Return a case by its number, None where there is none."""
        query = select(Case).where(Case.case_no == case_no)
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def by_ids(self, ids: Collection[int]) -> dict[int, Case]:
        """Return id → case."""
        fresh = select(Case).execution_options(populate_existing=True)
        return {
            case.id: case
            for some in in_chunks(ids)
            for case in self._session.scalars(fresh.where(Case.id.in_(some)))
        }

    def by_numbers(self, numbers: Collection[str]) -> list[Case]:
        """Return the cases of some numbers, in order of their ids."""
        fresh = select(Case).execution_options(populate_existing=True)
        found = [
            case
            for some in in_chunks(set(numbers))
            for case in self._session.scalars(fresh.where(Case.case_no.in_(some)))
        ]
        return sorted(found, key=lambda case: case.id)

    def decided_with(self, outcomes: Collection[str], *, since: date) -> list[Case]:
        """Return the cases that were decided on or after a day with some outcomes, newest first."""
        query = select(Case).where(Case.decided_on >= since, Case.outcome.in_(sorted(outcomes)))
        fresh = query.order_by(Case.decided_on.desc(), Case.id.desc())
        return list(self._session.scalars(fresh.execution_options(populate_existing=True)))

    def at_buildings(self, buildings: Collection[str], *, stage: str) -> list[Case]:
        """Return the cases of a stage at buildings, the latest opened first."""
        fresh = select(Case).execution_options(populate_existing=True)
        found = [
            case
            for some in in_chunks(buildings)
            for case in self._session.scalars(
                fresh.where(Case.stage == stage, Case.building_id.in_(some))
            )
        ]
        return sorted(found, key=lambda case: (case.opened_at, case.id), reverse=True)

    def closed_confirmed(self, since: datetime) -> list[Case]:
        """Return the closed cases at known places whose finding was confirmed, closed since."""
        query = select(Case).where(
            Case.stage == Stage.CLOSED, Case.closed_at >= since, Case.building_id.is_not(None),
            Case.finding.in_(sorted(CONFIRMED)),
        )  # fmt: skip
        fresh = query.order_by(Case.id).execution_options(populate_existing=True)
        return list(self._session.scalars(fresh))

    def decided(self, action: str) -> list[tuple[Case, CaseEvent]]:
        """Return every case with each of its events of an action, in the order they came."""
        query = select(Case, CaseEvent).join(CaseEvent, CaseEvent.case_id == Case.id)
        query = query.where(CaseEvent.action == action).order_by(CaseEvent.id)
        fresh = query.execution_options(populate_existing=True)
        return [(case, event) for case, event in self._session.execute(fresh)]

    def events(self, case_ids: Iterable[int]) -> dict[int, list[CaseEvent]]:
        """Return case → its history, the oldest first."""
        return histories(self._session, CaseEvent.case_id, set(case_ids), by=CaseEvent.seq)
