"""Rows that tell of one visit."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from risk import schema as c
from risk.events.repeats import (
    alike_visits,
    any_alike,
    are_empty_repeats,
    mark_copies,
    once_per_visit,
    without_copies,
)

VISITS = pd.DataFrame(
    {
        "row_key": ["a", "b", "c"],
        "building_id": ["B1", "B1", "B2"],
        "event_at": pd.to_datetime(["2026-11-01 10:00", "2026-11-01 10:00", "2026-11-01 10:00"]),
        "result": ["属实", "属实", "属实"],
        c.H3_R10: ["", "", ""],
    }
)


@pytest.mark.parametrize("numbers", [{}, {"inspection_id": ["", "", ""]}])
def test_a_table_without_the_column_of_numbers_is_one_without_numbers(
    numbers: dict[str, list[str]],
) -> None:
    marked = mark_copies(ibis.memtable(VISITS.assign(**numbers))).to_pandas()
    kept = without_copies(marked.sort_values("row_key", ignore_index=True))
    assert kept["row_key"].tolist() == ["a", "c"]


@pytest.mark.parametrize("keys", [["a", "b", "c"], ["b", "a", "c"]])
def test_which_row_of_a_visit_counts_is_not_a_matter_of_its_key(keys: list[str]) -> None:
    """Keys of rows without a number are hashes by the workspace's secret."""
    purposes = ["复查", "例行巡查", ""]
    table = ibis.memtable(VISITS.assign(row_key=keys, purpose=purposes, cut=pd.Timestamp(0)))
    at_once = once_per_visit(table).to_pandas()
    at_each_cut = without_copies(mark_copies(table).to_pandas())
    assert sorted(at_once["purpose"]) == sorted(at_each_cut["purpose"]) == ["", "例行巡查"]


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({}, ["a", "b"]),
        ({"building_id": ["B1", "B3", "B2"]}, []),
        ({"unit_id": ["1", "2", "1"]}, []),
        ({"unit_id": ["1", "1", "1"], "building_id": [None, None, "B2"]}, ["a", "b"]),
        ({"event_at": pd.to_datetime(["2026-11-01", "2026-11-02", None])}, []),
    ],
)
def test_visits_are_alike_that_share_building_unit_and_moment(
    changed: dict[str, list[str]], keys: list[str]
) -> None:
    learnt = pd.to_datetime(["2026-11-05", "2026-11-06", "2026-11-07"])
    table = ibis.memtable(VISITS.assign(learnt_at=learnt, **changed))
    assert any_alike(table) == bool(keys)
    assert sorted(alike_visits(table).to_pandas()["row_key"]) == keys


def test_no_visits_are_alike_where_there_are_none() -> None:
    assert not any_alike(ibis.memtable(VISITS.assign(learnt_at=VISITS["event_at"])).limit(0))


def test_a_row_without_a_result_is_dropped_where_another_tells_of_the_same_going() -> None:
    """Of units 1 and 2, and of places without a unit, which are told apart by nothing."""
    visits = pd.DataFrame(
        {
            "unit": ["1", "1", "1", "1", "2", "", ""],
            "unit_code": [0, 0, 0, 0, 1, -1, -1],
            "day": [5, 5, 5, 6, 5, 5, 5],
            "purpose_code": [0, 0, 3, 0, *[0] * 3],
            "found": [1.0, None, None, None, None, 0.0, None],
        }
    )
    assert visits.index[~are_empty_repeats(visits)].tolist() == [0, 2, 3, 4, 5, 6]


def test_empty_repeats_are_those_of_a_plain_search() -> None:
    """Among many goings, whose numbers meet in their last bits."""
    rng = np.random.default_rng(5)
    visits = pd.DataFrame(
        {
            "unit_code": rng.integers(-1, 400, 3_000),
            c.DAY: rng.integers(20_000, 20_005, 3_000),
            "purpose_code": rng.integers(0, 3, 3_000),
            "found": rng.choice([0.0, 1.0, np.nan], 3_000),
        }
    )
    told: set[tuple[int, ...]] = set()
    plain = []
    for row in visits.itertuples(index=False):
        plain.append(row[0] >= 0 and row[:3] in told and np.isnan(row.found))
        told.add(row[:3])
    assert are_empty_repeats(visits).tolist() == plain
    assert 100 < sum(plain) < 2_000
