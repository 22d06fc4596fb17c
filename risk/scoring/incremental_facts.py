"""Visits as arrays of numbers, and a few of them with codes of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import UNKNOWN, Bools, Codes
from risk.config.find_rate import OUTCOME_LEVELS, OUTCOMES
from risk.design.units import ATTRIBUTES
from risk.design.visit_order import HOUR
from risk.design.visit_table import CELL, PURPOSE, WORDS, code_column
from risk.events.purposes import NEVER, fill_in_purposes
from risk.events.repeats import POSITION, are_empty_repeats, are_repeats

LEVELS = (*OUTCOME_LEVELS, WORDS, CELL)
Place = Mapping[str, Any]
"""Attributes of a place, and what a visit to it says, by column."""
_LEVELS: Final = ("unit", "building", CELL)
_UNIT, _BUILDING, _ = _READ = [code_column(level) for level in _LEVELS]
_KIND: Final = code_column(OUTCOME_LEVELS[0])


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


class VisitArrays:
    """The visits of an office, from which a few are taken.

    ``visits``: as of `risk.design.visit_table.Facts`, with purposes as they were told.
    ``sizes``: number of codes of each level.
    """

    def __init__(self, visits: pd.DataFrame, sizes: Mapping[str, int]) -> None:
        self._numbers: dict[str, NDArray[Any]] = {
            name: visits[name].to_numpy() for name in (*_READ, _KIND, c.DAY, PURPOSE)
        }
        self._numbers |= {name: visits[name].to_numpy(np.float64) for name in (*OUTCOMES, HOUR)}
        self._texts = visits[[*ATTRIBUTES, *POSITION]]
        self._first = int(visits[c.DAY].min()) if len(visits) else NEVER
        self._rows = {
            level: RowIndex(self._numbers[code_column(level)], sizes[level])
            for level in ("building", "unit")
        }

    def guesses_purposes(self, added: Sequence[Place], *, stated_from: int) -> bool:
        """Say whether there are visits of before the first that states what it was for.

        ``added``, ``stated_from``: as `about`.
        """
        return min([self._first, *(int(place[c.DAY]) for place in added)]) < stated_from

    def about(self, building: int, added: Sequence[Place], *, stated_from: int) -> FewVisits:
        """Return the visits of a building and of every unit that it ever had, in order.

        ``building``: its code. ``added``: visits that came since, with codes. ``stated_from``: of
        `risk.design.visit_table.Facts`, with the visits that came since.
        """
        at_building = self._rows["building"].of(building)
        units = set(self._numbers[_UNIT][at_building].tolist())
        units |= {place[_UNIT] for place in added if place[_BUILDING] == building}
        of_units = [self._rows["unit"].of(unit) for unit in sorted(units - {UNKNOWN})]
        rows = np.unique(np.concatenate([at_building, *of_units]))
        new = [
            place for place in added
            if place[_BUILDING] == building or place[_UNIT] in units - {UNKNOWN}
        ]  # fmt: skip
        columns: dict[str, NDArray[Any]] = {
            name: np.append(values[rows], [place[name] for place in new]).astype(values.dtype)
            for name, values in self._numbers.items()
        }
        rows = np.append(rows, np.arange(len(new)) - len(new))
        if new:
            known = self._texts.loc[:, [*POSITION]].iloc[rows[: -len(new)]]
            places = [*known.itertuples(index=False, name=None)]
            places += [tuple(place[name] for name in POSITION) for place in new]
            order = np.array(_order(columns, places), dtype=np.int64)
            columns = {name: values[order] for name, values in columns.items()}
            rows = rows[order]
        columns[PURPOSE] = fill_in_purposes(columns, stated_from=stated_from)
        kept = ~are_empty_repeats(columns)
        columns = {name: values[kept] for name, values in columns.items()}
        guesses = self.guesses_purposes(added, stated_from=stated_from)
        return FewVisits(columns, rows[kept], self._texts, new, guesses_purposes=guesses)


def _order(
    columns: Mapping[str, NDArray[Any]], positions: Sequence[tuple[str, str, float]]
) -> list[int]:
    """Return the order of `risk.design.visit_order.in_order`."""
    day, found, hour = columns[c.DAY], columns["found"], np.nan_to_num(columns[HOUR], nan=-1.0)
    brought = np.nan_to_num(found, nan=-1.0)
    return sorted(
        range(len(positions)),
        key=lambda row: (day[row], brought[row] >= 0, hour[row], brought[row], positions[row]),
    )


class FewVisits:
    """A few visits as `risk.design.recency` reads them, without neighbourhoods.

    ``columns``: codes of the whole office, days, purposes and outcomes, in order.
    ``rows``, ``texts``, ``added``: which row of the texts each visit is, from -1 down of those
    added.
    """

    kernels: Final[Mapping[float, csr_matrix]] = {}

    def __init__(
        self,
        columns: Mapping[str, NDArray[Any]],
        rows: Codes,
        texts: pd.DataFrame,
        added: Sequence[Place],
        *,
        guesses_purposes: bool,
    ) -> None:
        self.guesses_purposes: Final = guesses_purposes
        self._rows, self._texts, self._added = rows, texts, added
        self._codes = {name: np.unique(columns[name][columns[name] >= 0]) for name in _READ}
        self._unit = columns[_UNIT]
        codes = {name: _within(self._codes[name], columns[name]) for name in _READ}
        self._columns = {**columns, **codes}

    @property
    def sizes(self) -> Mapping[str, int]:
        """Number of codes of unit, building and cell."""
        return {level: len(self._codes[code_column(level)]) for level in _LEVELS}

    @cached_property
    def once(self) -> Mapping[str, NDArray[Any]]:
        """Place, day and purpose of each time of going to a unit."""
        return self._where(~are_repeats(self._columns))

    def with_results(self) -> Mapping[str, NDArray[Any]]:
        """Return codes and day of those that brought a result."""
        return self._where(np.any([~np.isnan(self._columns[name]) for name in OUTCOMES], axis=0))

    def _where(self, kept: Bools) -> dict[str, NDArray[Any]]:
        return {name: values[kept] for name, values in self._columns.items()}

    def coded(self, places: Sequence[Place]) -> Mapping[str, Codes]:
        """Return the codes that the visits have for places."""
        return {
            name: _within(self._codes[name], np.array([place[name] for place in places]))
            for name in _READ
        }

    def known_places(self, building: int) -> list[Place]:
        """Return the units with a result that were last found at a building.

        As `risk.design.units.known_places` does, with the codes of the whole office.
        """
        with_result = np.flatnonzero(~np.isnan(self._columns["found"]) & (self._unit >= 0))
        last = dict(zip(self._unit[with_result].tolist(), with_result.tolist(), strict=True))
        rows = self._rows[sorted(last.values())]
        stored: list[Any] = self._texts.iloc[rows[rows >= 0]].to_dict("records")
        known = iter(stored)
        places = [self._added[row] if row < 0 else next(known) for row in rows.tolist()]
        return [place for place in places if place[_BUILDING] == building]

    def last(self, outcome: str, unit: int) -> tuple[float, Codes, Codes] | None:
        """Return what the last visit of a unit that tells of an outcome brought.

        With its day and the code of its kind and class, both shape (1,).
        """
        last = np.flatnonzero((self._unit == unit) & ~np.isnan(self._columns[outcome]))[-1:]
        if unit < 0 or not len(last):
            return None
        brought, day, kind = (self._columns[name][last] for name in (outcome, c.DAY, _KIND))
        return float(brought[0]), day, kind


def _within(codes: Codes, wanted: Codes) -> Codes:
    """Return where each code is among some in order, -1 where it is not."""
    if not len(codes):
        return np.full(len(wanted), UNKNOWN)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[at] == wanted, at, UNKNOWN)
