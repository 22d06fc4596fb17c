"""Rules of who can be on a plan and why."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from governance.patrols.routing.model.settings import DAY, PatrolRules
from governance.patrols.routing.selection.candidates import Candidates
from tests.governance.patrols.routing.small_office import (
    UNSURE,
    buildings,
    days_ago,
    plan_inputs,
    planning_base_of,
    team,
)

NO_CHANCE = PatrolRules(random_share=0.0, jitter=0.0)


def candidates_of(*rows: dict[str, Any], ordinary: int = 0, **facts: Any) -> Candidates:
    facts = {"rules": NO_CHANCE} | facts
    return planning_base_of(plan_inputs(buildings(*rows, ordinary=ordinary), **facts)).candidates


def reasons(*rows: dict[str, Any], **facts: Any) -> list[list[str]]:
    return candidates_of(*rows, **facts).rows["reasons"].tolist()


def test_a_building_is_due_when_its_floor_falls_on_or_before_the_last_day() -> None:
    on_sunday = {"tier": "红", "last_at": days_ago(8)}  # 14 days after it is the plan's Sunday
    on_monday_after = {"tier": "红", "last_at": days_ago(7)}
    assert reasons(on_sunday, on_monday_after) == [["floor", "risk"], ["risk"]]
    told = candidates_of(on_sunday, on_monday_after)
    assert told.rows["wanted"].tolist() == [True, False]
    assert told.rows["due_on"].tolist() == [pd.Timestamp(2026, 12, 6), pd.Timestamp(2026, 12, 7)]


def test_what_was_never_visited_is_due() -> None:
    told = candidates_of({"last_at": None}, {})
    assert told.rows["reasons"].tolist() == [["floor"], ["risk"]]
    assert told.rows["days_late"].tolist() == [0, 0]


def test_days_late_are_counted_to_the_first_day() -> None:
    told = candidates_of({"tier": "红", "last_at": days_ago(20)}).rows
    assert told["days_late"].tolist() == [6]


def test_of_what_is_due_the_later_by_its_own_floor_presses_more() -> None:
    late = candidates_of(
        {"tier": "红", "last_at": days_ago(14 + 14)},  # a whole floor late
        {"tier": "橙", "last_at": days_ago(30 + 15)},  # half of one
        {"tier": "蓝", "last_at": days_ago(180 + 36)},  # a fifth
        {"tier": "蓝", "last_at": days_ago(180)},
        {},
    ).rows["must"]
    assert late.is_monotonic_decreasing
    assert late.iloc[3] == NO_CHANCE.due_worth
    assert late.iloc[4] == 0


def test_a_campaign_has_a_floor_of_its_own() -> None:
    assert reasons({"last_at": days_ago(20)}, floor_days={"blue": 20}) == [["floor"]]
    assert reasons({"last_at": days_ago(20)}, floor_days={"red": 20}) == [["risk"]]


def test_where_something_was_found_one_looks_again_after_a_month() -> None:
    found = {"last_result": "属实", "last_at": days_ago(25)}
    told = candidates_of(found, found | {"last_at": days_ago(20)}).rows
    assert told["reasons"].tolist() == [["revisit"], ["risk"]]
    assert told["mode"].tolist() == ["回头看", ""]


def test_a_report_that_nobody_has_answered_is_a_reason_of_its_own() -> None:
    told = candidates_of(
        {"reported_at": days_ago(9)}, {}, {"reported_at": days_ago(9), "tier": "红"}
    )
    assert told.rows["reasons"].tolist() == [["report"], ["risk"], ["report", "floor", "risk"]]
    assert told.rows["wanted"].tolist() == [True, False, True], "it is missed where it has no time"
    assert told.rows["must"].iloc[0] == 0, "what it is worth is its chance of a find"


def test_appointments_of_the_span_press_most_and_later_ones_wait() -> None:
    sunday, after = (datetime(2026, 12, day, 19) for day in (6, 7))  # noqa: DTZ001 -- local
    told = candidates_of(
        {"next_step": "again", "retry_at": sunday, "last_at": days_ago(3)},
        {"next_step": "again", "retry_at": after, "last_at": days_ago(30)},
        {"next_step": "joint_team", "retry_at": days_ago(9), "last_at": days_ago(12)},
        {"next_step": "chief_looks", "retry_at": sunday, "last_at": days_ago(30)},
        teams=(team(officers=2, shifts=(("rest", DAY), ("working", DAY))),),
    )
    assert told.rows["reasons"].tolist() == [["retry"], ["risk"], ["joint"], ["risk"]]
    assert (told.rows["must"] > 10).tolist() == [True, False, True, False]
    assert told.rows["mode"].tolist() == ["", "", "联检", ""]
    assert told.rows["minutes"].tolist() == [12, 12, 30, 12]


def test_nobody_comes_twice_within_days_but_for_an_appointment() -> None:
    told = candidates_of(
        {"last_at": days_ago(2), "tier": "红"},
        {"last_at": days_ago(5), "tier": "红"},
        {"last_at": days_ago(2, hour=15), "next_step": "again", "retry_at": days_ago(1)},
        {"last_at": days_ago(-2)},
    )
    assert told.rows["open"].tolist() == [False, True, True, False]


def test_what_was_seen_just_before_the_week_can_be_visited_later_in_it() -> None:
    thursday_before = {"last_at": days_ago(3, hour=20)}  # five days before Wednesday's shift
    told = candidates_of(thursday_before, {"last_at": days_ago(4)}, {"last_at": days_ago(2)})
    assert told.rows["open"].tolist() == [True, True, False]
    assert told.allowed.tolist() == [[False, True], [True, True], [False, False]]


def test_nothing_is_on_a_plan_again_within_days_of_its_last_stop_but_for_an_appointment() -> None:
    told = candidates_of(
        {"last_stop_on": days_ago(9, hour=0)},
        {"last_stop_on": days_ago(10, hour=0)},  # twelve days before Wednesday's shift
        {"last_stop_on": days_ago(3, hour=0), "next_step": "again", "retry_at": days_ago(1)},
        {"last_at": days_ago(6)},  # whoever was there: it was no stop
    )
    assert told.allowed.tolist() == [[False, False], [False, True], [True, True], [True, True]]
    assert told.rows["open"].tolist() == [False, True, True, True]


def test_what_a_person_fixed_to_a_shift_stays_there_however_lately_it_was_seen() -> None:
    locked = pd.DataFrame(
        {"building_id": ["B000"], "shift_id": ["T1/2026-12-01/day"], "arm": ["list"]}
    )
    told = candidates_of({"last_at": days_ago(-1)}, locked=locked)
    assert told.allowed.tolist() == [[True, True]]
    assert not told.rows["open"].any()


def test_only_what_was_asked_for_is_in_the_scope() -> None:
    rows = ({"kind": "住宅"}, {"community_code": "C2"}, {})
    assert candidates_of(*rows, kinds=("住宅",)).rows["building_id"].tolist() == ["B000"]
    assert candidates_of(*rows, communities=("C2",)).rows["building_id"].tolist() == ["B001"]


def test_what_is_locked_is_in_the_scope_whatever_it_is_but_chance_does_not_draw_it() -> None:
    locked = pd.DataFrame(
        {"building_id": ["B000"], "shift_id": ["T1/2026-12-01/day"], "arm": ["list"]}
    )
    told = candidates_of({"kind": "厂房"}, ordinary=4, kinds=("商铺",), locked=locked,
                         rules=PatrolRules(random_share=1.0))  # fmt: skip
    assert told.rows["arm"].tolist() == ["list", *["random"] * 4]


def test_chance_draws_its_share_of_the_stops_that_there_is_time_for() -> None:
    told = candidates_of(ordinary=300, rules=UNSURE)
    drawn = told.rows["arm"].eq("random").sum()
    assert drawn == told.random
    assert 1 <= drawn <= 3  # two shifts of ten stops or so
    assert candidates_of(ordinary=300).random == 0
    assert candidates_of(ordinary=300, random_share=0.5).random >= 8


@pytest.mark.parametrize("trial", range(4))
def test_score_tier_place_and_lateness_change_nothing_of_the_draw(trial: int) -> None:
    def drawn(chance: np.random.Generator) -> set[str]:
        told = candidates_of(
            *(_any_building(chance) for _ in range(60)), rules=PatrolRules(random_share=0.4)
        )
        chosen = {*told.rows["building_id"][told.rows["arm"] == "random"]}
        assert len(chosen) == told.random >= 3
        return chosen

    one, other = (drawn(np.random.default_rng([trial, each])) for each in (0, 1))
    few, many = sorted((one, other), key=len)  # places change how many there is time for
    assert few <= many


def _any_building(chance: np.random.Generator) -> dict[str, Any]:
    return {
        "tier": chance.choice(["红", "橙", "黄", "蓝", ""]),
        "chance": chance.uniform(),
        "score": chance.uniform(0, 900),
        "at": chance.integers(0, 200),
        "sensitive": bool(chance.integers(2)),
        "last_at": days_ago(int(chance.integers(5, 500))),
    }


def test_what_was_just_visited_is_drawn_as_little_as_it_is_listed() -> None:
    rows = [{"last_at": days_ago(2)} for _ in range(20)]
    told = candidates_of(*rows, ordinary=20, rules=PatrolRules(random_share=1.0))
    drawn = told.rows["arm"].eq("random").to_numpy()
    assert not drawn[:20].any()
    assert not told.rows["open"][:20].any()
    assert drawn[20:].any()


def test_a_drawn_building_that_is_worth_a_visit_anyway_stays_in_the_random_arm() -> None:
    told = candidates_of({"tier": "红", "last_at": None}, rules=PatrolRules(random_share=1.0)).rows
    assert told["arm"].tolist() == ["random"]
    assert told["reasons"].tolist() == [["floor", "risk", "random"]]
    assert told["mode"].tolist() == ["抽检"]


def test_chance_outranks_an_appointment_and_an_appointment_all_else() -> None:
    late = [{"tier": "红", "last_at": days_ago(900), "chance": 1.0} for _ in range(30)]
    told = candidates_of(
        {"next_step": "again", "retry_at": days_ago(1), "last_at": days_ago(3, hour=19)},
        *late,
        rules=PatrolRules(random_share=0.2),
    ).rows
    drawn = told["arm"].eq("random").to_numpy()
    most_of_the_rest = told["must"][~drawn & (np.arange(31) > 0)].max() + 1.2
    assert told["must"][drawn].min() > 5 * most_of_the_rest
    assert 5 * most_of_the_rest < told["must"].iloc[0] < told["must"][drawn].min() / 2


def test_the_highest_scores_that_can_be_visited_have_a_share_of_the_stops() -> None:
    scores = [{"score": float(score)} for score in (50, 90, 70, 0, 80)]
    just_seen = {"score": 95.0, "last_at": days_ago(2)}
    rules = replace(NO_CHANCE, top_share=0.1)
    told = candidates_of(*scores, just_seen, ordinary=60, rules=rules).rows
    stops = candidates_of(*scores, just_seen, ordinary=60, top_share=1.0).rows["top"].sum()
    assert told["rank"].tolist()[:6] == [5, 2, 4, 0, 3, 1]
    assert stops == 4  # all that have a score and were not just seen
    assert told["building_id"][told["top"]].tolist() == ["B001", "B004"]
    assert told["reasons"][1] == ["top"]
    assert told["must"][told["top"]].min() > 5 * rules.due_worth
    agreed = {"next_step": "again", "retry_at": days_ago(-1)}
    beside = candidates_of(*scores, agreed, ordinary=60, rules=rules).rows
    assert beside["must"][beside["top"]].min() > 2 * beside["must"].iloc[-1 - 60]
    assert not candidates_of(*scores, rules=replace(rules, top_share=0.0)).rows["top"].any()
