"""Which places of the ledger and of key lists a patrol plan is to visit, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data.calendars.calendar import Calendar
from data.contracts.vocabulary import VisitResult
from data.store.tables.records.ledger import KeySubject
from data.store.unit_of_work import UnitOfWork
from governance.records.ledger.rules.next_visit import LOOKED
from governance.records.ledger.rules.occasions import (
    AHEAD_DAYS,
    Occasion,
    follow_up_due,
    occasions_of,
)
from governance.records.ledger.sources import LedgerSources
from governance.records.ledger.upkeep import SETTING as CAUGHT_UP_WITH
from governance.service import Component

SETTING: Final = "ledger_occasions"
"""Name under which the store keeps the occasions that the office wrote itself."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit that is to be made at a building by a day."""

    building_id: str
    due_on: date


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Somebody on a key list, the last look at their place and the occasion that waits."""

    subject: KeySubject
    last_on: date | None
    occasion: Occasion | None


class LedgerAppointments(Component):
    """Tells which visits are due; asks nobody's permission."""

    _sources: LedgerSources

    def due(self, until: date) -> tuple[Appointment, ...]:
        """Return the visits that are due by a day, the earliest first, one a building.

        A line is visited at its cadence, a key institution or person once in each occasion.
        """
        with self._workspace.store.begin() as unit:
            found = [Appointment(building, day) for building, day in unit.ledger.due(until)]
            ups = self.follow_ups(unit, unit.key_subjects.current(inside=None), until=until)
            found += [
                Appointment(each.subject.building_id, each.occasion.first)
                for each in ups
                if each.occasion and each.subject.building_id
            ]
        first: dict[str, Appointment] = {}
        for each in sorted(found, key=lambda each: (each.due_on, each.building_id)):
            first.setdefault(each.building_id, each)
        return tuple(first.values())

    def state(self) -> list[object]:
        """Return what is another once `due` may answer something else; no line is read for it."""
        with self._workspace.store.begin() as unit:
            written = [unit.settings.get(name) for name in (CAUGHT_UP_WITH, SETTING)]
            return [*self._sources.state(unit), *written]

    def occasions(self, unit: UnitOfWork) -> tuple[Occasion, ...]:
        """Return the occasions of now and of the next weeks: the calendar's and the office's."""
        today = self._local_now().date()
        spans = Calendar.read(self._workspace).spans
        return occasions_of(
            spans, self.of_office(unit), since=today, until=today + timedelta(days=AHEAD_DAYS)
        )

    def of_office(self, unit: UnitOfWork) -> tuple[Occasion, ...]:
        """Return the occasions that the office wrote itself, the earliest first."""
        return tuple(sorted(_read(row) for row in unit.settings.get(SETTING, [])))

    def follow_ups(
        self, unit: UnitOfWork, subjects: Iterable[KeySubject], *, until: date
    ) -> list[FollowUp]:
        """Return what is to be done about people and institutions by a day."""
        listed, today = list(subjects), self._local_now().date()
        occasions = self.occasions(unit)
        since = min((each.first for each in occasions), default=today)
        places = {each.building_id for each in listed if each.building_id}
        visits = self._sources.visits(unit, places, since=since)
        follow_ups = []
        for each in listed:
            looked = [
                v.day for v in visits.get(each.building_id, []) if VisitResult(v.result) in LOOKED
            ]
            due = follow_up_due(occasions, looked, since=each.added_on, today=today, until=until)
            follow_ups.append(FollowUp(each, max(looked, default=None), due))
        return follow_ups


def _read(row: dict[str, str]) -> Occasion:
    days = {name: date.fromisoformat(row[name]) for name in ("first", "last")}
    return Occasion(**days, kind=row["kind"], name=row["name"], own=True)
