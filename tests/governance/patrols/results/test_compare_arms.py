"""What the list found beside what chance found: counted once, weighed fairly, never oversold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from governance.patrols.results.compare_arms import (
    ARM_COLUMNS,
    compare_arms,
    most_conclusive,
    outcomes_of,
    rates_by,
)
from risk.evaluation.proportions import ArmsError, difference_of, rate_of, ratio_of

FOUND, SUSPECTED, NOTHING, NOBODY, REFUSED = "属实", "疑似", "未发现异常", "无人", "拒不开门"
GONE = "已不在"


def stops_of(*rows: tuple[str, str, Sequence[str]]) -> pd.DataFrame:
    """Make stops of (building, arm, reasons)."""
    return pd.DataFrame(
        {
            "building_id": [building for building, _, _ in rows],
            "arm": [arm for _, arm, _ in rows],
            "reasons": [list(reasons) for _, _, reasons in rows],
            "mode": ["抽检" if arm == "random" else "夜查" for _, arm, _ in rows],
            "find_chance": [0.25] * len(rows),
        }
    ).astype({"building_id": "str", "arm": "str", "find_chance": float})


def visits_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Make visits of (building, time, result)."""
    frame = pd.DataFrame(rows, columns=["building_id", "at", "result"]).astype("str")
    return frame.assign(at=pd.to_datetime(frame["at"]).astype("datetime64[us]"))


def arm(arms: pd.DataFrame, name: str) -> dict[str, Any]:
    return dict(arms.set_index("arm").loc[name])


PLAN = stops_of(
    ("B1", "list", ["risk"]),
    ("B2", "list", ["retry", "risk"]),
    ("B3", "list", ["risk", "ordinary"]),
    ("B4", "random", ["random"]),
    ("B5", "random", ["risk", "random"]),
    ("B6", "list", []),
)


def test_a_joint_visit_is_one_visit_and_what_tells_most_holds() -> None:
    visits = visits_of(
        ("B1", "2026-12-01 19:00", NOTHING),
        ("B1", "2026-12-01 19:05", FOUND),
        ("B1", "2026-12-03 19:05", NOTHING),
        ("B4", "2026-12-02 15:00", NOBODY),
        ("B4", "2026-12-02 15:10", REFUSED),
        ("B9", "2026-12-02 15:10", FOUND),
    )
    outcomes = outcomes_of(PLAN, visits).set_index("building_id")
    assert outcomes["visits"].to_dict() == {"B1": 2, "B2": 0, "B3": 0, "B4": 1, "B5": 0, "B6": 0}
    assert outcomes["result"].to_dict() | {"B1": FOUND, "B4": REFUSED} == (
        outcomes["result"].to_dict()
    )
    arms = compare_arms(outcomes.reset_index()).arms
    assert tuple(arms.columns) == ARM_COLUMNS
    listed, drawn = arm(arms, "list"), arm(arms, "random")
    assert (listed["planned"], listed["visited"], listed["found"], listed["visits"]) == (3, 1, 1, 2)
    assert (listed["not_visited"], listed["looked"], listed["expected"]) == (2, 1, 0.25)
    assert (drawn["planned"], drawn["visited"], drawn["looked"], drawn["found"]) == (2, 1, 0, 0)


def test_company_is_in_neither_arm_and_what_a_person_added_is_on_the_list() -> None:
    outcomes = outcomes_of(PLAN, visits_of()).set_index("building_id")
    assert outcomes["arm"].to_dict() == {
        "B1": "list", "B2": "list", "B3": "ordinary", "B4": "random", "B5": "random", "B6": "list",
    }  # fmt: skip
    assert outcomes["also_listed"][outcomes["also_listed"]].index.tolist() == ["B5"]


def test_a_building_with_two_stops_counts_once_and_as_drawn_when_either_was() -> None:
    stops = stops_of(("B1", "list", ["risk"]), ("B1", "random", ["random"]))
    outcomes = outcomes_of(stops, visits_of(("B1", "2026-12-01 10:00", NOTHING)))
    assert outcomes[["arm", "visits"]].to_numpy().tolist() == [["random", 1]]


def test_nobody_visited_yet_tells_nothing() -> None:
    for stops in (PLAN, stops_of()):
        compared = compare_arms(outcomes_of(stops, visits_of()))
        assert compared.verdict == "too_few"
        assert compared.arms["visited"].tolist() == [0, 0, 0]
        assert compared.arms["rate"].isna().all()
        assert np.isnan(
            [compared.difference.value, compared.ratio.low, compared.base_rate.high]
        ).all()


def outcomes_with(listed: tuple[int, int], drawn: tuple[int, int]) -> pd.DataFrame:
    """Make outcomes with so many found of so many visited in each arm."""
    rows = [
        (arm, number < found)
        for arm, (found, visited) in (("list", listed), ("random", drawn))
        for number in range(visited)
    ]
    return pd.DataFrame(
        {
            "building_id": [f"B{number}" for number in range(len(rows))],
            "arm": [arm for arm, _ in rows],
            "also_listed": False,
            "mode": "夜查",
            "find_chance": 0.1,
            "visits": 1,
            "result": [FOUND if found else NOTHING for _, found in rows],
        }
    )


@pytest.mark.parametrize(
    ("listed", "drawn", "verdict"),
    [
        ((40, 100), (2, 100), "more"),
        ((2, 100), (40, 100), "less"),
        ((10, 100), (8, 90), "cannot_tell"),
        ((0, 100), (0, 100), "cannot_tell"),
        ((40, 100), (0, 4), "too_few"),
        ((4, 4), (0, 100), "too_few"),
    ],
)
def test_the_verdict_says_no_more_than_the_interval(
    listed: tuple[int, int], drawn: tuple[int, int], verdict: str
) -> None:
    compared = compare_arms(outcomes_with(listed, drawn))
    assert compared.verdict == verdict


