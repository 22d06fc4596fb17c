"""Points that can hardly be right are noted, however a file is cut in batches."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
import shapely

from data.ingest.coordinates.known_shapes import box_of
from data.ingest.coordinates.point_notes import OUTSIDE_POINT, STRAY_POINT, PointNotes
from data.ingest.reading.layers.maps import Box

ROWS = pa.table({
    "source_row": pa.array(range(2, 12)), "sheet": [""] * 10,
    "lon": [117.0, 117.01, None, 117.02, 121.0, 117.0, 117.01, 117.02, 100.0, 117.0],
    "lat": [36.0, 36.01, None, 36.02, 31.0, 36.0, 36.01, 36.02, 30.0, 36.0],
})  # fmt: skip


def area() -> Box | None:
    return box_of([[], [shapely.box(117.0, 36.0, 117.05, 36.05)]])


def nothing() -> Box | None:
    return box_of([[]])


@pytest.mark.parametrize("at_once", [1, 3, 10])
@pytest.mark.parametrize(("known", "code"), [(area, OUTSIDE_POINT), (nothing, STRAY_POINT)])
def test_points_far_away_are_noted_with_their_rows(
    known: Callable[[], Box | None], code: str, at_once: int
) -> None:
    notes = PointNotes()
    for first in range(0, ROWS.num_rows, at_once):
        batch = ROWS.slice(first, at_once)
        notes.add(batch, batch, known)
    notes.compare()
    assert (notes.counts, notes.rows) == ({code: 2}, {code: ["6", "10"]})


def test_points_that_can_be_compared_at_once_are_not_kept() -> None:
    notes = PointNotes()
    notes.add(ROWS, ROWS, area)
    held = sum(len(numbers) for numbers, _ in notes._outside) + len(notes._kept)
    assert held == 2
