"""Rules of the coverage floor: what is due, what of it has a share, when all of it is met."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.vocabulary import PlanNote
from governance.patrols.routing.selection import coverage_floor
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.coverage_floor import choose_floor, weeks_until_met
from tests.governance.patrols.routing.small_office import (
    buildings,
    days_ago,
    plan_inputs,
    planning_base_of,
)

ROOM = 4
"""Stops that the floor's share holds here: a quarter of two shifts of nine or so."""
QUARTER = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.25)
NEVER: dict[str, Any] = {"last_at": None}


def due_on(day: int, **facts: Any) -> dict[str, Any]:
    """Return a blue building whose floor falls due so many days after the plan's Monday."""
    return {"last_at": days_ago(180 - day)} | facts


def candidates_of(*rows: dict[str, Any], ordinary: int = 0, **facts: Any) -> Candidates:
    facts = {"rules": QUARTER} | facts
    return planning_base_of(plan_inputs(buildings(*rows, ordinary=ordinary), **facts)).candidates


def chosen(*rows: dict[str, Any], **facts: Any) -> list[int]:
    return np.flatnonzero(candidates_of(*rows, **facts).rows["reserved"]).tolist()


def weeks(*rows: dict[str, Any], visited: tuple[int, ...], **facts: Any) -> int | None:
    inputs = plan_inputs(buildings(*rows), rules=QUARTER, **facts)
    rows_ = planning_base_of(inputs).rows
    return weeks_until_met(inputs, rows_, np.isin(np.arange(len(rows)), visited))


def test_no_more_is_chosen_than_the_share_has_room_for() -> None:
    told = candidates_of(*[NEVER] * 60)
    assert told.floor_due.sum() == 60
    assert told.rows["reserved"].sum() == ROOM
    assert told.floor_out_of_reach
    everything = candidates_of(*[NEVER] * 60, rules=PatrolRules(random_share=0.0, floor_share=1.0))
    assert everything.rows["reserved"].sum() == pytest.approx(4 * ROOM, abs=3)
    assert chosen(*[NEVER] * 60, rules=PatrolRules(random_share=0.0, floor_share=0.0)) == []


def test_a_plan_can_ask_for_another_share_than_the_settings() -> None:
    assert len(chosen(*[NEVER] * 60, floor_share=0.5)) == pytest.approx(2 * ROOM, abs=1)
    assert chosen(*[NEVER] * 60, floor_share=0.0) == []


def test_what_is_left_out_is_worth_its_chance_of_a_find_and_no_more() -> None:
    told = candidates_of(*[NEVER] * 60)
    assert (told.rows["must"] > 0).tolist() == told.rows["reserved"].tolist()
    assert told.rows["open"].all()
    assert told.rows["wanted"].all()


def test_where_all_that_is_due_has_room_all_of_it_is_chosen() -> None:
    told = candidates_of(*[NEVER] * ROOM, ordinary=50)
    assert told.rows["reserved"].tolist() == [True] * ROOM + [False] * 50
    assert not told.floor_out_of_reach


def test_the_later_by_its_own_period_goes_first_whatever_its_tier() -> None:
    late = [
        {"tier": "红", "last_at": days_ago(14 + 7)},  # half a floor late
        {"last_at": days_ago(2 * 180)},  # a whole one
        *[{"tier": "红", "last_at": days_ago(14)}] * 20,
    ]
    assert {0, 1} <= {*chosen(*late)}
    assert chosen(*late, rules=PatrolRules(random_share=0, jitter=0, floor_share=0.06)) == [1]


def test_of_equally_late_ones_the_higher_tier_goes_first() -> None:
    tiers = ["", "蓝", "黄", "橙", "红"]
    rows = [NEVER | {"tier": tier} for tier in tiers * 3]
    assert {tiers[each % 5] for each in chosen(*rows)} == {"红", "橙"}
    assert sum(tiers[each % 5] == "红" for each in chosen(*rows)) == 3


def test_what_is_company_to_another_stop_goes_first_for_half_of_the_room() -> None:
    rows = buildings(*[NEVER] * 5, *[due_on(0)] * 5).assign(late=np.repeat([1.0, 0.1], 5))
    everybody = np.ones(10, dtype=bool)

    def kept(beside: int, room: int) -> list[bool]:
        last = np.arange(10) >= 10 - beside
        return choose_floor(rows, among=everybody, companions=last, room=room, seed="s").tolist()

    assert sum(kept(5, 4)[5:]) == 2
    assert sum(kept(5, 4)[:5]) == 2
    assert kept(1, 4)[9]
    assert kept(0, 4) == [*kept(0, 4)[:5], *[False] * 5]
    assert sum(kept(1, 1)) == 1


def test_of_equally_late_ones_of_a_tier_the_seed_draws() -> None:
    draws = {seed: tuple(chosen(*[NEVER] * 60, seed=seed)) for seed in "abcdef"}
    assert len({*draws.values()}) == len(draws)
    assert draws["a"] == tuple(chosen(*[NEVER] * 60, seed="a"))


