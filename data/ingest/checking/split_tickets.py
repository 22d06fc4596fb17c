"""Join split tickets: several shapes of one building or grid in one file.

Layers cut into tiles, and drawings in parts, list one thing once per piece. Rows that agree in
everything but their shape are pieces of one thing: each gets the union of all, so that the first
stands for the whole and the others add nothing.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from data.contracts.model import Kind, TableContract
from data.ingest.checking.deduplicate import content_texts
from data.ingest.reading.cells import mask_of


def join_split_tickets(
    contract: TableContract, values: dict[str, pa.Array]
) -> tuple[dict[str, pa.Array], NDArray[np.bool_]]:
    """Return `values` with the shapes of pieces joined, and which rows are later pieces.

    Points that label a thing which also has an area are left out of its shape. Pieces are joined
    within a batch only; a layer of ordinary size is one.
    """
    shape = next((f.name for f in contract.stored if f.kind is Kind.GEOMETRY), None)
    later = np.zeros(len(values[contract.key]), bool)
    if shape is None or values[shape].null_count == len(later):
        return values, later
    names = [f.name for f in contract.stored if f.name not in {shape, "learnt_at"}]
    groups = _groups(values, contract.key, shape, names)
    if not groups:
        return values, later
    wkb = values[shape].to_pylist()
    for rows in groups:
        joined = _union([wkb[row] for row in rows])
        for row in rows:
            wkb[row] = joined
        later[rows[1:]] = True
    return {**values, shape: pa.array(wkb, pa.large_binary())}, later


def _groups(values: dict[str, pa.Array], key: str, shape: str, names: list[str]) -> list[list[int]]:
    """Return the rows of each thing that has a key and more than one different shape."""
    texts = content_texts(pa.table({name: values[name] for name in names}), names).to_pylist()
    usable = mask_of(values[key].is_valid()) & mask_of(values[shape].is_valid())
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(usable):
        found.setdefault(texts[row], []).append(int(row))
    shapes = values[shape]
    return [
        rows
        for rows in found.values()
        if len(rows) > 1 and len({shapes[row].as_py() for row in rows}) > 1
    ]


def _union(wkb: list[bytes]) -> bytes:
    shapes = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    shapes = shapely.make_valid(shapes[~shapely.is_missing(shapes)])
    areas = shapes[shapely.area(shapes) > 0]
    whole: bytes = shapely.to_wkb(shapely.union_all(areas if len(areas) else shapes))
    return whole
