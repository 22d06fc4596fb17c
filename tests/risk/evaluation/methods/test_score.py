"""The score in the backtest is the score that is shown, at every origin."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import numpy as np
import pandas as pd
import pytest

from data.engine import Engine
from data.results.snapshot import Snapshot
from data.results.snapshots import SnapshotStore
from data.workspace.folder import Workspace
from data.workspace.settings import read_section
from geo.cells import parents
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import SCORE, SCORES, Method
from risk.evaluation.methods.score import OriginScore, score_method, score_origin
from risk.evaluation.metrics import area_under_curve, rank_order, tie_numbers
from risk.evaluation.run import Backtest
from risk.evaluation.targets.geography import CELLS, Geography
from risk.evaluation.targets.origins import Span, split_at
from risk.evaluation.targets.plans import Plan
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables, read_tables
from risk.evaluation.view import View, answer_to, make_view
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.features.cache import RememberedSource
from risk.scoring.run import run_score
from tests.risk.conftest import MemoryEngine, make_table

HORIZON = Span(days=60)
ORIGINS = (datetime(2026, 4, 3), datetime(2026, 7, 2))  # noqa: DTZ001 -- the product's times are local and naive
MODEL = ModelConfig(
    windows=2, window_days=120, burn_in_days=60, area_half_lives_days=(60.0,), penalties=(30.0,)
)
ASKED = {"event": "inspections:found", "unit": "building", "among": "all"}


@dataclass
class Case:
    """An office: its rows, its policy, what the backtest reads of it, and its snapshots."""

    source: FeatureSource
    config: ScoreConfig
    folder: Path

    @cached_property
    def tables(self) -> Tables:
        return read_tables(self.source, cut=HORIZON.after(ORIGINS[-1]), config=self.config)

    @cached_property
    def snapshots(self) -> dict[datetime, Snapshot]:
        store = SnapshotStore(self.folder)
        return {
            origin: store.open(
                run_score(
                    self.source, store, as_of=origin.date() - timedelta(days=1), config=self.config
                ).snapshot_id
            )
            for origin in ORIGINS
        }

    @cached_property
    def method(self) -> Method:
        return method_of(self.source, self.config)

    def shown(self, origin: datetime, kind: str) -> pd.Series:
        """Return the scores of a snapshot by unit, in its order, as finds of one visit."""
        return self.snapshots[origin].ranked(kind).set_index(c.UNIT)[c.SCORE] / 100

    def view(self, origin: datetime, level: str, among: str = "all") -> View:
        cut, ground = day_of(origin), Geography.of_tables(self.tables)
        question = Question(
            event=ASKED["event"], level=level, among=among, cut=cut, end=cut + HORIZON.days
        )
        return make_view(ground, ground.tables, question, BacktestSettings(), self.config.exposure)


def method_of(source: FeatureSource, config: ScoreConfig, name: str = SCORE) -> Method:
    """Return the score as a method at all origins, learnt for finds."""
    days = [day_of(origin) for origin in ORIGINS]
    scores = {day: score_origin(source, name, day, config=config, outcome="found") for day in days}
    return score_method(name, scores)


@pytest.fixture(scope="module")
def generated(
    random_engine: Callable[[int], Any], tmp_path_factory: pytest.TempPathFactory
) -> Case:
    """Name a flat at every visit of an office of random rows."""
    source = random_engine(3)
    visits = source.tables["inspections"].to_pylist()
    named = [
        row | {"unit_id": f"{row['building_id']}-{number % 2}"}
        for number, row in enumerate(visits)
        if row["building_id"]
    ]
    source = MemoryEngine(source.tables | {"inspections": make_table("inspections", named)})
    source.remembered = {}  # type: ignore[attr-defined]
    config = ScoreConfig(model=MODEL)
    return Case(source=source, config=config, folder=tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="module")
def demonstrated(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("demonstrated") / "office")
    workspace = Workspace.open(folder)
    engine = Engine(workspace)
    config = read_section(workspace.settings, "score", ScoreConfig)
    yield Case(
        source=engine.pinned(), config=replace(config, model=MODEL), folder=folder / "compared"
    )
    engine.close()


@pytest.fixture(params=["generated", "demonstrated"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.getfixturevalue(request.param)
    return found


def in_order(names: Any, scores: Any) -> list[str]:
    """Order units as the backtest does."""
    order = rank_order(np.asarray(scores), tie_numbers(names, seed=BacktestSettings().tie_seed))
    return [str(name) for name in np.asarray(names)[order]]


def test_at_any_origin_the_order_is_that_of_the_snapshot_of_the_day_before_row_for_row(
    case: Case,
) -> None:
    for origin in ORIGINS:
        shown, view = case.shown(origin, "building"), case.view(origin, "building")
        scored = pd.Series(case.method.score(view), index=view.names)
        assert in_order(view.names, scored) == in_order(shown.index, shown)
        assert scored.loc[shown.index].tolist() == shown.tolist()
        assert len(set(scored)) > 10


def test_cells_are_in_the_order_of_the_map_among_all(case: Case) -> None:
    for kind in CELLS:
        shown, view = case.shown(ORIGINS[1], kind), case.view(ORIGINS[1], kind)
        assert case.method.score(view).tolist() == shown.reindex(view.names).fillna(0.0).tolist()
        assert set(view.names) & set(shown.index)


def test_a_place_has_the_score_of_the_place_in_the_snapshot(case: Case) -> None:
    snapshot = case.snapshots[ORIGINS[1]]
    named, buildings = snapshot.table("places"), snapshot.table("buildings")
    # Where visits name no door the building is the place, once it was visited.
    whole = buildings[(buildings[c.HISTORY_EXPECTED] > 0)]
    whole = whole[~whole[c.BUILDING].isin(named[c.BUILDING])].rename(columns={c.BUILDING: c.UNIT})
    places = pd.concat([each.set_index(c.UNIT)[c.SCORE] for each in (named, whole)]) / 100
    view = case.view(ORIGINS[1], "place", "inspected")
    scored = pd.Series(case.method.score(view), index=view.names)
    both = scored.index.intersection(places.index)
    assert len(both)
    np.testing.assert_allclose(scored[both], places[both], atol=1e-5)
    assert ((scored > 0) & (scored < 1)).all()


def test_the_backtest_reports_what_the_order_of_the_snapshot_reaches(generated: Case) -> None:
    origin = ORIGINS[1]
    plan = Plan(**ASKED, splits=split_at([origin], HORIZON), horizon=str(HORIZON), methods=(SCORE,))
    backtest = Backtest(tables=generated.tables, source=generated.source, config=generated.config)
    result = backtest.run([plan])
    view, shown = generated.view(origin, "building"), generated.shown(origin, "building")
    events = answer_to(view, view.geography.tables).events
    assert 0 < (events > 0).sum() < len(events)
    assert result.runs[0]["auc"] == area_under_curve(events > 0, shown.loc[view.names].to_numpy())


def test_a_cell_among_inspected_ones_has_the_mean_of_its_buildings_visited_by_then(
    generated: Case,
) -> None:
    """A cell of many buildings holds more, but a visit there finds no more for it."""
    origin = ORIGINS[1]
    shown, view = generated.shown(origin, "building"), generated.view(origin, "cell:9", "inspected")
    buildings = generated.snapshots[origin].table("buildings").set_index(c.BUILDING)
    cells = parents(buildings[c.H3_R10].loc[shown.index].to_numpy(dtype=np.str_), 9)
    of_cell = pd.DataFrame({"score": shown, "cell": cells})
    visited = of_cell[buildings.loc[shown.index, c.DAYS_SINCE_VISIT].notna()]
    assert 0 < len(visited) < len(of_cell)
    expected = visited.groupby("cell")["score"].mean().loc[view.names]
    assert generated.method.score(view) == pytest.approx(expected.to_numpy())


def read_off(origin: OriginScore, names: list[str], among: str) -> list[float]:
    question = Question(event=ASKED["event"], level="building", among=among, cut=0, end=60)
    view = create_autospec(View, instance=True, question=question, names=np.array(names))
    return origin.read_off(view).tolist()


def test_what_is_not_shown_has_no_opinion_among_inspected_and_nothing_among_all() -> None:
    shown = pd.Series({"B1": 0.4, "B2": 0.2})
    origin = OriginScore(by_name={"building": shown}, means={}, listed=lambda _: pd.Series())
    assert read_off(origin, ["B1", "B2", "B9"], "all") == [0.4, 0.2, 0.0]
    assert read_off(origin, ["B1", "B2", "B9"], "inspected") == pytest.approx([0.4, 0.2, 0.3])


def test_nothing_learnt_at_or_after_an_origin_moves_its_scores(generated: Case) -> None:
    origin = ORIGINS[0]
    late = [
        {"building_id": f"B{number}", "event_at": origin - timedelta(days=3), "learnt_at": origin,
         "result": "属实"}
        for number in range(1, 9)
    ]  # fmt: skip
    assert isinstance(generated.source, MemoryEngine)
    more = generated.source.with_rows("inspections", late).with_rows("violations", late)
    day = day_of(origin)
    scores = {day: score_origin(more, SCORE, day, config=generated.config, outcome="found")}
    view = generated.view(origin, "building")
    ours = score_method(SCORE, scores).score(view)
    assert ours.tolist() == generated.method.score(view).tolist()


def test_without_neighbourhoods_nothing_of_a_neighbour_is_read(generated: Case) -> None:
    day = day_of(ORIGINS[1])
    source = RememberedSource(generated.source)
    asked = {"config": generated.config, "outcome": "found"}
    both = [score_origin(source, name, day, **asked).by_name["building"] for name in SCORES]
    assert not both[0].equals(both[1])
    off = replace(generated.config, model=replace(MODEL, area=False))
    alone = score_origin(source, SCORE, day, config=off, outcome="found").by_name["building"]
    assert alone.tolist() == both[1].tolist(), "an office can do without them, too"
