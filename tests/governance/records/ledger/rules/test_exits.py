"""What proposes that a line leaves: clean visits of several people over days."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from governance.records.ledger.rules.exits import CLEAN, TROUBLE, Seen, propose_exit
from governance.records.ledger.rules.settings import LedgerRules

SINCE = date(2026, 3, 1)
RULES = LedgerRules()


def seen(days: int, by: str = "wang", result: str = "未发现异常") -> Seen:
    return Seen(day=SINCE + timedelta(days=days), key=f"{days}{by}{result}", result=result, by=by)


THREE = (seen(30), seen(60, "li"), seen(90))


def test_three_clean_visits_by_two_people_over_ninety_days_are_enough() -> None:
    assert propose_exit(THREE, RULES, since=SINCE) == THREE


def test_too_few_visits_people_or_days_are_not() -> None:
    assert propose_exit(THREE[1:], RULES, since=SINCE) is None
    assert propose_exit([replace(each, by="wang") for each in THREE], RULES, since=SINCE) is None
    assert propose_exit(THREE, RULES, since=SINCE + timedelta(days=1)) is None


def test_a_suspicion_begins_it_anew_and_a_closed_door_counts_for_nothing() -> None:
    assert propose_exit([*THREE, seen(91, result="疑似")], RULES, since=SINCE) is None
    assert propose_exit([*THREE[:2], seen(90, result="无人")], RULES, since=SINCE) is None


def test_who_has_gone_is_as_good_as_nothing_found() -> None:
    assert propose_exit([*THREE[:2], seen(90, result="已不在")], RULES, since=SINCE) is not None


VISITS = st.lists(
    st.builds(seen, st.integers(-5, 200), st.sampled_from("abc"),
              st.sampled_from(["未发现异常", "疑似", "属实", "无人", "已不在"])),
    max_size=9, unique=True,
)  # fmt: skip


@given(visits=VISITS, count=st.integers(1, 4), people=st.integers(1, 3), days=st.integers(0, 100))
def test_exits_are_those_of_a_plain_reading(
    visits: list[Seen], count: int, people: int, days: int
) -> None:
    rules = LedgerRules(clean_visits=max(count, people), clean_people=people, clean_days=days)
    later = [v for v in visits if v.day > SINCE]
    order = sorted(later)
    last = max((order.index(v) for v in later if v.result in TROUBLE), default=-1)
    begun = order[last].day if last >= 0 else SINCE
    clean = [v for v in order[last + 1 :] if v.result in CLEAN and v.day > begun]
    enough = (
        len(clean) >= rules.clean_visits
        and len({v.by for v in clean}) >= people
        and (max(v.day for v in clean) - begun).days >= days
    )
    found = propose_exit(visits, rules, since=SINCE)
    assert (found is not None) == enough
    if found is not None:
        assert list(found) == clean
