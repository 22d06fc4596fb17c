"""Put one more stop on a route."""

import numpy as np
import pandas as pd

from geo.shapes.projection import distances_between_m


def insert_stop(stops: pd.DataFrame, added: pd.DataFrame, place: int | None) -> pd.DataFrame:
    """Return stops with one more at a place of its shift, or where it costs the least way.

    ``stops``: ``shift_id, lon, lat`` and others, within a shift in the order of visiting.
    ``added``: a row of the same columns.
    ``place``: from 1; None: where the way, in straight lines, becomes longer the least.
    """
    shift = str(added["shift_id"].iloc[0])
    route = stops[stops["shift_id"] == shift]
    at = _cheapest(route, added) if place is None else min(max(place - 1, 0), len(route))
    longer = pd.concat([route.iloc[:at], added, route.iloc[at:]])
    return pd.concat([stops[stops["shift_id"] != shift], longer], ignore_index=True)


def _cheapest(route: pd.DataFrame, added: pd.DataFrame) -> int:
    """Return before which stop a further one lengthens the way the least, in straight lines."""
    if not len(route):
        return 0
    both = pd.concat([route, added])
    metres = distances_between_m(both["lon"].to_numpy(float), both["lat"].to_numpy(float))
    to, legs = metres[-1, :-1], np.diagonal(metres, 1)[:-1]
    between = to[:-1] + to[1:] - legs
    return int(np.argmin(np.concatenate([to[:1], between, to[-1:]])))
