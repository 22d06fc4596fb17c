"""What a change of a case rests on beside its state: who, when, the calendar, the deadlines."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol, Self

from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import Channel, ClockKind
from governance.cases.rules.deadlines import Deadline, DeadlineTable

_UNANSWERED: Final = frozenset({Channel.ADVERT, Channel.PUBLIC_REPORT})
"""Channels on which nobody outside waits for an answer by a day of theirs."""


class LeadTerms(Protocol):
    """What of a lead says by when it is to be handled; ``due_at`` None where nobody says."""

    channel: str
    nature: str
    received_at: datetime
    due_at: datetime | None


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
    """When the first of its leads is to be handled, None where none says so."""

    handled_as: tuple[str, str] | None = None
    """Channel and nature of that lead, None where it is the case's."""

    answer_awaited: bool = False
    """Whether who sent one of its leads waits for an answer."""

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

    def of_leads(
        self, case: Mapping[str, Any], leads: Collection[LeadTerms], *,
        since: datetime | None = None,
    ) -> Self:  # fmt: skip
        """Return the circumstances of a case some of whose leads are to be handled.

        Each by who sent it, else by the table for its own channel and nature: leads of several
        channels can be of one case.

        ``since``: when the case was opened again: what had run out before counts no more, nor does
        the table, whose time begins anew.
        """
        if since is None:
            due = [(each.due_at or self._by_table(each), each) for each in leads]
        else:
            due = [(each.due_at, each) for each in leads if each.due_at and each.due_at >= since]
        ticket_due, first = min(due, key=lambda each: each[0], default=(None, None))
        return replace(
            self.of(case),
            ticket_due=ticket_due,
            handled_as=None if first is None else (first.channel, first.nature),
            answer_awaited=any(each.channel not in _UNANSWERED for each in leads),
        )

    def _by_table(self, lead: LeadTerms) -> datetime:
        deadline = self.deadlines.of(ClockKind.HANDLE, channel=lead.channel, nature=lead.nature)
        return deadline.due(lead.received_at.date(), self.calendar)

    def deadline(self, clock: str) -> Deadline:
        """Return the deadline that holds for a clock of this case."""
        channel, nature = self.channel, self.nature
        if clock == ClockKind.HANDLE and self.handled_as:
            channel, nature = self.handled_as
        return self.deadlines.of(clock, channel=channel, nature=nature)

    def begin(
        self, clock: ClockKind, *, again: bool, since: datetime | None = None
    ) -> dict[str, Any]:
        """Return the values of a clock that begins: the ticket's own deadline goes before ours.

        A lead is looked at no later than it is to be handled.

        ``again``: whether the case was opened again, so that the time begins anew.
        ``since``: when it began, where that was not now.
        """
        handled = clock == ClockKind.HANDLE
        if handled and self.ticket_due and (not again or self.ticket_due > self.now):
            due_at = self.ticket_due
        else:
            start = since or (self.received_at if handled and not again else self.now)
            due_at = self.deadline(clock).due(start.date(), self.calendar)
        if clock == ClockKind.TRIAGE and self.ticket_due and self.ticket_due > self.now:
            due_at = min(due_at, self.ticket_due)
        return {"clock": clock, "due_at": due_at, "days_left": None, "extended_days": 0}
