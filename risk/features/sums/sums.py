"""Sums of a table per building at one cut or several, taken apart by cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import ir
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Bools, Codes, rows_of
from risk.events.rows import PLACE_KEYS

Numbers = NDArray[Any]
Located = dict[tuple[datetime, str], list[tuple[Codes, Numbers]]]


@dataclass(frozen=True, kw_only=True)
class Register:
    """The buildings of several cuts.

    Parameters
    ----------
    buildings
        One row per building, sorted by ``building_id``.
    learnt
        When each was learnt of, ``datetime64[us]``, shape (buildings,).
    ids
        Their ids.
    """

    buildings: pd.DataFrame
    learnt: NDArray[np.datetime64]
    ids: pd.Index[Any]

    def known(self, cut: datetime) -> Bools:
        """Say of each building whether it was known before a cut."""
        return np.asarray(self.learnt < np.datetime64(cut, "us"))


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Sums of a table, not yet asked for.

    Parameters
    ----------
    beside
        Sums by the building that rows name, with a numbered column for each of some cuts, and
        these cuts. They hold of the buildings that were known at all of the cuts.
    below
        Writes the sums of all other rows, by `PLACE_KEYS`.
    """

    below: Callable[[], ir.Table]
    beside: Sequence[tuple[Sequence[datetime], ir.Table]] = ()

    def none(self) -> pa.Table:
        """Return what ``below`` gives where there are no other rows."""
        numbered = self.beside[0][1].schema()
        kinds = {name: pa.string() for name in PLACE_KEYS} | {c.CUT: pa.timestamp("us")}
        for name, kind in numbered.items():
            if name not in kinds:
                kinds[name.rstrip("0123456789")] = kind.to_pyarrow()
        return pa.schema(list(kinds.items())).empty_table()


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What an expression of `risk.features.sums.aggregates` gives.

    Parameters
    ----------
    located
        Sums of buildings by cut and column, each with the rows of its buildings in the register.
    names
        The columns.
    unlocated
        Sums of no building, with ``cut`` and the other columns of `PLACE_KEYS`.
    """

    located: Located
    names: frozenset[str]
    unlocated: pd.DataFrame

    @classmethod
    def read(cls, asked: Expression, register: Register) -> Sums:
        """Run expressions on their engine; those of rows elsewhere only where there are any."""
        located: Located = defaultdict(list)
        there = [_read_beside(*each, register, located) for each in asked.beside]
        rows = asked.none() if there and all(there) else asked.below().to_pyarrow()
        at = rows_of(rows[c.BUILDING], register.ids)
        names = [name for name in rows.column_names if name not in PLACE_KEYS]
        columns = {name: rows[name].to_numpy() for name in names}
        moments = rows[c.CUT].cast(pa.timestamp("us")).to_numpy()
        for moment in np.unique(moments[at >= 0]):
            here = np.flatnonzero((at >= 0) & (moments == moment))
            for name in names:
                located[moment.item(), name].append((at[here], columns[name][here]))
        elsewhere = rows.filter(pa.array(at < 0)).drop_columns(c.BUILDING).to_pandas()
        unlocated = elsewhere.astype({c.CUT: "datetime64[us]"})
        return cls(located=located, names=frozenset(names), unlocated=unlocated)

    def spread(self, name: str, cut: datetime, fill: Numbers) -> Numbers:
        """Return a column at a cut for every building of the register, in its order.

        ``fill``: what a building without a row has, shape (buildings,).
        """
        values: Numbers = fill.copy()
        for rows, sums in self.located.get((cut, name), ()):
            unknown = pd.isna(sums)
            known = ~unknown if unknown.any() else slice(None)
            values[rows[known]] = sums[known]
        return values

    def release(self, cut: datetime) -> None:
        """Forget the columns of buildings at a cut, which nobody asks for again."""
        for name in self.names:
            self.located.pop((cut, name), None)


def _narrow(values: Numbers) -> Numbers:
    """Return whole numbers in four bytes where they have room there."""
    if values.dtype != np.int64 or not len(values):
        return values
    room = np.iinfo(np.int32)
    fit = room.min <= values.min() and values.max() <= room.max
    return values.astype(np.int32) if fit else values


def _read_beside(
    cuts: Sequence[datetime], expression: ir.Table, register: Register, located: Located
) -> bool:
    """Read sums of some cuts; say whether all rows are at buildings known at all of them."""
    sums = expression.to_pyarrow()
    at = rows_of(sums[c.BUILDING], register.ids)
    inside = np.append(register.known(min(cuts)), False)[at]
    for column in sums.column_names:
        if column != c.BUILDING:
            name = column.rstrip("0123456789")
            cut = cuts[int(column.removeprefix(name))]
            values = _narrow(sums[column].to_numpy())
            located[cut, name].append(
                (at, values) if inside.all() else (at[inside], values[inside])
            )
    return bool(inside.all())
