"""What the layer of official grids adds to a score: households of grids, and grids without one.

Everything else about a grid comes from its buildings. Grids are those of the import that held at
the cut, the first of all before it was made; of those with dates of validity only the ones in use
on the day of the score.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
import shapely

from data.derived.placing.building_register import grid_communities
from geo.shapes.cell_coverage import partition_cells
from risk import schema as c
from risk.events.cuts import Cuts, held_in, list_cuts, version_times
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource
from risk.features.cache import ended_grids

HOUSEHOLDS: Final = "households"
CELL_RESOLUTION: Final = 10
LOCATION_COLUMNS: Final = (c.H3_R10, c.GRID, c.COMMUNITY)


def read_grids(source: FeatureSource, *, cut: datetime) -> pd.DataFrame:
    """Read the official grids in use on the last day before ``cut``.

    The frame: ``grid_code``, ``community_code`` ('' unknown), ``households`` (float64, NaN unknown)
    and ``geom`` (WKB in WGS-84, None without a border), sorted by code, each code once.
    """
    return read_grids_at_each(source, cut=cut)[cut]


def read_grids_at_each(source: FeatureSource, *, cut: Cuts) -> dict[datetime, pd.DataFrame]:
    """Read the official grids of one cut or several at once, by cut (`read_grids`)."""
    names = (c.GRID, c.COMMUNITY, HOUSEHOLDS, "geom", "valid_from", "valid_to")
    if isinstance(cut, datetime):
        rows = fetch(source.table("grids", cut=cut).select(*names))
        return {cut: _in_use(rows, cut, ended_grids(source, cut))}
    table = source.versions("grids", cut=max(cut))
    times = version_times(table)
    versions = fetch(table.select(*names, *times))
    return {
        moment: _in_use(
            versions[held_in(versions[times], moment)], moment, ended_grids(source, moment)
        )
        for moment in list_cuts(cut)
    }


def _in_use(frame: pd.DataFrame, cut: datetime, out_of_force: Collection[str]) -> pd.DataFrame:
    """Return the grids that are valid on the last day before a cut, each code once.

    ``out_of_force``: codes of those that are no longer in force by what was imported.
    """
    frame = frame[~frame[c.GRID].isin([*out_of_force])]
    day = pd.Timestamp(cut) - pd.Timedelta(days=1)
    begun = frame["valid_from"].isna() | (frame["valid_from"].astype("datetime64[us]") <= day)
    ended = frame["valid_to"].astype("datetime64[us]") < day.normalize()
    frame = frame[begun & ~ended].sort_values(c.GRID).drop_duplicates(c.GRID, ignore_index=True)
    communities = grid_communities(
        frame[c.GRID].to_numpy(object), frame[c.COMMUNITY].to_numpy(object)
    )
    return pd.DataFrame(
        {
            c.GRID: frame[c.GRID].astype("str"),
            c.COMMUNITY: pd.Series(communities, dtype=object).fillna("").astype("str"),
            HOUSEHOLDS: frame[HOUSEHOLDS].astype(np.float64),
            "geom": frame["geom"].astype(object),
        }
    )


def cells_of_empty_grids(grids: pd.DataFrame, built_up: Collection[str]) -> pd.DataFrame:
    """Give each grid without a building its cells, so that it has its row in every level.

    ``grids``: as `read_grids` gives them. ``built_up``: codes of the grids that have buildings.

    The frame: ``h3_r10``, ``grid_code``, ``community_code``; one row per cell that
    `geo.shapes.cell_coverage.partition_cells` gives to an empty grid, or one with the cell ``''``
    where the grid has no border or there are fewer cells than grids around it.
    """
    empty = ~grids[c.GRID].isin(list(built_up)).to_numpy(dtype=bool)
    if not empty.any():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in LOCATION_COLUMNS})
    borders = shapely.from_wkb(grids["geom"].to_numpy(object))
    owned = partition_cells(borders, resolution=CELL_RESOLUTION)
    cells = pd.DataFrame({"at": owned.grid, c.H3_R10: owned.cell})
    places = grids.loc[empty, [c.GRID, c.COMMUNITY]].rename_axis("at").reset_index()
    rows = places.merge(cells, on="at", how="left").fillna({c.H3_R10: ""})
    return rows[list(LOCATION_COLUMNS)].astype("str")
