"""Cases of the demonstration city: its tickets as leads, and what people did with the last ones.

The history of each case is made by the rules that an office's own follow, on a clock that is put
back to the day on which it happened, and written at once.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from data.contracts.case_vocabulary import (
    CONFIRMED,
    TICKET_OVER,
    CaseAction,
    TicketStatus,
)
from data.store.audit.log import Entry
from data.store.tables.cases import Case
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.access.roles import ROLES, Action
from governance.cases.intake import LeadIntake, NewLead
from governance.cases.log import CaseLog
from governance.cases.rules.changes import make_changes
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.state import CaseState
from governance.cases.rules.transitions import WORKFLOW
from governance.cases.upkeep.tickets import TABLE, TicketLeads
from governance.office import Office
from gridwarden.compose import open_office
from gridwarden.demo.patrols import Clock, no_later

DAYS, LAST_DAYS = 100, 10
"""So far back people worked on some cases, and on all of them; other tickets were over before."""
EVERY_DAYS: Final = 3
"""An export of the hotline is imported so often."""
SOME: Final = 200
"""About so many earlier cases are told from their beginning."""
EVENING: Final = time(17, 0)
CLERK, MANAGER, CHIEF, OFFICER = (
    f"demo-{role}"
    for role in ("hotline-clerk", "office-manager", "grid-chief", "enforcement-officer")
)
FINDINGS: Final = ("属实", "部分属实", "不属实", "无法核实")
SHARES: Final = (0.22, 0.13, 0.5, 0.15)
SENT_TO: Final = "区教育和体育局"
OUTCOMES: Final = ("责令改正", "罚款", "停办", "不予处罚")
OUTCOME_SHARES: Final = (0.6, 0.15, 0.15, 0.1)
LEFT_SHARE, RETURNED_SHARE, HELD_SHARE, LATE_SHARE = 0.08, 0.04, 0.04, 0.06
"""Of the cases: nobody looked at them yet, returned, put on hold, given to somebody who is late."""
REPLIES: Final = {
    True: "已依法处理，感谢监督。",
    False: "经现场核查，未发现反映的情况，将继续关注。",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does with a case, so many hours after the step before."""

    hours: float
    who: str
    action: str
    facts: dict[str, str]


def add_demo_cases(folder: Path, *, now: datetime, seed: int, actor: Actor) -> int:
    """Take the city's tickets in and work on the last ones; return how many cases were worked on.

    ``folder``: the workspace of a demonstration, with its people.
    ``now``: local time, on the day the city's records end: nothing is later.
    ``seed``: of what is found and decided, and of how long it took.
    """
    clock = Clock(no_later(now, EVENING))
    with closing(open_office(folder, now=clock)) as office:
        accounts = office.accounts.all(actor).set_index("login")["person_id"]
        holder = str(accounts.get(CHIEF) or CHIEF)
        with office._workspace.store.begin() as unit:  # noqa: SLF001 -- a service asks by one case
            since = now.date() - timedelta(days=DAYS)
            ids = _take_in(office, unit, clock, since=since, actor=actor)
            log = office._resources.part(CaseLog)  # noqa: SLF001
            given = log.circumstances(unit, actor)
            cases = sorted(unit.cases.by_ids(ids).values(), key=lambda case: case.id)
            entries: list[Entry] = []
            for case in cases:
                # Drawn for each case, so that what an hour leaves undone changes no other case.
                rng = np.random.default_rng([seed, 13, case.id])
                entries += _work_on(log, unit, case, given, rng=rng, holder=holder)
            entries.sort(key=lambda each: each.at)
            zone = office.clock.zone
            unit.audit.add_many(
                [each._replace(at=each.at.replace(tzinfo=zone)) for each in entries]
            )
            unit.commit()
        office.cases.catch_up(actor)
    return len(cases)


def _take_in(
    office: Office, unit: UnitOfWork, clock: Clock, *, since: date, actor: Actor
) -> list[int]:
    """Take tickets in, the last ones every few days; return the cases of these."""
    leads = sorted(
        office._resources.part(TicketLeads).read(),  # noqa: SLF001 -- asks nobody
        key=lambda lead: (lead.received_at, lead.origin_key),
    )
    last, today = clock.shown, clock.shown.date()
    worked = _worked_on(leads, since=since, today=today)
    by_day: dict[date, list[NewLead]] = {}
    for lead in leads:
        day = max(_export_day(lead.received_at, since=since), since - timedelta(days=1))
        if lead.origin_key in worked:
            ticket = replace(lead, status=TicketStatus.OPEN.value, satisfaction="")
        else:
            status = lead.status if lead.status in TICKET_OVER else TicketStatus.CLOSED.value
            ticket = replace(lead, status=status)
        by_day.setdefault(day, []).append(ticket)
    intake = office._resources.part(LeadIntake)  # noqa: SLF001
    for day in sorted(by_day):
        clock.put(min(last, datetime.combine(day, EVENING)))
        intake.take_in(unit, by_day[day], actor)
    clock.put(last)
    return [held[1] for key, held in unit.leads.known(TABLE).items() if key in worked]


