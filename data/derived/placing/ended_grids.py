"""Official grids that are no longer in force: ended by their own date, or divided anew.

Official grids do not lie over each other, so that a later file whose grids cover one that it does
not name has divided that area anew. What is no longer in force follows from the imports alone: an
import that is taken back brings the grids of before back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from data.lake.manifest import Manifest
from data.lake.validity import local_import_time
from geo.shapes.repair import repaired

_NEARLY_ALL: Final = 0.8
"""Of a grid's area: so much of it later grids cover where they are in its place."""
DatedFiles: TypeAlias = tuple[tuple[Path, date], ...]
"""Rows files of imports, oldest first, each with the day of its import."""
_COLUMNS: Final = ("grid_code", "kind", "valid_to", "geom")


@dataclass(frozen=True, slots=True)
class GridEnd:
    """Why a grid is no longer in force."""

    ended_on: date | None
    """The first day without it, as its own row says; None where other grids are in its place."""
    replaced_by: tuple[str, ...] = ()
    """Codes of those, in order."""


def dated_files(imports: Sequence[Manifest], rows: Mapping[str, Path]) -> DatedFiles:
    """Return the rows file of each import, by its id in `rows`, with the office's day of it."""
    return tuple((rows[each.import_id], local_import_time(each).date()) for each in imports)


@lru_cache(maxsize=64)
def ended_grids(imports: DatedFiles) -> Mapping[str, GridEnd]:
    """Return the grids that are no longer in force, by code.

    ``imports``: those of grids. A grid whose date of end
    was still to come when it was imported is in force until grids are imported again.
    """
    if not imports:
        return {}
    held = _held(imports)
    over = (held["valid_to"] <= held["day"]).to_numpy(bool)
    ended = dict(zip(held["grid_code"][over], held["valid_to"][over].dt.date, strict=True))
    return {code: GridEnd(day) for code, day in ended.items()} | _replaced(held[~over])


def _held(imports: DatedFiles) -> pd.DataFrame:
    """Return the newest row of each code, with the number of its import and that import's day."""
    parts = []
    for number, (path, day) in enumerate(imports):
        names = {*pq.read_schema(path).names}.intersection(_COLUMNS)
        rows = pq.read_table(path, columns=sorted(names)).to_pandas().reindex(columns=_COLUMNS)
        parts.append(rows.assign(number=number, day=pd.Timestamp(day)))
    every = pd.concat(parts, ignore_index=True)
    held: pd.DataFrame = every.drop_duplicates("grid_code", keep="last", ignore_index=True)
    return held.assign(
        kind=held["kind"].fillna(""), valid_to=held["valid_to"].astype("datetime64[us]")
    )


def _replaced(held: pd.DataFrame) -> dict[str, GridEnd]:
    """Find the grids that later ones of their kind cover, other than as parts of them.

    The code of a part, such as a micro grid, begins with that of the grid it is a part of.
    """
    shapes = shapely.from_wkb(held["geom"].to_numpy(object))
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    held, shapes = held[drawn], repaired(shapes[drawn])
    numbers, kinds = held["number"].to_numpy(), held["kind"].to_numpy(object)
    if not len(held) or numbers.min() == numbers.max():
        return {}
    older, later = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    kept = (numbers[older] < numbers[later]) & (kinds[older] == kinds[later])
    codes, found = held["grid_code"].to_numpy(object), {}
    older, later = older[kept], later[kept]
    for place in np.unique(older):
        code = codes[place]
        others = [each for each in later[older == place] if not codes[each].startswith(code)]
        parts = shapely.intersection(shapes[others], shapes[place])
        area = shapely.area(shapely.union_all(parts))
        if area >= _NEARLY_ALL * shapely.area(shapes[place]) > 0:
            inside = [each for each, part in zip(others, parts, strict=True) if shapely.area(part)]
            found[code] = GridEnd(None, tuple(sorted(codes[inside])))
    return found
