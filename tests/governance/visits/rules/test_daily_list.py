"""Rules of the list of a day: what is due, in walking order, and nothing that betrays a reason."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.visits.rules.checklist import CHECKLIST, checklist
from governance.visits.rules.daily_list import CHIEF_STEPS, RandomSample, is_drawn, list_of_day
from governance.visits.rules.settings import Cadence, VisitRules

ON = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 24)  # noqa: DTZ001 -- local times throughout
DRAW = RandomSample(b"secret")
NO_CHANCE = VisitRules(least_ordinary=0, draw_a_day=0.0)


def buildings(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {
                "building_id": f"B{n}",
                "tier": "黄",
                "lon": 117.1 + n / 1000,
                "lat": 36.1,
                "last_at": MIDNIGHT - timedelta(days=5),
                "last_result": "未发现异常",
                "next_step": "none",
                "retry_at": None,
            }
            | row
            for n, row in enumerate(rows)
        ]
    )
    return frame.astype({"last_at": "datetime64[us]", "retry_at": "datetime64[us]"})


def whys(listed: pd.DataFrame) -> dict[str, str]:
    today = listed[listed["today"]]
    return dict(zip(today["building_id"], today["why"], strict=True))


def ago(days: int) -> datetime:
    return MIDNIGHT - timedelta(days=days) + timedelta(hours=10)


def test_a_building_is_due_after_the_days_of_its_tier() -> None:
    frame = buildings(
        {"tier": "红", "last_at": ago(7)},
        {"tier": "红", "last_at": ago(6)},
        {"tier": "黄", "last_at": ago(31)},
        {"tier": "蓝", "last_at": ago(31)},
        {"tier": "", "last_at": None},
    )
    listed = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW)
    assert whys(listed) == {"B0": "round", "B2": "round", "B4": "round"}
    told = listed.set_index("building_id")
    assert list(told.loc[["B0", "B2", "B3"], "days_late"]) == [0, 1, 0]
    assert told.loc["B0", "due_on"] == pd.Timestamp(ON)
    assert pd.isna(told.loc["B4", "due_on"])


def test_an_appointment_that_has_come_is_on_the_list_and_one_to_come_is_not() -> None:
    frame = buildings(
        {"next_step": "again", "retry_at": MIDNIGHT + timedelta(hours=19)},
        {"next_step": "joint_team", "retry_at": ago(2)},
        {"next_step": "again", "retry_at": MIDNIGHT + timedelta(days=1)},
        {"next_step": "none", "retry_at": ago(2)},
    )
    listed = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW)
    assert whys(listed) == {"B0": "retry", "B1": "retry"}


def test_what_the_chief_is_to_do_is_on_the_chief_s_list_only() -> None:
    frame = buildings(
        {"next_step": "chief_looks", "retry_at": ago(1), "last_result": "疑似"},
        {"next_step": "refer", "retry_at": ago(1), "last_result": "属实"},
    )
    listed = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW)
    assert whys(listed) == {}
    chief_s = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW, steps=CHIEF_STEPS)
    assert whys(chief_s) == {"B0": "retry", "B1": "retry"}


def test_what_was_found_is_looked_at_again_after_a_month_whatever_its_tier() -> None:
    frame = buildings(
        {"tier": "蓝", "last_at": ago(30), "last_result": "属实"},
        {"tier": "蓝", "last_at": ago(29), "last_result": "属实"},
        {"tier": "红", "last_at": ago(7), "last_result": "疑似"},
    )
    listed = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW)
    assert whys(listed) == {"B0": "revisit", "B2": "revisit"}


def test_a_lone_due_building_never_stands_alone() -> None:
    frame = buildings({"tier": "红", "last_at": ago(9)}, *({} for _ in range(9)))
    told = whys(list_of_day(frame, on=ON, rules=VisitRules(), draw=DRAW))
    assert len(told) >= 3
    assert set(told.values()) == {"round"}


def test_chance_is_the_same_for_everybody_and_another_the_next_day() -> None:
    some = {f"B{n}": DRAW.of(f"B{n}", on=ON) for n in range(2000)}
    assert all(0 <= value < 1 for value in some.values())
    assert np.mean(list(some.values())) == pytest.approx(0.5, abs=0.03)
    assert some["B1"] == RandomSample(b"secret").of("B1", on=ON)
    assert some["B1"] != DRAW.of("B1", on=ON + timedelta(days=1))
    assert some["B1"] != RandomSample(b"other").of("B1", on=ON)
    share = np.mean([is_drawn(b, on=ON, rules=VisitRules(), draw=DRAW) for b in some])
    assert share == pytest.approx(0.02, abs=0.01)


def test_nothing_but_what_was_agreed_is_listed_again_too_soon_after_a_visit() -> None:
    facts = [
        {"tier": tier, "last_result": result, "last_at": ago(days)}
        for tier, result, days in product(
            ["红", "蓝", ""], ["未发现异常", "属实", "无人"], [1, 4, 5]
        )
    ]
    agreed = {"next_step": "again", "retry_at": ago(0), "last_at": ago(1)}
    frame = buildings(*facts, agreed)
    daily = {"red": 1, "orange": 1, "yellow": 1, "blue": 1, "unscored": 1}
    rules = VisitRules(cadence=Cadence(**daily), revisit_days=1, draw_a_day=1.0, least_ordinary=50)
    told = whys(list_of_day(frame, on=ON, rules=rules, draw=DRAW))
    rested = {f"B{n}" for n, fact in enumerate(facts) if fact["last_at"] == ago(5)}
    assert set(told) == {*rested, f"B{len(facts)}"}
    sent = list_of_day(frame, on=ON, rules=rules, draw=DRAW, planned=["B0"])
    assert set(whys(sent)) == {*told, "B0"}  # published before that visit


def test_numbers_go_on_after_a_team_s_route_with_what_was_agreed_first() -> None:
    agreed = {"next_step": "again", "retry_at": ago(0), "last_at": ago(1)}
    frame = buildings({"tier": "红", "last_at": ago(9)}, agreed, {}, agreed)
    sent = list_of_day(frame, on=ON, rules=NO_CHANCE, draw=DRAW, planned=["B2", "B3"])
    numbers = sent.loc[sent["today"], ["order", "building_id"]].to_numpy().tolist()
    assert numbers == [[1, "B2"], [2, "B3"], [3, "B1"], [4, "B0"]]


def test_without_the_rule_chance_lists_what_was_seen_the_day_before() -> None:
    frame = buildings({"last_at": ago(1)})
    rules = VisitRules(draw_a_day=1.0, least_days_between=0)
    assert whys(list_of_day(frame, on=ON, rules=rules, draw=DRAW)) == {"B0": "round"}
    assert whys(list_of_day(frame, on=ON, rules=VisitRules(draw_a_day=1.0), draw=DRAW)) == {}


ROW = st.fixed_dictionaries(
    {
        "tier": st.sampled_from(["红", "橙", "黄", "蓝", ""]),
        "last_at": st.one_of(st.none(), st.integers(0, 120).map(ago)),
        "last_result": st.sampled_from(["未发现异常", "属实", "无人", ""]),
        "lon": st.one_of(st.just(np.nan), st.floats(117.1, 117.2)),
    }
)


@given(rows=st.lists(ROW, min_size=1, max_size=25))
@settings(max_examples=25)
def test_a_list_holds_each_building_once_and_no_more_than_a_day_takes(
    rows: list[dict[str, Any]],
) -> None:
    rules = VisitRules(most_a_day=10)
    frame = buildings(*rows)
    listed = list_of_day(frame, on=ON, rules=rules, draw=DRAW)
    assert sorted(listed["building_id"]) == sorted(frame["building_id"])
    today = listed[listed["today"]]
    assert len(today) <= 10
    assert list(today["order"]) == list(range(1, len(today) + 1))
    assert set(listed[~listed["today"]]["order"]) <= {0}
    assert (today["why"] != "").all()
    shuffled = frame.sample(frac=1, random_state=1)
    again = list_of_day(shuffled.reset_index(drop=True), on=ON, rules=rules, draw=DRAW)
    assert list(again["building_id"]) == list(listed["building_id"])


def test_the_most_pressing_are_kept_when_a_day_is_too_short() -> None:
    frame = buildings(*({"tier": "红", "last_at": ago(7 + n)} for n in range(12)))
    rules = VisitRules(most_a_day=4, least_ordinary=0, draw_a_day=0.0)
    told = whys(list_of_day(frame, on=ON, rules=rules, draw=DRAW))
    assert set(told) == {"B8", "B9", "B10", "B11"}


def test_every_building_at_every_hour_has_something_to_look_for() -> None:
    kinds = ("住宅", "商务楼宇", "酒店", "公建", "厂房", "", "没见过")
    for kind, hour, on_break in product(kinds, (9, 12, 18, 21), (False, True)):
        looks = checklist(kind, hour=hour, on_break=on_break)
        assert 2 <= len(looks) <= 4, (kind, hour, on_break)
        assert set(looks) <= {look.code for look in CHECKLIST}


def test_the_hour_and_the_season_decide_what_to_look_for() -> None:
    assert "cars_at_dusk" in checklist("住宅", hour=18, on_break=False)
    assert "cars_at_dusk" not in checklist("住宅", hour=9, on_break=False)
    assert "break_pupils" in checklist("住宅", hour=9, on_break=True)
    assert "lunch" in checklist("住宅", hour=12, on_break=False)
    assert "office_names" in checklist("商务楼宇", hour=9, on_break=False)
