"""Arrays that pass between the modules of ``risk``: their types, and codes of texts."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
"""Whole numbers that stand for texts; `UNKNOWN` where there is none."""
Texts = NDArray[np.str_]
UNKNOWN: Final = -1


def rows_of(texts: pd.Series | pd.Index[Any], names: pd.Series | pd.Index[Any]) -> Codes:
    """Return where each text stands among the names, `UNKNOWN` where it is none of them.

    By way of Arrow, which needs no Python text per row. Of a name that is there twice the first.
    """
    found = pc.index_in(_as_arrow(texts), value_set=_as_arrow(names))
    return np.asarray(found.fill_null(UNKNOWN).to_numpy(zero_copy_only=False), dtype=np.int64)


def code_texts(*texts: pd.Series) -> tuple[pd.Index[Any], list[Codes]]:
    """Return the texts there are but ``''``, in order, and the number of each, -1 for ``''``."""
    codes, found = pd.factorize(pd.concat(texts, ignore_index=True))
    found = pd.Index(found, dtype="str")
    order = np.asarray(found.argsort())
    order = order[np.asarray(found != "")[order]]
    rank = np.full(len(found) + 1, UNKNOWN, dtype=np.int64)
    rank[order] = np.arange(len(order))
    ends = np.cumsum([len(each) for each in texts])[:-1]
    return found[order], np.split(rank[codes], ends)


def _as_arrow(texts: pd.Series | pd.Index[Any]) -> pa.Array:
    return pa.array(texts, type=pa.large_string(), from_pandas=True)
