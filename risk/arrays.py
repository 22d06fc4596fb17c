"""Arrays that pass between the modules of ``risk``: types, codes of texts, threads over them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
"""Whole numbers that stand for texts; `UNKNOWN` where there is none."""
Texts = NDArray[np.str_]
UNKNOWN: Final = -1
_FEW: Final = 4
"""Texts are few where there are more than so many times as many names."""


TextColumn: TypeAlias = "pd.Series | pd.Index[Any] | pa.ChunkedArray | pa.Array"
Columns = dict[str, Floats]
Table: TypeAlias = "pd.DataFrame | Mapping[str, NDArray[Any] | pd.Series]"
"""A frame, or, of a few rows, columns by name: a frame costs many times as much as they do."""


def rows_of(texts: TextColumn, names: TextColumn) -> Codes:
    """Return where each text stands among the names, `UNKNOWN` where it is none of them.

    By way of Arrow, which needs no Python text per row. Of a name that is there twice the first.
    """
    if _FEW * len(texts) >= len(names):
        return _index_in(texts, names)
    distinct = pc.unique(_as_arrow(texts))  # of few texts a table is made sooner than of the names
    of_name = _index_in(names, distinct)
    known = np.flatnonzero(of_name >= 0)[::-1]
    at = np.full(len(distinct), UNKNOWN, dtype=np.int64)
    at[of_name[known]] = known  # the last one that is written is the first name
    return at[_index_in(texts, distinct)]


def select_by_text(
    frame: pd.DataFrame, column: str, texts: Collection[str] | pd.Series
) -> pd.DataFrame:
    """Return the rows that have one of some texts in a column; the frame itself where all have."""
    matching = among_texts(frame[column], texts)
    return frame if matching.all() else frame[matching]


def among_texts(texts: TextColumn, names: Collection[str] | pd.Series) -> Bools:
    """Say which texts are among some names, which pandas makes Python texts of, one by one."""
    some = names if isinstance(names, pd.Series) else pa.array([*names], pa.large_string())
    return rows_of(texts, some) >= 0


def _index_in(texts: TextColumn, names: TextColumn) -> Codes:
    found = pc.index_in(_as_arrow(texts), value_set=_as_arrow(names))
    return np.asarray(found.fill_null(UNKNOWN).to_numpy(zero_copy_only=False), dtype=np.int64)


def by_text(texts: pd.Series, work_out: Callable[[pd.Index[Any]], ArrayLike]) -> NDArray[Any]:
    """Work something out for each distinct text, and return it for every row, shape (rows,)."""
    if len(texts) and is_blank(texts):
        return np.full(len(texts), np.asarray(work_out(pd.Index([""])))[0])
    codes, distinct = pd.factorize(texts)
    return np.asarray(work_out(pd.Index(distinct)))[codes]


def changed_texts(texts: pd.Series, change: Callable[[pd.Series], pd.Series | Texts]) -> pd.Series:
    """Change each distinct text, and return the changed ones for every row.

    Texts that are all blank, and stay so, are returned themselves.
    """
    if is_blank(texts) and not change(pd.Series([""], dtype="str"))[0]:
        return texts
    codes, distinct = pd.factorize(texts)
    changed = pd.Series(change(pd.Series(distinct, dtype="str")), dtype="str")
    return changed.take(codes).set_axis(texts.index)


def code_texts(
    *texts: pd.Series, numbers: pd.Series | None = None
) -> tuple[pd.Index[Any], list[Codes]]:
    """Return the texts there are but ``''``, in order, and the number of each, -1 for ``''``.

    ``numbers``: from 0, equal where the first of the texts are, if that is known already.
    """
    if numbers is not None and len(numbers):
        number = numbers.to_numpy()
        row = np.empty(int(number.max()) + 1, dtype=np.int64)
        row[number] = np.arange(len(number))
        names, (codes, *others) = code_texts(texts[0].iloc[row], *texts[1:])
        return names, [codes[number], *others]
    if all(is_blank(each) for each in texts):
        return pd.Index([], dtype="str"), [np.full(len(each), UNKNOWN) for each in texts]
    codes, found = pd.factorize(pd.concat(texts, ignore_index=True))
    found = pd.Index(found, dtype="str")
    order = np.asarray(found.argsort())
    order = order[np.asarray(found != "")[order]]
    rank = np.full(len(found) + 1, UNKNOWN, dtype=np.int64)
    rank[order] = np.arange(len(order))
    ends = np.cumsum([len(each) for each in texts])[:-1]
    return found[order], np.split(rank[codes], ends)


def order_by(*keys: Codes) -> Codes:
    """Return the order of rows by whole numbers, the last of the keys first, as `np.lexsort` does.

    By digits of two bytes, which are sorted many times as fast as whole numbers.
    """
    order = np.arange(len(keys[0]))
    for key in keys:
        rest = key - key.min(initial=0)
        while rest.any():
            digit = rest.astype(np.uint16)[order]  # the last two bytes
            order = order[np.argsort(digit, kind="stable")]
            rest >>= 16
    return order


def is_blank(texts: TextColumn) -> bool:
    """Say whether every text is ``''``; True of none."""
    if isinstance(texts, pd.Series) and isinstance(texts.dtype, pd.CategoricalDtype):
        texts = texts.cat.categories
    return pc.max(pc.binary_length(_as_arrow(texts))).as_py() in {0, None}


def take_rows(frame: pd.DataFrame, rows: Codes) -> pd.DataFrame:
    """Return rows of a frame by their numbers, as ``iloc`` does, each of its columns by itself.

    Columns that are the same array are taken once, and stay so. Of texts that are blank throughout,
    and of one number that stands for all rows, nothing is copied. Most of the rows in their order
    are left over where a mask drops the others, which costs a fraction of taking each.
    """
    in_order = 2 * len(rows) > len(frame) and bool((rows[1:] > rows[:-1]).all())
    kept = np.zeros(len(frame) if in_order else 0, dtype=bool)
    kept[rows if in_order else []] = True
    columns: dict[Any, Any] = {}
    taken: dict[Hashable, Any] = {}
    for name, column in frame.items():
        same = memory_of(column)
        if same not in taken:
            is_text = isinstance(column.dtype, pd.StringDtype)
            values = column.array if is_text else column.to_numpy()
            one = is_blank(column) if is_text else values.strides == (0,)
            if one and len(rows) <= len(frame):
                taken[same] = values[: len(rows)]
            else:
                taken[same] = values[kept] if in_order else values.take(rows)
        columns[name] = taken[same]
    return pd.DataFrame(columns, index=frame.index.take(rows), copy=False)


def memory_of(column: pd.Series) -> Hashable:
    """Return where the values of a column lie: columns that share them are equal in this."""
    if not isinstance(column.dtype, pd.StringDtype):
        values = column.to_numpy()
        return (values.dtype, values.__array_interface__["data"][0], *values.strides)
    values = _as_arrow(column)
    parts = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    return tuple(
        (part.offset, *(buffer.address for buffer in part.buffers() if buffer)) for part in parts
    )


def is_in_order(texts: pd.Series) -> bool:
    """Say whether each text is greater than the one before it."""
    values = _as_arrow(texts)
    return bool(pc.all(pc.less(values[:-1], values[1:])).as_py() in {True, None})


def one_thread() -> AbstractContextManager[Any]:
    """Let BLAS work with one thread for the length of a block.

    On small matrices more of them only wait for each other, and add up in any order.
    """
    limits: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return limits


@cache
def _libraries() -> ThreadpoolController:
    """Look once for the libraries of this process: it takes 2 ms, a score asks three times."""
    import scipy.linalg  # noqa: F401 -- before, or nothing of SciPy's own BLAS is limited

    return ThreadpoolController()


def _as_arrow(texts: TextColumn) -> pa.Array:
    if isinstance(texts, pa.ChunkedArray | pa.Array):
        return texts.cast(pa.large_string())
    return pa.array(texts, type=pa.large_string(), from_pandas=True)