def test_appointments_and_chance_keep_a_floor_without_using_its_share() -> None:
    kept = [NEVER | {"next_step": "again", "retry_at": days_ago(1)} for _ in range(3)]
    told = candidates_of(*kept, *[NEVER] * ROOM, ordinary=40)
    assert told.rows["covered_otherwise"].tolist() == [True] * 3 + [False] * (ROOM + 40)
    assert told.rows["reserved"][3 : 3 + ROOM].all()
    assert not told.floor_out_of_reach
    drawn = candidates_of(*[NEVER] * 60, rules=PatrolRules(random_share=0.2, floor_share=0.25))
    by_chance = drawn.rows["arm"].eq("random").to_numpy()
    assert (drawn.rows["covered_otherwise"] == by_chance).all()
    assert drawn.rows["reserved"].sum() == pytest.approx(ROOM, abs=1)


def test_looking_again_where_something_was_found_shares_the_share() -> None:
    found = {"last_result": "属实", "last_at": days_ago(40)}
    assert len(chosen(*[found] * 60)) == ROOM


def test_what_cannot_be_visited_uses_nothing_of_the_share_and_is_left_uncovered() -> None:
    told = candidates_of(*[NEVER | {"lon": None}] * 9, NEVER, ordinary=40)
    assert told.floor_due.sum() == 1
    assert told.rows["wanted"].sum() == 10


def test_a_plan_keeps_the_floor_of_all_that_the_share_holds() -> None:
    far = [NEVER | {"at": 10 * number} for number in range(4)]
    likely = [{"chance": 0.25, "at": number} for number in range(40)]
    plan = make_plan(plan_inputs(buildings(*far, *likely), rules=QUARTER))
    assert {"B000", "B001", "B002", "B003"} <= {*plan.stops["building_id"]}
    assert (plan.totals.floor_due, plan.totals.floor_kept, plan.totals.floor_weeks) == (4, 4, 1)
    assert PlanNote.FLOOR_OUT_OF_REACH not in plan.notes


def test_the_floor_does_not_drown_what_is_likely() -> None:
    rows = [*[NEVER | {"chance": 0.01}] * 60, *[{"chance": 0.2} for _ in range(20)]]

    def finds(share: float) -> float:
        rules = PatrolRules(random_share=0.0, jitter=0.0, floor_share=share)
        plan = make_plan(plan_inputs(buildings(*rows), rules=rules))
        assert PlanNote.FLOOR_OUT_OF_REACH in plan.notes
        return plan.totals.expected_finds

    assert finds(0.0) > finds(0.3) > 1.5 * finds(1.0)


def test_it_takes_no_time_where_nothing_is_due_and_for_ever_where_nothing_is_kept() -> None:
    assert weeks({}, {}, visited=(0,)) == 0
    assert weeks(NEVER, {}, visited=(1,)) is None


def test_every_week_keeps_as_many_as_this_one() -> None:
    assert weeks(*[NEVER] * 6, visited=(0, 1)) == 3
    assert weeks(*[NEVER] * 7, visited=(0, 1)) == 4
    assert weeks(*[NEVER] * 2, visited=(0, 1)) == 1


def test_what_falls_due_meanwhile_is_waited_for_too() -> None:
    soon = [due_on(7 * week + 1) for week in (1, 2, 2)]  # one next week, two in the week after
    assert weeks(*[NEVER] * 4, *soon, visited=(0, 1)) == 4
    later = [due_on(100)]
    assert weeks(*[NEVER] * 4, *later, visited=(0, 1)) == 2


def test_where_more_falls_due_than_is_kept_it_is_never_met() -> None:
    red = {"tier": "红", "last_at": days_ago(30)}  # every fortnight again
    assert weeks(*[red] * 3, visited=(0,)) is None
    assert weeks(*[red] * 2, visited=(0,)) == 2


def test_what_was_just_visited_falls_due_again_in_its_turn() -> None:
    just = {"tier": "红", "last_at": days_ago(3)}  # recent: not due in this plan, soon after
    red = {"tier": "红", "last_at": days_ago(30)}
    assert weeks(red, red, visited=(0,)) == 2
    assert weeks(red, red, just, just, visited=(0,)) is None


def test_a_campaign_s_weeks_are_those_of_its_span() -> None:
    fortnight = {"first": date(2026, 11, 30), "last": date(2026, 12, 13)}
    assert weeks(*[NEVER] * 6, visited=(0, 1), **fortnight) == 6
    shorter = {"first": date(2026, 11, 30), "last": date(2026, 12, 2)}
    assert weeks(*[NEVER] * 6, visited=(0, 1), **shorter) == 2


@given(
    pace=st.integers(0, 6),
    span=st.integers(1, 9),
    places=st.lists(st.tuples(st.integers(-40, 30), st.integers(1, 40)), max_size=30),
)
@settings(max_examples=200)
def test_what_is_given_up_at_once_is_never_met(
    pace: int, span: int, places: list[tuple[int, int]]
) -> None:
    next_due, period = np.array(places, dtype=float).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage_floor, "_is_hopeless", lambda *_, **__: False)
        followed = coverage_floor._spans_at(pace, next_due.copy(), period, span=span)
    assert coverage_floor._spans_at(pace, next_due.copy(), period, span=span) == followed
