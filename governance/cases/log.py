"""Write changes of cases: the event, and the state that follows from it."""

from dataclasses import asdict
from typing import Any

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.access.persons import own_names
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.deadlines import SETTING, DeadlineTable
from governance.cases.rules.state import CaseState
from governance.cases.rules.workflow.transitions import Change
from governance.service import Component


class CaseLog(Component):
    """Adds events to the histories of cases; whatever changes one does it here."""

    def deadlines(self, unit: UnitOfWork) -> DeadlineTable:
        """Return the deadlines that hold."""
        return DeadlineTable(unit.settings.get(SETTING, []))

    def working_days(self) -> WorkingDays:
        """Return what counts working days by the office's calendar."""
        return WorkingDays(Calendar.read(self._workspace))

    def circumstances(self, unit: UnitOfWork, actor: Actor) -> Circumstances:
        """Return what the changes that an actor makes now rest on, of no case as yet."""
        return Circumstances(
            now=self._local_now().replace(microsecond=0),
            actor=actor.id,
            actor_names=own_names(unit, actor),
            deadlines=self.deadlines(unit),
            calendar=self.working_days(),
        )

    def append(
        self, unit: UnitOfWork, case_id: int, state: CaseState, change: Change,
        given: Circumstances,
    ) -> CaseState:  # fmt: skip
        """Add a change to a case's history and return the state after it.

        ``given``: who makes it, and when.

        Raises `ChangedMeanwhileError` when somebody else changed the case meanwhile.
        """
        after = state.after(change)
        unit.cases.append(self.event(case_id, change, given), after.values())
        return after

    @staticmethod
    def event(case_id: int, change: Change, given: Circumstances) -> dict[str, Any]:
        """Return the event that a change of a case is."""
        return asdict(change) | {"case_id": case_id, "actor": given.actor, "at": given.now}
