"""The season raises or lowers all scores alike, and says from what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from data.calendars.calendar import Calendar
from data.calendars.read import SCHOOL_BREAK, TERM, Span
from data.results.snapshot import Snapshot
from data.results.snapshots import SnapshotStore
from risk.config.score import ScoreConfig
from risk.models.season import learn_season
from risk.scoring.run import run_score

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
DAY = date(2026, 11, 23)
CONFIG = ScoreConfig()


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """Two summer breaks, and one that covers all of the coming horizon."""
    stretches = (
        (TERM, date(2025, 1, 1), date(2025, 7, 4)),
        (SCHOOL_BREAK, date(2025, 7, 5), date(2025, 9, 3)),
        (TERM, date(2025, 9, 4), date(2026, 7, 4)),
        (SCHOOL_BREAK, date(2026, 7, 5), date(2026, 9, 3)),
        (TERM, date(2026, 9, 4), date(2026, 11, 23)),
        (SCHOOL_BREAK, date(2026, 11, 24), date(2027, 3, 4)),
    )
    spans = tuple(Span(kind=kind, first=first, last=last) for kind, first, last in stretches)
    return Calendar(spans=Calendar.shipped().spans + spans)


@pytest.fixture(scope="module")
def office(engine: Any) -> Any:
    """Three complaints a day in school breaks, one on other days."""
    first, rows = datetime(2025, 1, 1), []  # noqa: DTZ001 -- as above
    for number in range((CUT - first).days):
        day = first + timedelta(days=number, hours=10)
        in_break = (day.month, day.day) >= (7, 5) and (day.month, day.day) <= (9, 3)
        rows += [
            {"building_id": f"B{1 + (number + n) % 6}", "event_at": day, "learnt_at": day}
            for n in range(3 if in_break else 1)
        ]
    return engine.with_rows("complaints", rows)


def test_a_horizon_of_break_days_holds_what_break_days_held(
    office: Any, calendar: Calendar
) -> None:
    season = learn_season(office, cut=CUT, config=CONFIG, calendar=calendar)
    assert season.learnt["school_break no"] < 1
    assert season.learnt["school_break yes"] > 1.5
    assert season.factor == pytest.approx(season.learnt["school_break yes"], rel=0.15)


def test_complaints_after_the_cut_teach_no_season(office: Any, calendar: Calendar) -> None:
    late = [
        {"building_id": "B1", "event_at": CUT + timedelta(days=n), "learnt_at": CUT}
        for n in range(50)
    ]
    more = office.with_rows("complaints", late)
    assert learn_season(more, cut=CUT, config=CONFIG, calendar=calendar) == learn_season(
        office, cut=CUT, config=CONFIG, calendar=calendar
    )


def test_without_complaints_nothing_is_learnt_and_unknown_years_are_said(
    engine: Any, calendar: Calendar
) -> None:
    season = learn_season(type(engine)({}), cut=CUT, config=CONFIG, calendar=calendar)
    assert (season.offset, season.learnt) == (0.0, {})
    far = learn_season(
        type(engine)({}),
        cut=CUT.replace(year=2040),
        config=CONFIG,
        calendar=calendar,
    )
    assert far.unknown_years == (2040, 2041)


def test_the_season_moves_no_rank_and_every_score_alike(
    office: Any, calendar: Calendar, store: SnapshotStore
) -> None:
    def scored(**options: Any) -> Snapshot:
        return store.open(run_score(office, store, as_of=DAY, **options).snapshot_id)

    without = scored(config=CONFIG)
    with_season = scored(config=CONFIG, calendar=calendar)
    off = scored(config=replace(CONFIG, season=False), calendar=calendar)
    factor = with_season.manifest["season"]["factor"]
    assert factor > 1.5
    assert without.manifest["season"]["factor"] == off.manifest["season"]["factor"] == 1.0
    for kind in without.unit_kinds:
        plain, moved = without.ranked(kind), with_season.ranked(kind)
        assert plain["unit"].tolist() == moved["unit"].tolist()
        assert plain["rank"].tolist() == moved["rank"].tolist()
        score = moved["score"].to_numpy()
        assert np.allclose(score, factor * plain["score"].to_numpy(), atol=0.05)
        points = moved[[name for name in moved.columns if str(name).startswith("points_")]]
        assert (points.sum(axis=1) == moved["score"]).all()
