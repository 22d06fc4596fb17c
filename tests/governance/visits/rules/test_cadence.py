"""Rules of how often buildings can be visited with the visits that are made."""

from hypothesis import given
from hypothesis import strategies as st

from governance.visits.rules.cadence import LONGEST_DAYS, NAMED_TIERS, propose_cadence
from governance.visits.rules.settings import VisitRules

RULES = VisitRules()
TIERS = st.lists(st.sampled_from([*NAMED_TIERS, ""]), min_size=1, max_size=400)


def test_a_cadence_that_is_kept_stays_as_it_is() -> None:
    found = propose_cadence(["红", "蓝"], made=10.0, rules=RULES)
    assert not found.is_needed
    assert found.proposed == found.days == {"红": 7, "橙": 14, "黄": 30, "蓝": 90}


def test_where_half_is_done_all_days_double() -> None:
    found = propose_cadence(["红"] * 10 + ["橙"] * 20, made=10.0, rules=RULES)
    assert found.required == 20.0
    assert found.is_needed
    assert found.proposed == {"红": 14, "橙": 28, "黄": 60, "蓝": 180}
    assert found.kept == 10.0


def test_without_any_visit_nothing_is_proposed() -> None:
    found = propose_cadence(["红"], made=0.0, rules=RULES)
    assert not found.is_needed
    assert found.proposed == found.days


@given(tiers=TIERS, made=st.floats(0.1, 500))
def test_what_is_proposed_is_kept_by_what_is_made_unless_a_year_is_too_often(
    tiers: list[str], made: float
) -> None:
    found = propose_cadence(tiers, made=made, rules=RULES)
    assert sum(found.buildings.values()) == len(tiers)
    if LONGEST_DAYS not in found.proposed.values():
        assert found.kept <= max(found.made, 0.0 if found.is_needed else found.required) + 1e-9
    assert all(found.days[tier] <= found.proposed[tier] <= LONGEST_DAYS for tier in NAMED_TIERS)
