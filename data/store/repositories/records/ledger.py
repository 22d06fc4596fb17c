"""Repository of the ledger: lines, and their history, to which rows are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from data.contracts.case_vocabulary import CONFIRMED, Stage
from data.contracts.ledger_vocabulary import ON_LEDGER
from data.store.audit.chain import Sealing
from data.store.repositories.records.ledger_lists import LedgerLists
from data.store.repositories.repository import Repository, in_chunks
from data.store.repositories.versioned import add_once, histories, hold_all, newest_number
from data.store.tables.cases import Case, CaseEvent
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent, LedgerRulesVersion
from geo.errors import GridwardenError

PREFIX: Final = "DM"


class LineChangedMeanwhileError(GridwardenError):
    """Somebody else changed a line at the same time."""


class Ledger(Repository):
    """Lines and the changes that made them; times are the office's local time.

    ``session``: of the unit of work; ``lists`` reads pages and counts in it.
    """

    def __init__(self, session: Session, sealing: Sealing) -> None:
        super().__init__(session, sealing)
        self.lists = LedgerLists(session, sealing)

    def hold_all(self) -> None:
        """Keep others from opening lines until the end of the unit of work."""
        lock = text("LOCK TABLE ledger_entries IN SHARE ROW EXCLUSIVE MODE")
        hold_all(self._session, LedgerEntry, on_postgresql=lock)

    def newest_number(self, year: int) -> int:
        """Return the highest number of a year's lines, 0 where there is none."""
        return newest_number(self._session, LedgerEntry.ledger_no, stem=f"{PREFIX}-{year}-")

    def add(self, values: Mapping[str, Any], first: Mapping[str, Any]) -> int:
        """Add a line with its first event, without the line's number; return that number."""
        adding = insert(LedgerEntry).values(**values).returning(LedgerEntry.id)
        entry_id = int(self._session.execute(adding).scalar_one())
        self._session.execute(insert(LedgerEvent).values(entry_id=entry_id, **first))
        return entry_id

    def append(self, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Add a line's next event, and give the line the values that follow from it.

        Raises
        ------
        LineChangedMeanwhileError
            When somebody else added an event of this number meanwhile.
        """
        if not add_once(self._session, LedgerEvent, event):
            raise LineChangedMeanwhileError("ledger_changed", seen=event["seq"])
        changing = update(LedgerEntry).where(LedgerEntry.id == event["entry_id"])
        self._session.execute(changing.values(version=event["seq"], **values))

    def set_visits(self, rows: Sequence[tuple[int, date | None, date | None]]) -> None:
        """Write (line, day of the last visit, day of the next) of lines."""
        if rows:
            days: dict[str, Any] = {"last_on": bindparam("last"), "next_on": bindparam("next")}
            changing = update(LedgerEntry).where(LedgerEntry.id == bindparam("of_id")).values(days)
            named = [{"of_id": line, "last": last, "next": day} for line, last, day in rows]
            self._session.connection().execute(changing, named)

    def get(self, ledger_no: str) -> LedgerEntry | None:
        """Return a line by its number, None where there is none."""
        query = select(LedgerEntry).where(LedgerEntry.ledger_no == ledger_no)
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def of_subject(self, subject: str) -> LedgerEntry | None:
        """Return the line about something, None where there is none."""
        query = select(LedgerEntry).where(LedgerEntry.subject == subject)
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def by_ids(self, ids: Collection[int]) -> dict[int, LedgerEntry]:
        """Return id → line."""
        fresh = select(LedgerEntry).execution_options(populate_existing=True)
        return {
            line.id: line
            for some in in_chunks(ids)
            for line in self._session.scalars(fresh.where(LedgerEntry.id.in_(some)))
        }

    def all(self, *, placed: bool = False) -> list[LedgerEntry]:
        """Return every line, or those of a building, in the order of their numbers."""
        query = select(LedgerEntry).order_by(LedgerEntry.id)
        if placed:
            query = query.where(LedgerEntry.building_id.is_not(None))
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def at_building(self, building_id: str) -> list[LedgerEntry]:
        """Return the lines of a building, those on the ledger and the newest first."""
        query = select(LedgerEntry).where(LedgerEntry.building_id == building_id)
        found = self._session.scalars(query.execution_options(populate_existing=True))
        return sorted(found, key=lambda each: (each.status not in ON_LEDGER, -each.id))

    def listed_buildings(self) -> set[str]:
        """Return the buildings with a line that is on the ledger."""
        query = select(LedgerEntry.building_id).distinct().where(
            LedgerEntry.status.in_(sorted(ON_LEDGER)), LedgerEntry.building_id.is_not(None)
        )  # fmt: skip
        return {str(building) for building in self._session.scalars(query)}

    def due(self, until: date) -> list[tuple[str, date]]:
        """Return (building, day of its next visit) of the lines that are due by a day."""
        query = select(LedgerEntry.building_id, LedgerEntry.next_on).where(
            LedgerEntry.next_on <= until, LedgerEntry.building_id.is_not(None)
        )  # fmt: skip
        return [(str(b), day) for b, day in self._session.execute(query) if day is not None]

    def events(self, entry_ids: Collection[int]) -> dict[int, list[LedgerEvent]]:
        """Return line → its history, the oldest first."""
        return histories(self._session, LedgerEvent.entry_id, set(entry_ids), by=LedgerEvent.seq)

    def state(self) -> list[int]:
        """Return what is another once a line, a case or a version of the rules was changed."""
        kinds = (LedgerEvent, CaseEvent, LedgerRulesVersion)
        newest = [self._session.scalar(select(func.max(kind.id))) for kind in kinds]
        return [int(each or 0) for each in newest]

    def confirmed_cases(self) -> list[Case]:
        """Return the cases of known buildings whose finding is that it is true, or partly."""
        query = select(Case).where(
            Case.finding.in_(sorted(CONFIRMED)), Case.building_id.is_not(None),
            Case.verified_at.is_not(None), Case.stage != Stage.MERGED,
        )  # fmt: skip
        fresh = query.order_by(Case.id).execution_options(populate_existing=True)
        return list(self._session.scalars(fresh))

    def rules_versions(self) -> list[LedgerRulesVersion]:
        """Return every version of the rules, the oldest first."""
        return list(
            self._session.scalars(select(LedgerRulesVersion).order_by(LedgerRulesVersion.id))
        )

    def add_rules(self, **version: Any) -> int:  # noqa: ANN401 -- columns of the table
        """Add a version of the rules and return its number."""
        adding = insert(LedgerRulesVersion).values(**version).returning(LedgerRulesVersion.id)
        return int(self._session.execute(adding).scalar_one())
