"""Rules of what a plan is said to come to before it is made."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.forecast import (
    _groups_that_fit,
    _pair_that_fits,
    _period_that_fits,
    forecast_plan,
)
from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.selection.planning_base import make_planning_base, teams_of
from governance.visits.rules.settings import TIERS
from tests.governance.patrols.routing.small_office import MONDAY, buildings, days_ago, plan_inputs
from tests.governance.patrols.routing.test_make_plan import drawn_office


def asked(inputs: PlanInputs, **options: object) -> PlanInputs:
    """Return inputs of which something else is asked."""
    return replace(inputs, options=replace(inputs.options, **options))  # type: ignore[arg-type]


def every(days: int) -> dict[str, int]:
    return dict.fromkeys(TIERS.values(), days)


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_that_is_made_keeps_about_as_much_as_was_told(seed: int) -> None:
    inputs = asked(drawn_office(seed), floor_days=every(14), kind="campaign", title="x")
    told, made = forecast_plan(inputs), make_plan(inputs).totals
    assert (told.shifts, told.due) == (made.shifts, made.floor_due)
    assert made.floor_kept is not None
    assert abs(told.kept - made.floor_kept) <= max(2, 0.2 * told.due)
    assert abs(told.stops - made.stops) <= max(3, 0.2 * made.stops)


def test_usual_finds_are_those_of_a_plan_without_the_campaign_s_wishes() -> None:
    inputs = drawn_office(5)
    plain = forecast_plan(inputs)
    assert plain.finds == plain.usual_finds
    narrow = forecast_plan(asked(inputs, kinds=("住宅",), floor_days=every(10), floor_share=0.9))
    assert narrow.usual_finds == plain.finds


def test_where_everything_due_is_kept_nothing_else_is_offered() -> None:
    told = forecast_plan(plan_inputs(buildings({"last_at": days_ago(200)}, ordinary=2)))
    assert (told.kept, told.share, told.narrower) == (told.due, 1.0, None)


def test_where_too_much_is_due_so_many_teams_are_told_and_a_longer_span_only_if_it_is_allowed() -> (
    None
):
    told = forecast_plan(
        asked(plan_inputs(buildings(ordinary=80)), floor_days=every(3), kind="campaign")
    )
    assert told.kept < told.due == 80
    assert told.narrower is not None
    assert told.narrower.teams > told.teams
    weeks = told.narrower.weeks
    assert weeks is None or timedelta(weeks=weeks) <= timedelta(days=62)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=40), st.integers(1, 8))
@settings(max_examples=12, deadline=None)
def test_the_period_offered_is_the_shortest_with_which_no_more_is_due_than_there_is_room_for(
    ago: list[int], room: int
) -> None:
    rows = buildings(*({"last_at": days_ago(days)} for days in ago))
    base = make_planning_base(plan_inputs(rows), teams_of(plan_inputs(rows)))
    offered = _period_that_fits(base, room)
    last = base.inputs.options.last
    since = np.array([(last - MONDAY).days + days for days in ago])
    plain = next(days for days in range(1, 400) if (since >= days).sum() <= room)
    assert offered == (plain if len(ago) > room else None)


def test_groups_offered_are_those_of_highest_mean_chance_for_which_there_is_room_together() -> None:
    rows = buildings(
        *({"community_code": code, "chance": chance}
          for code, chance, count in (("C1", 0.3, 3), ("C2", 0.2, 9), ("C3", 0.1, 2))
          for _ in range(count))
    )  # fmt: skip
    rows = rows.rename(columns={"chance": "find_chance"})
    assert _groups_that_fit(rows, "community_code", 5) == ("C1", "C3")
    assert _groups_that_fit(rows, "community_code", 2) == ("C3",)
    assert _groups_that_fit(rows, "community_code", 14) == (), "all of them are no choice"
    assert _groups_that_fit(rows, "community_code", 1) == ()


def test_a_pair_offered_is_the_likeliest_community_and_kind_for_which_there_is_room() -> None:
    rows = buildings(
        *({"community_code": code, "kind": kind, "chance": chance}
          for code, kind, chance, count in (("C1", "商住", 0.3, 5), ("C2", "住宅", 0.2, 4),
                                            ("C1", "住宅", 0.1, 2), ("", "住宅", 0.9, 1))
          for _ in range(count))
    ).rename(columns={"chance": "find_chance"})  # fmt: skip
    assert _pair_that_fits(rows, 5) == ("C1", "商住")
    assert _pair_that_fits(rows, 4) == ("C2", "住宅")
    assert _pair_that_fits(rows, 1) is None
