"""Find the boxes in which points lie by a grid of cells, each with the boxes that reach into it."""

from typing import Final

import numpy as np

from geo.arrays import Floats, Ints

# Cells for each box; how many cells a box reaches into and how many boxes share a cell, on average
# and at most.
_CELLS_PER_BOX: Final = 2.0
_SMALLEST_STEP: Final = 1e-9
_MOST_CELLS: Final = 16.0
_MOST_NEIGHBOURS: Final = 32.0


class BoxGrid:
    """Boxes sorted into a grid.

    ``boxes``: of shape (n, 4): west, south, east, north; finite.

    ``is_even``: whether boxes lie so evenly that looking them up is quick; else use a tree.
    """

    def __init__(self, boxes: Floats) -> None:
        self._boxes = np.ascontiguousarray(boxes)
        west, south, east, north = boxes.T if len(boxes) else np.zeros((4, 1))
        self._west, self._south = west.min(), south.min()
        width, height = east.max() - self._west, north.max() - self._south
        step = np.sqrt(max(width * height, 0.0) / max(len(boxes), 1) / _CELLS_PER_BOX)
        step = max(step, (width + height) / max(len(boxes), 1), _SMALLEST_STEP)
        self._step = step
        self._columns, self._rows = int(width / step) + 1, int(height / step) + 1
        first, last = self._cells_of(west, south), self._cells_of(east, north)
        spans = [(b - a + 1) * (len(boxes) > 0) for a, b in zip(first, last, strict=True)]
        reached = spans[0] * spans[1]
        self.is_even = bool(reached.sum() <= _MOST_CELLS * max(len(boxes), 1))
        if self.is_even:
            self._sort_in(first, spans, reached)

    def _sort_in(self, first: tuple[Ints, Ints], spans: list[Ints], reached: Ints) -> None:
        box = np.repeat(np.arange(len(reached)), reached)
        number = np.arange(len(box)) - np.repeat(np.cumsum(reached) - reached, reached)
        column, row = np.divmod(number, spans[1][box])
        cell = (first[0][box] + column) * self._rows + first[1][box] + row
        self._entries = box[np.argsort(cell, kind="stable")].astype(np.int32)
        self._counts = np.bincount(cell, minlength=self._columns * self._rows + 1)
        self._starts = np.cumsum(self._counts) - self._counts
        neighbours = float(np.square(self._counts).sum()) / max(len(box), 1)
        self.is_even = neighbours <= _MOST_NEIGHBOURS

    def pairs(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return the pairs of point and box where the point lies in the box or on its edge.

        ``x``, ``y``: finite. Only where `is_even`. The boxes of a point come in their order.
        """
        column, row = self._cells_of(x, y)
        known = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        cell = np.where(known, column * self._rows + row, self._columns * self._rows)
        counts = self._counts[cell]
        point = np.repeat(np.arange(len(x)), counts)
        shift = self._starts[cell] - np.cumsum(counts) + counts
        box = self._entries[np.arange(len(point)) + np.repeat(shift, counts)]
        edges, px, py = self._boxes[box], x[point], y[point]
        inside = (edges[:, 0] <= px) & (px <= edges[:, 2])
        inside &= (edges[:, 1] <= py) & (py <= edges[:, 3])
        return point[inside], box[inside].astype(np.int64)

    def _cells_of(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return the column and row of points, which may lie outside of the grid."""
        column, row = (x - self._west) / self._step, (y - self._south) / self._step
        return np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
