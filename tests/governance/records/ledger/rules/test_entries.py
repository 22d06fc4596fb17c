"""What proposes a building for the ledger, against a plain reading of the rules."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.contracts.ledger_vocabulary import InReason
from governance.records.ledger.rules.entries import EntryProposal, Fact, propose_entries
from governance.records.ledger.rules.settings import PROPOSED, LedgerRules

TODAY = date(2026, 11, 24)
RULES = LedgerRules()


def fact(days: int, reason: str = "投诉属实", building: str = "B1", key: str = "") -> Fact:
    day = TODAY - timedelta(days=days)
    return Fact(day=day, key=key or f"{reason}{days}", reason=reason, building_id=building)


def reasons(*facts: Fact, rules: LedgerRules = RULES, **more: object) -> list[str]:
    found = propose_entries(facts, rules, today=TODAY, **more)  # type: ignore[arg-type]
    return [each.reason for each in found]


def test_a_confirmed_complaint_and_a_decision_propose_each_by_itself() -> None:
    assert reasons(fact(5)) == ["投诉属实"]
    assert reasons(fact(5, "查处")) == ["查处"]


def test_one_suspicion_is_none_and_two_within_the_days_are_enough() -> None:
    assert reasons(fact(5, "疑似多次")) == []
    assert reasons(fact(5, "疑似多次"), fact(95, "疑似多次")) == ["疑似多次"]
    assert reasons(fact(5, "疑似多次"), fact(96, "疑似多次")) == []


def test_the_weightiest_reason_gives_the_tier_and_all_facts_are_told() -> None:
    (found,) = propose_entries([fact(5), fact(9, "查处")], RULES, today=TODAY)
    assert (found.reason, found.tier, len(found.facts)) == ("查处", "红", 2)


def test_what_is_too_old_or_a_reason_switched_off_proposes_nothing() -> None:
    assert reasons(fact(366)) == []
    assert reasons(fact(5), rules=replace(RULES, reasons=("查处",))) == []


def test_a_listed_building_is_not_proposed_and_one_that_left_only_by_what_came_after() -> None:
    assert reasons(fact(5), listed={"B1"}) == []
    assert reasons(fact(5), left={"B1": TODAY - timedelta(days=5)}) == []
    assert reasons(fact(5), left={"B1": TODAY - timedelta(days=6)}) == ["投诉属实"]


def test_a_declined_proposal_comes_back_only_with_a_new_fact() -> None:
    old = fact(9, key="case:1")
    assert reasons(old, declined={"B1": {"case:1"}}) == []
    assert reasons(old, fact(2, key="case:2"), declined={"B1": {"case:1"}}) == ["投诉属实"]


def plain(facts: list[Fact], rules: LedgerRules) -> list[tuple[str, str]]:
    """Read the rules again, slowly: which building comes on, by which reason."""
    found = []
    for building in sorted({each.building_id for each in facts}):
        own = {f for f in facts if f.building_id == building and f.reason in rules.reasons
               and 0 <= (TODAY - f.day).days <= rules.fact_days}  # fmt: skip
        for reason in PROPOSED:
            days = sorted(f.day for f in own if f.reason == reason)
            if reason == InReason.SUSPICION:
                enough = any(
                    sum(0 <= (day - first).days <= rules.suspicion_days for day in days)
                    >= rules.suspicions
                    for first in days
                )
            else:
                enough = len(days) >= (rules.staff if reason == InReason.STAFF else 1)
            if enough:
                found.append((building, str(reason)))
                break
    return found


FACTS = st.lists(
    st.builds(
        lambda days, reason, building, n: fact(days, reason, building, f"{n}{reason}{days}"),
        st.integers(-3, 400), st.sampled_from([str(each) for each in PROPOSED]),
        st.sampled_from(["B1", "B2"]), st.integers(0, 2),
    ),
    max_size=12,
)  # fmt: skip


@given(facts=FACTS, suspicions=st.integers(2, 4), days=st.integers(7, 120), staff=st.integers(1, 3))
def test_proposals_are_those_of_a_plain_reading(
    facts: list[Fact], suspicions: int, days: int, staff: int
) -> None:
    rules = LedgerRules(suspicions=suspicions, suspicion_days=days, staff=staff)
    found = propose_entries(facts, rules, today=TODAY)
    assert [(each.building_id, str(each.reason)) for each in found] == plain(facts, rules)
    assert all(each.tier == rules.tiers[each.reason] and each.facts for each in found)


def test_a_proposal_does_not_depend_on_the_order_of_facts() -> None:
    facts = [fact(5), fact(9, "查处"), fact(3, "疑似多次"), fact(4, "疑似多次")]
    one: list[EntryProposal] = propose_entries(facts, RULES, today=TODAY)
    assert one == propose_entries(facts[::-1], RULES, today=TODAY)
