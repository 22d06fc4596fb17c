"""Repository of the ledger: lines, and their history, to which rows are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from data.contracts.case_vocabulary import CONFIRMED, Stage
from data.contracts.ledger_vocabulary import ON_LEDGER
from data.store.audit.chain import Sealing
from data.store.repositories.records.ledger_lists import LedgerLists
from data.store.repositories.repository import in_chunks, narrow
from data.store.repositories.versioned import NumberedRows
from data.store.tables.cases import Case, CaseEvent
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent, LedgerRulesVersion


class Ledger(NumberedRows[LedgerEntry, LedgerEvent]):
    """Lines and the changes that made them.

    ``session``: of the unit of work; ``lists`` reads pages and counts in it.
    """

    ROW, EVENT = LedgerEntry, LedgerEvent
    PREFIX, NUMBER, OF, CHANGED = "DM", "ledger_no", "entry_id", "ledger_changed"

    def __init__(self, session: Session, sealing: Sealing) -> None:
        super().__init__(session, sealing)
        self.lists = LedgerLists(session, sealing)

    def add(self, values: Mapping[str, Any], first: Mapping[str, Any]) -> int:
        """Add a line with its first event, without the line's number; return that number."""
        entry_id = self._insert(LedgerEntry, **values)
        self._insert(LedgerEvent, entry_id=entry_id, **first)
        return entry_id

    def set_visits(self, rows: Sequence[tuple[int, date | None, date | None]]) -> None:
        """Write (line, day of the last visit, day of the next) of lines."""
        if rows:
            days: dict[str, Any] = {"last_on": bindparam("last"), "next_on": bindparam("next")}
            changing = update(LedgerEntry).where(LedgerEntry.id == bindparam("of_id")).values(days)
            named = [{"of_id": line, "last": last, "next": day} for line, last, day in rows]
            self._session.connection().execute(changing, named)

    def of_subject(self, subject: str) -> LedgerEntry | None:
        """Return the line about something, None where there is none."""
        query = self._all().where(LedgerEntry.subject == subject)
        return self._session.scalars(query).one_or_none()

    def all(self) -> list[LedgerEntry]:
        """Return every line, in the order of their numbers."""
        return list(self._session.scalars(self._all().order_by(LedgerEntry.id)))

    def at_buildings(self, buildings: Collection[str] | None) -> list[LedgerEntry]:
        """Return the lines of some buildings, of all where None are given, by their numbers."""
        query = self._all().where(LedgerEntry.building_id.is_not(None))
        queries = narrow(query, LedgerEntry.building_id, buildings)
        found = [line for each in queries for line in self._session.scalars(each)]
        return sorted(found, key=lambda line: line.id)

    def at_building(self, building_id: str) -> list[LedgerEntry]:
        """Return the lines of a building, those on the ledger and the newest first."""
        found = self._session.scalars(self._all().where(LedgerEntry.building_id == building_id))
        return sorted(found, key=lambda each: (each.status not in ON_LEDGER, -each.id))

    def listed_buildings(self, among: Collection[str] | None = None) -> set[str]:
        """Return the buildings, all or ``among`` some, with a line that is on the ledger."""
        query = select(LedgerEntry.building_id).distinct().where(
            LedgerEntry.status.in_(sorted(ON_LEDGER)), LedgerEntry.building_id.is_not(None)
        )  # fmt: skip
        building = LedgerEntry.building_id
        queries = [query.where(building.in_(some)) for some in in_chunks(among or ())]
        queries = [query] if among is None else queries
        return {str(building) for each in queries for building in self._session.scalars(each)}

    def due(self, until: date) -> list[tuple[str, date]]:
        """Return (building, day of its next visit) of the lines that are due by a day."""
        query = select(LedgerEntry.building_id, LedgerEntry.next_on).where(
            LedgerEntry.next_on <= until, LedgerEntry.building_id.is_not(None)
        )  # fmt: skip
        return [(str(b), day) for b, day in self._session.execute(query) if day is not None]

    def state(self) -> list[int]:
        """Return what is another once a line, a case or a version of the rules was changed."""
        kinds = (LedgerEvent, CaseEvent, LedgerRulesVersion)
        newest = [self._session.scalar(select(func.max(kind.id))) for kind in kinds]
        return [int(each or 0) for each in newest]

    def confirmed_cases(self, buildings: Collection[str] | None = None) -> list[Case]:
        """Return the cases of known buildings whose finding is that it is true, or partly.

        ``buildings``: only of these.
        """
        query = select(Case).where(
            Case.finding.in_(sorted(CONFIRMED)), Case.building_id.is_not(None),
            Case.verified_at.is_not(None), Case.stage != Stage.MERGED,
        )  # fmt: skip
        queries = narrow(query.order_by(Case.id), Case.building_id, buildings)
        return [case for each in queries for case in self._fresh(each)]

    def rules_versions(self) -> list[LedgerRulesVersion]:
        """Return every version of the rules, the oldest first."""
        return list(
            self._session.scalars(select(LedgerRulesVersion).order_by(LedgerRulesVersion.id))
        )

    def add_rules(self, **version: Any) -> int:  # noqa: ANN401 -- columns of the table
        """Add a version of the rules and return its number."""
        return self._insert(LedgerRulesVersion, **version)
