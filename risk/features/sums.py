"""Sums of a table per building at one cut or several, taken apart by cut."""

from __future__ import annotations

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
    """What an expression of `risk.features.aggregates` gives.

    Parameters
    ----------
    located
        Sums of buildings, in order of their cut, by column.
    cut, at
        Cut of each of these rows, ascending, and the row of its building in the register.
    unlocated
        Sums of no building, with ``cut`` and the other columns of `PLACE_KEYS`.
    """

    located: dict[str, Numbers]
    cut: NDArray[np.datetime64]
    at: Codes
    unlocated: pd.DataFrame

    @classmethod
    def read(cls, expression: ir.Table, ids: pd.Index[Any]) -> Sums:
        """Run it on its engine.

        ``expression``: with ``cut`` and ``building_id``, ``''`` where there is none. ``ids``: of
        the register, in order.
        """
        frame = fetch(expression)
        frame[c.CUT] = frame[c.CUT].astype("datetime64[us]")
        at = rows_of(frame.pop(c.BUILDING), ids)
        rows = np.flatnonzero(at >= 0)
        cuts = frame[c.CUT].to_numpy()
        rows = rows[np.argsort(cuts[rows], kind="stable")]
        numbers = [name for name in frame if name not in {c.CUT, c.H3_R10, c.GRID, c.COMMUNITY}]
        return cls(
            located={str(name): frame[name].to_numpy()[rows] for name in numbers},
            cut=cuts[rows],
            at=at[rows],
            unlocated=frame[at < 0].reset_index(drop=True),
        )

    def spread(self, name: str, cut: datetime, fill: Numbers) -> Numbers:
        """Return a column at a cut for every building of the register, in its order.

        ``fill``: what a building without a row has, shape (buildings,).
        """
        moment = np.datetime64(cut, "us")
        here = slice(*(int(np.searchsorted(self.cut, moment, side)) for side in ("left", "right")))
        values: Numbers = fill.copy()
        values[self.at[here]] = self.located[name][here]
        return values
