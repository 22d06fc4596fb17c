"""What is wrong between buildings and official grids, listed as work for a person."""

from dataclasses import dataclass

import pandas as pd
import shapely

from data.derived.answers.grids_in_force import read_grids_in_force
from data.derived.answers.unit_names import UnitNames
from geo.shapes.assign_grids import GridAssignment, assign_to_grids
from geo.shapes.topology import find_grid_faults
from governance.access.permissions import Action, Actor, require_whole
from governance.service import Service

NEAREST_GRID_M = 200.0
"""How far from an orphan its nearest grid may be to be offered."""
ORPHAN_COLUMNS = ("building_id", "name", "nearest_grid", "distance_m")
OVERLAP_COLUMNS = ("building_id", "name", "grid_code", "grids")
FAULT_COLUMNS = ("kind", "grids", "area_m2")
EMPTY_COLUMNS = ("grid_code", "name")
ENDED_COLUMNS = ("grid_code", "name", "ended_on", "replaced_by")
PAST_END = "past_end"
"""Kind of fault: a grid that counts although the date of end in its row has come since."""
HOUSEHOLD_COLUMNS = ("grid_code", "name", "households", "counted", "buildings", "without_count")
HOUSEHOLDS_OFF = 0.10
"""By more than this share of a grid's own households its buildings' counts contradict it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridProblems:
    """Buildings without exactly one grid, and faults of the layer of grids.

    ``buildings``, ``grids``: how many of each were looked at; without grids nothing is wrong.
    """

    buildings: int
    grids: int
    orphans: pd.DataFrame
    """Buildings outside every grid: ``building_id, name, nearest_grid, distance_m`` (metres)."""
    overlaps: pd.DataFrame
    """Buildings inside several grids: ``building_id, name, grid_code`` (the one that got it),
    ``grids`` (all of them).
    """
    faults: pd.DataFrame
    """``kind`` (missing, unclosed, not_an_area, self_crossing, same_code, overlap, gap, outside or
    `PAST_END`), ``grids``, ``area_m2``.
    """
    households: pd.DataFrame
    """Grids whose own 户数 (``households``) contradicts the sum over their buildings (``counted``)
    by more than `HOUSEHOLDS_OFF`: ``grid_code, name, households, counted, buildings,
    without_count``. Where buildings lack a count only a sum that is too large does.
    """
    empty: pd.DataFrame
    """Notices, no faults: grids without a building, ``grid_code, name``."""
    ended: pd.DataFrame
    """Notices: grids no longer in force, `ENDED_COLUMNS`: ``ended_on`` (date, None where others are
    in its place), ``replaced_by`` (their codes).
    """


class GridCheckService(Service):
    """Services about official grids."""

    def problems(self, actor: Actor) -> GridProblems:
        """List buildings that belong to no grid or to several, and what is wrong with the layer."""
        require_whole(actor, Action.SEE_ROWS)
        grids = read_grids_in_force(self._engine, "households", "valid_to", "geom")
        wanted = ("building_id", "lon", "lat", "grid_code", "household_count")
        register = self._engine.table("buildings").select(*wanted).to_pandas()
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
        empty = grids[~grids["grid_code"].isin(register["grid_code"])]
        return GridProblems(
            buildings=len(register),
            grids=len(grids),
            orphans=self._orphans(placed, assignment) if len(grids) else _none(ORPHAN_COLUMNS),
            overlaps=self._overlaps(placed, assignment) if len(grids) else _none(OVERLAP_COLUMNS),
            faults=pd.DataFrame([*rows, *self._past_end(grids)], columns=list(FAULT_COLUMNS)),
            households=self._named(contradicted_households(grids, register), HOUSEHOLD_COLUMNS),
            empty=self._named(empty, EMPTY_COLUMNS),
            ended=self._ended(),
        )

    def _past_end(self, grids: pd.DataFrame) -> list[tuple[str, str, None]]:
        past = grids["valid_to"].astype("datetime64[us]") <= pd.Timestamp(self.clock.today())
        return [(PAST_END, code, None) for code in sorted(grids["grid_code"][past])]

    def _ended(self) -> pd.DataFrame:
        ended = self._engine.ended_grids()
        facts = {
            "grid_code": list(ended),
            "ended_on": [end.ended_on for end in ended.values()],
            "replaced_by": [", ".join(end.replaced_by) for end in ended.values()],
        }
        return self._named(pd.DataFrame(facts, dtype=object), ENDED_COLUMNS)

    def _named(self, found: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
        found = found.drop_duplicates("grid_code").sort_values("grid_code", ignore_index=True)
        named = found.assign(name=UnitNames(self._engine).of("grid", found["grid_code"]))
        return named[list(columns)]

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


def contradicted_households(grids: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Find grids whose own number of households their buildings contradict.

    ``grids``: ``grid_code``, ``households`` (户数 of the layer of grids, NaN unknown).
    ``register``: ``grid_code``, ``household_count`` (户数 of each building, NaN unknown).

    Returns ``grid_code, households, counted, buildings, without_count`` of the grids concerned.
    """
    counts = register["household_count"].astype("float64")
    by_grid = register.assign(counted=counts, without_count=counts.isna()).groupby("grid_code")
    sums = by_grid.agg(
        counted=("counted", "sum"),
        buildings=("counted", "size"),
        without_count=("without_count", "sum"),
    ).reset_index()
    stated = grids[["grid_code", "households"]].dropna().merge(sums, on="grid_code")
    off = stated["counted"] - stated["households"].astype("float64")
    allowed = HOUSEHOLDS_OFF * stated["households"].astype("float64")
    wrong = (off > allowed) | ((off < -allowed) & (stated["without_count"] == 0))
    whole = ["households", "counted", "without_count"]
    return stated[wrong].astype(dict.fromkeys(whole, "int64"))


def _none(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))
