"""What is wrong between buildings and official grids, listed as work for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from data.derived.unit_names import UnitNames
from geo.shapes.assign_grids import assign_to_grids
from geo.shapes.topology import find_grid_faults
from governance.access.permissions import Action, Actor, require_whole
from governance.service import Service

if TYPE_CHECKING:
    from geo.shapes.assign_grids import GridAssignment

NEAREST_GRID_M = 200.0
"""How far from an orphan its nearest grid may be to be offered."""
ORPHAN_COLUMNS = ("building_id", "name", "nearest_grid", "distance_m")
OVERLAP_COLUMNS = ("building_id", "name", "grid_code", "grids")
FAULT_COLUMNS = ("kind", "grids", "area_m2")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridProblems:
    """Buildings without exactly one grid, and faults of the layer of grids.

    Parameters
    ----------
    buildings, grids
        How many of each were looked at; without grids nothing is wrong.
    orphans
        Buildings outside every grid: ``building_id, name, nearest_grid, distance_m`` (metres).
    overlaps
        Buildings inside several grids: ``building_id, name, grid_code`` (the one that got it),
        ``grids`` (all of them).
    faults
        ``kind`` (missing, unclosed, not_an_area, self_crossing, same_code, overlap, gap, outside),
        ``grids``, ``area_m2``.
    """

    buildings: int
    grids: int
    orphans: pd.DataFrame
    overlaps: pd.DataFrame
    faults: pd.DataFrame


class GridCheckService(Service):
    """Services about official grids."""

    def problems(self, actor: Actor) -> GridProblems:
        """List buildings that belong to no grid or to several, and what is wrong with the layer."""
        require_whole(actor, Action.SEE_ROWS)
        grids = self._engine.table("grids").select("grid_code", "geom").to_pandas()
        register = self._engine.table("buildings").select("building_id", "lon", "lat").to_pandas()
        placed = register.dropna(subset=["lon", "lat"]).reset_index(drop=True)
        borders = shapely.from_wkb(grids["geom"].to_numpy(object))
        codes = grids["grid_code"].to_numpy(dtype="U32")
        faults = find_grid_faults(borders, codes=codes) if len(grids) else ()
        drawn = ~shapely.is_missing(borders)
        assignment = assign_to_grids(
            placed["lon"].to_numpy(),
            placed["lat"].to_numpy(),
            grids=borders[drawn],
            codes=codes[drawn],
            max_distance_m=NEAREST_GRID_M,
        )
        rows = [(fault.kind, ", ".join(fault.codes), fault.area_m2) for fault in faults]
        return GridProblems(
            buildings=len(register),
            grids=len(grids),
            orphans=self._orphans(placed, assignment) if len(grids) else _none(ORPHAN_COLUMNS),
            overlaps=self._overlaps(placed, assignment) if len(grids) else _none(OVERLAP_COLUMNS),
            faults=pd.DataFrame(rows, columns=list(FAULT_COLUMNS)),
        )

    def _orphans(self, placed: pd.DataFrame, assignment: GridAssignment) -> pd.DataFrame:
        found = assignment.orphans
        ids = placed["building_id"].to_numpy()[found.row]
        return pd.DataFrame(
            {
                "building_id": ids,
                "name": UnitNames(self._engine).of("building", ids),
                "nearest_grid": found.nearest_code,
                "distance_m": found.distance_m.round(1),
            }
        )

    def _overlaps(self, placed: pd.DataFrame, assignment: GridAssignment) -> pd.DataFrame:
        found = assignment.overlaps
        ids = placed["building_id"].to_numpy()[found.row]
        return pd.DataFrame(
            {
                "building_id": ids,
                "name": UnitNames(self._engine).of("building", ids),
                "grid_code": assignment.grid_code[found.row],
                "grids": [", ".join(codes) for codes in found.codes],
            }
        )


def _none(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))
