"""The official grids that are in force now."""

import pandas as pd

from data.engine import Engine


def read_grids_in_force(engine: Engine, *columns: str) -> pd.DataFrame:
    """Return ``grid_code`` and other columns of the grids in force, with a border or without.

    See `data.derived.placing.ended_grids`; a table of all grids names those of before as well.
    """
    grids: pd.DataFrame = engine.table("grids").select("grid_code", *columns).to_pandas()
    return grids[~grids["grid_code"].isin(engine.ended_grids())].reset_index(drop=True)
