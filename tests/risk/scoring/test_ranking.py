from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from risk.config.score import TierShares
from risk.scoring.ranking import TIERS, add_ranks

SHARES = TierShares(red=0.1, orange=0.2, yellow=0.3)


def rank(scores: list[float], exposure: list[float] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "unit": [f"u{number:03d}" for number in range(len(scores))],
            "score": scores,
            "exposure": exposure or [1.0] * len(scores),
        }
    )
    return add_ranks(frame, key="unit", shares=SHARES)


def test_tiers_fill_up_in_order_of_rank() -> None:
    tiers = rank([float(score) for score in range(10, 0, -1)])["tier"]
    assert tiers.tolist() == ["红", "橙", "橙", "黄", "黄", "黄", "蓝", "蓝", "蓝", "蓝"]


def test_a_single_unit_is_red() -> None:
    assert rank([5.0])["tier"].tolist() == ["红"]


def test_a_score_of_nothing_is_blue() -> None:
    assert rank([0.0, 0.0])["tier"].tolist() == ["蓝", "蓝"]


def test_ties_go_to_the_larger_exposure_then_to_the_smaller_name() -> None:
    ranked = rank([1.0, 1.0, 1.0, 2.0], [1.0, 1.0, 9.0, 1.0])
    assert ranked["rank"].tolist() == [3, 4, 2, 1]


def test_what_scores_the_same_is_in_the_same_tier_and_ties_alone_make_no_red() -> None:
    assert set(rank([1.0] * 40, [float(n) for n in range(40)])["tier"]) == {"蓝"}
    tiers = rank([5.0, 4.0, *[3.0] * 8])["tier"]
    assert tiers.tolist() == ["红", "橙", *["蓝"] * 8]
    assert rank([5.0, 4.0, 4.0, *[3.0] * 7])["tier"].tolist()[:3] == ["红", "橙", "橙"]


@given(st.lists(st.floats(0, 10), max_size=60), st.randoms())
def test_ranks_are_a_permutation_and_do_not_depend_on_the_order_of_rows(
    scores: list[float], random: object
) -> None:
    ranked = rank(scores)
    assert sorted(ranked["rank"]) == list(range(1, len(scores) + 1))
    order = list(range(len(scores)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = ranked[["unit", "score", "exposure"]].iloc[order]
    again = add_ranks(shuffled, key="unit", shares=SHARES).sort_index()
    assert again["rank"].tolist() == ranked["rank"].tolist()


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=60))
def test_no_unit_has_a_better_tier_than_one_ranked_before_it(scores: list[float]) -> None:
    tiers = rank(scores).sort_values("rank")["tier"]
    places = [TIERS.index(tier) for tier in tiers]
    assert places == sorted(places)
