"""Rows of frames by their numbers, and codes of texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from risk.arrays import among_texts, code_texts, one_thread, select_by_text, take_rows


@pytest.mark.parametrize("rows", [[1, 2, 3, 5], [0, 5], [5, 1, 1, 3, 2], [], [0, 1, 2, 3, 4, 5]])
def test_rows_are_taken_as_by_iloc_few_or_most_in_order_or_not(rows: list[int]) -> None:
    number = np.arange(6.0)
    frame = pd.DataFrame(
        {"text": pd.Series(list("cabacb"), dtype="str"), "blank": pd.Series([""] * 6, dtype="str"),
         "number": number, "same": number, "flag": number > 2},
        index=range(10, 16), copy=False,
    )  # fmt: skip
    taken = take_rows(frame, np.array(rows, dtype=np.int64))
    pd.testing.assert_frame_equal(taken, frame.iloc[rows])


def test_texts_whose_equal_ones_are_numbered_have_the_same_codes() -> None:
    texts = pd.Series(["b", "", "a", "b", "", "c"], dtype="str")
    others = pd.Series(["d", "a", ""], dtype="str")
    numbers = pd.Series([2, 0, 1, 2, 0, 3])
    names, codes = code_texts(texts, others, numbers=numbers)
    expected, usual = code_texts(texts, others)
    assert names.tolist() == expected.tolist()
    assert [each.tolist() for each in codes] == [each.tolist() for each in usual]


@pytest.mark.parametrize("names", [["a"], ["x", "b"], [], ["a", "b", ""]])
def test_texts_are_among_names_as_pandas_says_and_rows_that_all_are_stay_one_frame(
    names: list[str],
) -> None:
    frame = pd.DataFrame({"text": pd.Series(["b", "", "a", None, "b"], dtype="str")})
    there = frame["text"].isin(names).to_numpy()
    assert among_texts(frame["text"], names).tolist() == there.tolist()
    pd.testing.assert_frame_equal(select_by_text(frame, "text", names), frame[there])
    known = frame.dropna()
    assert select_by_text(known, "text", ["a", "b", ""]) is known


def test_numpy_and_scipy_work_with_one_thread_and_afterwards_with_as_many_as_before() -> None:
    def threads() -> list[int]:
        return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

    with threadpool_limits(limits=2, user_api="blas"):
        with one_thread():
            inside = threads()
        assert inside == [1, 1]
        assert threads() == [2, 2]
