from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from risk.config.score import ModelConfig, ScoreConfig
from risk.evaluation.methods.registry import METHODS, UnknownMethodError, choose_methods
from risk.evaluation.report.fairness import MIXED, community_types
from risk.evaluation.report.summary import interval
from risk.evaluation.report.verdict import judge
from risk.evaluation.run import Backtest, BacktestResult
from risk.evaluation.targets.origins import Span, read_origins, split_at
from risk.evaluation.targets.plans import BacktestError, Plan
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables
from risk.events.fetch import day_of
from tests.risk.conftest import MemoryEngine

KEYS = (
    *("method", "event", "unit", "origin", "horizon_days", "among", "n_units", "n_events"),
    *("hit_1", "hit_5", "hit_10", "hit_20", "pai_10", "pei_10", "precision_at_k"),
    *("recall_at_k", "auc", "spearman", "days_earlier", "found_first_half"),
)
CONFIG = ScoreConfig(
    model=ModelConfig(windows=3, penalties=(20.0,), area_half_lives_days=(60.0,), window_days=120)
)


def plan_of(**options: object) -> Plan:
    origins, _ = read_origins("2012-06-01:2012-08-30:60d")
    defaults = {
        "event": "inspections:found",
        "unit": "building",
        "among": "inspected",
        "splits": split_at(origins, Span(days=60)),
        "horizon": "60d",
        "k": 20,
    }
    return Plan(**(defaults | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def result(city: Tables, source: MemoryEngine) -> BacktestResult:
    plans = [plan_of(), plan_of(among="all"), plan_of(unit="cell:9", among="all")]
    return Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run(plans)


def test_there_is_one_line_per_method_and_origin_with_every_key_of_the_contract(
    result: BacktestResult,
) -> None:
    assert len(result.runs) == 3 * 2 * len(METHODS)
    assert all(key in run for run in result.runs for key in KEYS)


def test_the_result_is_json_and_fractions_are_fractions(result: BacktestResult) -> None:
    json.dumps([result.runs, result.summary], allow_nan=False)
    names = [key for key in KEYS if key.startswith(("hit_", "precision", "found", "auc", "pei"))]
    for run in result.runs:
        assert all(run[name] is None or 0 <= run[name] <= 1 for name in names)


def test_methods_differ_in_their_order_and_in_nothing_else(result: BacktestResult) -> None:
    def facts(run: dict[str, object]) -> tuple[object, ...]:
        return tuple(run[name] for name in ("n_units", "n_events", "n_visits", "best_hit_10"))

    for first in result.runs:
        same = [r for r in result.runs if all(r[n] == first[n] for n in KEYS[1:6])]
        assert len({facts(run) for run in same}) == 1


def test_the_score_beats_chance_where_places_differ(result: BacktestResult) -> None:
    means = {
        line["method"]: line["means"] for line in result.summary if line["among"] == "inspected"
    }
    assert means["score"]["auc"]["mean"] > 0.6
    assert means["score"]["days_earlier"]["mean"] > means["random"]["days_earlier"]["mean"]


def test_the_score_is_the_first_of_the_methods_and_runs_at_every_level(
    result: BacktestResult,
) -> None:
    assert METHODS[0] == "score"
    lines = [line for line in result.summary if line["method"] == "score"]
    assert [line["unit"] for line in lines] == ["building", "building", "cell:9"]
    assert all(line["means"]["auc"]["mean"] is not None for line in lines)


def test_a_plan_and_a_model_give_the_same_alone_and_among_others(
    city: Tables, source: MemoryEngine, result: BacktestResult
) -> None:
    name = "score_no_area"
    alone = Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run(
        [plan_of(methods=(name,))]
    )
    together = [run for run in result.runs if run["method"] == name]
    assert alone.runs == together[: len(alone.runs)]


def test_differences_are_paired_and_opposite(result: BacktestResult) -> None:
    lines = {line["method"]: line for line in result.summary if line["unit"] == "cell:9"}
    there = lines["score"]["differences"]["random"]["hit_10"]["mean"]
    back = lines["random"]["differences"]["score"]["hit_10"]["mean"]
    assert there == pytest.approx(-back)
    ours = [run["hit_10"] for run in result.runs if run["unit"] == "cell:9"]
    assert all(value is not None for value in ours)


def test_curves_start_at_nothing_and_end_at_everything(result: BacktestResult) -> None:
    for line in result.summary:
        for name in ("unit_curve", "visit_curve"):
            assert line[name][0] == 0.0
            assert line[name][-1] == pytest.approx(1.0)
            assert (np.diff(line[name]) >= 0).all()


def test_expected_counts_are_compared_with_what_came(result: BacktestResult) -> None:
    for line in result.summary:
        if line["method"] in {"score", "trees"}:
            observed = sum(tenth["observed"] for tenth in line["calibration"])
            expected = sum(tenth["expected"] for tenth in line["calibration"])
            assert observed == pytest.approx(expected, rel=0.5)
        elif line["method"] == "random":
            assert line["calibration"] == []


def test_wrong_flags_are_told_by_community_and_by_kind_where_none_is_known(
    result: BacktestResult,
) -> None:
    line = next(line for line in result.summary if line["unit"] == "building")
    assert set(line["wrong_flags"]) == {"C1", "住宅"}
    flagged = sum(group["flagged"] for group in line["wrong_flags"].values())
    assert flagged == 20 * 2


def test_a_community_is_of_the_kind_of_more_than_half_its_buildings() -> None:
    kinds = {"C1": ["住宅", "住宅", "商铺"], "C2": ["住宅", "商铺"], "C3": ["", ""], "": ["商铺"]}
    rows = [(community, kind) for community, each in kinds.items() for kind in each]
    types = community_types(pd.DataFrame(rows, columns=["community", "kind"]).astype("str"))
    assert types.to_dict() == {"C1": "住宅", "C2": MIXED}


def test_wrong_flags_are_told_by_type_of_community(result: BacktestResult) -> None:
    line = next(line for line in result.summary if line["unit"] == "building")
    assert set(line["wrong_flags_by_type"]) == {"住宅"}


def test_progress_is_told_of_every_score_of_an_origin(city: Tables, source: MemoryEngine) -> None:
    told: list[tuple[str, int, int]] = []

    def stop(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))
        if len(told) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run(
            [plan_of()], progress=stop
        )
    assert [stage for stage, _, _ in told] == ["score"] * 5
    assert [done for _, done, _ in told] == [0, 1, 2, 3, 4]


def test_the_first_list_has_no_churn_and_a_method_without_opinion_keeps_its_order(
    result: BacktestResult,
) -> None:
    lists = [r["churn"] for r in result.runs if r["method"] == "random" and r["unit"] == "cell:9"]
    assert lists[0] is None
    assert lists[1] == 1.0


def test_without_area_only_the_score_without_area_runs(city: Tables, source: MemoryEngine) -> None:
    result = Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run(
        [plan_of(area=False, methods=("score", "score_no_area", "random"))]
    )
    assert {run["method"] for run in result.runs} == {"score_no_area", "random"}


@pytest.mark.parametrize("option", [{"event": "fires"}, {"unit": "flat"}, {"among": "some"}])
def test_what_makes_no_backtest_is_refused(option: dict[str, str]) -> None:
    with pytest.raises(BacktestError):
        plan_of(**option)


def test_a_window_without_any_event_is_refused(city: Tables, source: MemoryEngine) -> None:
    origins, _ = read_origins("2030-01-01:2030-01-01:30d")
    late = plan_of(splits=split_at(origins, Span(days=30)), methods=("random",))
    with pytest.raises(BacktestError):
        Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run([late])


def test_a_weeks_work_is_what_the_office_visited_a_week_in_the_year_before(
    city: Tables, source: MemoryEngine
) -> None:
    plan = plan_of(k=None, methods=("random",))
    result = Backtest(tables=city, source=source, config=CONFIG, known_at=lambda _: city).run(
        [plan]
    )
    first = day_of(plan.splits[0].origin)
    visits = city.facts.visits
    made = [day for day in visits["day"] if first - 365 <= day < first]
    assert first - 365 <= min(made) <= first - 358, "a whole year of visits"
    expected = round(7 * len(made) / (first - min(made)))
    assert {run["k"] for run in result.runs} == {expected}
    assert 1 < expected < 100
    set_by_hand = BacktestSettings(k=33)
    backtest = Backtest(
        tables=city, source=source, config=CONFIG, known_at=lambda _: city, settings=set_by_hand
    )
    assert {run["k"] for run in backtest.run([plan]).runs} == {33}


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownMethodError) as caught:
        choose_methods(["oracle"])
    assert "score" in caught.value.facts["expected"]


