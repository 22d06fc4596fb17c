"""In whatever order tickets change and cases come together and apart, none is due too late."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from case_steps import AT, CHIEF, CLERK, lead, take_in

from data.contracts.case_vocabulary import ENDED, ClockKind
from geo.errors import GridwardenError
from governance.cases.log import CaseLog
from governance.office import Office

CASES = [f"XS-2026-{number:04d}" for number in range(1, 6)]
ACTIONS: list[tuple[Any, str, dict[str, str]]] = [
    (CLERK, "accept", {}),
    (CHIEF, "verify", {"finding": "属实"}),
    (CHIEF, "refer", {"referral": "移送", "sent_to": "区教育和体育局"}),
]


class Steps:
    """Does to an office what chance says; what may not be is refused whole."""

    def __init__(self, office: Office, draw: random.Random) -> None:
        self.office, self.draw = office, draw
        self.decisions: list[int] = []
        self.leads = [
            lead(f"T{at}", channel=draw.choice(["12345热线", "信访"]), due_at=self.due(),
                 received_at=AT - timedelta(hours=at))
            for at in range(5)
        ]  # fmt: skip
        take_in(office, *self.leads)

    def due(self) -> datetime | None:
        return self.draw.choice([None, AT + timedelta(days=self.draw.randrange(3, 20))])

    def change_ticket(self) -> None:
        at, status = self.draw.randrange(5), self.draw.choice(["待处置", "待处置", "已结案"])
        self.leads[at] = replace(self.leads[at], due_at=self.due(), status=status)
        take_in(self.office, *self.leads)

    def merge(self) -> None:
        cases = self.draw.sample(CASES, 2)
        self.decisions.append(self.office.lead_merging.accept(CLERK, cases))

    def unmerge(self) -> None:
        if self.decisions:
            decision = self.draw.choice(self.decisions)
            self.office.lead_merging.unmerge(CLERK, decision)
            self.decisions.remove(decision)

    def act(self) -> None:
        actor, action, facts = self.draw.choice(ACTIONS)
        self.office.cases.act(actor, self.draw.choice(CASES), action, facts)

    def take_one(self) -> None:
        step = self.draw.choice([self.change_ticket, self.merge, self.unmerge, self.act, self.act])
        try:
            step()
        except GridwardenError:
            return


def due_too_late(office: Office) -> list[tuple[str, datetime, datetime]]:
    """Return the cases to be handled that are due later than the first of their leads, and when."""
    log = office._resources.part(CaseLog)
    with office._workspace.store.begin() as unit:
        cases = unit.cases.by_numbers(CASES)
        leads = unit.leads.of_cases([case.id for case in cases])
        about = log.of_cases(unit, cases, leads, log.circumstances(unit, CLERK))
        due = [
            (case.case_no, case.due_at, about[case.id].ticket_due)
            for case in cases
            if case.clock == ClockKind.HANDLE and case.stage not in ENDED
        ]
    return [each for each in due if each[1] > each[2]]


@pytest.mark.parametrize("seed", range(10))
def test_a_case_is_never_due_later_than_the_first_of_its_leads(
    empty_office: Office, seed: int
) -> None:
    steps = Steps(empty_office, random.Random(seed))  # noqa: S311 -- no secret
    for _ in range(25):
        steps.take_one()
        assert due_too_late(empty_office) == []
