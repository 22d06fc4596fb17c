"""A report waits until somebody goes there: what counts as told, and what as an answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from risk.config.score import ScoreConfig
from risk.visit_yield.open_reports import read_waiting, waiting_since
from risk.visit_yield.rules import FindRules
from risk.visit_yield.training import read_find_visits
from tests.risk.conftest import CUT, days_before, make_engine, small_office

RULES, CONFIG = FindRules(), ScoreConfig()


def office(complaints: list[dict[str, Any]], visits: list[dict[str, Any]] | None = None) -> Any:
    return make_engine(small_office() | {"complaints": complaints, "inspections": visits or []})


def waiting(*complaints: dict[str, Any], visits: list[dict[str, Any]] | None = None) -> list[str]:
    told = [{"event_at": days_before(20)} | row for row in complaints]
    return sorted(read_waiting(office(told, visits), cut=CUT, config=CONFIG, rules=RULES).index)


def test_a_report_waits_until_somebody_visits_its_building() -> None:
    reports = [{"building_id": each} for each in ("B1", "B2", "B3")]
    visits = [
        {"building_id": "B1", "event_at": days_before(10), "result": "未发现异常"},
        {"building_id": "B2", "event_at": days_before(30), "result": "未发现异常"},
    ]
    assert waiting(*reports, visits=visits) == ["B2", "B3"]


def test_where_nothing_waits_nothing_is_told() -> None:
    answered = {"is_true": "属实", "closed_at": days_before(5)}
    for complaints in ([], [{"building_id": "B1", "event_at": days_before(20)} | answered]):
        told = read_waiting(office(complaints), cut=CUT, config=CONFIG, rules=RULES)
        assert told.reindex(["B1"]).isna().tolist() == [True]


def test_a_closed_door_is_an_answer_and_a_sweep_is_none() -> None:
    reports = [{"building_id": each} for each in ("B1", "B2")]
    visits = [
        {"building_id": "B1", "event_at": days_before(10), "result": "无人"},
        {"building_id": "B2", "event_at": days_before(10), "result": "未发现异常", "mode": "拉网"},
    ]
    assert waiting(*reports, visits=visits) == ["B2"]


def test_a_visit_of_which_only_the_day_is_known_answers_what_was_told_that_day() -> None:
    day = days_before(10).replace(hour=0, minute=0)
    visits = [{"building_id": "B1", "event_at": day, "result": "未发现异常"}]
    assert waiting({"building_id": "B1", "event_at": day.replace(hour=10)}, visits=visits) == []


@pytest.mark.parametrize(
    "no_report",
    [
        {"category": "城市管理/其他"},
        {"is_true": "属实", "closed_at": days_before(1)},
        {"is_true": "不属实", "closed_at": days_before(1)},
        {"status": "重复"},
        {"event_at": days_before(RULES.waiting_days + 1)},
        {"learnt_at": CUT + timedelta(days=1)},
        {"building_id": "elsewhere"},
    ],
    ids=lambda row: next(iter(row)),
)
def test_what_is_of_something_else_answered_repeated_old_or_unknown_does_not_wait(
    no_report: dict[str, Any],
) -> None:
    assert waiting({"building_id": "B1"} | no_report) == []
    assert waiting({"building_id": "B1", "category": "教育/校外培训"}) == ["B1"]


def test_a_past_visit_knows_only_what_was_learnt_before_its_day() -> None:
    at = days_before(10)
    visits = [
        {"building_id": each, "event_at": at, "result": "属实"} for each in ("B1", "B2", "B3")
    ]
    engine = office(
        [
            {"building_id": "B1", "event_at": at - timedelta(days=3)},
            {"building_id": "B2", "event_at": at - timedelta(days=3),
             "learnt_at": at + timedelta(days=1)},
            {"building_id": "B3", "event_at": at + timedelta(days=3)},
        ],
        visits,
    )  # fmt: skip
    read, _ = read_find_visits(engine, cut=CUT, config=CONFIG, weights={"ring": 0.3}, rules=RULES)
    by_building = read.set_index("building_id")["waiting"]
    assert by_building.to_dict() == {"B1": True, "B2": False, "B3": False}


@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_going_through_all_rows_one_by_one_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = datetime(2026, 1, 1)  # noqa: DTZ001 -- local times throughout

    def rows(count: int, **columns: str) -> pd.DataFrame:
        frame = pd.DataFrame({"building_id": rng.choice(["A", "B", "C"], count)})
        for name in columns.values():
            hours = pd.to_timedelta(rng.integers(0, 24 * 30, count), unit="h")
            frame[name] = (start + hours).astype("datetime64[us]")
        return frame

    reports = rows(12, told="told_at", learnt="learnt_at")
    visits = rows(8, at="event_at").assign(answered_until=lambda each: each["event_at"])
    asked = rows(30, at="at")
    found = waiting_since(asked, reports, visits, days=10)
    for place, ask in asked.iterrows():
        here = reports[(reports["building_id"] == ask["building_id"])
                       & (reports["learnt_at"] < ask["at"])]  # fmt: skip
        gone = visits[(visits["building_id"] == ask["building_id"])
                      & (visits["event_at"] < ask["at"])]  # fmt: skip
        latest, last = here["told_at"].max(), gone["event_at"].max()
        waits = pd.notna(latest) and (pd.isna(last) or latest > last)
        waits = waits and latest >= ask["at"] - timedelta(days=10)
        assert found[place] == latest if waits else pd.isna(found[place])
