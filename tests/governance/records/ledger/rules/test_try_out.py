"""Rules tried on the past, against deciding day by day."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.records.ledger.rules.entries import Fact, propose_entries
from governance.records.ledger.rules.exits import Seen, propose_exit
from governance.records.ledger.rules.settings import PROPOSED, LedgerRules
from governance.records.ledger.rules.try_out import Stay, differences, last_fact_day, stays

FIRST, DAYS = date(2026, 1, 1), 200
UNTIL = FIRST + timedelta(days=DAYS)
RULES = LedgerRules(clean_visits=2, clean_people=1, clean_days=20, suspicion_days=40, fact_days=60)


def day_by_day(facts: list[Fact], visits: dict[str, list[Seen]], rules: LedgerRules) -> list[Stay]:
    """Decide every evening by what is known then."""
    found: list[Stay] = []
    on: dict[str, Stay] = {}
    left: dict[str, date] = {}
    for number in range(DAYS + 1):
        today = FIRST + timedelta(days=number)
        known = [fact for fact in facts if fact.day <= today]
        for building, stay in list(on.items()):
            own = [fact for fact in known if fact.building_id == building]
            since = last_fact_day(own, since=stay.in_on, until=today)
            seen = [v for v in visits.get(building, []) if v.day <= today]
            if propose_exit(seen, rules, since=since) is not None:
                found.append(replace(on.pop(building), out_on=today))
                left[building] = today
        proposed = propose_entries(known, rules, today=today, listed=on, left=left)
        for each in proposed:
            on[each.building_id] = Stay(
                building_id=each.building_id, in_on=today, reason=each.reason, out_on=None
            )
    return sorted([*found, *on.values()], key=lambda stay: (stay.building_id, stay.in_on))


FACTS = st.lists(
    st.builds(
        lambda day, reason, building: Fact(
            day=FIRST + timedelta(days=day), key=f"{day}{reason}{building}", reason=reason,
            building_id=building,
        ),
        st.integers(0, DAYS), st.sampled_from([str(each) for each in PROPOSED]),
        st.sampled_from(["B1", "B2"]),
    ),
    max_size=8, unique=True,
)  # fmt: skip
VISITS = st.dictionaries(
    st.sampled_from(["B1", "B2"]),
    st.lists(
        st.builds(
            lambda day, result: Seen(
                day=FIRST + timedelta(days=day), key=f"{day}{result}", result=result, by="a"
            ),
            st.integers(0, DAYS), st.sampled_from(["未发现异常", "疑似", "无人"]),
        ),
        max_size=8, unique=True,
    ),
)  # fmt: skip


@settings(max_examples=40)
@given(facts=FACTS, visits=VISITS)
def test_stays_are_those_of_deciding_day_by_day(
    facts: list[Fact], visits: dict[str, list[Seen]]
) -> None:
    assert stays(facts, visits, RULES, until=UNTIL) == day_by_day(facts, visits, RULES)


def test_a_difference_names_what_one_set_of_rules_alone_would_have_listed() -> None:
    told = [Fact(day=FIRST, key="a", reason="投诉属实", building_id="B1"),
            Fact(day=FIRST, key="b", reason="查处", building_id="B2")]  # fmt: skip
    by_case = stays(told, {}, replace(RULES, reasons=("投诉属实",)), until=UNTIL)
    by_decision = stays(told, {}, replace(RULES, reasons=("查处",)), until=UNTIL)
    found = differences(by_case, by_decision, since=FIRST)
    assert [(each.building_id, each.more) for each in found] == [("B2", True), ("B1", False)]


def test_a_stay_that_ended_before_is_no_difference() -> None:
    told = [Fact(day=FIRST, key="a", reason="投诉属实", building_id="B1")]
    clean = [Seen(day=FIRST + timedelta(days=n), key=str(n), result="未发现异常", by="a")
             for n in (10, 20)]  # fmt: skip
    before = stays(told, {"B1": clean}, RULES, until=UNTIL)
    assert differences([], before, since=FIRST + timedelta(days=21)) == ()
    assert len(differences([], before, since=FIRST + timedelta(days=20))) == 1
