"""Which buildings of two lists are the same, beside a plain comparison of all with all."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.ingest.held_rows.same_buildings import metres_apart, same_buildings

METRE = 1 / 111_320


def buildings(*rows: tuple[str, Any, str]) -> pd.DataFrame:
    """Return a list of buildings: code, shape and number in one estate."""
    return pd.DataFrame(
        {
            "building_id": [code for code, *_ in rows],
            "std_address": None,
            "estate": "示例花园",
            "building_no": [number for *_, number in rows],
            "shape": pd.Series([shape for _, shape, _ in rows], dtype=object),
        }
    )


def box(west_m: float, width_m: float = 20.0) -> shapely.Polygon:
    """Return an outline ten metres deep on the equator."""
    return shapely.box(west_m * METRE, 0, (west_m + width_m) * METRE, 10 * METRE)


def test_points_are_the_same_by_one_address_close_by() -> None:
    held = buildings(("A1", shapely.Point(0, 0), "1号楼"), ("A2", shapely.Point(0, 1), "2号楼"))
    new = buildings(
        ("N1", shapely.Point(50 * METRE, 0), "1号楼"), ("N2", shapely.Point(0, 1.01), "2号楼")
    )
    found = same_buildings(new, held)
    assert found.sure == {"N1": "A1"}
    assert found.doubtful == {"N2": "A2"}


def test_an_address_of_several_buildings_pairs_none() -> None:
    held = buildings(("A1", shapely.Point(0, 0), "1号楼"))
    new = buildings(*((code, shapely.Point(0, 0), "1号楼") for code in ("N1", "N2")))
    assert same_buildings(new, held).sure == {}


def test_empty_lists_have_no_same_buildings() -> None:
    one = buildings(("A1", box(0), "1号楼"))
    for sides in ((one, buildings()), (buildings(), one), (buildings(), buildings())):
        assert same_buildings(*sides).sure == {}


@given(
    held=st.lists(st.integers(0, 12), max_size=5, unique=True),
    moved=st.lists(st.tuples(st.integers(0, 12), st.sampled_from([0, 1, 4, 9, 15])), max_size=5,
                   unique_by=lambda each: each[0]),
)  # fmt: skip
def test_outlines_in_a_row_are_paired_as_comparing_all_with_all_says(
    held: list[int], moved: list[tuple[int, int]]
) -> None:
    olds = buildings(*((f"A{n}", box(25 * n), f"{n}号楼") for n in held))
    news = buildings(*((f"N{n}", box(25 * n + by), f"{n + 100}号楼") for n, by in moved))
    sure, doubtful = {}, {}
    for n, by in moved:
        share = (20 - by) / (20 + by)
        if n in held and share > 0.5:
            (sure if share >= 0.8 else doubtful)[f"N{n}"] = f"A{n}"
    found = same_buildings(news, olds)
    assert (found.sure, found.doubtful) == (sure, doubtful)


def test_metres_apart_are_those_of_the_latitude() -> None:
    west, east = (np.array([shapely.Point(lon, 60)], object) for lon in (0, METRE * 100))
    assert metres_apart(west, east)[0] == pytest.approx(50, rel=0.01)
    assert np.isnan(metres_apart(west, np.array([None], object))[0])
