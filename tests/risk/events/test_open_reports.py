"""A report waits until somebody goes there: what counts as told, and what as an answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from risk.config.score import ScoreConfig, WaitingReports
from risk.events.open_reports import read_waiting
from tests.risk.conftest import CUT, days_before, make_engine, small_office

CONFIG = ScoreConfig()


def office(complaints: list[dict[str, Any]], visits: list[dict[str, Any]] | None = None) -> Any:
    return make_engine(small_office() | {"complaints": complaints, "inspections": visits or []})


def waiting(*complaints: dict[str, Any], visits: list[dict[str, Any]] | None = None) -> list[str]:
    told = [{"event_at": days_before(20)} | row for row in complaints]
    return sorted(read_waiting(office(told, visits), cut=CUT, config=CONFIG).index)


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
        told = read_waiting(office(complaints), cut=CUT, config=CONFIG)
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
        {"status": "重复", "closed_at": days_before(1)},
        {"event_at": days_before(CONFIG.waiting.days + 1)},
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


def test_a_past_cut_knows_only_what_was_told_and_learnt_before_it() -> None:
    at = days_before(10)
    engine = office(
        [
            {"building_id": "B1", "event_at": at - timedelta(days=3)},
            {"building_id": "B2", "event_at": at - timedelta(days=3),
             "learnt_at": at + timedelta(days=1)},
            {"building_id": "B3", "event_at": at + timedelta(days=3)},
            {"building_id": "B4", "event_at": at - timedelta(days=3), "is_true": "属实",
             "closed_at": at + timedelta(days=1)},
            {"building_id": "B5", "event_at": at - timedelta(days=3)},
        ],
        [
            {"building_id": "B1", "event_at": at, "result": "属实"},
            {"building_id": "B5", "event_at": at - timedelta(days=1), "result": "未发现异常",
             "learnt_at": at + timedelta(days=1)},
        ],
    )  # fmt: skip
    assert sorted(read_waiting(engine, cut=at, config=CONFIG).index) == ["B1", "B4", "B5"]
    assert sorted(read_waiting(engine, cut=CUT, config=CONFIG).index) == ["B2", "B3"]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_going_through_all_rows_one_by_one_says(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def rows(count: int, **more: str) -> list[dict[str, Any]]:
        return [
            {"building_id": f"B{rng.integers(1, 4)}",
             "event_at": CUT - timedelta(hours=int(rng.integers(1, 24 * 30))), **more}
            for _ in range(count)
        ]  # fmt: skip

    reports, visits = rows(12), rows(4, result="未发现异常")
    config = ScoreConfig(waiting=WaitingReports(days=10))
    found = read_waiting(office(reports, visits), cut=CUT, config=config)
    for building in ("B1", "B2", "B3"):
        told, gone = (
            [row["event_at"] for row in table if row["building_id"] == building]
            for table in (reports, visits)
        )
        latest, last = max(told, default=datetime.min), max(gone, default=datetime.min)  # noqa: DTZ901 -- local times
        if last == last.replace(hour=0, minute=0, second=0) and gone:
            last += timedelta(days=1)
        waits = latest > last and latest >= CUT - timedelta(days=10)
        assert (building in found.index) == waits
        if waits:
            assert found[building] == latest
