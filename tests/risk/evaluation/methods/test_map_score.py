"""The map's score in the backtest is the score that the map shows, at every origin."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import numpy as np
import pandas as pd
import pytest
from ibis import ir

from data.calendars.calendar import Calendar
from data.engine import Engine
from data.results.snapshot import Snapshot
from data.results.snapshots import SnapshotStore
from data.workspace.folder import Workspace
from data.workspace.settings import read_section
from geo.cells import parents
from risk import schema as c
from risk.config.score import Learning, ScoreConfig
from risk.evaluation.methods.map_score import OriginScore, map_score, score_at_origins
from risk.evaluation.methods.registry import MAP_SCORE, Method
from risk.evaluation.metrics import area_under_curve, rank_order, tie_numbers
from risk.evaluation.run import Backtest
from risk.evaluation.targets.geography import CELLS, Geography
from risk.evaluation.targets.origins import Span, split_at
from risk.evaluation.targets.plans import Plan
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables, read_tables
from risk.evaluation.view import View, answer_to, look
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.scoring.run import run_score

HORIZON = Span(days=60)
ORIGINS = (datetime(2026, 4, 3), datetime(2026, 7, 2))  # noqa: DTZ001 -- the product's times are local and naive
SMALL = ScoreConfig(
    learning=Learning(windows=2, least_events=5, burn_in_days=60, penalties=(10.0,))
)
ASKED = {"event": "inspections:found", "unit": "building", "among": "all"}


@dataclass
class Case:
    """An office: its rows, its policy, what the backtest reads of it, and its snapshots."""

    source: FeatureSource
    config: ScoreConfig
    calendar: Calendar | None
    folder: Path

    @cached_property
    def tables(self) -> Tables:
        return read_tables(self.source, cut=HORIZON.after(ORIGINS[-1]), config=self.config)

    @cached_property
    def snapshots(self) -> dict[datetime, Snapshot]:
        store, options = (
            SnapshotStore(self.folder),
            {"config": self.config, "calendar": self.calendar},
        )
        return {
            origin: store.open(
                run_score(
                    self.source, store, as_of=origin.date() - timedelta(days=1), **options
                ).snapshot_id
            )
            for origin in ORIGINS
        }

    @cached_property
    def method(self) -> Method:
        days = [day_of(origin) for origin in ORIGINS]
        options = {"config": self.config, "calendar": self.calendar}
        return map_score(score_at_origins(self.source, days, **options), config=self.config)

    def shown(self, origin: datetime, kind: str) -> pd.Series:
        """Return the scores of a snapshot by unit, in its order."""
        return self.snapshots[origin].ranked(kind).set_index(c.UNIT)[c.SCORE]

    def view(self, origin: datetime, level: str, among: str = "all") -> View:
        cut, ground = day_of(origin), Geography.survey(self.tables)
        question = Question(
            event=ASKED["event"], level=level, among=among, cut=cut, end=cut + HORIZON.days
        )
        return look(ground, ground.tables, question, BacktestSettings(), self.config.exposure)


@pytest.fixture(scope="module")
def generated(
    random_engine: Callable[[int], Any], tmp_path_factory: pytest.TempPathFactory
) -> Case:
    folder = tmp_path_factory.mktemp("generated")
    return Case(source=random_engine(3), config=SMALL, calendar=None, folder=folder)


@pytest.fixture(scope="module")
def demonstrated(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("demonstrated") / "office")
    workspace = Workspace.open(folder)
    engine = Engine(workspace)
    yield Case(
        source=engine.pinned(),
        config=read_section(workspace.settings, "score", ScoreConfig),
        calendar=Calendar.read(workspace),
        folder=folder / "compared",
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


def test_the_backtest_reports_what_the_order_of_the_snapshot_reaches(generated: Case) -> None:
    origin = ORIGINS[1]
    plan = Plan(
        **ASKED, splits=split_at([origin], HORIZON), horizon=str(HORIZON), methods=(MAP_SCORE,)
    )
    result = Backtest(tables=generated.tables, source=generated.source, config=SMALL).run([plan])
    view, shown = generated.view(origin, "building"), generated.shown(origin, "building")
    events = answer_to(view, view.geography.tables).events
    assert 0 < (events > 0).sum() < len(events)
    assert result.runs[0]["auc"] == area_under_curve(events > 0, shown.loc[view.names].to_numpy())


def test_a_place_has_the_score_of_its_building(case: Case) -> None:
    shown, view = case.shown(ORIGINS[1], "building"), case.view(ORIGINS[1], "place", "inspected")
    known = view.buildings != ""
    assert known.any()
    assert case.method.score(view)[known].tolist() == shown.loc[view.buildings[known]].tolist()


def test_a_cell_among_inspected_ones_has_the_mean_of_its_buildings_visited_by_then(
    generated: Case,
) -> None:
    """A cell of many buildings holds more, but a visit there finds no more for it."""
    origin = ORIGINS[1]
    visits = generated.tables.before(day_of(origin)).facts.visits
    shown, view = generated.shown(origin, "building"), generated.view(origin, "cell:9", "inspected")
    cells = parents(register_of(generated)["h3_r10"].loc[shown.index], 9)
    of_cell = pd.DataFrame({"score": shown, "cell": cells})
    visited = of_cell[of_cell.index.isin(visits["building"])]
    assert 0 < len(visited) < len(of_cell)
    expected = visited.groupby("cell")["score"].mean().loc[view.names]
    assert generated.method.score(view) == pytest.approx(expected.to_numpy())


def register_of(case: Case) -> pd.DataFrame:
    return case.tables.buildings.set_index("building")


def read_off(origin: OriginScore, names: list[str], among: str) -> list[float]:
    question = Question(event=ASKED["event"], level="building", among=among, cut=0, end=60)
    view = create_autospec(View, instance=True, question=question, names=np.array(names))
    return map_score({0: origin}, config=SMALL).score(view).tolist()


def test_what_the_map_does_not_show_has_no_opinion_among_inspected_and_nothing_among_all() -> None:
    shown = pd.Series({"B1": 4.0, "B2": 2.0})
    origin = OriginScore(sums={"building": shown}, means={})
    assert read_off(origin, ["B1", "B2", "B9"], "all") == [4.0, 2.0, 0.0]
    assert read_off(origin, ["B1", "B2", "B9"], "inspected") == [4.0, 2.0, 3.0]


def test_its_expectation_is_of_confirmed_events_among_all_and_of_nothing_among_visits(
    generated: Case,
) -> None:
    origin = ORIGINS[1]
    splits = split_at([origin], HORIZON)
    plans = [
        Plan(**ASKED | {"among": among}, splits=splits, horizon="60d", methods=(MAP_SCORE,))
        for among in ("all", "inspected")
    ]
    backtest = Backtest(tables=generated.tables, source=generated.source, config=SMALL)
    every, inspected = backtest.run(plans).summary
    shown, view = generated.shown(origin, "building"), generated.view(origin, "building")
    answer = answer_to(view, view.geography.tables)
    sums = {name: sum(tenth[name] for tenth in every["calibration"])
            for name in ("expected", "observed")}  # fmt: skip
    assert sums["expected"] == pytest.approx(shown.sum() / 1000 * 60 / 90)
    assert sums["observed"] == answer.confirmed.sum() > answer.events.sum()
    assert inspected["calibration"] == []


def test_nothing_learnt_at_or_after_an_origin_moves_its_scores(generated: Case) -> None:
    origin = ORIGINS[0]
    late = [
        {"building_id": f"B{number}", "event_at": origin - timedelta(days=3), "learnt_at": origin}
        for number in range(1, 9)
    ]
    more = generated.source.with_rows("violations", late)
    scores = score_at_origins(more, [day_of(origin)], config=SMALL)
    view = generated.view(origin, "building")
    ours = map_score(scores, config=SMALL).score(view)
    assert ours.tolist() == generated.method.score(view).tolist()


class CountedSource:
    """Count how often features are built: grids are read once for them and for nothing else."""

    def __init__(self, source: FeatureSource) -> None:
        self.source = source
        self.built = 0

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        self.built += name == "grids"
        return self.source.table(name, cut=cut)


def test_features_at_one_cut_are_built_once_for_all_origins(generated: Case) -> None:
    """Of two origins a horizon apart, the first is a window that the second learns from."""
    counted = CountedSource(generated.source)
    apart = [day_of(ORIGINS[1]) - SMALL.horizon_days * number for number in (0, 1)]
    score_at_origins(counted, apart, config=SMALL)
    assert counted.built == SMALL.learning.windows + len(apart)
