"""Events in the k-ring neighbourhood of a building, without the building itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo.cells import cell_ids, disk_of_ids, parents
from risk import schema as c
from risk.arrays import UNKNOWN, Codes, Floats, changed_texts, code_texts, memory_of
from risk.features.empirical_bayes import log_ratio

NEIGHBOUR_STEPS = 1


def add_neighbourhood(
    buildings: pd.DataFrame,
    unlocated: pd.DataFrame,
    *,
    complaint_weight: float,
    prior_events: float,
    discs: Discs | None = None,
) -> pd.DataFrame:
    """Add ``ring_events``, ``ring_exposure`` and their log ratio ``ring`` to the buildings.

    ``ring`` is the log of the ring's events per exposure over the city's, drawn to 0 by
    ``prior_events`` (`risk.features.empirical_bayes.log_ratio`); 0 where nothing is known of the
    ring.

    ``buildings``: sorted by ``building_id``; columns ``h3_r10`` (``''`` unknown), ``exposure`` and
    the weights of complaints, violations and finds.
    ``unlocated``: the same weights of events that are known to a cell only; they are neighbours of
    every building of the disc.
    ``complaint_weight``: what a complaint is worth beside a confirmed event.
    ``prior_events``: expected events that the city's average is worth.
    ``discs``: those of another cut, to be used again where the cells are the same.

    The frame: a copy; all three are 0 for a building whose cell is not known.
    """
    sums = np.column_stack(
        [count_events(buildings, complaint_weight), buildings[c.EXPOSURE]]
    ).astype(np.float64)
    unplaced = np.column_stack(
        [count_events(unlocated, complaint_weight), np.zeros(len(unlocated))]
    ).astype(np.float64)
    discs = discs or Discs()
    names, of_building, elsewhere = discs.code(buildings[c.H3_R10], unlocated[c.H3_R10])
    codes = np.concatenate([of_building, elsewhere])
    values = np.concatenate([sums, unplaced])
    around = sum_discs(names, codes, values, discs)[of_building]
    ring = np.where((of_building >= 0)[:, None], np.maximum(around - sums, 0.0), 0.0)
    added = {c.RING_EVENTS: ring[:, 0], c.RING_EXPOSURE: ring[:, 1]}
    events, exposure = added[c.RING_EVENTS], added[c.RING_EXPOSURE]
    city_rate = events.sum() / exposure.sum() if exposure.sum() > 0 else 0.0
    ratio = log_ratio(events, city_rate * exposure, prior_events)
    return buildings.assign(**added, **{c.RING: ratio})


def count_events(frame: pd.DataFrame, complaint_weight: float) -> pd.Series:
    """Add up what a neighbour's events are worth: finds and violations whole, complaints partly."""
    return frame[c.VIOLATIONS] + frame[c.FOUND] + complaint_weight * frame[c.COMPLAINTS]


def parent_cells(cells: pd.Series, resolution: int) -> pd.Series:
    """Return the cell of a coarser resolution about each cell, ``''`` where it is not known."""
    return changed_texts(cells, lambda each: parents(each.to_numpy(dtype=np.str_), resolution))


class Discs:
    """Which cells are in the ring about each cell, kept as long as the cells are the same.

    So are the numbers of the buildings' cells, as long as these are the same column in memory.
    """

    def __init__(self) -> None:
        self._names: pd.Index[Any] | None = None
        self._pairs = (np.empty(0, np.int64), np.empty(0, np.int64))
        self._cells: pd.Series | None = None
        self._coded: tuple[pd.Index[Any], list[Codes]] = pd.Index([], dtype="str"), []

    def code(
        self, of_buildings: pd.Series, elsewhere: pd.Series
    ) -> tuple[pd.Index[Any], Codes, Codes]:
        """Return all cells in order, and the number of each row's, -1 for none (`code_texts`)."""
        if self._cells is None or memory_of(of_buildings) != memory_of(self._cells):
            self._cells, self._coded = of_buildings, code_texts(of_buildings)
        names, (codes,) = self._coded
        every, (at, other) = code_texts(names.to_series(), elsewhere)
        return every, np.append(at, UNKNOWN)[codes], other

    def pairs(self, names: pd.Index[Any]) -> tuple[Codes, Codes]:
        """Return numbers of cells and of those in their discs, -1 for one that has no name."""
        if self._names is None or not names.equals(self._names):
            cells = cell_ids(names)
            source, neighbour, _ = disk_of_ids(cells, NEIGHBOUR_STEPS)
            at = pd.Index(cells).get_indexer(pd.Index(neighbour)).astype(np.int64)
            self._names, self._pairs = names, (source, at)
        return self._pairs


def sum_discs(names: pd.Index[Any], codes: Codes, values: Floats, discs: Discs) -> Floats:
    """Add up the values in each cell and the ring about it, shape (cells + 1, columns).

    ``names``: of the cells, sorted. ``codes``: cell of each row of ``values``, -1 for none. The
    last row is that of no cell, 0.
    """
    nothing = np.zeros((1, values.shape[1]))
    if not len(names):
        return nothing
    inside = codes >= 0
    cells = np.concatenate([_sum_groups(codes[inside], values[inside]), nothing])
    source, at = discs.pairs(names)
    return np.concatenate([_sum_groups(source, cells[at]), nothing])


def _sum_groups(groups: Codes, values: Floats) -> Floats:
    """Add up the rows of each group, of which each has one at least."""
    sums = pd.DataFrame(values).groupby(groups, sort=True).sum()
    return sums.to_numpy(np.float64)
