"""Rules of what a planner is told: what is left out and why, what to know, how sure the finds."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from data.calendars.calendar import Calendar
from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.settings import DAY, PatrolRules
from governance.patrols.routing.model.vocabulary import PlanNote
from tests.governance.patrols.routing.small_office import (
    UNSURE,
    buildings,
    days_ago,
    plan_inputs,
    team,
)

TUESDAY = "T1/2026-12-01/day"
WEEKDAYS = team(shifts=((2, DAY),))
DUE: dict[str, Any] = {"last_at": None}
QUIET = PatrolRules(random_share=0.0, jitter=0.0, floor_share=1.0)


def uncovered(*rows: dict[str, Any], **facts: Any) -> dict[str, str]:
    """Return why each building is left out."""
    told = make_plan(plan_inputs(buildings(*rows), **{"rules": QUIET} | facts)).uncovered
    return dict(zip(told["building_id"], told["reason"], strict=True))


def notes(*rows: dict[str, Any], ordinary: int = 0, **facts: Any) -> set[str]:
    frame = buildings(*rows, ordinary=ordinary)
    return {*make_plan(plan_inputs(frame, **{"rules": UNSURE} | facts)).notes}


def locked(*ids: str, shift: str = TUESDAY) -> pd.DataFrame:
    return pd.DataFrame({"building_id": [*ids], "shift_id": shift, "arm": "list"})


def test_what_is_due_and_not_on_the_plan_says_why() -> None:
    told = uncovered(
        DUE, DUE | {"lon": None}, DUE | {"next_step": "joint_team"}, DUE | {"kind": "住宅"}, {},
        teams=(WEEKDAYS,),
    )  # fmt: skip
    assert told == {"B001": "no_coordinates", "B002": "needs_joint_team",
                    "B003": "hours_do_not_fit"}  # fmt: skip
    few = uncovered(*[DUE] * 40, teams=(WEEKDAYS,))
    assert {*few.values()} == {"no_capacity"}
    assert 25 < len(few) < 40


def test_what_a_person_locked_leaves_no_room_for_is_said_to_be_locked_out() -> None:
    fixed = [f"B{number:03}" for number in range(1, 15)]
    told = uncovered(DUE, *[{}] * 14, teams=(WEEKDAYS,), locked=locked(*fixed))
    assert told == {"B000": "locked_out"}
    gone = uncovered({}, {}, teams=(WEEKDAYS,), locked=locked("B000", shift="T9/2026-12-01/day"),
                     rules=replace(QUIET, shift_minutes=12))  # fmt: skip
    assert gone.get("B000", "locked_out") == "locked_out"


def test_the_most_pressing_is_named_first() -> None:
    rows = ({"last_at": days_ago(190)}, {"last_at": days_ago(500)}, DUE)
    plan = make_plan(plan_inputs(buildings(*rows), rules=QUIET, teams=(team(shifts=()),)))
    assert plan.uncovered["building_id"].tolist() == ["B001", "B002", "B000"]
    assert plan.uncovered["days_late"].tolist() == [320, 0, 10]


@pytest.mark.parametrize(
    ("note", "here", "elsewhere"),
    [
        ("no_teams_named", {"teams": ()}, {}),
        ("no_shifts", {"teams": (team(shifts=()),)}, {}),
        ("no_places", {"rows": [DUE | {"lon": None}]}, {"rows": [DUE | {"lon": None}, DUE]}),
        ("random_arm_small", {"ordinary": 20}, {"ordinary": 20, "random_share": 0.0}),
        ("school_term_unknown", {"calendar": Calendar.shipped()}, {}),
        ("floor_out_of_reach", {"rows": [DUE] * 40}, {"rows": [DUE] * 2, "ordinary": 40}),
        ("candidates_cut",
         {"rows": [DUE] * 40, "rules": replace(QUIET, most_candidates=10)}, {"rows": [DUE] * 40}),
        ("no_joint_team", {"rows": [{"next_step": "joint_team"}]}, {}),
        ("visits_alone", {"rows": [{"sensitive": True, "chance": 0.9}]}, {}),
    ],
)  # fmt: skip
def test_a_planner_is_told_where_it_is_so_and_only_there(
    note: str, here: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    def told(rows: list[dict[str, Any]] | None = None, **facts: Any) -> set[str]:
        return notes(*(rows or [{}]), **facts)

    assert note in told(**here)
    assert note not in told(**elsewhere)


def test_a_random_arm_that_time_does_not_allow_is_noted() -> None:
    full = locked(*(f"B{number:03}" for number in range(14)))
    squeezed = notes(*[{}] * 60, teams=(WEEKDAYS,), locked=full, random_share=0.5)
    assert "random_arm_squeezed" in squeezed
    assert "random_arm_squeezed" not in notes(*[{}] * 60, random_share=0.5)


def test_every_note_of_a_plan_is_one_that_has_words_or_is_the_calendar_s() -> None:
    told = notes(DUE, {"lon": None}, {"next_step": "joint_team"}, teams=(),
                 first=date(2027, 12, 30), last=date(2028, 1, 2))  # fmt: skip
    calendar = {each for each in told if each.startswith(("holidays_unknown", "school_term"))}
    assert {"holidays_unknown_2028", "school_term_unknown"} <= calendar
    assert told - calendar <= {*PlanNote}


def test_finds_are_told_with_the_interval_of_the_model() -> None:
    asked: list[tuple[int, float, list[str]]] = []

    def interval(chances: Any, level: float, *, building_ids: list[str]) -> tuple[float, float]:
        asked.append((len(chances), level, building_ids))
        return 1.0, 7.0

    plan = make_plan(plan_inputs(buildings(ordinary=9), interval=interval,
                                 rules=replace(QUIET, interval_level=0.9)))  # fmt: skip
    assert (plan.totals.expected_low, plan.totals.expected_high, plan.totals.level) == (1, 7, 0.9)
    assert asked == [(plan.totals.stops, 0.9, plan.stops["building_id"].tolist())]


def test_of_the_highest_scores_each_is_on_the_plan_or_says_why_not() -> None:
    seen = {"score": 90.0, "last_at": days_ago(2)}
    shut = {"score": 80.0, "kind": "酒店", "next_step": "joint_team", "retry_at": days_ago(1)}
    stop = {"score": 75.0, "last_stop_on": days_ago(3, hour=0), "last_at": days_ago(6)}
    plan = make_plan(
        plan_inputs(buildings(seen, shut, stop, {"score": 70.0, "at": 3}, ordinary=20), rules=QUIET)
    )
    why = dict(zip(plan.uncovered["building_id"], plan.uncovered["reason"], strict=True))
    assert why == {
        "B000": "visited_lately", "B001": "needs_joint_team", "B002": "on_plan_lately"
    }  # fmt: skip
    ranks = plan.uncovered.set_index("building_id")["rank"].to_dict()
    assert ranks == {"B000": 1, "B001": 2, "B002": 3}
    assert (plan.totals.highest, plan.totals.highest_kept) == (4, 1)


def test_a_plan_that_an_earlier_version_kept_has_no_ranks() -> None:
    content = make_plan(plan_inputs(buildings(DUE), teams=())).content()
    content["uncovered"].pop("rank")
    content["totals"].pop("highest")
    again = Plan.of_content(content, state="draft")
    assert again.totals.highest is None
    assert (again.uncovered["rank"] == 0).all()
