"""What a change of a case rests on beside its state: who, when, the calendar, the deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import ClockKind
from governance.cases.rules.deadlines import Deadline, DeadlineTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a change rests on beside the case's state.

    ``case_no``, ``channel``, ``nature``, ``received_at``: the case's, of its earliest lead.
    """

    now: datetime
    """The office's local time."""
    actor: str
    """Account of who changes it."""
    actor_names: frozenset[str]
    """Every name that rows may know the same person by (`governance.access.persons`)."""
    deadlines: DeadlineTable
    calendar: WorkingDays
    case_no: str = ""
    channel: str = ""
    nature: str = ""
    received_at: datetime = datetime.min  # noqa: DTZ901 -- local times throughout
    ticket_due: datetime | None = None
    """When the earliest of its tickets is due by who sent it, None where none says so."""

    def of(self, case: Mapping[str, Any], *, ticket_due: datetime | None = None) -> Self:
        """Return the circumstances of a case, or of the lead that opens one."""
        return replace(
            self,
            case_no=case.get("case_no", ""),
            channel=case["channel"],
            nature=case["nature"],
            received_at=case["received_at"],
            ticket_due=ticket_due,
        )

    def deadline(self, clock: str) -> Deadline:
        """Return the deadline that holds for a clock of this case."""
        return self.deadlines.of(clock, channel=self.channel, nature=self.nature)

    def begin(self, clock: ClockKind, *, again: bool) -> dict[str, Any]:
        """Return the values of a clock that begins: the ticket's own deadline goes before ours.

        ``again``: whether the case was opened again, so that the time begins anew.
        """
        handled = clock == ClockKind.HANDLE
        if handled and self.ticket_due and (not again or self.ticket_due > self.now):
            due_at = self.ticket_due
        else:
            start = self.received_at if handled and not again else self.now
            due_at = self.deadline(clock).due(start.date(), self.calendar)
        return {"clock": clock, "due_at": due_at, "days_left": None, "extended_days": 0}