def test_the_interval_is_students() -> None:
    values = np.array([1.0, 2.0, 3.0, math.nan])
    found = interval(values, level=0.95)
    assert found["mean"] == 2.0
    assert found["high"] == pytest.approx(2.0 + 4.302653 / math.sqrt(3), abs=1e-5)
    assert interval(values[:1], level=0.95)["low"] is None


def test_the_verdict_compares_the_score_with_the_best_other(result: BacktestResult) -> None:
    """The score without neighbourhoods is none of the others: it is told beside."""
    for among, measure in (("inspected", "precision_at_k_visits"), ("all", "precision_at_k")):
        lines = {
            line["method"]: line
            for line in result.summary
            if (line["among"], line["unit"]) == (among, "building")
        }
        reached = {name: line["means"][measure]["mean"] for name, line in lines.items()}
        verdict = judge(list(lines.values()))
        assert (verdict.facts["measure"], verdict.facts["k"]) == (measure, 20)
        assert verdict.facts["ours"] == reached.pop("score")
        without = reached.pop("score_no_area")
        assert verdict.facts["best_method"] == max(reached, key=lambda name: reached[name])
        assert verdict.facts["without_area"] == without
        alone = judge([lines["score"], lines["trees"], lines["random"]])
        assert alone.facts["best"] == max(reached["trees"], reached["random"])


def test_a_groups_wrong_flags_stand_beside_what_a_list_drawn_by_lot_would_come_to(
    result: BacktestResult,
) -> None:
    for among in ("inspected", "all"):
        by_lot = [
            {name: group["by_chance"] for name, group in line["wrong_flags"].items()}
            for line in result.summary
            if (line["unit"], line["among"]) == ("building", among)
        ]
        assert all(0 <= share <= 1 for each in by_lot for share in each.values())
        assert by_lot[0]
        assert all(each == by_lot[0] for each in by_lot)  # it knows nothing of any order