def test_rates_differences_and_ratios_are_the_published_ones() -> None:
    """Newcombe 1998, Statistics in Medicine 17, table II: 56/70 and 48/80; 9/10 and 3/10."""
    gap = difference_of(56, 70, 48, 80, level=0.95)
    assert (gap.low, gap.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    gap = difference_of(9, 10, 3, 10, level=0.95)
    assert (gap.low, gap.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    wilson = rate_of(81, 263, level=0.95)
    assert (wilson.low, wilson.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    ratio = ratio_of(20, 100, 10, 100, level=0.95)
    assert ratio.value == pytest.approx(2.0)
    assert ratio.low < 2.0 < ratio.high
    assert ratio.low * ratio.high == pytest.approx((20.5 / 10.5) ** 2)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_exchanging_the_arms_turns_the_difference_and_the_ratio_round(
    x: int, m: int, y: int, n: int
) -> None:
    x, y = min(x, m), min(y, n)
    there, back = (difference_of(x, m, y, n, level=0.9), difference_of(y, n, x, m, level=0.9))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.low <= there.value <= there.high
    up, down = ratio_of(x, m, y, n, level=0.9), ratio_of(y, n, x, m, level=0.9)
    assert up.low == pytest.approx(1 / down.high)
    rate = rate_of(x, m, level=0.9)
    assert 0 <= rate.low <= rate.value <= rate.high <= 1


@pytest.mark.parametrize(("p", "q"), [(0.1, 0.02), (0.2, 0.2), (0.05, 0.3)])
def test_intervals_hold_the_truth_as_often_as_they_say(p: float, q: float) -> None:
    """Counted exactly: over every outcome of 60 listed and 30 drawn visits, by its probability."""
    m, n = 60, 30
    inside = {"rate": 0.0, "difference": 0.0, "ratio": 0.0}
    for x in range(m + 1):
        for y in range(n + 1):
            weight = float(binom.pmf(x, m, p) * binom.pmf(y, n, q))
            if weight < 1e-9:
                continue
            rate, gap = rate_of(y, n, level=0.9), difference_of(x, m, y, n, level=0.9)
            ratio = ratio_of(x, m, y, n, level=0.9)
            inside["rate"] += weight * (rate.low <= q <= rate.high)
            inside["difference"] += weight * (gap.low <= p - q <= gap.high)
            inside["ratio"] += weight * (ratio.low <= p / q <= ratio.high)
    assert 0.84 <= inside["rate"] <= 0.99
    assert 0.87 <= inside["difference"] <= 0.99
    assert 0.87 <= inside["ratio"] <= 0.99


def test_counts_that_cannot_be_are_refused() -> None:
    for found, visited, level in ((3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1.0)):
        with pytest.raises(ArmsError, match="Arm counts wrong"):
            rate_of(found, visited, level=level)


def test_the_base_rate_is_that_of_the_street_though_drawn_buildings_were_also_listed() -> None:
    """A street of 1,000, a tenth of it risky; what is drawn and risky is always got to, the rest
    in one case of two: the plain rate of those visited would say far too much."""
    rng = np.random.default_rng(5)
    rates, plain, street = [], [], 0.1 * 0.4 + 0.9 * 0.05
    for _ in range(80):
        risky = rng.random(80) < 0.1
        found = rng.random(80) < np.where(risky, 0.4, 0.05)
        there = risky | (rng.random(80) < 0.5)
        outcomes = pd.DataFrame(
            {
                "building_id": [f"B{number}" for number in range(80)],
                "arm": "random",
                "also_listed": risky,
                "mode": "抽检",
                "find_chance": 0.1,
                "visits": there.astype(int),
                "result": np.where(there, np.where(found, FOUND, NOTHING), ""),
            }
        )
        compared = compare_arms(outcomes)
        rates.append(compared.base_rate)
        plain.append(arm(compared.arms, "random")["rate"])
    assert np.mean([each.value for each in rates]) == pytest.approx(street, abs=0.01)
    assert np.mean(plain) > street + 0.02
    inside = np.mean([each.low <= street <= each.high for each in rates])
    assert 0.84 <= inside <= 0.99


def test_where_all_that_was_drawn_was_visited_the_base_rate_is_the_plain_one() -> None:
    outcomes = outcomes_with((3, 10), (4, 20)).assign(also_listed=[False] * 12 + [True] * 18)
    compared = compare_arms(outcomes)
    plain = rate_of(4, 20, level=compared.level)
    base = compared.base_rate
    assert (base.value, base.low, base.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_rates_by_a_column_count_finds_suspicions_and_closed_doors() -> None:
    rows = pd.DataFrame(
        {
            "mode": ["夜查", "夜查", "联检", "夜查", "日查"],
            "result": [FOUND, NOBODY, SUSPECTED, NOTHING, GONE],
        }
    )
    table = rates_by(rows, "mode", level=0.9)
    assert table[["mode", "visited", "found", "suspected", "no_access"]].to_numpy().tolist() == [
        ["夜查", 3, 1, 0, 1],
        ["日查", 1, 0, 0, 0],
        ["联检", 1, 0, 1, 0],
    ]
    assert rates_by(rows.head(0), "mode", level=0.9).empty


@pytest.mark.parametrize(
    ("results", "most"),
    [([NOBODY, SUSPECTED, "其他"], SUSPECTED), ([NOBODY, GONE], GONE), ([], "")],
)
def test_of_several_results_the_one_that_tells_most_holds(results: list[str], most: str) -> None:
    assert most_conclusive(results) == most
