"""What a stored evaluation says is read from it as it was measured."""

from typing import Any

import pytest
from fake_evaluation import CASES, ORIGINS, SKILLS, make_evaluation

from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import MEASURES
from governance.scores.evaluation_tables import (
    OURS,
    Case,
    calibration_table,
    curves_table,
    judge_case,
    measures_table,
    of_case,
    origins_table,
    stored_cases,
    top_tenth,
    wrong_flags_table,
)

INSPECTED = Case("inspections:found", "building", "inspected", "2mo")
CELLS = Case("inspections:found", "cell:9", "all", "90d")


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return make_evaluation()


def test_questions_are_read_in_the_order_in_which_they_were_asked(evaluation: Evaluation) -> None:
    assert stored_cases(evaluation.summary) == [
        Case(event, unit, among, horizon) for event, unit, among, horizon in CASES
    ]


def test_ours_is_the_score_and_comes_first(evaluation: Evaluation) -> None:
    assert OURS == "score"
    assert next(iter(of_case(evaluation.summary, CELLS))) == OURS


def test_the_verdict_compares_with_the_best_other_method(evaluation: Evaluation) -> None:
    verdict = judge_case(evaluation.summary, INSPECTED)
    assert verdict is not None
    assert (verdict.measure, verdict.best) == ("precision_at_k_visits", "trees")
    assert (verdict.k, verdict.origins) == (60, 11)
    assert verdict.ours.mean == pytest.approx(0.43, abs=0.05)
    assert verdict.counted.mean == pytest.approx(0.1 + 0.33 * SKILLS["past_count"], abs=0.05)


def test_the_whole_order_is_told_in_days_beside_it(evaluation: Evaluation) -> None:
    whole = judge_case(evaluation.summary, INSPECTED, measure=INSPECTED.whole_measure)
    assert whole is not None
    assert whole.measure == "days_earlier"
    assert whole.ours.mean == pytest.approx(7.6, abs=1)
    assert whole.counted.mean == pytest.approx(7.6 * SKILLS["past_count"], abs=1)


def test_the_score_without_neighbourhoods_is_told_and_is_no_other_method() -> None:
    summary = make_evaluation(without="trees").summary
    verdict = judge_case(summary, INSPECTED)
    assert verdict is not None
    (line,) = of_case(summary, INSPECTED)["score_no_area"]
    assert verdict.without_area.mean == line["means"][INSPECTED.main_measure]["mean"]
    assert SKILLS["score_no_area"] > SKILLS[verdict.best]
    assert verdict.best == "smoothed_rate"


def test_a_verdict_says_when_another_method_is_better() -> None:
    verdict = judge_case(make_evaluation(beaten=True).summary, INSPECTED)
    assert verdict is not None
    assert (verdict.standing, verdict.ahead) == ("behind", 0)


def test_a_single_window_decides_nothing() -> None:
    verdict = judge_case(make_evaluation(origins=1).summary, INSPECTED)
    assert verdict is not None
    assert verdict.standing == "level"
    assert verdict.ours.low is None


def test_without_our_method_there_is_no_verdict(evaluation: Evaluation) -> None:
    others: list[dict[str, Any]] = [
        line for line in evaluation.summary if line["method"] == "random"
    ]
    assert judge_case(others, INSPECTED) is None


def test_the_table_of_measures_pairs_ours_with_each_other_method(evaluation: Evaluation) -> None:
    table = measures_table(evaluation.summary, INSPECTED)
    assert set(table["method"]) == set(SKILLS)
    assert set(table["measure"]) <= set(MEASURES)
    days = table[table["measure"] == "days_earlier"].set_index("method")
    assert days["difference"].isna().tolist() == [name == OURS for name in days.index]
    means = days["mean"]
    assert days.loc["random", "difference"] == pytest.approx(means[OURS] - means["random"])


def test_the_most_that_is_possible_is_drawn_only_for_units(evaluation: Evaluation) -> None:
    assert "best" in set(curves_table(evaluation.summary, CELLS)["method"])
    assert "best" not in set(curves_table(evaluation.summary, INSPECTED)["method"])


def test_windows_are_paired_oldest_first(evaluation: Evaluation) -> None:
    pairs = origins_table(evaluation.runs, INSPECTED, measure="auc", other="trees")
    assert pairs["origin"].tolist() == [day.isoformat() for day in ORIGINS]
    assert (pairs["ours"] - pairs["theirs"]).tolist() == pairs["difference"].tolist()
    assert pairs["churn_ours"].isna().tolist() == [True, *[False] * 10]


def test_wrong_flags_and_calibration_are_those_of_ours(evaluation: Evaluation) -> None:
    flags = wrong_flags_table(evaluation.summary, CELLS)
    assert flags["flagged"].is_monotonic_decreasing
    assert (flags["wrong"] / flags["flagged"]).tolist() == flags["share"].tolist()
    tenths = calibration_table(evaluation.summary, INSPECTED)
    assert tenths["tenth"].tolist() == list(range(1, 11))
    top, ours = top_tenth(evaluation.summary, INSPECTED), tenths.iloc[-1]
    assert top is not None
    assert (top["expected"], top["observed"]) == (ours["expected"], ours["observed"])


def test_among_all_the_score_expects_nothing_that_could_be_compared(evaluation: Evaluation) -> None:
    assert calibration_table(evaluation.summary, CELLS).empty
    assert top_tenth(evaluation.summary, CELLS) is None
