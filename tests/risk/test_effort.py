"""What a visit looked at is its exposure to finding something, and a visit is one visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from risk import columns as c
from risk.config import ScoreConfig
from risk.features import build_features

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
AT = CUT - timedelta(days=20, hours=3)
CONFIG = ScoreConfig()


def features_of(engine: Any, *rows: dict[str, Any], config: ScoreConfig = CONFIG) -> Any:
    added = engine.with_rows("inspections", [{"event_at": AT, "learnt_at": AT} | r for r in rows])
    frame = build_features(added, cut=CUT, config=config).buildings
    return frame.set_index(c.BUILDING)


def evidence(engine: Any, **facts: Any) -> float:
    visit = {"building_id": "B5", "result": "未发现异常"} | facts
    return float(features_of(engine, visit).loc["B5", c.NOT_FOUND])


def test_less_effort_is_weaker_evidence_of_nothing(engine: Any) -> None:
    by_minutes = [evidence(engine, minutes=minutes) for minutes in (0, 1, 3, 6, 9, 10, 60)]
    assert by_minutes == sorted(by_minutes)
    assert by_minutes[2] < by_minutes[3] < by_minutes[4] < by_minutes[5] == by_minutes[6]
    by_kind = [evidence(engine, mode=mode, minutes=8) for mode in ("拉网", "日查", "夜查")]
    assert by_kind == sorted(by_kind)
    assert len(set(by_kind)) == 3


def test_a_closed_door_is_no_evidence_of_nothing_at_all(engine: Any) -> None:
    for result in ("拒不开门", "无人", "未能进入"):
        assert evidence(engine, result=result, minutes=30) == 0


def test_what_a_file_does_not_tell_takes_nothing_away(engine: Any) -> None:
    assert evidence(engine) == evidence(engine, minutes=10, mode="联检") > 0


def test_a_find_counts_whole_however_little_was_looked(engine: Any) -> None:
    quick = {"building_id": "B5", "result": "属实", "minutes": 1, "mode": "拉网"}
    long = quick | {"minutes": 60, "mode": "夜查"}
    assert (
        features_of(engine, quick).loc["B5", c.FOUND]
        == features_of(engine, long).loc["B5", c.FOUND]
    )


def test_no_visit_that_got_in_counts_less_than_the_least(engine: Any) -> None:
    least = replace(CONFIG, effort=replace(CONFIG.effort, least=0.5))
    visit = {"building_id": "B5", "result": "未发现异常", "minutes": 0}
    half = features_of(engine, visit, config=least).loc["B5", c.NOT_FOUND]
    assert half == pytest.approx(0.5 * evidence(engine), rel=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "visits"),
    [
        ({}, {}, 1),
        ({"inspection_id": "XC-1"}, {}, 1),
        ({"inspection_id": "XC-1"}, {"inspection_id": "XC-1"}, 1),
        ({"inspection_id": "XC-1"}, {"inspection_id": "XC-2"}, 2),
        ({"unit_id": "U1"}, {"unit_id": "U2"}, 2),
        ({}, {"result": "疑似"}, 2),
        ({}, {"event_at": AT + timedelta(minutes=1)}, 2),
        ({"building_id": "B5"}, {"building_id": "B6"}, 1),
    ],
)
def test_a_visit_that_two_files_tell_of_counts_once(
    engine: Any, first: dict[str, Any], second: dict[str, Any], visits: int
) -> None:
    visit = {"building_id": "B5", "result": "未发现异常"}
    frame = features_of(engine, visit | first, visit | second)
    assert frame.loc["B5", c.VISITS] == visits
    assert frame.loc["B5", c.NOT_FOUND] == pytest.approx(
        evidence(engine) * (visits if second.get("result") is None else 1), rel=1e-3
    )


def test_rooms_looked_at_on_one_day_are_visits_of_their_own_where_the_hour_is_unknown(
    engine: Any,
) -> None:
    day = AT.replace(hour=0)
    visit = {"building_id": "B5", "result": "未发现异常", "event_at": day, "learnt_at": day}
    rooms = [visit | {"raw_address": f"示例花园5号楼1单元{room}"} for room in (101, 101, 102)]
    assert features_of(engine, *rooms).loc["B5", c.VISITS] == 2
