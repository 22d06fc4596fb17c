"""Ways on foot: those that an office imported, and straight lines for all others."""

from collections.abc import Sequence

import pandas as pd

from data.derived.answers.walking_distances import WAY_COLUMNS, read_known_ways
from data.engine import Engine
from geo.routes.distances import straight_distances_m, with_known_distances
from governance.patrols.routing.model.plan_inputs import Walk
from governance.patrols.routing.model.problem import Floats


def read_walking_matrix(engine: Engine, *, factor: float) -> Walk | None:
    """Return imported ways as a maker of matrices; None where none were imported.

    ``factor``: metres to walk for each metre of a straight line, where no way is known.
    """
    rows = read_known_ways(engine)
    if rows.empty:
        return None
    start, end, metres = (rows[name] for name in WAY_COLUMNS)

    def walk(lon: Floats, lat: Floats, ids: Sequence[str]) -> Floats:
        places = pd.Index([*ids])
        starts, ends = places.get_indexer(pd.Index(start)), places.get_indexer(pd.Index(end))
        both = (starts >= 0) & (ends >= 0)
        straight = straight_distances_m(lon, lat, factor=factor)
        return with_known_distances(
            straight, starts[both], ends[both], metres[both].to_numpy(float)
        )

    return walk
