"""Buildings of a list that are held under other codes: later editions number buildings anew.

Under a second code a building would be there twice, and its visits, cases and duties would stay
with the first. So it takes the code that is held, and keeps its own in ``other_code``, by which
rows of other files find it (`data.derived.placing.place`). Which is which is said by the list, in
``other_code`` or as it said before, else by where they stand (`same_buildings`).

A held building is only compared where the list does not name it and it still stands. Where the list
gives a held code to a building that stands elsewhere, that is told: codes may have been given anew.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.derived.build import Derivation
from data.derived.placing.building_register import footprints_of
from data.ingest.held_rows.same_buildings import (
    BY_PLACE,
    CLOSE_M,
    SameBuildings,
    metres_apart,
    same_buildings,
)
from data.lake.schema import ENDED_ON, ROW_KEY
from data.workspace.folder import Workspace
from geo.shapes.repair import repaired

_CODE, _OTHER = "building_id", "other_code"
_READ: Final = (_CODE, _OTHER, *BY_PLACE[1:-1], "lon", "lat", "geom")
RENUMBERED, DOUBTFUL, ELSEWHERE = (
    "buildings_renumbered", "buildings_perhaps_twice", "buildings_elsewhere"
)  # fmt: skip
"""Codes of notes."""


@dataclass(frozen=True, slots=True)
class HeldBuildings:
    """Which buildings of a new list are held ones."""

    same: SameBuildings = field(default_factory=SameBuildings)
    """Of those that have another code."""
    elsewhere: Sequence[str] = ()
    """Codes that a building of another place had."""

    def notes(self, *, shown: int) -> dict[str, list[str]]:
        """Return codes of notes → how many buildings each is about, and the first of them."""
        about = {
            RENUMBERED: [f"{new} → {held}" for new, held in self.same.sure.items()],
            DOUBTFUL: [f"{new} → {held}" for new, held in self.same.doubtful.items()],
            ELSEWHERE: self.elsewhere,
        }
        return {code: [str(len(all_)), *all_[:shown]] for code, all_ in about.items() if all_}


def held_buildings(workspace: Workspace, rows: Path) -> HeldBuildings:
    """Find the held building of each building of a new list that has another code.

    ``rows``: the rows file of the import, which is not in the lake yet.
    """
    if not workspace.lake.imports("buildings"):
        return HeldBuildings()
    with Derivation(workspace) as derivation:
        held = _read(derivation.register_path())
    new = _read(rows)
    elsewhere = _elsewhere(new, held)
    known, named = {*held[_CODE]}, {*new[_CODE]}
    new, held = _without(new, known), _without(held, named)
    by_code = dict(_named_codes(new, held))
    found = same_buildings(_without(new, by_code), _without(held, {*by_code.values()}))
    return HeldBuildings(SameBuildings({**by_code, **found.sure}, found.doubtful), elsewhere)


def with_held_codes(rows: pa.Table, codes: Mapping[str, str]) -> pa.Table:
    """Return rows of buildings under the codes that are held, with their own in ``other_code``."""
    listed = rows[_CODE]
    places = pc.index_in(listed, pa.array(list(codes), listed.type))
    held = pc.take(pa.array(list(codes.values()), listed.type), places)
    changed = {
        _OTHER: pc.if_else(held.is_valid(), listed, rows[_OTHER]),
        _CODE: pc.coalesce(held, listed),
        ROW_KEY: pc.coalesce(held, rows[ROW_KEY]),
    }
    for name, column in changed.items():
        at = rows.column_names.index(name)
        rows = rows.set_column(at, rows.field(at), column)
    return rows


def _read(path: Path) -> pd.DataFrame:
    """Return `_READ` and ``shape`` of the buildings of a file that stand."""
    names = {*pq.read_schema(path).names}
    table = pq.read_table(path, columns=[n for n in (*_READ, ENDED_ON) if n in names])
    table = table.filter(pc.is_null(table[ENDED_ON]))
    shapes = repaired(footprints_of(table))
    frame: pd.DataFrame = table.to_pandas().reindex(columns=_READ)
    return frame.assign(shape=shapes)


def _elsewhere(new: pd.DataFrame, held: pd.DataFrame) -> list[str]:
    """Return the codes of both whose buildings stand more than `CLOSE_M` apart."""
    both = new.merge(held, on=_CODE, suffixes=("", "_held"))
    apart = metres_apart(both["shape"].to_numpy(object), both["shape_held"].to_numpy(object))
    return sorted(both[_CODE][apart > CLOSE_M])


def _without(buildings: pd.DataFrame, codes: Collection[str]) -> pd.DataFrame:
    return buildings[~buildings[_CODE].isin([*codes])].reset_index(drop=True)


def _named_codes(new: pd.DataFrame, held: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Pair buildings by the codes that are said to be theirs too, each held one once."""
    others = held.dropna(subset=[_OTHER]).drop_duplicates(_OTHER, keep=False)
    by_code = dict(zip(held[_CODE], held[_CODE], strict=True))
    by_code |= dict(zip(others[_OTHER], others[_CODE], strict=True))
    taken: set[str] = set()
    for code, other in zip(new[_CODE], new[_OTHER], strict=True):
        found = by_code.get(code) or by_code.get(other)
        if found and found not in taken:
            taken.add(found)
            yield code, found
