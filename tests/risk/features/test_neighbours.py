"""Cells of buildings and of events elsewhere, numbered at one cut after the other."""

from __future__ import annotations

import pandas as pd

from risk.arrays import code_texts
from risk.features.neighbours import Discs


def test_cells_that_were_numbered_at_another_cut_have_the_codes_of_both_columns_together() -> None:
    discs = Discs()
    cells, others = (pd.Series(each, dtype="str") for each in (["c", "a", "", "c"], ["d", "a"]))
    for elsewhere in ([], ["b", "", "a"], ["a"], []):
        for buildings in (cells, cells.copy(), others):
            more = pd.Series(elsewhere, dtype="str")
            names, *codes = discs.code(buildings, more)
            expected, usual = code_texts(buildings, more)
            assert names.tolist() == expected.tolist()
            assert [each.tolist() for each in codes] == [each.tolist() for each in usual]
