"""Write changes of cases: the event, and the state that follows from it."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import ENDED, TICKET_OVER, Satisfaction
from data.store.tables.cases import Case, CaseEvent, Lead
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

    def of_cases(
        self, unit: UnitOfWork, cases: Collection[Case], leads: Iterable[Lead], given: Circumstances
    ) -> dict[int, Circumstances]:
        """Return case → its circumstances: what it repeats, and when its leads are to be handled.

        A lead asks for nothing whose ticket is over, unless the reporter is dissatisfied, nor one
        of a case that had ended when it was put to this one. Where none is left, the former count
        too, and where there are none, the latter.

        ``leads``: all leads of the cases, in any order.
        """
        every = list(leads)
        of_open = _of_open_cases(unit, every)
        choices = [_by_case(some) for some in (filter(_asks, of_open), of_open, every)]
        events = unit.cases.events([case.id for case in cases if case.reopened])
        since = {number: _opened_again(history) for number, history in events.items()}
        return {
            case.id: given.of_leads(
                vars(case),
                next((some[case.id] for some in choices if case.id in some), []),
                since=since.get(case.id),
            )
            for case in cases
        }

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


def _by_case(leads: Iterable[Lead]) -> dict[int, list[Lead]]:
    found: dict[int, list[Lead]] = {}
    for lead in leads:
        found.setdefault(lead.case_id, []).append(lead)
    return found


def _of_open_cases(unit: UnitOfWork, leads: Collection[Lead]) -> list[Lead]:
    """Return the leads that did not come with a case that had ended when it was put to theirs."""
    came_with = {lead.opened_case_id for lead in leads if lead.opened_case_id != lead.case_id}
    other = unit.cases.by_ids({number for number in came_with if number is not None})
    ended = {number for number, case in other.items() if case.former_stage in ENDED}
    return [lead for lead in leads if lead.opened_case_id not in ended]


def _asks(lead: Lead) -> bool:
    """Say whether a lead asks for something still."""
    return lead.status not in TICKET_OVER or lead.satisfaction == Satisfaction.DISSATISFIED


def _opened_again(events: Iterable[CaseEvent]) -> datetime:
    """Return when a case was opened again last."""
    return max(event.at for event in events if "reopened" in event.facts)
