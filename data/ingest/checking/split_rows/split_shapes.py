"""Join split shapes: several shapes of one building or grid in one file.

Layers cut into tiles, and drawings in parts, list one thing once per piece. Rows that agree in
everything but their shape are pieces of one thing: each gets the union of all, so that the first
stands for the whole and the others add nothing. Nor does the label of one: a point in one
area, with its key, that says no more than this.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.contracts.model import Kind, TableContract
from data.ingest.checking.deduplicate import content_texts
from data.ingest.checking.problems import Problems
from data.ingest.reading.cells import mask_of

Values = Mapping[str, pa.Array]
Content = dict[str, Any]
_OF_LAYER: Final = "kind"
"""Of a label its layer says what labels are (``address``), not what the building is."""


def shape_field(contract: TableContract) -> str | None:
    """Return the name of the field that holds a shape, or None where the table has none."""
    return next((f.name for f in contract.stored if f.kind is Kind.GEOMETRY), None)


def repeated_keys(keys: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the keys that occur more than once."""
    counts = keys.drop_null().value_counts()
    return counts.field("values").filter(pc.greater(counts.field("counts"), 1))


class SplitShapes:
    """The things that a file lists in pieces: `add` the values of its rows first, then `join`.

    Both take the values of a batch, field → column, as they were read.

    ``keys``: the keys that the file gives more than once; the others are of no interest.
    """

    def __init__(self, contract: TableContract, keys: pa.Array) -> None:
        self.keys = keys
        self._key, self._shape = contract.key, shape_field(contract)
        self._names = [f.name for f in contract.stored if f.name not in {self._shape, "learnt_at"}]
        self._shapes: dict[str, dict[bytes, None]] = {}
        self._contents: dict[str, dict[str, Content]] = {}
        self._labels: dict[str, Content] | None = None
        self._whole: dict[str, bytes] = {}
        self._met: set[str] = set()

    def add(self, values: Values, _problems: Problems) -> None:
        """Take the shapes of rows whose key is given more than once."""
        for _, text, wkb, content in self._pieces(values):
            self._shapes.setdefault(text, {})[wkb] = None
            self._contents.setdefault(content[self._key], {})[text] = content

    def join(self, values: Values) -> tuple[Values, NDArray[np.bool_]]:
        """Return `values` with the shapes of pieces joined, and which rows are later pieces.

        Points that label a thing which also has an area are left out of its shape.
        """
        if self._labels is None:
            self._labels = self._find_labels()
        values = self._with_labels(values, self._labels)
        later = np.zeros(len(values[self._key]), bool)
        pieces = [p for p in self._pieces(values) if len(self._shapes.get(p[1], ())) > 1]
        if self._shape is None or not pieces:
            return values, later
        joined = values[self._shape].to_pylist()
        for row, text, *_ in pieces:
            if text not in self._whole:
                self._whole[text] = _union([*self._shapes[text]])
            joined[row] = self._whole[text]
            later[row] = text in self._met
            self._met.add(text)
        return {**values, self._shape: pa.array(joined, pa.large_binary())}, later

    def _find_labels(self) -> dict[str, Content]:
        """Return the content of each label as a text → that of its area, to which it is added."""
        labels = {}
        for contents in self._contents.values():
            if len(contents) == 1:
                continue
            areas = [text for text in contents if any(map(_has_area, self._shapes[text]))]
            for text in contents.keys() - {*areas} if len(areas) == 1 else ():
                near = _lie_in([*self._shapes[text]], [*self._shapes[areas[0]]])
                if near and _says_no_more(contents[text], contents[areas[0]]):
                    labels[text] = contents[areas[0]]
                    self._shapes[areas[0]] |= self._shapes[text]
        return labels

    def _with_labels(self, values: Values, labels: Mapping[str, Content]) -> Values:
        """Return `values` in which each label says what its area says."""
        if not labels:
            return values
        meant = {row: labels[text] for row, text, *_ in self._pieces(values) if text in labels}
        changed = {name: values[name].to_pylist() for name in self._names} if meant else {}
        for name, column in changed.items():
            for row, area in meant.items():
                column[row] = area[name]
        return {**values, **{n: pa.array(column, values[n].type) for n, column in changed.items()}}

    def _pieces(self, values: Values) -> Iterator[tuple[int, str, bytes, Content]]:
        """Yield row, content beside the shape as a text, shape and content of rows with both."""
        if self._shape is None or not len(self.keys):
            return
        several = pc.is_in(values[self._key], value_set=self.keys)
        rows = pa.array(np.flatnonzero(mask_of(pc.and_(several, values[self._shape].is_valid()))))
        some = pa.table({name: values[name] for name in self._names}).take(rows)
        texts = content_texts(some, self._names)
        shapes = values[self._shape].take(rows)
        parts = (each.to_pylist() for each in (rows, texts, shapes, some))
        yield from zip(*parts, strict=True)


def _has_area(wkb: bytes) -> bool:
    return bool(shapely.area(shapely.from_wkb(wkb, on_invalid="ignore")) > 0)


def _lie_in(some: list[bytes], area: list[bytes]) -> bool:
    """Say whether shapes lie in the hull of an area: elsewhere the same key is another thing."""
    shapes = shapely.from_wkb(np.array(some, dtype=object), on_invalid="ignore")
    hull = shapely.convex_hull(shapely.from_wkb(_union(area)))
    return bool(shapely.intersects(shapes, hull).all())


def _says_no_more(label: Content, area: Content) -> bool:
    """Say whether all that a label says is what the area says, but for what its layer calls it."""
    filled = {name: cell for name, cell in label.items() if cell is not None and name != _OF_LAYER}
    return all(cell == area[name] for name, cell in filled.items())


def _union(wkb: list[bytes]) -> bytes:
    shapes = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    shapes = shapely.make_valid(shapes[~shapely.is_missing(shapes)])
    areas = shapes[shapely.area(shapes) > 0]
    whole: bytes = shapely.to_wkb(shapely.union_all(areas if len(areas) else shapes))
    return whole
