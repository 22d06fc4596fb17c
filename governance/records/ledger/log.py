"""Write changes of lines: the event, the state that follows from it, and the next visit."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from data.contracts.ledger_vocabulary import LedgerKind
from data.store.tables.records.ledger import LedgerEntry
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, may
from governance.access.persons import own_names, person_of
from governance.records.ledger.rules.changes import ChangedBy, LedgerChange, entered
from governance.records.ledger.rules.next_visit import next_visit
from governance.records.ledger.rules.settings import LedgerRules
from governance.records.ledger.rules.state import FIELDS, LedgerState
from governance.service import Component


def subject_of(building_id: str) -> str:
    """Return what a line about a building is known by."""
    return f"{LedgerKind.BUILDING}:{building_id}"


class LedgerLog(Component):
    """Adds events to the histories of lines; whatever changes one does it here."""

    def rules(self, unit: UnitOfWork, *, on: date | None = None) -> tuple[int, LedgerRules]:
        """Return the version of the rules that holds on a day, today where none is given.

        Its number is 0 where the office has set none.
        """
        day = on or self._local_now().date()
        held = [row for row in unit.ledger.rules_versions() if row.valid_from <= day]
        if not held:
            return 0, LedgerRules()
        return held[-1].id, LedgerRules.of_mapping(held[-1].content)

    def by(self, unit: UnitOfWork, actor: Actor) -> ChangedBy:
        """Return who changes something now, by which rules."""
        return ChangedBy(
            person=person_of(actor), actor_names=own_names(unit, actor),
            today=self._local_now().date(), rules=self.rules(unit)[1],
            approves=may(actor, Action.APPROVE_LEDGER),
        )  # fmt: skip

    def enter(
        self, unit: UnitOfWork, values: dict[str, Any], *, by: str, note: str = ""
    ) -> LedgerState:
        """Open a line under the next number of the year and return its state.

        ``values``: fields of `LedgerState`, without the number and the days.
        """
        now = self._local_now().replace(microsecond=0)
        no = unit.ledger.number(now.year, unit.ledger.newest_number(now.year) + 1)
        every = LedgerState(in_on=now.date(), ledger_no=no, **values).values()
        first = entered({name: every[name] for name in sorted(FIELDS)}, note=note)
        state = LedgerState().after(first)
        days = _days(state, None)
        unit.ledger.add(
            state.values() | {"version": 1} | days, asdict(first) | {"actor": by, "at": now}
        )
        return state

    def append(
        self, unit: UnitOfWork, line: LedgerEntry, change: LedgerChange, *, by: str,
        at: datetime | None = None,
    ) -> LedgerState:  # fmt: skip
        """Add a change to a line's history and return the state after it.

        Raises `ChangedMeanwhileError` when somebody else changed the line meanwhile.
        """
        now = at or self._local_now().replace(microsecond=0)
        after = LedgerState.of_row(line).after(change)
        event = asdict(change) | {"entry_id": line.id, "actor": by, "at": now}
        unit.ledger.append(event, after.values() | _days(after, line.last_on))
        return after


def _days(state: LedgerState, last_on: date | None) -> dict[str, date | None]:
    """Return the day of the last visit to a line's place, and of the next."""
    day = next_visit(status=state.status, cadence=state.cadence, in_on=state.in_on, last_on=last_on)
    return {"last_on": last_on, "next_on": day}
