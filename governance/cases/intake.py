"""Take leads in: each is kept once, opens a case of its own, or opens one of before again."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Self

from data.contracts.case_vocabulary import TICKET_OVER, Satisfaction, Stage
from data.store.repositories.cases.leads import KEPT_IN_STEP
from data.store.tables.cases import Case, Lead
from data.store.unit_of_work import UnitOfWork
from geo.addresses.parse import may_be_one_room, parse_address, room_of
from governance.access.permissions import Actor
from governance.cases.log import CaseLog
from governance.cases.rules.changes import (
    REOPENED_BY_REPORTER,
    opened,
    reopened,
    updated,
)
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.state import CaseState
from governance.cases.rules.workflow.transitions import Change
from governance.service import Component

PLACE: Final = ("channel", "nature", "received_at", "title", "address", "building_id",
                "community", "grid")  # fmt: skip
"""What a case repeats of its earliest lead."""
TITLE_LENGTH: Final = 40
"""So much of its text is the title of a lead that came without one."""
NEWS_FIELDS: Final = ("status", "due_at", "returned", "satisfaction")
"""What of a ticket is news for its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """One report from one channel, as the row that it stands for says.

    ``origin_table``, ``origin_key``: the row of the lake or of the store that it stands for;
    together they are its key.
    ``received_at``, ``due_at``: local times; ``due_at`` by who sent it, None where nobody says.
    ``status``, ``returned``, ``satisfaction``: where its ticket stands with who sent it, how often
    it was returned, what the reporter says of the result; "" where there is no such thing.
    ``title``, ``text``: scrubbed copies: never names or telephone numbers.
    ``building_id``, ``community``, ``grid``: where it is, as far as it is placed.
    """

    channel: str
    """One of `data.contracts.case_vocabulary.Channel`; another word where the office has one."""
    origin_table: str
    origin_key: str
    received_at: datetime
    ticket_no: str = ""
    nature: str = ""
    due_at: datetime | None = None
    status: str = ""
    returned: int = 0
    satisfaction: str = ""
    title: str = ""
    text: str = ""
    address: str = ""
    building_id: str | None = None
    community: str = ""
    grid: str = ""
    forms: tuple[str, ...] = field(default=())
    """Forms of hidden tutoring that the screening reads in it."""
    reporter_hash: str | None = None
    """Keyed hash of who reported it, None where nobody did."""


