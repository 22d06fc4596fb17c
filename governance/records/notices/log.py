"""Write changes of notices: the event, and the state that follows from it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.store.tables.records.notices import Notice
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.access.persons import own_names
from governance.records.notices.case_facts import DecidedCases
from governance.records.notices.rules.changes import drafted, make_change
from governance.records.notices.rules.conditions import Circumstances
from governance.records.notices.rules.deadlines import SETTING, NoticeDeadlines
from governance.records.notices.rules.state import NoticeState
from governance.service import Component


class NoticeLog(Component):
    """Adds events to the histories of notices; whatever changes one does it here."""

    _cases: DecidedCases

    def deadlines(self, unit: UnitOfWork) -> NoticeDeadlines:
        """Return the deadlines that hold."""
        return NoticeDeadlines(unit.settings.get(SETTING, []))

    def working_days(self) -> WorkingDays:
        """Return what counts working days by the office's calendar."""
        return WorkingDays(Calendar.read(self._workspace))

    def circumstances(
        self, unit: UnitOfWork, actor: Actor, case_nos: Collection[str]
    ) -> Circumstances:
        """Return what a change by an actor rests on now, of a notice about some cases."""
        return Circumstances(
            now=self._local_now().replace(microsecond=0), actor=actor.id,
            actor_names=own_names(unit, actor),
            deadlines=self.deadlines(unit), calendar=self.working_days(),
            cases=self._cases.of(unit, case_nos) if case_nos else {},
            names=self._cases.staff_names(),
        )  # fmt: skip

    def add(
        self, unit: UnitOfWork, content: Mapping[str, Any], given: Circumstances
    ) -> tuple[str, int]:
        """Add a notice and return its number and id."""
        unit.notices.hold_all()
        year = given.now.year
        number = unit.notices.number(year, unit.notices.newest_number(year) + 1)
        change = drafted(content, given)
        state = NoticeState().after(change)
        row = {**state.values(), "notice_no": number, "version": 1, "drafted_by": given.actor,
               "drafted_at": given.now}  # fmt: skip
        return number, unit.notices.add(row, asdict(change) | {"actor": given.actor,
                                                               "at": given.now})  # fmt: skip

    def change(
        self, unit: UnitOfWork, notice: Notice, action: str, facts: Mapping[str, Any],
        given: Circumstances, *, more: Mapping[str, Any] | None = None, note: str = "",
    ) -> NoticeState:  # fmt: skip
        """Change a notice by an action (`rules.changes.make_change`) and return the state after it.

        Raises `ActionError` when the notice's stage, a fact or a rule does not allow it.
        Raises `ChangedMeanwhileError` when somebody else changed the notice meanwhile.
        """
        state = NoticeState.of_row(notice)
        change = make_change(state, action, facts, given, more=more, note=note)
        after = state.after(change)
        event = asdict(change) | {"notice_id": notice.id, "actor": given.actor, "at": given.now}
        unit.notices.append(event, after.values())
        return after
