"""What the browser unpacks is what was there."""

import gzip
import json
from typing import Any

import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.maps.layers import SCALE, Payload, encode_grids

SQUARE = shapely.box(117.1, 36.1, 117.2, 36.2)
WITH_HOLE = shapely.Polygon(
    SQUARE.exterior.coords, [shapely.box(117.12, 36.12, 117.13, 36.13).exterior.coords]
)
TWO_PARTS = shapely.MultiPolygon([WITH_HOLE, shapely.box(117.3, 36.1, 117.4, 36.2)])


def unpack(payload: Payload) -> dict[str, Any]:
    """Unpack a payload as plainly as can be: the oracle of the browser's decoder."""
    columns = json.loads(gzip.decompress(payload.body))
    xy = np.cumsum(np.array(columns["xy"], dtype=np.int64).reshape(-1, 2), axis=0) / SCALE
    lines = np.split(xy, np.cumsum(columns["points"]))[:-1]
    shapes, taken = [], 0
    for count in columns["rings"]:
        shapes.append([line.tolist() for line in lines[taken : taken + count]])
        taken += count
    assert taken == len(lines)
    return {**columns, "shapes": shapes}


def units(shapes: list[Any], **more: Any) -> pd.DataFrame:
    count = len(shapes)
    return pd.DataFrame(
        {
            "unit": [f"U{i}" for i in range(count)],
            "score": np.arange(count, dtype=float),
            "rank": np.arange(1, count + 1),
            "tier": ["红"] * count,
            "geom": [None if s is None else shapely.to_wkb(s) for s in shapes],
            **more,
        }
    )


def rings_of(shape: Any) -> list[list[list[float]]]:
    parts = shapely.get_parts(shape)
    return [
        np.round(shapely.get_coordinates(ring), 6).tolist()
        for part in parts
        for ring in shapely.get_rings(part)
    ]


def test_holes_and_parts_are_rings_like_any_other() -> None:
    shapes = [TWO_PARTS, SQUARE, WITH_HOLE]
    unpacked = unpack(encode_grids(units(shapes)))
    for shape, rings in zip(shapes, unpacked["shapes"], strict=True):
        np.testing.assert_allclose(
            np.concatenate(rings), np.concatenate(rings_of(shape)), atol=1e-6
        )
        assert len(rings) == len(rings_of(shape))


def test_an_empty_layer_is_an_answer_too() -> None:
    unpacked = unpack(encode_grids(units([])))
    assert unpacked["ids"] == unpacked["shapes"] == []


def test_the_tag_changes_exactly_with_the_content() -> None:
    frame = units([SQUARE, WITH_HOLE])
    assert encode_grids(frame) == encode_grids(frame.copy())
    changed = frame.assign(tier=["红", "橙"])
    assert encode_grids(frame).etag != encode_grids(changed).etag


def test_the_frame_that_comes_in_is_left_as_it_was() -> None:
    frame = units([SQUARE, None], lon=[1.0, 2.0], lat=[1.0, 2.0])
    before = frame.copy(deep=True)
    encode_grids(frame)
    pd.testing.assert_frame_equal(frame, before)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(-179, 178), st.floats(-85, 84), st.floats(0.00001, 0.9)),
        min_size=1,
        max_size=20,
    )
)
def test_unpacking_gives_back_every_corner_to_a_millionth(boxes: list[Any]) -> None:
    shapes = [shapely.box(x, y, x + size, y + size) for x, y, size in boxes]
    unpacked = unpack(encode_grids(units(shapes)))
    for shape, rings in zip(shapes, unpacked["shapes"], strict=True):
        np.testing.assert_allclose(rings[0], shapely.get_coordinates(shape), atol=0.51e-6)
