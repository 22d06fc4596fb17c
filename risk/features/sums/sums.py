"""Sums of a table per building at one cut or several, taken apart by cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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

    located: Mapping[tuple[datetime, str], list[tuple[Codes, Numbers]]]
    names: frozenset[str]
    unlocated: pd.DataFrame

    @classmethod
    def read(
        cls,
        below: ir.Table,
        beside: Sequence[tuple[Sequence[datetime], ir.Table]],
        ids: pd.Index[Any],
    ) -> Sums:
        """Run expressions on their engine.

        ``below``: with ``cut`` and ``building_id``, ``''`` where there is none. ``beside``: sums of
        buildings with a column for each of some cuts, and these cuts. ``ids``: of the register, in
        order.
        """
        rows = below.to_pyarrow()
        at = rows_of(rows[c.BUILDING], ids)
        located = defaultdict(list)
        names = [name for name in rows.column_names if name not in PLACE_KEYS]
        columns = {name: rows[name].to_numpy() for name in names}
        moments = rows[c.CUT].cast(pa.timestamp("us")).to_numpy()
        for moment in np.unique(moments[at >= 0]):
            here = np.flatnonzero((at >= 0) & (moments == moment))
            for name in names:
                located[moment.item(), name].append((at[here], columns[name][here]))
        for cuts, expression in beside:
            sums = expression.to_pyarrow()
            of_building = rows_of(sums[c.BUILDING], ids)
            for number, cut in enumerate(cuts):
                for name in names:
                    values = sums[f"{name}{number}"].to_numpy()
                    located[cut, name].append((of_building, values))
        elsewhere = rows.filter(pa.array(at < 0)).drop_columns(c.BUILDING).to_pandas()
        unlocated = elsewhere.astype({c.CUT: "datetime64[us]"})
        return cls(located=located, names=frozenset(names), unlocated=unlocated)

    def spread(self, name: str, cut: datetime, fill: Numbers) -> Numbers:
        """Return a column at a cut for every building of the register, in its order.

        ``fill``: what a building without a row has, shape (buildings,).
        """
        values: Numbers = fill.copy()
        for rows, sums in self.located.get((cut, name), ()):
            known = ~pd.isna(sums)
            values[rows[known]] = sums[known]
        return values
