"""A few visits as facts of their own, and which rows of all visits they are."""

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Codes
from risk.config.find_rate import OUTCOME_LEVELS
from risk.design.visit_table import CELL, WORDS, Facts, code_column

LEVELS = (*OUTCOME_LEVELS, WORDS, CELL)


class RowIndex:
    """Rows of each code."""

    def __init__(self, codes: Codes, size: int) -> None:
        self._order = np.argsort(codes, kind="stable")
        self._start = np.searchsorted(codes[self._order], np.arange(size + 1))

    def of(self, code: int) -> Codes:
        """Return the rows of a code, in order; none of one that is not there."""
        if not 0 <= code < len(self._start) - 1:
            return np.zeros(0, dtype=np.int64)
        return np.asarray(self._order[self._start[code] : self._start[code + 1]], dtype=np.int64)


def coded_facts(visits: pd.DataFrame) -> Facts:
    """Return a few visits as `Facts` with codes of their own and without kernels."""
    codes, index = {}, {}
    for level in LEVELS:
        texts = visits[level].astype("str")
        index[level] = pd.Index(sorted(set(texts) - {""}), dtype="str")
        codes[code_column(level)] = index[level].get_indexer(pd.Index(texts)).astype(np.int64)
    reports = pd.DataFrame({c.DAY: np.zeros(0, dtype=np.int64)})
    return Facts(visits=visits.assign(**codes), complaints=reports, names=index, kernels={})


def recoded(facts: Facts, places: pd.DataFrame) -> pd.DataFrame:
    """Give places the codes of some facts."""
    return places.assign(
        **{
            code_column(level): index.get_indexer(pd.Index(places[level].astype("str")))
            for level, index in facts.names.items()
        }
    )