def _export_day(received_at: datetime, *, since: date) -> date:
    """Return the day of the first export that has a ticket: one is made every few evenings."""
    day = received_at.date()
    if received_at.time() > EVENING:
        day += timedelta(days=1)
    return day + timedelta(days=(since - day).days % EVERY_DAYS)


def _worked_on(leads: Sequence[NewLead], *, since: date, today: date) -> set[str]:
    """Return the rows whose cases are told from their beginning."""
    later = [lead for lead in leads if lead.received_at.date() >= since]
    border = today - timedelta(days=LAST_DAYS)
    before = [lead for lead in later if lead.received_at.date() < border]
    last = [lead for lead in later if lead.received_at.date() >= border]
    return {lead.origin_key for lead in (*before[:: max(1, len(before) // SOME)], *last)}


def _work_on(
    log: CaseLog, unit: UnitOfWork, case: Case, given: Circumstances, *,
    rng: np.random.Generator, holder: str,
) -> Iterator[Entry]:  # fmt: skip
    """Let people do what they do with a case, until it is done or today has come.

    Yields the line of the audit log that the service writes for each change, at the case's local
    time.
    """
    state, at = CaseState.of_row(case), case.opened_at + timedelta(hours=15)
    about = log.of_cases(unit, [case], unit.leads.of_cases([case.id]), given)[case.id]
    for step in _steps(rng, holder=holder, day=case.opened_at.date()):
        at += timedelta(hours=round(step.hours))
        if at > given.now:
            return
        facts = step.facts
        if step.action == CaseAction.DECIDE:
            facts = facts | {"decided_on": at.date().isoformat(),
                             "decision_no": f"示教罚字〔{at.year}〕第{case.id}号"}  # fmt: skip
        way = WORKFLOW.find(state.stage, step.action)
        held = ROLES[step.who.removeprefix("demo-").replace("-", "_")].actions
        permitted = next(each for each in way.may if each in held) if way else Action.SEE_CASES
        circumstances = replace(about, now=at, actor=step.who)
        for change in make_changes(state, step.action, facts, circumstances):
            state = log.append(unit, case.id, state, change, circumstances)
            entry_facts = {"case": case.case_no, "change": change.action, "to": change.to_stage}
            yield Entry(at, step.who, permitted.value, entry_facts)


def _steps(rng: np.random.Generator, *, holder: str, day: date) -> Iterator[Step]:
    """Yield what happens with one case, from its first morning on."""

    def after(hours: float) -> float:
        return float(rng.gamma(2.0, hours / 2))

    if rng.random() < LEFT_SHARE:
        return
    if rng.random() < RETURNED_SHARE:
        yield Step(0, CLERK, CaseAction.RETURN, {"return_reason": "不属本街道管辖"})
        return
    yield Step(0, CLERK, CaseAction.ACCEPT, {})
    yield Step(after(4), MANAGER, CaseAction.ASSIGN, {"holder_id": holder})
    if rng.random() < LATE_SHARE:
        return
    if rng.random() < HELD_SHARE:
        yield Step(after(30), CHIEF, CaseAction.ASK_HOLD, {"hold_reason": "住户外出，多次上门无人"})
        yield Step(after(10), MANAGER, CaseAction.HOLD, {})
        return
    finding = str(rng.choice(FINDINGS, p=SHARES))
    yield Step(after(40), CHIEF, CaseAction.VERIFY, {"finding": finding})
    if finding in CONFIRMED:
        sent = {"referral": "移送", "sent_to": SENT_TO}
        yield Step(after(12), CHIEF, CaseAction.REFER, sent)
        receipt = {"receipt_no": f"收{day:%m%d}-{int(rng.integers(100, 999))}"}
        yield Step(after(30), OFFICER, CaseAction.TAKE_OVER, receipt)
        decided = {"outcome": str(rng.choice(OUTCOMES, p=OUTCOME_SHARES))}
        yield Step(after(300), OFFICER, CaseAction.DECIDE, decided)
    reply = {"reply_by": "电话", "reply": REPLIES[finding in CONFIRMED],
             "satisfaction": str(rng.choice(("满意", "基本满意", "未接通")))}  # fmt: skip
    yield Step(after(20), CLERK, CaseAction.REPLY, reply)
    yield Step(after(40), MANAGER, CaseAction.CLOSE, {})
