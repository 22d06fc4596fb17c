"""What follows by itself: tickets become leads, finds open cases again, decisions are learnt."""

from dataclasses import asdict, dataclass
from typing import Final

from governance.access.permissions import Action, automatic_scorer
from governance.cases.intake import IntakeResult
from governance.cases.upkeep.decisions import DecisionRows
from governance.cases.upkeep.revisits import Revisits
from governance.cases.upkeep.tickets import TicketLeads
from governance.service import Component

SETTING: Final = "cases_state"
"""Name under which the store keeps what was caught up with."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was done: leads, case numbers opened again, decisions written into the lake."""

    leads: IntakeResult
    reopened: tuple[str, ...]
    decisions: int


class CaseUpkeep(Component):
    """Catches up with what changed elsewhere; it costs little where nothing did."""

    _tickets: TicketLeads
    _revisits: Revisits
    _decisions: DecisionRows

    def catch_up(self) -> CaughtUp:
        """Catch up, in the name of the server itself: leads and cases in one unit with their line.

        A step that was cut short is made the next time.
        """
        leads, reopened = self._take_in_and_reopen()
        return CaughtUp(leads, tuple(reopened), self._decisions.write(automatic_scorer()))

    def _take_in_and_reopen(self) -> tuple[IntakeResult, list[str]]:
        machine = automatic_scorer()
        with self._workspace.store.begin() as unit:
            before = unit.settings.get(SETTING, {})
            now = {"tickets": self._tickets.state(), "visits": unit.visits.state().newest}
            if now == before:
                return IntakeResult(), []
            leads = IntakeResult()
            if now["tickets"] != before.get("tickets"):
                leads = self._tickets.keep_in_step(unit, machine)
            reopened = self._revisits.reopen_where_found(unit, machine)
            unit.settings.put(SETTING, now)
            if leads.new or leads.updated or reopened:
                facts = asdict(leads) | {"reopened": reopened}
                unit.audit.add(
                    at=self._now(), actor=machine.id, action=Action.TAKE_LEADS.value, facts=facts
                )
            unit.commit()
        return leads, reopened
