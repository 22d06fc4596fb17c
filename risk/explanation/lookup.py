"""Look up a unit in a snapshot, its members and its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import h3  # type: ignore[import-untyped]  # ships no types
import numpy as np
import pandas as pd

from data.lake.selected_rows import select_rows
from data.results.snapshot import BUILDING_KIND, BY_CELL, Snapshot
from geo.cells import disk
from geo.errors import GridwardenError
from risk import schema as c
from risk.explanation.place_rows import EvidenceScope

CELL: Final = "cell:"
DRAWN_RESOLUTION: Final = 10
_KEPT: Final = 64
_SEARCH_ORDER: Final = (BUILDING_KIND, "grid", "community", "cell:10", "cell:9", "cell:8")
_RANKED: Final = (c.UNIT_KIND, c.UNIT, c.SCORE, c.TIER, c.RANK)
_COLUMNS: Final = {BUILDING_KIND: c.BUILDING, "grid": c.GRID, "community": c.COMMUNITY}


class UnknownUnitError(GridwardenError):
    """No scored building, cell, grid or community has this name."""


@dataclass(frozen=True, kw_only=True)
class RankedUnit:
    """A unit beside or inside the explained one."""

    unit_kind: str
    unit: str
    score: float
    tier: str
    rank: int


def find_unit(snapshot: Snapshot, name: str) -> tuple[str, str]:
    """Find the kind of a unit by its name, ``kind:name`` where a name alone is not enough.

    A bare name is looked for among buildings, grids, communities and cells, in this order.

    Raises `UnknownUnitError` when nothing scored has this name.
    """
    kind, bare, _ = find_row(snapshot, name)
    return kind, bare


def find_row(snapshot: Snapshot, name: str) -> tuple[str, str, pd.Series]:
    """Return the kind, bare name and row of a unit, found as `find_unit` does."""
    for kind in _SEARCH_ORDER:
        if name.startswith(f"{kind}:"):
            rows = read_unit(snapshot, kind, bare := name.removeprefix(f"{kind}:"))
            if not rows.empty:
                return kind, bare, rows.iloc[0]
    rows = read_unit(snapshot, BUILDING_KIND, name)
    if not rows.empty:
        return BUILDING_KIND, name, rows.iloc[0]
    units = _read_named(snapshot.path_of("units"), c.UNIT, name).set_index(c.UNIT_KIND, drop=False)
    for kind in _SEARCH_ORDER:
        if kind in units.index:
            return kind, name, units.loc[[kind]].iloc[0]
    raise unknown_unit(name)


def unknown_unit(name: str) -> UnknownUnitError:
    """Return the error that says that nothing scored has this name."""
    return UnknownUnitError(
        "unit_unknown", seen=name, expected="a building id, grid code, community code or H3 cell"
    )


def read_unit(snapshot: Snapshot, kind: str, name: str) -> pd.DataFrame:
    """Read the row of one unit; empty where there is none.

    A page asks for the same unit several times, and a snapshot never changes.
    """
    if kind == BUILDING_KIND:
        return _read_named(snapshot.path_of("buildings"), c.BUILDING, name).copy()
    rows = _read_named(snapshot.path_of("units"), c.UNIT, name)
    of_kind: pd.DataFrame = rows.loc[rows[c.UNIT_KIND] == kind]
    return of_kind


@lru_cache(_KEPT)
def _read_named(path: Path, column: str, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = select_rows(path, column, [name]).to_pandas()
    return frame


def find_members(snapshot: Snapshot, kind: str, name: str) -> pd.DataFrame:
    """Read the buildings of a unit; a building's only member is itself.

    Of other units the columns that `risk.scoring.run.NEIGHBOUR_COLUMNS` names.
    """
    if kind == BUILDING_KIND:
        return read_unit(snapshot, kind, name)
    if kind.startswith(CELL):
        return select_buildings(snapshot, c.H3_R10, drawn_cells(name))
    return select_buildings(snapshot, _COLUMNS[kind], [name])


def select_buildings(
    snapshot: Snapshot,
    column: str,
    values: Sequence[str],
    *,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read the buildings of some cells, grids, communities or kinds, sorted by id."""
    table = BY_CELL if snapshot.holds(BY_CELL) else "buildings"
    return snapshot.select(table, column, values, columns=columns).sort_values(
        c.BUILDING, ignore_index=True
    )


def evidence_scope(kind: str, name: str, members: pd.DataFrame) -> EvidenceScope:
    """Say which rows belong to a unit: its buildings' and, for sums, its own loose ones."""
    buildings = members[c.BUILDING].tolist()
    if kind == BUILDING_KIND:
        return EvidenceScope(buildings=[name])
    if kind.startswith(CELL):
        return EvidenceScope(
            buildings=buildings, unlocated_column=c.H3_R10, unlocated_values=drawn_cells(name)
        )
    return EvidenceScope(
        buildings=buildings, unlocated_column=_COLUMNS[kind], unlocated_values=[name]
    )


def find_buildings_around(snapshot: Snapshot, building: pd.Series) -> pd.DataFrame:
    """Read the other buildings of a building's own cell and the ring about it."""
    cell = str(building[c.H3_R10])
    cells = disk(np.array([cell]), 1)[1].tolist() if cell else []
    inside = select_buildings(snapshot, c.H3_R10, cells)
    others: pd.DataFrame = inside.loc[inside[c.BUILDING] != building[c.BUILDING]]
    return others


def find_neighbours(
    snapshot: Snapshot, kind: str, name: str, around: pd.DataFrame
) -> list[RankedUnit]:
    """List a building's neighbours, or the scored cells next to a cell; none for other kinds."""
    if kind == BUILDING_KIND:
        return rank_list(around, kind)
    if not kind.startswith(CELL):
        return []
    cells = [cell for cell in disk(np.array([name]), 1)[1].tolist() if cell != name]
    adjacent = snapshot.select("units", c.UNIT, cells, columns=_RANKED)
    return rank_list(adjacent[adjacent[c.UNIT_KIND] == kind], kind)


def rank_list(frame: pd.DataFrame, kind: str) -> list[RankedUnit]:
    """List the units of a frame, best rank first."""
    key = c.BUILDING if kind == BUILDING_KIND else c.UNIT
    return [
        RankedUnit(
            unit_kind=kind,
            unit=str(record[key]),
            score=float(record[c.SCORE]),
            tier=str(record[c.TIER]),
            rank=int(record[c.RANK]),
        )
        for record in frame[[key, c.SCORE, c.TIER, c.RANK]].sort_values(c.RANK).to_dict("records")
    ]


def drawn_cells(cell: str) -> list[str]:
    """List the cells of resolution 10, in which rows are placed, that a cell is made of."""
    if h3.get_resolution(cell) == DRAWN_RESOLUTION:
        return [cell]
    return sorted(h3.cell_to_children(cell, DRAWN_RESOLUTION))
