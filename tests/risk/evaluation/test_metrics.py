from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from risk.evaluation import metrics as m

counts = st.lists(st.integers(0, 6), min_size=2, max_size=60)


def ordered(score: list[float]) -> np.ndarray:
    return m.rank_order(np.array(score), np.arange(len(score), dtype=np.uint64))


def test_pai_and_pei_agree_with_the_worked_example_of_wheelers_ptools() -> None:
    """Six areas, observed 6 7 3 2 1 0, predicted 8 4 4 2 1 0; R's ``ptools::pai`` prints for the
    first one, two and three of them PAI 1.894737, 1.421053, 1.684211 and PEI 0.857143, 0.692308, 1.
    (Wheeler and Steenbeek 2021, J. Quant. Criminol. 37; its ties put the fewer crimes first.)
    """
    observed = np.array([6.0, 3, 7, 2, 1, 0])
    order = ordered([8, 4, 4, 2, 1, 0])
    total = observed.sum()
    pai = [m.accuracy_index(observed, order, share=k / 6, total=total) for k in (1, 2, 3)]
    pei = [m.efficiency_index(observed, order, share=k / 6) for k in (1, 2, 3)]
    assert np.allclose(pai, [1.894737, 1.421053, 1.684211], atol=1e-6)
    assert np.allclose(pei, [0.857143, 0.692308, 1.0], atol=1e-6)


@given(counts, st.integers(0, 2**32), st.sampled_from([0.01, 0.05, 0.1, 0.2, 1.0]))
def test_no_order_beats_the_one_that_knew(events: list[int], seed: int, share: float) -> None:
    seen, total = np.array(events, dtype=float), float(sum(events))
    order = np.random.default_rng(seed).permutation(len(seen))
    if not total:
        assert np.isnan(m.hit_rate(seen, order, share=share, total=total))
        return
    hit = m.hit_rate(seen, order, share=share, total=total)
    best = m.best_hit_rate(seen, share=share, total=total)
    assert 0 <= hit <= best <= 1 + 1e-12
    assert m.efficiency_index(seen, order, share=share) == pytest.approx(hit / best)


def test_what_happened_where_no_unit_was_known_counts_as_missed() -> None:
    assert m.hit_rate(np.array([4.0, 0.0]), np.array([0, 1]), share=0.5, total=8.0) == 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=80))
def test_auc_agrees_with_scikit_learn_ties_included(pairs: list[tuple[bool, int]]) -> None:
    happened, score = np.array([p[0] for p in pairs]), np.array([float(p[1]) for p in pairs])
    ours = m.area_under_curve(happened, score)
    if happened.all() or not happened.any():
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(roc_auc_score(happened, score))


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=60),
    st.integers(0, 99),
)
def test_if_every_visit_finds_no_order_is_earlier(
    visits: list[tuple[int, bool]], seed: int
) -> None:
    day = np.array([float(v[0]) for v in visits])
    order = np.random.default_rng(seed).permutation(len(day))
    assert m.days_earlier(day, np.ones(len(day), bool), order) == pytest.approx(0.0)


def test_days_earlier_agrees_with_a_slow_plain_count() -> None:
    rng = np.random.default_rng(3)
    day, found, score = rng.integers(0, 60, 300) * 1.0, rng.random(300) < 0.2, rng.random(300)
    order = m.rank_order(score, np.arange(300, dtype=np.uint64))
    slots = sorted(day.tolist())
    gained = [day[visit] - slots[place] for place, visit in enumerate(order) if found[visit]]
    assert m.days_earlier(day, found, order) == pytest.approx(sum(gained) / len(gained))


def test_the_first_half_of_an_odd_number_of_visits_is_the_smaller_one() -> None:
    found = np.array([True, True, False])
    assert m.found_in_first_half(found, np.array([0, 1, 2])) == 0.5


def test_precision_and_recall_at_k_count_units_not_events() -> None:
    events, order = np.array([5.0, 0.0, 1.0]), np.array([0, 1, 2])
    assert m.precision_at(events, order, k=2) == 0.5
    assert m.recall_at(events, order, k=2) == 0.5
    assert m.precision_at(events, order, k=200) == pytest.approx(2 / 3)


def test_ties_are_broken_by_a_seeded_hash_that_knows_only_the_name() -> None:
    names = [f"B{n}" for n in range(500)]
    tie = m.tie_numbers(names, seed=7)
    assert (tie == m.tie_numbers(names, seed=7)).all()
    assert (tie[::-1] == m.tie_numbers(names[::-1], seed=7)).all()
    assert (tie != m.tie_numbers(names, seed=8)).any()
    assert len(set(tie.tolist())) == 500
    first = m.rank_order(np.zeros(500), tie)[:250]
    assert 90 < (first < 250).sum() < 160, "equal scores must come in an order without a pattern"


def test_calibration_sums_to_the_whole_lowest_tenth_first() -> None:
    rng = np.random.default_rng(0)
    expected = rng.gamma(2, 1, 137)
    tenths = m.calibrate(expected, rng.poisson(expected).astype(float))
    assert len(tenths) == 10
    assert sum(t["expected"] for t in tenths) == pytest.approx(expected.sum())
    assert tenths[0]["expected"] < tenths[-1]["expected"]


def test_jaccard_is_what_two_lists_share() -> None:
    assert m.jaccard(frozenset("abc"), frozenset("bcd")) == 0.5
    assert np.isnan(m.jaccard(frozenset(), frozenset()))


def test_nothing_to_rank_is_not_an_error() -> None:
    empty = np.zeros(0)
    order = m.rank_order(empty, m.tie_numbers([], seed=1))
    assert np.isnan(m.precision_at(empty, order, k=5))
    assert np.isnan(m.hit_rate(empty, order, share=0.1, total=3.0))
    assert np.isnan(m.efficiency_index(empty, order, share=0.1))
    assert np.isnan(m.days_earlier(empty, empty.astype(bool), order))
