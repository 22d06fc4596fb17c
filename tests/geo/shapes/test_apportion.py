"""Rules of spreading totals: nothing lost, nothing twice, everyone near their share."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shapes.apportion import NowhereToSpreadError, spread_total

weights_of_a_source = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-300, 1e300), st.integers(1, 9).map(float)),
    min_size=1,
    max_size=12,
)
sources = st.lists(weights_of_a_source, min_size=1, max_size=6)


def parts_of(weights: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    source = np.repeat(np.arange(len(weights)), [len(each) for each in weights])
    return source, np.concatenate([np.array(each) for each in weights])


def largest_remainder(total: int, weights: list[float]) -> list[int]:
    """The slow, plain oracle, in exact fractions."""
    exact = [Fraction(weight) for weight in weights]
    if not sum(exact):
        exact = [Fraction(1)] * len(weights)
    quotas = [total * weight / sum(exact) for weight in exact]
    amounts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda i: (amounts[i] - quotas[i], i))
    for index in by_remainder[: total - sum(amounts)]:
        amounts[index] += 1
    return amounts


@given(weights=sources, data=st.data())
def test_whole_parts_add_up_to_each_total_exactly_and_stay_within_one_of_their_share(
    weights: list[list[float]], data: st.DataObject
) -> None:
    totals = [data.draw(st.integers(0, 10**9)) for _ in weights]
    source, weight = parts_of(weights)
    amounts = spread_total(totals, source=source, weight=weight)
    np.testing.assert_array_equal(np.bincount(source, weights=amounts), totals)
    assert (amounts == np.floor(amounts)).all()
    assert (amounts >= 0).all()
    for index, total in enumerate(totals):
        peak = max(weights[index])
        scaled = np.array(weights[index]) / peak if peak else np.ones(len(weights[index]))
        quota = total * scaled / scaled.sum()
        assert (np.abs(amounts[source == index] - quota) < 1 + 1e-6).all()


@given(total=st.integers(0, 5000), weights=st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_whole_parts_follow_the_largest_remainder_method(total: int, weights: list[int]) -> None:
    amounts = spread_total([total], source=[0] * len(weights), weight=weights)
    expected = largest_remainder(total, [float(weight) for weight in weights])
    assert amounts.tolist() == expected


@given(weights=sources)
def test_numbering_the_sources_otherwise_changes_nothing(weights: list[list[float]]) -> None:
    totals = np.arange(7, 7 + len(weights))
    source, weight = parts_of(weights)
    before = spread_total(totals, source=source, weight=weight)
    after = spread_total(totals[::-1], source=len(weights) - 1 - source, weight=weight)
    np.testing.assert_array_equal(before, after)


def test_a_total_without_any_part_is_refused_and_named() -> None:
    with pytest.raises(NowhereToSpreadError) as refused:
        spread_total([5, 7], source=[0], weight=[1.0])
    assert refused.value.facts == {"sources": [1], "total": 7.0}
    assert spread_total([5, 0], source=[0], weight=[1.0]).tolist() == [5.0]


@pytest.mark.parametrize(
    ("totals", "weight"), [([1.5], [1.0]), ([-1], [1.0]), ([1], [np.nan]), ([2**41], [1.0])]
)
def test_totals_and_weights_that_make_no_sense_are_refused(
    totals: list[float], weight: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"totals|weight"):
        spread_total(totals, source=[0], weight=weight)
