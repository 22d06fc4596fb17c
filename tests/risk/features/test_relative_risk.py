"""What visits found, against what such visits usually find, at every level that has a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.score import ScoreConfig, Weights
from risk.explanation.explain import explain
from risk.features.build import build_features
from risk.features.relative_risk import RELATIVE_RISKS, _Results
from risk.scoring.run import run_score

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
DAY = date(2026, 11, 23)
CONFIG = ScoreConfig()


def visit(building: str, days: float, result: str, **facts: Any) -> dict[str, Any]:
    at = CUT - timedelta(days=days)
    return {"building_id": building, "event_at": at, "learnt_at": at, "result": result} | facts


def features_of(engine: Any, *visits: dict[str, Any]) -> Any:
    frame = build_features(
        engine.with_rows("inspections", list(visits)), cut=CUT, config=CONFIG
    ).buildings
    return frame.set_index(c.BUILDING)


@pytest.fixture(scope="module")
def visited(engine: Any) -> Any:
    """B1 of the first grid is found again and again, B5 of the second never, B6 not visited."""
    worse = [visit("B1", 10 * n, "属实", unit_id="U1", party_key="p1") for n in range(1, 9)]
    clean = [visit("B5", 10 * n, "未发现异常", unit_id="U5") for n in range(1, 9)]
    return features_of(engine, *worse, *clean)


def test_who_was_found_more_often_than_usual_is_above_zero_and_who_less_below(
    visited: Any,
) -> None:
    for level in (c.HISTORY_BUILDING, c.HISTORY_UNIT):
        assert visited.loc["B1", level] > 0 > visited.loc["B5", level]


def test_a_building_never_visited_has_no_history_of_its_own(visited: Any) -> None:
    for level in (c.HISTORY_BUILDING, c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.VISITS_OTHER):
        assert visited.loc["B6", level] == 0


def test_surroundings_leave_the_building_itself_out(engine: Any) -> None:
    """Whatever is found at B7, which stands alone, nothing around it changes for it."""
    rows = [visit("B7", 10 * n, "属实") for n in range(1, 9)]
    frame = features_of(engine, *rows)
    assert (frame.loc["B7", [c.HISTORY_RING, c.HISTORY_AREA]] == 0).all()
    alone = features_of(engine, *(visit("B4", 10 * n, "属实") for n in range(1, 9)))
    assert alone.loc["B5", c.HISTORY_RING] > alone.loc["B4", c.HISTORY_RING]


def test_an_operator_takes_his_history_to_where_he_rents_next(engine: Any) -> None:
    found = [visit("B1", 10 * n, "属实", party_key="p1") for n in range(1, 9)]
    usual = [visit("B3", 9 * n, "未发现异常", party_key="p3") for n in range(1, 40)]
    lease = {
        "building_id": "B6",
        "event_at": CUT - timedelta(days=5),
        "learnt_at": CUT - timedelta(days=5),
        "start_date": CUT - timedelta(days=5),
        "unit_id": "B6-1",
        "lessee_key": "p1",
    }
    moved = engine.with_rows("rentals", [lease])
    assert features_of(engine, *found, *usual).loc["B6", c.HISTORY_OPERATOR] == 0
    assert features_of(moved, *found, *usual).loc["B6", c.HISTORY_OPERATOR] > 0.1


def test_less_effort_makes_a_clean_history_weaker(engine: Any) -> None:
    def clean(minutes: int) -> float:
        rows = [visit("B5", 10 * n, "未发现异常", minutes=minutes) for n in range(1, 9)]
        finds = [visit("B1", 10 * n, "属实", minutes=10) for n in range(1, 9)]
        return float(features_of(engine, *rows, *finds).loc["B5", c.HISTORY_EXPECTED])

    expected = [clean(minutes) for minutes in (2, 10)]
    assert expected == sorted(expected)
    assert len(set(expected)) == 2


def test_like_everywhere_is_worth_no_more_than_policy_says() -> None:
    rng = np.random.default_rng(4)
    expected = rng.uniform(0.2, 6, 2000)
    by_chance = rng.poisson(expected).astype(float)
    results = _Results(found=by_chance, expected=expected, decay=np.ones(2000), most_strength=4.0)
    codes = np.arange(2000)
    ratios = np.log((by_chance + 4.0) / (expected + 4.0))
    np.testing.assert_allclose(results.ratios(codes, 2000), ratios)


def test_nothing_from_after_the_cut_is_in_a_history(
    random_engine: Callable[[int], Any],
) -> None:
    office = random_engine(1)
    late = [
        visit(f"B{n}", -1 - n, "属实", unit_id=f"U{n}", party_key="p1") for n in range(1, 20)
    ] + [visit(f"B{n}", 5, "属实") | {"learnt_at": CUT + timedelta(days=1)} for n in range(1, 20)]
    more = office.with_rows("inspections", late)
    names = [*RELATIVE_RISKS, c.HISTORY_FOUND, c.HISTORY_EXPECTED, c.VISITS_OTHER]
    before = build_features(office, cut=CUT, config=CONFIG).buildings[names]
    after = build_features(more, cut=CUT, config=CONFIG).buildings[names]
    assert before.equals(after)
    assert (before[c.HISTORY_BUILDING] != 0).any()


def test_histories_are_ordinary_factors_whose_points_add_up_everywhere(
    random_engine: Callable[[int], Any], store: SnapshotStore
) -> None:
    heavy = replace(CONFIG, weights=Weights(**dict.fromkeys(RELATIVE_RISKS, 0.8), visits_other=0.3))
    snapshot = store.open(run_score(random_engine(4), store, as_of=DAY, config=heavy).snapshot_id)
    for kind in snapshot.unit_kinds:
        frame = snapshot.ranked(kind)
        points = c.point_columns(frame)
        assert set(map(c.points_column, RELATIVE_RISKS)) <= set(points)
        assert (frame[points].sum(axis=1) == frame["score"]).all()
    buildings = snapshot.ranked("building")
    assert (buildings[c.points_column(c.HISTORY_BUILDING)] != 0).any()


def test_an_explanation_shows_the_visits_behind_a_history(
    engine: Any, store: SnapshotStore
) -> None:
    office = engine.with_rows(
        "inspections",
        [
            visit("B1", 40, "属实", unit_id="U1", party_key="p1", row_key="mine"),
            visit("B4", 50, "属实", party_key="p1", row_key="elsewhere", purpose="投诉核查"),
        ],
    )
    config = replace(CONFIG, weights=Weights(visits_other=0.2))
    snapshot = store.open(run_score(office, store, as_of=DAY, config=config).snapshot_id)
    rows = explain(snapshot, office, "B1").rows
    keys = {name: {row.row_key for row in rows[name]} for name in (*RELATIVE_RISKS, c.VISITS_OTHER)}
    assert keys[c.HISTORY_BUILDING] == {"mine", "inspections-0"}
    assert keys[c.HISTORY_UNIT] == {"mine"}
    assert keys[c.HISTORY_OPERATOR] == {"mine", "elsewhere"}
    assert "B3" in keys[c.HISTORY_GRID]
    assert "B1" not in keys[c.HISTORY_RING] | keys[c.HISTORY_AREA] | keys[c.HISTORY_GRID]
    assert {row.building_id for row in rows[c.HISTORY_OPERATOR]} == {"B1", "B4"}
    building = snapshot.select("buildings", c.BUILDING, ["B1"]).iloc[0]
    surplus = sum(row.value for row in rows[c.HISTORY_BUILDING])
    assert surplus > 0
    assert building[c.HISTORY_FOUND] > building[c.HISTORY_EXPECTED]
    of_b4 = explain(snapshot, office, "B4").rows[c.VISITS_OTHER]
    assert [row.row_key for row in of_b4] == ["elsewhere"]


def test_a_history_without_points_shows_no_rows(engine: Any, store: SnapshotStore) -> None:
    config = replace(CONFIG, weights=Weights(**dict.fromkeys(RELATIVE_RISKS, 0.0)))
    snapshot = store.open(run_score(engine, store, as_of=DAY, config=config).snapshot_id)
    told = explain(snapshot, engine, "B1")
    assert not [name for name in RELATIVE_RISKS if told.rows[name] or told.points[name]]


def test_a_snapshot_from_before_there_were_histories_is_explained_without(
    engine: Any, store: SnapshotStore
) -> None:
    snapshot = store.open(run_score(engine, store, as_of=DAY, config=CONFIG).snapshot_id)
    old = _without_histories(snapshot, store)
    told = explain(old, engine, "B1")
    assert not [name for name in told.rows if name in RELATIVE_RISKS]
    assert told.changed == []


def _without_histories(snapshot: Any, store: SnapshotStore) -> Any:
    def kept(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns=[name for name in frame.columns if "history" in str(name)])

    raw = {k: v for k, v in snapshot.config().items() if k not in {"histories", "effort"}}
    raw["weights"] = {k: v for k, v in raw["weights"].items() if "history" not in k}
    return store.save(
        as_of=DAY,
        cut=CUT,
        config=raw,
        config_hash="0" * 64,
        tables={name: kept(snapshot.table(name)) for name in ("buildings", "units")},
        facts={"scorecard": {"weights": raw["weights"]}},
    )
