"""What visits found, against what such visits usually find, at every level that has a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.find_rate import ModelConfig, PriorWeights
from risk.config.score import ScoreConfig
from risk.explanation.explain import explain
from risk.features.build import build_features
from risk.features.relative_risk import RELATIVE_RISKS, add_relative_risks
from risk.features.visit_results import assigned_visits, read_visit_results
from risk.scoring.run import run_score
from tests.risk.conftest import a_building, make_table

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
DAY = date(2026, 11, 23)
CONFIG = ScoreConfig(model=ModelConfig(windows=2, area_half_lives_days=(60.0,), burn_in_days=30))


def visit(building: str, days: float, result: str, **facts: Any) -> dict[str, Any]:
    at = CUT - timedelta(days=days)
    return {"building_id": building, "event_at": at, "learnt_at": at, "result": result} | facts


def features_of(engine: Any, *visits: dict[str, Any]) -> Any:
    source = engine.with_rows("inspections", list(visits))
    return histories(source).set_index(c.BUILDING)


def histories(source: Any) -> Any:
    buildings = build_features(source, cut=CUT, config=CONFIG).buildings
    tables = assigned_visits(source, cut=CUT, config=CONFIG)
    visits = read_visit_results(*tables, cut=CUT, config=CONFIG)
    return add_relative_risks(buildings, visits, config=CONFIG)


@pytest.fixture(scope="module")
def visited(engine: Any) -> Any:
    """B1 of the first grid is found again and again, B5 of the second never, B6 not visited."""
    worse = [visit("B1", 10 * n, "属实", unit_id="U1", party_key="p1") for n in range(1, 9)]
    clean = [visit("B5", 10 * n, "未发现异常", unit_id="U5") for n in range(1, 9)]
    return features_of(engine, *worse, *clean)


def test_who_was_found_more_often_than_usual_is_above_it_and_who_less_below(visited: Any) -> None:
    surplus = visited[c.HISTORY_FOUND] - visited[c.HISTORY_EXPECTED]
    assert surplus["B1"] > 0 > surplus["B5"]


def test_a_building_never_visited_has_found_and_expects_nothing(visited: Any) -> None:
    assert visited.loc["B6", [c.HISTORY_FOUND, c.HISTORY_EXPECTED]].tolist() == [0, 0]


def test_what_is_usual_of_its_kind_is_taken_out(engine: Any) -> None:
    """Where only shops are found again and again, a shop that is found is hardly a surprise."""
    finds = [visit(each, 10 * n, "属实") for each in ("B1", "B2") for n in range(1, 20)]
    clean = [visit(each, 10 * n, "未发现异常") for each in ("B4", "B5") for n in range(1, 20)]
    register = engine.tables["buildings"].to_pylist()
    shops = [row | {"kind": "商铺"} if row["building_id"] in {"B1", "B2"} else row
             for row in register]  # fmt: skip
    sorted_out = type(engine)(engine.tables | {"buildings": make_table("buildings", shops)})
    alike, told_apart = (
        features_of(each, *finds, *clean).loc["B1", c.HISTORY_EXPECTED]
        for each in (engine, sorted_out)
    )
    assert told_apart > 1.2 * alike


def test_less_effort_makes_a_clean_history_weaker(engine: Any) -> None:
    def clean(minutes: int) -> float:
        rows = [visit("B5", 10 * n, "未发现异常", minutes=minutes) for n in range(1, 9)]
        finds = [visit("B1", 10 * n, "属实", minutes=10) for n in range(1, 9)]
        return float(features_of(engine, *rows, *finds).loc["B5", c.HISTORY_EXPECTED])

    expected = [clean(minutes) for minutes in (2, 10)]
    assert expected == sorted(expected)
    assert len(set(expected)) == 2


def test_nothing_from_after_the_cut_is_in_a_history(
    random_engine: Callable[[int], Any],
) -> None:
    office = random_engine(1)
    late = [
        visit(f"B{n}", -1 - n, "属实", unit_id=f"U{n}", party_key="p1") for n in range(1, 20)
    ] + [visit(f"B{n}", 5, "属实") | {"learnt_at": CUT + timedelta(days=1)} for n in range(1, 20)]
    more = office.with_rows("inspections", late)
    names = [c.HISTORY_FOUND, c.HISTORY_EXPECTED]
    before, after = histories(office)[names], histories(more)[names]
    assert before.equals(after)
    assert (before != 0).any(axis=None)


def test_an_explanation_shows_the_visits_behind_a_history(
    engine: Any, store: SnapshotStore
) -> None:
    cells = {number: a_building(number)["h3_r10"] for number in (1, 4)}
    office = engine.with_rows(
        "inspections",
        [
            visit("B1", 40, "属实", unit_id="U1", party_key="p1", row_key="mine", h3_r10=cells[1]),
            visit(
                "B4",
                50,
                "属实",
                party_key="p1",
                row_key="elsewhere",
                purpose="投诉核查",
                h3_r10=cells[4],
            ),
        ],
    )
    firm = replace(CONFIG.model, prior=PriorWeights(area=1.0), penalties=(1_600.0,))
    config = replace(CONFIG, model=firm)
    snapshot = store.open(run_score(office, store, as_of=DAY, config=config).snapshot_id)
    rows = explain(snapshot, office, "B1").rows
    keys = {name: {row.row_key for row in rows[name]} for name in rows}
    assert keys[c.HISTORY_BUILDING] == {"mine", "inspections-0"}
    assert keys[c.HISTORY_UNIT] == {"mine"}
    assert keys[c.HISTORY_OPERATOR] == {"mine", "elsewhere"}
    assert "B4" in keys[c.HISTORY_RING]
    assert "B1" not in keys[c.HISTORY_RING] | keys[c.HISTORY_AREA]
    assert {row.building_id for row in rows[c.HISTORY_OPERATOR]} == {"B1", "B4"}
    building = snapshot.select("buildings", c.BUILDING, ["B1"]).iloc[0]
    surplus = sum(row.value for row in rows[c.HISTORY_BUILDING])
    assert surplus > 0
    assert building[c.HISTORY_FOUND] > building[c.HISTORY_EXPECTED]
    of_b4 = explain(snapshot, office, "B4").rows[c.VISITS_OTHER]
    assert [row.row_key for row in of_b4] == ["elsewhere"]


def test_a_history_without_points_shows_no_rows(engine: Any, store: SnapshotStore) -> None:
    snapshot = store.open(run_score(engine, store, as_of=DAY, config=CONFIG).snapshot_id)
    for building in ("B1", "B3", "B6"):
        told = explain(snapshot, engine, building)
        silent = [name for name in RELATIVE_RISKS if not told.points.get(name)]
        assert silent
        assert not [name for name in silent if told.rows.get(name)]


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
        facts={"scorecard": {"weights": raw["weights"] | {"violations": 0.8}}},
    )
