"""Shapes of one building or grid that a file lists in pieces."""

from typing import Any

import pyarrow as pa
import pytest
import shapely

from data.contracts.registry import TABLES
from data.ingest.checking.split_rows.split_shapes import SplitShapes, repeated_keys
from data.lake.schema import arrow_schema

BUILDINGS = TABLES["buildings"]
WEST, EAST = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
LABEL, OTHER_LABEL = shapely.Point(1, 0.5), shapely.Point(9, 9)


def rows(*pieces: tuple[str, shapely.Geometry]) -> dict[str, pa.Array]:
    """Return the values of rows that agree in all but key and shape."""
    schema = arrow_schema(BUILDINGS)
    keys, shapes = zip(*pieces, strict=True)
    told: dict[str, Any] = {"building_id": keys, "geom": shapely.to_wkb([*shapes])}
    nothing = [None] * len(pieces)
    return {each.name: pa.array(told.get(each.name, nothing), each.type) for each in schema}


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        ((WEST, EAST), shapely.box(0, 0, 2, 1)),
        ((WEST, LABEL, OTHER_LABEL), WEST),
        ((LABEL, OTHER_LABEL), shapely.MultiPoint([LABEL, OTHER_LABEL])),
    ],
)
def test_pieces_are_joined_and_points_count_only_where_there_is_no_area(
    pieces: tuple[shapely.Geometry, ...], whole: shapely.Geometry
) -> None:
    values: Any = rows(*(("B1", piece) for piece in pieces), ("B2", WEST))
    split = SplitShapes(BUILDINGS, repeated_keys(values["building_id"]))
    problems: Any = None
    split.add(values, problems)
    joined, later = split.join(values)
    shapes = shapely.from_wkb(joined["geom"].to_pylist())
    assert shapely.equals(shapes, [whole] * len(pieces) + [WEST]).all()
    assert later.tolist() == [False] + [True] * (len(pieces) - 1) + [False]


@pytest.mark.parametrize(
    ("label", "counts"),
    [
        ({"kind": "address", "std_address": "滨江大道2727号"}, True),
        ({"kind": "address"}, True),
        ({"std_address": "滨江大道2729号"}, False),
        ({"std_address": "滨江大道2727号", "estate": "世纪花园"}, False),
    ],
)
@pytest.mark.parametrize("at", [LABEL, OTHER_LABEL])
@pytest.mark.parametrize("first", [True, False])
def test_a_point_in_its_area_that_says_nothing_that_its_area_does_not_say_is_its_label(
    *, label: dict[str, str], counts: bool, first: bool, at: shapely.Point
) -> None:
    area = {"kind": "building", "std_address": "滨江大道2727号", "estate": "会议中心"}
    pieces = [(WEST, area), (at, label)][:: -1 if first else 1]
    values: Any = rows(*(("B1", shape) for shape, _ in pieces))
    for name in {*area, *label}:
        cells = [content.get(name) for _, content in pieces]
        values[name] = pa.array(cells, values[name].type)
    split = SplitShapes(BUILDINGS, repeated_keys(values["building_id"]))
    problems: Any = None
    split.add(values, problems)
    joined, later = split.join(values)
    counts = counts and at == LABEL
    assert later.tolist() == [False, counts]
    contents = pa.table(joined).to_pylist()
    assert (contents[0] == contents[1]) == counts
