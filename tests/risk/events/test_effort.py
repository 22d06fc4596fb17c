"""What a visit looked at is its exposure to finding something, and a visit is one visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.features.build import build_features
from tests.risk.conftest import in_buildings

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
AT = CUT - timedelta(days=20, hours=3)
CONFIG = ScoreConfig()


def features_of(engine: Any, *rows: dict[str, Any], config: ScoreConfig = CONFIG) -> Any:
    added = engine.with_rows("inspections", [{"event_at": AT, "learnt_at": AT} | r for r in rows])
    frame = build_features(added, cut=CUT, config=config).buildings
    return frame.set_index(c.BUILDING)


def apart(engine: Any, cases: list[list[dict[str, Any]]]) -> Any:
    """Return the features of a building for each case."""
    visit = {"result": "未发现异常", "event_at": AT, "learnt_at": AT}
    rows = [{"inspections": [visit | row for row in case]} for case in cases]
    office, ids = in_buildings(engine, rows)
    frame = build_features(office, cut=CUT, config=CONFIG).buildings.set_index(c.BUILDING)
    return frame.loc[ids].reset_index(drop=True)


def evidence(engine: Any, *visits: dict[str, Any]) -> list[float]:
    """Return what each visit says of a building, alone there, if nothing was found."""
    found: list[float] = apart(engine, [[visit] for visit in visits])[c.NOT_FOUND].tolist()
    return found


def test_less_effort_is_weaker_evidence_of_nothing(engine: Any) -> None:
    minutes = [{"minutes": minutes} for minutes in (0, 1, 3, 6, 9, 10, 60)]
    kinds = [{"mode": mode, "minutes": 8} for mode in ("拉网", "日查", "夜查")]
    found = evidence(engine, *minutes, *kinds)
    by_minutes, by_kind = found[: len(minutes)], found[len(minutes) :]
    assert by_minutes == sorted(by_minutes)
    assert by_minutes[2] < by_minutes[3] < by_minutes[4] < by_minutes[5] == by_minutes[6]
    assert by_kind == sorted(by_kind)
    assert len(set(by_kind)) == 3


def test_a_closed_door_is_no_evidence_of_nothing_at_all(engine: Any) -> None:
    closed = [{"result": result, "minutes": 30} for result in ("拒不开门", "无人", "未能进入")]
    assert evidence(engine, *closed) == [0, 0, 0]


def test_what_a_file_does_not_tell_takes_nothing_away(engine: Any) -> None:
    untold, told = evidence(engine, {}, {"minutes": 10, "mode": "联检"})
    assert untold == told > 0


def test_a_find_counts_whole_however_little_was_looked(engine: Any) -> None:
    quick = {"result": "属实", "minutes": 1, "mode": "拉网"}
    found = apart(engine, [[quick], [quick | {"minutes": 60, "mode": "夜查"}]])[c.FOUND]
    assert found[0] == found[1] > 0


def test_no_visit_that_got_in_counts_less_than_the_least(engine: Any) -> None:
    least = replace(CONFIG, effort=replace(CONFIG.effort, least=0.5))
    visit = {"building_id": "B5", "result": "未发现异常", "minutes": 0}
    half = features_of(engine, visit, config=least).loc["B5", c.NOT_FOUND]
    assert half == pytest.approx(0.5 * evidence(engine, {})[0], rel=1e-6)


PAIRS: tuple[tuple[dict[str, Any], dict[str, Any], int], ...] = (
    ({}, {}, 1),
    ({"inspection_id": "XC-1"}, {}, 1),
    ({"inspection_id": "XC-1"}, {"inspection_id": "XC-1"}, 1),
    ({"inspection_id": "XC-1"}, {"inspection_id": "XC-2"}, 2),
    ({"unit_id": "U1"}, {"unit_id": "U2"}, 2),
    ({}, {"result": "疑似"}, 2),
    ({}, {"event_at": AT + timedelta(minutes=1)}, 2),
    ({}, {"building_id": "B6"}, 1),
)
"""What two rows tell of one place, moment and result, and how many visits they are."""


@pytest.fixture(scope="module")
def pairs(engine: Any) -> Any:
    """Return the features of a building for each pair, and of one that was visited once."""
    return apart(engine, [[first, second] for first, second, _ in PAIRS] + [[{}]])


@pytest.mark.parametrize(("number", "pair"), [*enumerate(PAIRS)])
def test_a_visit_that_two_files_tell_of_counts_once(
    pairs: Any, number: int, pair: tuple[dict[str, Any], dict[str, Any], int]
) -> None:
    _, second, visits = pair
    once = pairs[c.NOT_FOUND].iloc[-1]
    assert pairs.loc[number, c.VISITS] == visits
    assert pairs.loc[number, c.NOT_FOUND] == pytest.approx(
        once * (visits if second.get("result") is None else 1), rel=1e-3
    )


def test_rooms_looked_at_on_one_day_are_visits_of_their_own_where_the_hour_is_unknown(
    engine: Any,
) -> None:
    day = AT.replace(hour=0)
    visit = {"building_id": "B5", "result": "未发现异常", "event_at": day, "learnt_at": day}
    rooms = [visit | {"raw_address": f"示例花园5号楼1单元{room}"} for room in (101, 101, 102)]
    assert features_of(engine, *rooms).loc["B5", c.VISITS] == 2
