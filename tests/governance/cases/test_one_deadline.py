"""Whatever lists, counts or writes down by when a case is due goes by one deadline and one card."""

from datetime import date, datetime, timedelta

import pytest
from case_steps import CLERK, MANAGER, go, lead, take_in

from data.results.roll_ups import Count
from governance.access.permissions import local_owner
from governance.cases.inbox import CaseQuery, Clock
from governance.office import Office
from governance.records.bulletins.periods import BulletinKind
from tests.governance.conftest import NOW

NO, SECOND = "XS-2026-0001", "XS-2026-0002"
FRIDAY = datetime(2026, 11, 27, 18, 0)  # noqa: DTZ001 -- local times throughout
OWNER = local_owner()


@pytest.fixture
def referred(empty_office: Office) -> Office:
    """Return an office whose only case has two leads, the first due on a Friday, and waits."""
    later = FRIDAY + timedelta(days=11)
    take_in(empty_office, lead("T1", due_at=later), lead("T2", due_at=FRIDAY))
    empty_office.lead_merging.accept(CLERK, [NO, SECOND])
    go(empty_office, 4)
    return empty_office


@pytest.mark.parametrize(
    ("days", "card"), [(1, Clock.RUNNING), (2, Clock.YELLOW), (3, Clock.YELLOW), (4, Clock.YELLOW),
                       (6, Clock.RED)],
)  # fmt: skip
def test_lists_counts_bulletins_and_what_is_told_above_agree_by_when_a_case_is_due(
    referred: Office, days: int, card: Clock
) -> None:
    object.__setattr__(referred._resources, "now", lambda: NOW + timedelta(days=days))
    is_red = int(card == Clock.RED)
    one = referred.cases.case(MANAGER, NO).facts
    (row,) = referred.case_inbox.page(MANAGER).rows.to_dict("records")
    (here,) = referred.cases.several(MANAGER, [NO])
    assert one["due_at"] == row["due_at"] == here.facts["due_at"] == FRIDAY
    shown = "" if card == Clock.RUNNING else str(card)
    assert one["card"] == row["card"] == shown

    listed = {
        each: referred.case_inbox.page(MANAGER, CaseQuery(clock=each)).total for each in Clock
    }
    assert listed == {each: int(each == card) for each in Clock}
    counted = referred.cases.counts(MANAGER)
    assert (counted["red"], counted["yellow"]) == (is_red, int(card == Clock.YELLOW))
    assert referred.case_inbox.waiting(MANAGER).get("red", 0) == is_red

    assert referred.roll_ups._figures().cases_overdue == Count.of(is_red)
    for kind, period in ((BulletinKind.MONTHLY, "2026-11"), (BulletinKind.QUARTERLY, "2026-Q4")):
        bulletin = referred.bulletins.bulletin(OWNER, kind, period)
        (waits,) = bulletin.waiting.to_dict("records")
        assert (waits["overdue"], waits["due_soon"]) == (is_red, 1 - is_red)
        assert (waits["clock"], waits["first_due"]) == (one["clock"], FRIDAY)
        assert bulletin.value("overdue")["value"] == is_red


def test_a_bulletin_of_a_period_that_runs_counts_no_deadline_of_days_to_come(
    referred: Office,
) -> None:
    bulletin = referred.bulletins.bulletin(OWNER, BulletinKind.MONTHLY, "2026-11")
    assert bulletin.until < FRIDAY.date()
    assert bulletin.value("handled_in_time")["denominator"] == 0


def test_what_a_bulletin_of_a_period_that_is_over_tells_stays(referred: Office) -> None:
    object.__setattr__(referred._resources, "now", lambda: NOW + timedelta(days=20))
    bulletin = referred.bulletins.bulletin(OWNER, BulletinKind.WEEKLY, "2026-W48")
    assert bulletin.period.last == date(2026, 11, 29)
    assert bulletin.value("overdue")["value"] == 1
