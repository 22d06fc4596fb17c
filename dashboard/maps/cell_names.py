"""What people call a cell: the estates it covers, since nobody knows a hexagon by its code."""

import numpy as np
import pandas as pd

from geo.cells import parents

_MOST_NAMED = 2


def name_cells(cells: pd.DataFrame, buildings: pd.DataFrame, *, resolution: int) -> pd.DataFrame:
    """Return cells with a ``name``: their largest estates, or the address ranked highest.

    ``cells``: column ``unit``.
    ``buildings``: columns ``h3_r10, estate, std_address, rank``.
    ``resolution``: resolution of the cells, 8 to 10.

    Returns the same rows; a cell without any building keeps an empty name.
    """
    placed = buildings[buildings["h3_r10"].fillna("") != ""]
    if placed.empty or cells.empty:
        return cells.assign(name="")
    at = parents(placed["h3_r10"].to_numpy(dtype="U15"), resolution)
    around = placed.assign(cell=np.asarray(at, dtype=object)).sort_values("rank")
    addresses = around.groupby("cell")["std_address"].first().fillna("")
    named = around[around["estate"].fillna("") != ""]
    counts = named.groupby(["cell", "estate"]).size().reset_index(name="count")
    counts = counts.sort_values(["count", "estate"], ascending=[False, True])
    largest = counts.groupby("cell")["estate"].agg(lambda names: " · ".join(names[:_MOST_NAMED]))
    unit = cells["unit"].astype(str)
    return cells.assign(name=unit.map(largest).fillna(unit.map(addresses)).fillna("").astype(str))
