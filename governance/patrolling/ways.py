"""Ways on foot: those that were imported, and straight lines for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from data.tables import TABLES
from governance.patrols.inputs import straight_walks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from data.engine import Engine
    from governance.patrols.inputs import Walk
    from governance.patrols.problem import Floats

TABLE: Final = "walking_distances"
WAY_COLUMNS: Final = ("from_building_id", "to_building_id", "distance_m")


def read_ways(engine: Engine, *, factor: float) -> Walk | None:
    """Return imported ways as a matrix maker; None where none were imported.

    Parameters
    ----------
    factor
        Metres to walk for each metre of a straight line, where no way is known.
    """
    if TABLE not in TABLES:
        return None
    rows = engine.table(TABLE).select(*WAY_COLUMNS).drop_null().to_pyarrow().to_pandas()
    return known_ways(rows, factor=factor) if len(rows) else None


def known_ways(rows: pd.DataFrame, *, factor: float) -> Walk:
    """Return what makes a matrix of ways: known ones as they are, both ways where one is known.

    Parameters
    ----------
    rows
        `WAY_COLUMNS`: codes and metres; the last of a pair holds.
    """
    forth = dict(
        zip(
            zip(rows[WAY_COLUMNS[0]], rows[WAY_COLUMNS[1]], strict=True),
            rows[WAY_COLUMNS[2]].astype(float),
            strict=True,
        )
    )
    back = {(to, start): metres for (start, to), metres in forth.items()}
    known = back | forth

    def walk(lon: Floats, lat: Floats, ids: Sequence[str]) -> Floats:
        metres = straight_walks(lon, lat, factor=factor)
        place = {building: number for number, building in enumerate(ids)}
        pairs = [
            (place[start], place[to], way)
            for (start, to), way in known.items()
            if start in place and to in place and start != to
        ]
        if pairs:
            starts, ends, ways = (np.array(each) for each in zip(*pairs, strict=True))
            metres[starts, ends] = ways
        return metres

    return walk
