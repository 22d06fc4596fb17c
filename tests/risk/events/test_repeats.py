"""Rows that tell of one visit."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from risk import schema as c
from risk.events.repeats import mark_copies, without_copies

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