_FIELDS: Final = tuple(each.name for each in fields(NewLead))


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """How many leads are new, how many changed, and how many are as they were."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        """How many leads there were."""
        return self.new + self.updated + self.unchanged

    def __add__(self, other: "IntakeResult") -> "IntakeResult":
        """Count both together."""
        return IntakeResult(
            self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged
        )


@dataclass(frozen=True, slots=True)
class _Changed:
    """A known lead whose row changed, and what of it is news for its case."""

    lead_id: int
    case_id: int
    row: dict[str, Any]
    before: dict[str, Any]
    news: tuple[str, ...]

    @classmethod
    def of(cls, row: dict[str, Any], held: tuple[Any, ...]) -> Self:
        before = dict(zip(KEPT_IN_STEP, held[2:], strict=True))
        news = tuple(name for name in NEWS_FIELDS if row[name] != before[name])
        return cls(held[0], held[1], row, before, news)


class LeadIntake(Component):
    """Takes leads in; whoever calls it writes the audit line of the same unit of work."""

    _log: CaseLog

    def take_in(self, unit: UnitOfWork, leads: Sequence[NewLead], actor: Actor) -> IntakeResult:
        """Keep leads, each once by its origin, and keep in step what is known already.

        A new lead opens a case; at a building with a closed case that was confirmed it joins that
        one and opens it again, unless both name a flat and not the same. A ticket that is over
        opens a case that is over. A known lead whose row changed is changed, and its case is told
        where its status, its deadline, its return or the reporter's satisfaction is news.
        """
        if not leads:
            return IntakeResult()
        unit.cases.hold_all()
        once = {(lead.origin_table, lead.origin_key): _row(lead) for lead in leads}
        known = {
            (table, key): held
            for table in {table for table, _ in once}
            for key, held in unit.leads.known(
                table, [key for of, key in once if of == table]
            ).items()
        }
        given = self._log.circumstances(unit, actor)
        new = [row for key, row in once.items() if key not in known]
        changed = [
            _Changed.of(row, known[key])
            for key, row in once.items()
            if key in known and _values(row) != known[key][2:]
        ]
        self._add(unit, new, given)
        self._change(unit, changed, given)
        return IntakeResult(len(new), len(changed), len(once) - len(new) - len(changed))

    def _add(self, unit: UnitOfWork, rows: list[dict[str, Any]], given: Circumstances) -> None:
        rows = sorted(rows, key=lambda row: (row["received_at"], row["origin_key"]))
        closed = _confirmed(unit, {str(r["building_id"]) for r in rows if r["building_id"]})
        before = [_case_of_line(row, closed) for row in rows]
        pairs = list(zip(rows, before, strict=True))
        self._open(unit, [row for row, case in pairs if case is None], given)
        for row, case in pairs:
            if case is not None:
                self._join(unit, row, case, given)

    def _open(self, unit: UnitOfWork, rows: list[dict[str, Any]], given: Circumstances) -> None:
        year = given.now.year
        number = unit.cases.newest_number(year)
        firsts = {
            unit.cases.number(year, count): (row, opened(
                given.of(row, ticket_due=row["due_at"]),
                stage=TICKET_OVER.get(row["status"], Stage.NEW),
            ))
            for count, row in enumerate(rows, start=number + 1)
        }  # fmt: skip
        ids = unit.cases.add(
            [
                {"case_no": case_no, "opened_at": given.now, "leads": 1, "version": 1}
                | {name: row[name] for name in PLACE}
                | CaseState().after(first).values()
                for case_no, (row, first) in firsts.items()
            ]
        )
        by = {"actor": given.actor, "at": given.now}
        unit.cases.add_events(
            [first.values() | by | {"case_id": ids[no]} for no, (_, first) in firsts.items()]
        )
        unit.leads.add(
            [
                row | {"case_id": ids[no], "opened_case_id": ids[no]}
                for no, (row, _) in firsts.items()
            ]
        )

    def _join(
        self, unit: UnitOfWork, row: Mapping[str, Any], closed: Case, given: Circumstances
    ) -> None:
        """Give a lead to the case of before, and open that again unless it was just now."""
        unit.leads.add([{**row, "case_id": closed.id, "opened_case_id": None}])
        case = unit.cases.by_ids([closed.id])[closed.id]
        unit.cases.place(case.id, {"leads": case.leads + 1})
        state = CaseState.of_row(case)
        if state.stage == Stage.CLOSED:
            lead = unit.leads.of_origin(row["origin_table"], row["origin_key"])
            circumstances = given.of_leads(vars(case), [lead] if lead else [])
            change = reopened(state, circumstances, cause="recurrence")
            self._log.append(unit, case.id, state, change, given)

    def _change(self, unit: UnitOfWork, changed: list[_Changed], given: Circumstances) -> None:
        unit.leads.change([{"id": each.lead_id} | each.row for each in changed])
        leads: dict[int, list[Lead]] = {}
        for lead in unit.leads.of_cases({each.case_id for each in changed}):
            leads.setdefault(lead.case_id, []).append(lead)
        unit.cases.place_all(
            {
                case_id: {name: getattr(case_leads[0], name) for name in PLACE}
                for case_id, case_leads in leads.items()
            }
        )
        cases = unit.cases.by_ids({each.case_id for each in changed if each.news})
        states = {case_id: CaseState.of_row(case) for case_id, case in cases.items()}
        of_news = [lead for case_id in cases for lead in leads[case_id]]
        before = self._log.of_cases(unit, cases.values(), _as_before(of_news, changed), given)
        after = self._log.of_cases(unit, cases.values(), of_news, given)
        events = []
        for each in changed:
            if each.news:
                case_leads, about = leads[each.case_id], after[each.case_id]
                due_changed = about.ticket_due != before[each.case_id].ticket_due
                for change in _changes_by_news(
                    states[each.case_id], about, case_leads, each, due_changed=due_changed
                ):
                    states[each.case_id] = states[each.case_id].after(change)
                    events.append(self._log.event(each.case_id, change, given))
        rows = {number: {"version": at.version} | at.values() for number, at in states.items()}
        unit.cases.append_all(events, rows)


def _as_before(leads: Iterable[Lead], changed: Iterable[_Changed]) -> Iterator[Lead]:
    """Yield leads as they were before some of them changed; rows of the store these are not."""
    before = {each.lead_id: each.before for each in changed}
    for lead in leads:
        known = before.get(lead.id)
        yield (
            lead
            if known is None
            else Lead(case_id=lead.case_id, opened_case_id=lead.opened_case_id, **known)
        )


def over_by_tickets(leads: Iterable[Lead]) -> Stage | None:
    """Return the stage of a case none of whose tickets is open any more, else None."""
    over = [TICKET_OVER.get(lead.status) for lead in leads]
    return None if None in over else Stage.CLOSED if Stage.CLOSED in over else Stage.RETURNED


def _changes_by_news(
    state: CaseState, given: Circumstances, leads: Sequence[Lead], changed: _Changed, *,
    due_changed: bool,
) -> Iterator[Change]:  # fmt: skip
    """Yield how a case changes by what is news about one of its tickets."""
    whole = over_by_tickets(leads)
    note = f"{changed.row['ticket_no']}: {', '.join(changed.news)}"
    change = updated(state, given, over=whole, due_changed=due_changed, note=note)
    yield change
    after = state.after(change)
    dissatisfied = changed.row["satisfaction"] == Satisfaction.DISSATISFIED
    if dissatisfied and "satisfaction" in changed.news and after.stage in REOPENED_BY_REPORTER:
        yield reopened(after, given, cause="dissatisfied")


def _confirmed(unit: UnitOfWork, buildings: Collection[str]) -> dict[str, list[Case]]:
    """Return building → its closed cases that were confirmed, the latest first."""
    found: dict[str, list[Case]] = {}
    for each in unit.cases.confirmed_at(buildings):
        found.setdefault(str(each.building_id), []).append(each)
    return found


def _row(lead: NewLead) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in _FIELDS} | {"forms": list(lead.forms)}


def _values(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEPT_IN_STEP)


def _case_of_line(row: Mapping[str, Any], closed: Mapping[str, Sequence[Case]]) -> Case | None:
    """Return the closed case of whose line a new report of a place is, None where it is of none.

    In a building of several flats it is the last case of the same flat, where both name one.
    """
    if row["status"] in TICKET_OVER:
        return None
    for case in closed.get(str(row["building_id"]), ()):
        is_later = case.closed_at is None or row["received_at"] > case.closed_at
        if is_later and may_be_one_room(_room(row["address"]), _room(case.address)):
            return case
    return None


def _room(address: str) -> str:
    return room_of(parse_address(address))
