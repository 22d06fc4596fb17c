"""Sums of a table per building at one cut or several, taken apart by cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Bools, Codes, rows_of
from risk.events.fetch import fetch
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
        frame = fetch(below)
        frame[c.CUT] = frame[c.CUT].astype("datetime64[us]")
        at = rows_of(frame.pop(c.BUILDING), ids)
        located = defaultdict(list)
        names = [str(name) for name in frame if name not in PLACE_KEYS]
        moments = frame[c.CUT].to_numpy()
        for moment in np.unique(moments[at >= 0]):
            here = np.flatnonzero((at >= 0) & (moments == moment))
            for name in names:
                located[moment.item(), name].append((at[here], frame[name].to_numpy()[here]))
        for cuts, expression in beside:
            sums = fetch(expression)
            of_building = rows_of(sums[c.BUILDING], ids)
            for number, cut in enumerate(cuts):
                for name in names:
                    values = sums[f"{name}{number}"].to_numpy()
                    located[cut, name].append((of_building, values))
        unlocated = frame[at < 0].reset_index(drop=True)
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
