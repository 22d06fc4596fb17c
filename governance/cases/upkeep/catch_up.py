"""What follows by itself: tickets become leads, finds open cases again, decisions are learnt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from governance.access.permissions import Action, automatic_scorer
from governance.cases.intake import IntakeResult, LeadIntake, NewLead
from governance.cases.upkeep.decisions import DecisionRows
from governance.cases.upkeep.revisits import Revisits
from governance.cases.upkeep.tickets import TicketLeads, TicketNews
from governance.service import Component

SETTING: Final = "cases_state"
"""Name under which the store keeps what was caught up with."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was done: leads, case numbers opened again, decisions written into the lake."""

    leads: IntakeResult
    reopened: tuple[str, ...]
    decisions: int


class CaseUpkeep(Component):
    """Catches up with what changed elsewhere; it costs little where nothing did."""

    _intake: LeadIntake
    _tickets: TicketLeads
    _revisits: Revisits
    _decisions: DecisionRows

    def catch_up(self, progress: Progress | None = None) -> CaughtUp:
        """Catch up, in the name of the server itself: each lead, its case and their line at once.

        A step that was cut short is made the next time.

        ``progress``: as of `CaseService.catch_up`.
        """
        leads, reopened = self._take_in_and_reopen(progress or (lambda _stage, _done, _total: None))
        return CaughtUp(leads, tuple(reopened), self._decisions.write(automatic_scorer()))

    def _take_in_and_reopen(self, progress: Progress) -> tuple[IntakeResult, list[str]]:
        """Take in batch by batch, the last together with what is opened again by itself."""
        with self._workspace.store.begin() as unit:
            before = unit.settings.get(SETTING, {})
            now = {"tickets": self._tickets.state(), "visits": unit.visits.state().newest}
            if now == before:
                return IntakeResult(), []
            news = TicketNews()
            if now["tickets"] != before.get("tickets"):
                progress("compare", 0, 0)
                news = self._tickets.news(unit)
        last: list[NewLead] = []
        done = IntakeResult()
        for batch in news.batches:
            if last:
                done += self._take_in(last)[0]
                progress("take_in", done.total, news.count)
            last = batch
        leads, reopened = self._take_in(last, caught_up_with=now)
        return done + leads, reopened

    def _take_in(
        self, batch: Sequence[NewLead], *, caught_up_with: Mapping[str, Any] | None = None
    ) -> tuple[IntakeResult, list[str]]:
        """Take leads in with their audit line, in a unit of work of its own."""
        machine, reopened = automatic_scorer(), []
        with self._workspace.store.begin() as unit:
            leads = self._intake.take_in(unit, batch, machine)
            if caught_up_with is not None:
                reopened = self._revisits.reopen_where_found(unit, machine)
                unit.settings.put(SETTING, caught_up_with)
            if leads.new or leads.updated or reopened:
                self._record_in(
                    unit, machine, Action.TAKE_LEADS, **asdict(leads), reopened=reopened
                )
            unit.commit()
        return leads, reopened
