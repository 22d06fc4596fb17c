"""Tables cut into pieces come back as they were, and share what they have in common."""

from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import pieces


@pytest.fixture(autouse=True)
def _small_pieces() -> Any:
    with patch.object(pieces, "MEAN_ROWS", 4):
        yield


def frame(*ids: str, late: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": pd.Series(ids, dtype="str"),
            "name": pd.Series([each if len(each) % 2 else None for each in ids], dtype="str"),
            "due_on": pd.Series([None] * len(ids), dtype="datetime64[us]"),
            "late": pd.Series([late] * len(ids), dtype="int64"),
            "chance": pd.Series([float("nan")] * len(ids), dtype="float64"),
        }
    )


def contents(of: pd.DataFrame) -> list[bytes]:
    return [content for _, content in pieces.cut(of, by="id")]


@given(st.lists(st.text(max_size=6), max_size=60, unique=True))
def test_a_table_comes_back_in_order_and_in_its_types(ids: list[str]) -> None:
    whole = frame(*ids)
    pd.testing.assert_frame_equal(pieces.joined(contents(whole)), whole)
    some = ["late", "id"]
    pd.testing.assert_frame_equal(pieces.joined(contents(whole), some), whole[some])


@given(st.lists(st.text(max_size=6), min_size=1, max_size=60, unique=True), st.data())
def test_a_row_that_goes_makes_two_pieces_others_at_most(
    ids: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(ids) - 1))
    before = {digest for digest, _ in pieces.cut(frame(*ids), by="id")}
    after = {digest for digest, _ in pieces.cut(frame(*ids[:gone], *ids[gone + 1 :]), by="id")}
    assert len(after - before) <= 1
    assert len(before - after) <= 2


def test_other_facts_of_a_row_make_another_piece() -> None:
    assert pieces.cut(frame("a"), by="id") != pieces.cut(frame("a", late=1), by="id")


def test_rows_without_a_name_are_kept_as_well() -> None:
    whole = pd.DataFrame({"id": pd.Series(["a", None, "b"], dtype="str")})
    pd.testing.assert_frame_equal(pieces.joined(contents(whole)), whole)
