"""Where a stop is put that nobody named a place for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shapes.projection import distances_between_m
from governance.patrols.routing.insert_stop import insert_stop


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6), st.data())
def test_a_stop_without_a_place_goes_where_it_lengthens_the_way_least(
    points: list[tuple[int, int]], data: st.DataObject
) -> None:
    point = data.draw(st.tuples(st.integers(0, 50), st.integers(0, 50)))
    stops = _frame({f"B{n}": each for n, each in enumerate(points)})
    lengths = [
        _length(insert_stop(stops, _frame({"new": point}), place))
        for place in (None, *range(1, len(points) + 2))
    ]
    assert lengths[0] == pytest.approx(min(lengths[1:]), abs=1e-6)


def _frame(places: dict[str, tuple[int, int]]) -> pd.DataFrame:
    lon, lat = ([117 + each[axis] / 1000 for each in places.values()] for axis in (0, 1))
    return pd.DataFrame(
        {"building_id": list(places), "shift_id": "T1", "lon": lon, "lat": [x - 81 for x in lat]}
    )


def _length(stops: pd.DataFrame) -> float:
    metres = distances_between_m(stops["lon"].to_numpy(float), stops["lat"].to_numpy(float))
    return float(np.diagonal(metres, 1).sum())
