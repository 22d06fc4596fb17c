"""What a grade says of a place: how much worse than usual, as far as it was known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.contracts.registry import vocabulary_of
from risk.events.severity import FEWEST, GRADE_Z, LIMIT, with_grade_z

CUT = datetime(2026, 11, 1)  # noqa: DTZ001 -- local times throughout
BEFORE, AFTER = CUT - timedelta(days=30), CUT + timedelta(days=1)
WORDS = vocabulary_of("inspections", "grade").numbers
MANY = FEWEST + 10
GRADES = st.lists(st.integers(0, 100), min_size=MANY, max_size=MANY)
TYPES = {
    **dict.fromkeys(("source", "purpose", "grade_word"), "string"),
    **dict.fromkeys(("event_at", "learnt_at"), "timestamp"),
    "row": "int64",
    "grade": "float64",
}
few = settings(max_examples=10)
DIRECTIONS = pytest.mark.parametrize("better", ["high", "low"])


@cache
def duckdb() -> Any:
    """Return one session for all questions: opening one takes longer than an answer."""
    return ibis.duckdb.connect()


def visits(grades: Sequence[float], **columns: Any) -> pd.DataFrame:
    """Return visits, known before the cut, of one source and purpose unless said otherwise."""
    facts = {"source": "fire", "purpose": "routine", "grade_word": None}
    facts |= {"event_at": BEFORE, "learnt_at": BEFORE}
    frame = pd.DataFrame({"grade": np.asarray(grades, float)})
    return frame.assign(**{**facts, **columns})


def in_words(words: Sequence[str], **columns: Any) -> pd.DataFrame:
    numbers = [WORDS[word] for word in words]
    return visits(numbers, grade_word=np.array(words, object), **columns)


def worse(*parts: pd.DataFrame, better: Any = "high", backend: Any = None) -> NDArray[np.float64]:
    """Return ``grade_z`` of all visits in their order."""
    frame = pd.concat(parts, ignore_index=True)
    frame["row"] = np.arange(len(frame))
    table = ibis.memtable(frame[list(TYPES)], schema=TYPES)
    found = with_grade_z(table, cut=CUT, better=better).order_by("row")
    values: NDArray[np.float64] = (
        (backend or duckdb()).to_pandas(found)[GRADE_Z].to_numpy(np.float64)
    )
    return values


@few
@given(grades=GRADES, shift=st.integers(-1000, 1000), scale=st.integers(1, 50))
def test_the_unit_and_the_zero_of_a_sources_grades_do_not_matter(
    grades: list[int], shift: int, scale: int
) -> None:
    assume(len(set(grades)) > 1)  # else the scale is that of all sources
    moved = visits(scale * np.array(grades) + shift, source="kitchens")
    before, after = np.split(worse(visits(grades), moved), 2)
    np.testing.assert_allclose(after, before, atol=1e-9)


@DIRECTIONS
@few
@given(grades=GRADES)
def test_a_worse_grade_is_never_less_severe(grades: list[int], better: str) -> None:
    severity = worse(visits(grades), better=better)
    badness = -np.array(grades) if better == "high" else np.array(grades)
    assert (np.diff(severity[np.argsort(badness, kind="stable")]) >= 0).all()
    assert np.abs(severity).max() <= LIMIT


@DIRECTIONS
@few
@given(words=st.lists(st.sampled_from(sorted(WORDS)), min_size=MANY, max_size=MANY))
def test_words_and_numbers_agree_in_their_order(words: list[str], better: str) -> None:
    sign = 1 if better == "high" else -1
    numbers = [sign * WORDS[word] for word in words]
    by_number, by_word = np.split(worse(visits(numbers), in_words(words), better=better), 2)
    np.testing.assert_allclose(by_word, by_number, atol=1e-9)


@few
@given(grades=GRADES, later=GRADES, learnt_late=st.booleans())
def test_what_came_after_the_cut_moves_nothing(
    grades: list[int], later: list[int], *, learnt_late: bool
) -> None:
    at = BEFORE if learnt_late else AFTER
    more = visits(np.array(later) * 100, event_at=at, learnt_at=AFTER)
    without = worse(visits(grades))
    np.testing.assert_array_equal(worse(visits(grades), more)[:MANY], without)


def test_a_visit_after_the_cut_is_measured_by_what_was_known_before_it() -> None:
    known = visits(np.arange(MANY))
    later = visits([np.arange(MANY).mean()], event_at=AFTER, learnt_at=AFTER)
    assert worse(known, later)[-1] == pytest.approx(0)


def test_a_visit_without_a_grade_has_no_severity() -> None:
    unknown = visits([np.nan, np.nan], grade_word=[None, "待评"])
    severity = worse(visits(np.arange(MANY)), unknown)
    assert np.isnan(severity).tolist() == [False] * MANY + [True, True]


def test_numbers_and_words_of_one_source_have_scales_of_their_own() -> None:
    numbers, words = visits(np.tile([3, 5], MANY)), in_words(["优秀", "不合格"] * MANY)
    assert worse(numbers, words)[-2:].tolist() == pytest.approx([-1, 1])


def test_a_purpose_with_few_grades_is_measured_by_its_source_and_a_small_source_by_all() -> None:
    many = visits(np.tile([80, 100], MANY))
    few = visits([80], purpose="revisit")
    small = visits([100], source="kitchens")
    assert worse(many, few, small)[-2:].tolist() == pytest.approx([1, -1], abs=0.05)


def test_each_purpose_has_a_scale_of_its_own() -> None:
    first = visits(np.tile([80, 100], MANY))
    again = visits(np.tile([40, 60], MANY), purpose="revisit")
    assert worse(first, again).tolist() == pytest.approx([1, -1] * (2 * MANY))


def test_one_slip_of_the_pen_hardly_moves_the_others() -> None:
    usual = visits(np.tile([85, 95], 1_000))
    np.testing.assert_allclose(worse(usual, visits([9900]))[:-1], worse(usual), atol=0.1)


@pytest.mark.parametrize("grades", [[0.1] * MANY, [90.0], []])
def test_where_no_two_grades_differ_none_is_worse(grades: list[float]) -> None:
    later = visits([50], event_at=AFTER, learnt_at=AFTER)
    assert worse(visits(grades), later).tolist() == [0] * (len(grades) + 1)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_duckdb_and_spark_give_the_same_severity(spark: Any) -> None:
    rng = np.random.default_rng(7)
    rows = [
        visits(rng.integers(40, 101, 200), purpose=rng.choice(["routine", "revisit"], 200)),
        visits(rng.normal(5, 2, 90), source="kitchens"),
        in_words(rng.choice(sorted(WORDS), 40).tolist(), source="kitchens"),
        visits([np.nan, 50], source=None, purpose=None),
    ]
    theirs = worse(*rows, backend=ibis.pyspark.connect(spark))
    np.testing.assert_allclose(theirs, worse(*rows), atol=1e-9)
