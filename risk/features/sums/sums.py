"""Sums of a table per building at one cut or several, taken apart by cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import ir
from numpy.typing import NDArray

from data.derived.backends.parts import answer_in_parts
from risk import schema as c
from risk.arrays import Bools, Codes, rows_of
from risk.events.rows import PLACE_KEYS

Numbers = NDArray[Any]
Located = dict[tuple[datetime, str], list[tuple[Codes, Numbers]]]


@dataclass(frozen=True, kw_only=True)
class Register:
    """The buildings of several cuts."""

    buildings: pd.DataFrame
    """One row per building, sorted by ``building_id``."""
    learnt: NDArray[np.datetime64]
    """When each was learnt of, ``datetime64[us]``, shape (buildings,)."""
    ended: NDArray[np.datetime64]
    """The first day on which each does not stand, the same; NaT of those that do."""
    ids: pd.Index[Any]
    """Their ids."""

    def known(self, cut: datetime) -> Bools:
        """Say of each building whether it was known before a cut, and stood until then."""
        return np.asarray(self.learnt < np.datetime64(cut, "us")) & ~self._ended_before(cut)

    def ended_before(self, cut: datetime) -> list[str]:
        """Return the ids of the buildings that no longer stood on the last day before a cut."""
        return [str(building) for building in self.ids[self._ended_before(cut)]]

    def _ended_before(self, cut: datetime) -> Bools:
        return np.asarray(self.ended < np.datetime64(cut, "us"))


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Sums of a table, not yet computed."""

    long: Callable[[], ir.Table]
    """Writes the sums of all other rows, by `PLACE_KEYS`."""
    wide: Sequence[tuple[Sequence[datetime], ir.Table]] = ()
    """Sums by the building that rows name, with a numbered column for each of some cuts, and these
    cuts. They hold of the buildings that were known at all of the cuts.
    """
    in_parts: bool = False
    """Whether ``wide`` is asked in parts (`data.derived.backends.parts`)."""

    def none(self) -> pa.Table:
        """Return what ``long`` gives where there are no other rows."""
        numbered = self.wide[0][1].schema()
        kinds = {name: pa.string() for name in PLACE_KEYS} | {c.CUT: pa.timestamp("us")}
        for name, kind in numbered.items():
            if name not in kinds:
                kinds[name.rstrip("0123456789")] = kind.to_pyarrow()
        return pa.schema(list(kinds.items())).empty_table()


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What an expression of `risk.features.sums.aggregates` gives."""

    located: Located
    """Sums of buildings by cut and column, each with the rows of its buildings in the register."""
    names: frozenset[str]
    """The columns."""
    unlocated: pd.DataFrame
    """Sums of no building, with ``cut`` and the other columns of `PLACE_KEYS`."""

    @classmethod
    def read(
        cls, expressions: Mapping[str, Expression], register: Register, parts: int = 1
    ) -> dict[str, Sums]:
        """Run expressions on their engine, by name; those of rows elsewhere where there are any.

        ``parts``: in how many parts of the register those are run that are in parts.
        """
        firsts = [len(register.ids) * number // parts for number in range(1, parts)]
        bounds = [str(building) for building in register.ids[firsts]]
        answers = {
            name: [_run_wide(*each, bounds if one.in_parts else None) for each in one.wide]
            for name, one in expressions.items()
        }
        wide = [answer for several in answers.values() for answer in several]
        # Once for all of them: to number the ids of the register costs as much as to find as many.
        ids = pa.chunked_array([answer.ids for answer in wide], pa.string())
        rows = rows_of(ids, register.ids)
        places = iter(np.split(rows, np.cumsum([len(answer.ids) for answer in wide])[:-1]))
        sums = {}
        for name, several in answers.items():
            located: Located = defaultdict(list)
            found_all = [_locate(each, next(places), register, located) for each in several]
            complete = found_all and all(found_all)
            rest = expressions[name].none() if complete else expressions[name].long().to_pyarrow()
            sums[name] = cls._with_rest(rest, register, located)
        return sums

    @classmethod
    def _with_rest(cls, rows: pa.Table, register: Register, located: Located) -> Sums:
        """Add the sums of rows elsewhere."""
        at = rows_of(rows[c.BUILDING], register.ids)
        names = [name for name in rows.column_names if name not in PLACE_KEYS]
        columns = {name: rows[name].to_numpy() for name in names}
        moments = rows[c.CUT].cast(pa.timestamp("us")).to_numpy()
        for moment in np.unique(moments[at >= 0]):
            at_moment = np.flatnonzero((at >= 0) & (moments == moment))
            for name in names:
                located[moment.item(), name].append((at[at_moment], columns[name][at_moment]))
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


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """Sums of some cuts, by cut and column, with the ids of the buildings that rows name."""

    ids: pa.Array
    columns: Mapping[tuple[datetime, str], Numbers]


def _run_wide(
    cuts: Sequence[datetime], expression: ir.Table, bounds: Sequence[str] | None
) -> _Answer:
    """Run an expression of some cuts; ``bounds`` of the parts it is in, if it is."""
    sums = expression.to_pyarrow() if bounds is None else answer_in_parts(expression, bounds)
    columns = {}
    for column in sums.column_names:
        if column != c.BUILDING:
            name = column.rstrip("0123456789")
            columns[cuts[int(column.removeprefix(name))], name] = _narrow(sums[column].to_numpy())
    # In one piece of its own: a chunk of one column keeps those of all columns.
    return _Answer(ids=sums[c.BUILDING].combine_chunks(), columns=columns)


def _locate(answer: _Answer, at: Codes, register: Register, located: Located) -> bool:
    """Add the sums of an answer; say whether all are of buildings known at all of its cuts."""
    known = register.known(min(cut for cut, _ in answer.columns))
    inside = np.append(known, False)[at]
    rows = at if inside.all() else at[inside]
    for key, values in answer.columns.items():
        located[key].append((rows, values if rows is at else values[inside]))
    return bool(rows is at)
