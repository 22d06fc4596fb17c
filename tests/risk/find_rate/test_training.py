"""Past visits teach with what was known of their place when their window began."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.config.words import EVENING_FROM_HOUR, PURPOSES
from risk.design import names
from risk.design.names import SINCE
from risk.design.units import UNIT
from risk.design.visit_table import PURPOSE, code_column
from risk.events.fetch import day_of
from risk.features.cache import RememberedSource
from risk.features.sums import read_sums
from risk.find_rate.knowledge import WHOLE, Known, known_at
from risk.find_rate.training import (
    TrainingRows,
    Window,
    beyond_milder_limit,
    read_training_rows,
    read_windows,
    usual_purpose,
    window_starts,
)
from tests.risk.conftest import CUT, MemoryEngine, a_building, days_before, make_engine

CONFIG = ScoreConfig(
    model=ModelConfig(window_days=60, windows=3, burn_in_days=100, area_half_lives_days=(60.0,))
)


def office(change: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda row: row) -> Any:
    """Visit flats of six buildings once a week for more than a year."""
    rng = np.random.default_rng(1)
    rows = []
    for number, day in enumerate(np.arange(420.5, 0, -3.5)):
        at = days_before(float(day))
        building = int(rng.integers(1, 7))
        row = {
            "building_id": f"B{building}", "h3_r10": a_building(building)["h3_r10"],
            "unit_id": f"B{building}-{rng.integers(0, 4 + number // 30)}", "event_at": at,
            "learnt_at": at + timedelta(hours=3), "row_key": f"v{number}",
            "result": "属实" if rng.random() < 0.3 else "未发现异常",
            "purpose": str(rng.choice(["例行", "投诉核查", "复查", "许可核查", "别的"])),
            "party_key": f"p{rng.integers(0, 5)}", "place_kind": str(rng.choice(["甲", "乙"])),
            "minutes": int(rng.choice([3, 30])),
        }  # fmt: skip
        changed = change(row)
        if changed is not None:
            rows.append(changed)
    buildings = [a_building(number) for number in range(1, 8)]
    return make_engine({"buildings": buildings, "inspections": rows})


def windows_of(source: Any, cut: datetime = CUT) -> tuple[Known, list[Window]]:
    known = known_at(source, cut=cut, config=CONFIG)
    return known, list(read_windows(source, known, config=CONFIG))


@cache
def usual() -> tuple[MemoryEngine, Known, list[Window], TrainingRows]:
    source = office()
    source.remembered = {}
    known, windows = windows_of(source)
    rows = read_training_rows(source, known, config=CONFIG)
    assert rows is not None
    return source, known, windows, rows


def test_windows_begin_on_fixed_days_so_that_scores_of_different_dates_share_them() -> None:
    _, known, windows, _ = usual()
    starts = window_starts(known, CONFIG)
    assert starts == [window.start for window in windows]
    assert all(start % CONFIG.model.window_days == 0 for start in starts)
    assert np.diff(starts).tolist() == [60, 60]
    assert day_of(CUT) - 60 <= starts[-1] < day_of(CUT)
    week_ago = known_at(usual()[0], cut=CUT - timedelta(days=7), config=CONFIG)
    assert set(window_starts(week_ago, CONFIG)) & set(starts)


def test_windows_are_read_from_the_visits_of_the_score_which_are_then_let_go() -> None:
    source = office()
    known = known_at(source, cut=CUT, config=CONFIG)
    (history,) = known.history
    first = list(read_windows(source, known, config=CONFIG))
    assert not known.history
    assert all(window.known.facts.kernels is history.facts.kernels for window in first)
    for one, other in zip(first, read_windows(source, known, config=CONFIG), strict=True):
        assert other.known.facts.kernels is not history.facts.kernels
        pd.testing.assert_frame_equal(one.x, other.x, check_exact=True)
        pd.testing.assert_frame_equal(one.visits, other.visits)


def test_windows_are_the_same_however_many_are_read_in_one_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = windows_of(office())[1]
    monkeypatch.setattr(read_sums, "BUILDINGS_SIDE_BY_SIDE", 1)
    monkeypatch.setattr(read_sums, "CUTS_AT_ONCE", 2)
    by_two = windows_of(office())[1]
    assert [each.start for each in by_two] == [each.start for each in at_once]
    for one, other in zip(by_two, at_once, strict=True):
        pd.testing.assert_frame_equal(one.x, other.x, check_exact=True)


def test_visits_are_not_kept_where_no_window_can_be_read() -> None:
    young = ScoreConfig(model=ModelConfig(burn_in_days=500))
    assert not known_at(office(), cut=CUT, config=young).history


def test_a_window_has_enough_history_behind_it_and_there_are_no_more_than_asked_for() -> None:
    _, known, _, _ = usual()
    first = int(known.facts.visits["day"].min())
    many = ScoreConfig(model=ModelConfig(window_days=60, windows=1_000, burn_in_days=100))
    starts = window_starts(known, many)
    assert first + 100 <= starts[0] < first + 160
    assert len(window_starts(known, CONFIG)) == 3


def test_every_visit_of_a_window_teaches_once_with_the_design_of_its_place() -> None:
    _, known, windows, rows = usual()
    assert rows.count == sum(len(window.visits) for window in windows)
    for number, window in enumerate(windows):
        here = rows.window == number
        assert here.sum() == len(window.visits)
        names = window.places[UNIT].to_numpy()[window.rows]
        assert names.tolist() == window.visits[UNIT].tolist()
        expected = window.x.iloc[window.rows].reindex(columns=rows.x.columns).fillna(0.0)
        np.testing.assert_array_equal(rows.x[here].to_numpy(), expected.to_numpy())
        assert rows.found["found"][here].tolist() == window.visits["found"].tolist()
        middle = (window.start + window.end) / 2
        assert set(rows.age_days[here]) == {day_of(known.cut) - middle}
        inside = window.visits["day"].between(window.start, window.end - 1)
        assert inside.all()
    assert ((rows.effort > 0) & (rows.effort <= 1)).all()
    assert len(set(rows.effort)) > 1


def test_purposes_and_evenings_are_told_beside_the_place() -> None:
    _, _, windows, rows = usual()
    visits = pd.concat([window.visits for window in windows], ignore_index=True)
    known = usual_purpose(visits[PURPOSE].to_numpy())
    for number, name in enumerate(PURPOSES):
        told = (visits[PURPOSE] == number) & (name != known)
        assert rows.conditions[:, number].tolist() == told.tolist()
    assert (rows.conditions[:, : len(PURPOSES)].sum(axis=1) <= 1).all()
    evening = visits["hour"] >= EVENING_FROM_HOUR
    assert rows.evening_share == pytest.approx(evening.mean())
    assert rows.conditions[:, -1].mean() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("made", "known"),
    [
        ("routine other", "routine"),
        ("other other routine", "other"),
        ("licence", "licence"),
        ("complaint complaint revisit other", "other"),
        ("complaint revisit", "routine"),
        ("", "routine"),
    ],
)
def test_the_usual_purpose_is_the_commonest_that_nothing_heard_or_found_led_to(
    made: str, known: str
) -> None:
    numbers = np.array([PURPOSES.index(name) for name in made.split()], dtype=np.int64)
    assert usual_purpose(numbers) == known


def changed_from(start: int) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    """Turn whatever is dated or learnt from a day on around, and drop some of it."""

    def change(row: dict[str, Any]) -> dict[str, Any] | None:
        late = day_of(row["event_at"]) >= start or day_of(row["learnt_at"]) >= start
        if not late:
            return row
        number = int(row["row_key"][1:])
        if number % 4 == 0:
            return None
        turned = {"属实": "未发现异常", "未发现异常": "属实"}[row["result"]]
        return row | {"result": turned, "minutes": 3, "event_at": row["event_at"]}

    return change


def told(known: Known) -> pd.DataFrame:
    """Return places with what their codes stand for, which later visits may number otherwise."""
    names = {code_column(level): names for level, names in known.facts.names.items()}
    texts = {code: np.append(names[code], "")[known.places[code]] for code in names}
    return known.places.assign(**texts)


@pytest.mark.parametrize("states", [True, False], ids=["stating purposes", "stating none"])
def test_a_windows_design_never_changes_with_what_is_dated_or_learnt_after_its_start(
    *, states: bool
) -> None:
    def without_purpose(row: dict[str, Any]) -> dict[str, Any]:
        return row if states else row | {"purpose": None}

    windows = usual()[2] if states else windows_of(office(without_purpose))[1]
    for number in (1, 2):
        window = windows[number]
        change = changed_from(window.start)

        def changed(row: dict[str, Any], change: Any = change) -> dict[str, Any] | None:
            late = change(row) != row
            return change(row) if late else without_purpose(row)  # purposes are stated later

        _, other = windows_of(office(changed))
        assert states or window.known.facts.guesses_purposes
        same = next(each for each in other if each.start == window.start)
        then, other_then = window.known.whole(), same.known.whole()
        assert len(then.places) > 6
        pd.testing.assert_frame_equal(told(then), told(other_then))
        pd.testing.assert_frame_equal(then.x, other_then.x, check_exact=True)


@pytest.mark.parametrize("states", [True, False], ids=["stating purposes", "stating none"])
def test_squares_of_times_are_taught_where_they_are_scored(*, states: bool) -> None:
    """An old file of the other kind that came in lately decides for all windows."""

    def purposes(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"purpose": "例行巡查" if states else None}

    def with_old_file(row: dict[str, Any]) -> dict[str, Any]:
        old = row["event_at"] < days_before(360)
        late = {"purpose": None if states else "例行巡查", "learnt_at": CUT - timedelta(days=1)}
        return row | late if old else purposes(row)

    for source, squared in (
        (office(purposes), not states),
        (office(with_old_file), states),
    ):
        known = known_at(source, cut=CUT, config=CONFIG)
        rows = read_training_rows(source, known, config=CONFIG)
        assert rows is not None
        for name in SINCE:
            assert (names.squared(name) in known.x) == (names.squared(name) in rows.x) == squared
            if squared:
                square = (rows.x[name] - 6.0) ** 2
                np.testing.assert_array_equal(rows.x[names.squared(name)], square)


@pytest.mark.parametrize(
    ("unlike", "ungraded", "is_cut"), [(0, 0, True), (1, 9, True), (20, 0, False), (0, 20, False)]
)
def test_visits_are_beyond_a_milder_limit_where_one_cuts_finds_from_grades(
    unlike: int, ungraded: int, *, is_cut: bool
) -> None:
    """But for one in a hundred; five times as many visits as finds are, and no find is asked."""
    grades = np.random.default_rng(3).normal(size=1_000)
    worst = np.argsort(-grades)
    found = np.zeros(1_000)
    found[worst[unlike : 100 + unlike]] = 1.0
    grades[worst[len(worst) - ungraded :]] = np.nan
    beyond = beyond_milder_limit(found, grades, 30.0)
    assert (beyond is not None) == is_cut
    if beyond is not None:
        np.testing.assert_array_equal(np.isfinite(beyond), (found == 0) & np.isfinite(grades))
        assert np.nansum(beyond) == pytest.approx(400, abs=4)
        assert np.nanmin(grades[beyond == 1]) > np.nanmax(grades[beyond == 0])


@pytest.mark.parametrize("grades", [[0.0, 1.0], [0.0, 0.5, 1.0]], ids=["two", "three"])
def test_finds_of_two_grades_tell_all_that_grades_do(grades: list[float]) -> None:
    of_visits = np.array(grades)[np.arange(600) % len(grades)]
    beyond = beyond_milder_limit((of_visits == 1.0).astype(float), of_visits, 30.0)
    assert (beyond is not None) == (len(grades) == 3)
    assert beyond_milder_limit(np.zeros(600), of_visits, 30.0) is None


def test_rows_say_who_is_beyond_a_milder_limit() -> None:
    def grade(row: dict[str, Any]) -> dict[str, Any]:
        score = int(row["row_key"][1:]) * 37 % 50
        return row | {"grade": str(score if row["result"] == "属实" else score + 50)}

    config = replace(CONFIG, model=replace(CONFIG.model, least_grades=5.0))
    source = office(grade)
    known = known_at(source, cut=CUT, config=config)
    rows = read_training_rows(source, known, config=config)
    assert rows is not None
    np.testing.assert_array_equal(np.isnan(rows.milder["found"]), rows.found["found"] > 0)
    assert set(rows.milder) == {"found"}
    assert usual()[3].milder == {}


def test_what_a_list_names_for_the_first_time_brings_nothing_of_its_outcome() -> None:
    _, _, windows, _ = usual()
    new = [window for window in windows if not window.places["known"].all()]
    assert new
    turned = office(
        lambda row: (
            row | {"result": {"属实": "未发现异常", "未发现异常": "属实"}[row["result"]]}
            if day_of(row["event_at"]) >= new[-1].start
            else row
        )
    )
    _, other = windows_of(turned)
    same = next(each for each in other if each.start == new[-1].start)
    pd.testing.assert_frame_equal(new[-1].places, same.places)
    pd.testing.assert_frame_equal(new[-1].x, same.x, check_exact=True)
    assert new[-1].visits["found"].tolist() != same.visits["found"].tolist()


def test_the_last_window_ends_at_the_cut() -> None:
    cut = CUT - timedelta(days=40)
    _, windows = windows_of(usual()[0], cut)
    assert windows[-1].end == day_of(cut)
    assert windows[-1].visits["day"].max() < day_of(cut)


def test_without_a_visit_with_a_result_nothing_is_taught() -> None:
    for source in (
        make_engine({"buildings": [a_building(1)]}),
        office(lambda row: row | {"result": "无人"}),
    ):
        known = known_at(source, cut=CUT, config=CONFIG)
        assert window_starts(known, CONFIG) == []
        assert read_training_rows(source, known, config=CONFIG) is None


def test_a_building_without_a_named_visit_is_a_place_as_a_whole() -> None:
    _, known, _, _ = usual()
    whole = known.places[known.places[UNIT].str.startswith(WHOLE)]
    assert whole["building"].tolist() == ["B7"]
    assert not known.places[UNIT].duplicated().any()
    visited = known.places[~known.places[UNIT].str.startswith(WHOLE)]
    assert set(visited["building"]) == {f"B{number}" for number in range(1, 7)}
    assert len(known.x) == len(known.places)
    assert not known.x.isna().any(axis=None)


def test_only_a_building_as_a_whole_has_doors() -> None:
    """A flat is one door; what a building counts is in the number of its places."""
    _, known, _, _ = usual()
    whole = known.places[UNIT].str.startswith(WHOLE).to_numpy()
    assert (known.x.loc[~whole, "doors"] == 0).all()


def test_rows_in_another_order_give_the_same_design_and_lessons() -> None:
    source, known, _, rows = usual()
    turned = RememberedSource(source.shuffled(np.random.default_rng(3)))
    again = known_at(turned, cut=CUT, config=CONFIG)
    pd.testing.assert_frame_equal(known.x, again.x, check_exact=True)
    other = read_training_rows(turned, again, config=CONFIG)
    assert other is not None
    pd.testing.assert_frame_equal(rows.x, other.x, check_exact=True)
    np.testing.assert_array_equal(rows.found["found"], other.found["found"])
