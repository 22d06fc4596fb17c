"""The tables of an office with each row's unit, building and cell as integer codes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from geo.cells import cell_centres, disk, parents
from geo.shapes.projection import offsets_m
from risk import schema as c
from risk.arrays import Floats, Texts
from risk.design.visit_table import BY_BUILDING, BY_DOOR
from risk.evaluation.targets.tables import Tables
from risk.events.known_from import LEARNT

PLACE, BUILDING = "place", "building"
CELLS: Final = {"cell:8": 8, "cell:9": 9, "cell:10": 10}
UNITS: Final = (BUILDING, *CELLS)
"""What a backtest can rank; visits are scored one step finer, by their place (flat, licence)."""
UNIT_LEVELS: Final = (PLACE, *UNITS)
RING_LEVEL: Final = "cell:9"
"""The cells whose rings surround a place or a building."""
RING_STEPS: Final = (1, 2, 3)
X_M, Y_M = "x_m", "y_m"
_COLUMN: Final = {PLACE: "unit", BUILDING: "building"}


def number_column(level: str) -> str:
    """Name the column that holds a row's position among the names of a level, -1 for none."""
    return f"number_{level}"


@dataclass(frozen=True, kw_only=True)
class Geography:
    """Tables whose rows are numbered at every level and projected to metres."""

    tables: Tables
    """Each frame has gained a `number_column` per level, and ``x_m``, ``y_m``: metres east and
    north of the middle of what was known first, NaN where unknown (flat: good to 1 % within 100
    km).
    """
    names: Mapping[str, Texts]
    """The names of each level, sorted."""
    centres: Mapping[str, Floats]
    """Of each kind of cell, the middles in the same metres, shape (cells, 2)."""

    @classmethod
    def of_tables(cls, tables: Tables) -> Self:
        """Assign numbers at each level, and metres, to every row of all tables."""
        frames = {name: _with_cells(frame) for name, frame in tables.by_name().items()}
        names = {level: _names_of(frames, *_columns(level)) for level in UNIT_LEVELS}
        centres = _centres({level: names[level] for level in CELLS}, _middle(frames))
        frames = {
            name: _with_metres(_with_numbers(frame, names), centres["cell:10"])
            for name, frame in frames.items()
        }
        facts = replace(tables.facts, visits=frames["inspections"], complaints=frames["complaints"])
        rest = {name: frames[name] for name in ("violations", "rentals", "buildings")}
        return cls(tables=replace(tables, facts=facts, **rest), names=names, centres=centres)

    @cached_property
    def rings(self) -> Mapping[str, list[sparse.csr_array]]:
        """For each cell level, weights 1 / (1 + steps) of the cells within 1, 2 and 3 steps."""
        return {level: _ring_weights(self.names[level]) for level in CELLS}


def _column(level: str) -> str:
    return _COLUMN.get(level, level)


def _columns(level: str) -> tuple[str, ...]:
    """Return every column that may name what a row belongs to at a level."""
    column = _column(level)
    return (column, BY_DOOR + column, BY_BUILDING + column) if level == PLACE else (column,)


def _with_cells(frame: pd.DataFrame) -> pd.DataFrame:
    code, fine = pd.factorize(frame["h3_r10"])
    texts = np.asarray(fine, dtype=np.str_)
    return frame.assign(
        **{level: parents(texts, resolution)[code] for level, resolution in CELLS.items()}
    )


def _names_of(frames: Mapping[str, pd.DataFrame], *columns: str) -> Texts:
    columns_of_frames = [
        frame[name] for frame in frames.values() for name in columns if name in frame
    ]
    seen = {str(name) for column in columns_of_frames for name in set(column)}
    return np.array(sorted(seen - {""}), dtype=np.str_)


def _with_numbers(frame: pd.DataFrame, names: Mapping[str, Texts]) -> pd.DataFrame:
    numbers = {
        column.removesuffix(_column(level)) + number_column(level): positions(
            names[level], frame[column]
        )
        for level in UNIT_LEVELS
        for column in _columns(level)
        if column in frame
    }
    return frame.drop(columns=list(CELLS)).assign(**numbers)


def positions(names: Texts, wanted: pd.Series | Texts) -> NDArray[np.intp]:
    """Find each wanted text among names; -1 where it is none of them."""
    index = pd.Index(names.astype(object))
    return np.asarray(index.get_indexer(pd.Index(np.asarray(wanted, dtype=object))))


def _centres(names: Mapping[str, Texts], middle: tuple[float, float]) -> dict[str, Floats]:
    return {level: offsets_m(*cell_centres(cells), origin=middle) for level, cells in names.items()}


def _middle(frames: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    """Return the middle (lon, lat) of the cells that were known first.

    A cell that turns up later moves no place of another.
    """
    rows = pd.concat([frame[["cell:10", c.DAY, LEARNT]] for frame in frames.values()])
    rows = rows[rows["cell:10"] != ""]
    if rows.empty:
        return 0.0, 0.0
    known_from = rows[[c.DAY, LEARNT]].max(axis=1)
    first = np.unique(rows.loc[known_from == known_from.min(), "cell:10"].to_numpy(dtype=np.str_))
    lon, lat = cell_centres(first)
    return float(lon.mean()), float(lat.mean())


def _with_metres(frame: pd.DataFrame, centres: Floats) -> pd.DataFrame:
    # Number -1 reads the last entry: unknown.
    known = np.vstack([centres, [[np.nan, np.nan]]])[frame[number_column("cell:10")].to_numpy()]
    return frame.assign(**{X_M: known[:, 0], Y_M: known[:, 1]})


def _ring_weights(cells: Texts) -> list[sparse.csr_array]:
    source, neighbour, steps = disk(cells, max(RING_STEPS))
    target = positions(cells, neighbour)
    rings = [(steps <= k) & (target >= 0) for k in RING_STEPS]
    shape = (len(cells), len(cells))
    return [
        sparse.csr_array((1.0 / (1.0 + steps[near]), (source[near], target[near])), shape=shape)
        for near in rings
    ]
