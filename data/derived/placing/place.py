"""Place each row at a building, room, estate, community or cell, with its match level.

The rules, in this order:

1. A building code that the register knows is that building (method ``id``).
2. A reviewed address is what the reviewer said (``reviewed``), in every table.
3. An address that matches one building surely enough is that building (or its room), by the
   matcher's method (``exact``, ``alias``, ``fuzzy`` ...), unless the row's own point is farther
   than ``conflict_m`` from it and in no footprint of it: then the two contradict each other, the
   row counts in the point's cell and a person decides (``conflict``).
   Where both agree more or less, the address wins: a point is often the gate or the estate.
4. A point in a footprint, or within ``near_m`` of exactly one, is that building (``point``),
   unless the row's address names another house number: then they contradict each other as well.
5. A point elsewhere is its cell, community and grid (``cell``).
6. An address that matches several buildings, or one not surely, counts at what all candidates
   share: the cell of a compact estate, else the estate, else the community – and goes to review.
7. Else the level is ``none``.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import TableContract
from data.derived.placing.addresses import AddressBook, Places
from data.derived.placing.building_register import Grids, cells_at, index_of
from data.lake.schema import PLACEMENT_COLUMNS, TEXT, one_array
from data.workspace.settings import PlaceSettings
from geo.shapes.projection import distances_m

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Flags = NDArray[np.bool_]

ADDRESS_FIELD = "raw_address"
NARROW = ("building_id", "lon", "lat", ADDRESS_FIELD)
"""Columns of a rows file that placing reads, where the table has them."""

_OF_BUILDINGS = ("h3_r10", "community_code", "grid_code")
PARTIAL_LEVELS = ("estate", "community")
NEAR_SCORE = 0.9
"""Score of a point beside a footprint, against 1 for one inside."""


def is_placed(contract: TableContract) -> bool:
    """Say whether rows of a table are placed: events and units, not the registers of places."""
    names = {field.name for field in contract.fields}
    return contract.name != "buildings" and bool(names & {"building_id", ADDRESS_FIELD, "lon"})


class Placer:
    """Places rows against one register, one set of grids and one set of reviewed addresses.

    ``register``: as built by `data.derived.placing.building_register`.
    ``book``: what addresses mean: the matcher with the reviews before it.
    ``settings``: the limits of the rules.
    """

    def __init__(
        self,
        register: pa.Table,
        grids: Grids,
        book: AddressBook,
        settings: PlaceSettings,
    ) -> None:
        self._ids, self._other_codes = (
            register[name].combine_chunks() for name in ("building_id", "other_code")
        )
        self._texts = {name: register[name].combine_chunks() for name in _OF_BUILDINGS}
        self._lon, self._lat = (register[name].to_numpy() for name in ("lon", "lat"))
        self._buildings = index_of(register)
        self._grids, self._book, self._settings = grids, book, settings

    def with_decisions(self, decisions: Mapping[str, str | None]) -> Self:
        """Return the same placer with other reviewed addresses."""
        other = copy(self)
        other._book = self._book.with_decisions(decisions)  # noqa: SLF001 -- of its own class
        return other

    def place(self, rows: pa.Table) -> pa.Table:
        """Return the placement of rows, in their order.

        ``rows``: those of the `NARROW` columns that the table has; coordinates in WGS-84.
        """
        count = rows.num_rows
        lon, lat = _numbers(rows, "lon"), _numbers(rows, "lat")
        has_point = np.isfinite(lon) & np.isfinite(lat)
        by_id = self._positions(_texts(rows, "building_id"))
        open_ = by_id < 0
        addresses = _texts(rows, ADDRESS_FIELD)
        by_point, point_score = self._buildings_at(lon, lat, where=open_ & has_point)
        placing = replace(Places.nowhere(count), lon=lon.copy(), lat=lat.copy())
        # From the weakest rule to the strongest: the later one overwrites.
        answers = None
        if addresses.null_count < count:
            answers = self._book.answers(addresses, where=open_)
            self._place_by_candidates(placing, answers)
        placing.put(open_ & has_point, level="cell", score=1.0, method="cell")
        in_building = by_point >= 0
        placing.put(in_building, level="building", score=point_score[in_building], method="point")
        placing.building[in_building] = by_point[in_building]
        if answers is not None:
            conflict = self._place_by_address(placing, answers, by_point, has_point=has_point)
            conflict |= self._contradicted(placing, addresses, answers, by_point)
            placing.put(conflict, level="cell", score=0.0, method="conflict")
            placing.building[conflict] = -1
            self._keep_candidates(placing, answers, by_point, conflict)
        placing.put(by_id >= 0, level="building", score=1.0, method="id")
        placing.building[by_id >= 0] = by_id[by_id >= 0]
        self._find_cells(placing, where=open_ & has_point & (placing.building < 0))
        self._take_from_buildings(placing)
        return self._finished(placing)

    def _positions(self, building_ids: pa.Array) -> Positions:
        """Return the register position of each building by either code, -1 where it is unknown."""
        by_id, by_other = (
            pc.index_in(building_ids, value_set=codes, skip_nulls=True)
            for codes in (self._ids, self._other_codes)
        )
        index = pc.coalesce(by_id, by_other)
        positions: Positions = index.fill_null(-1).to_numpy().astype(np.intp)
        return positions

    def _buildings_at(self, lon: Floats, lat: Floats, *, where: Flags) -> tuple[Positions, Floats]:
        """Rule 4: the building each point is in or close to, -1 for none, and how sure that is."""
        at, score = np.full(len(lon), -1, dtype=np.intp), np.zeros(len(lon))
        rows = np.flatnonzero(where)
        if len(rows) and len(self._ids):
            match = self._buildings.match(lon[rows], lat[rows], max_gap_m=self._settings.near_m)
            at[rows] = match.index
            score[rows] = np.where(match.gap_m == 0, 1.0, NEAR_SCORE)
        return at, score

    def _place_by_candidates(self, placing: Places, answers: Places) -> None:
        """Rule 6: an address that is not sure of one building counts at what is sure."""
        unsure = (answers.building < 0) & np.isin(answers.level, PARTIAL_LEVELS)
        compact = unsure & np.isfinite(answers.lon)
        level = answers.level.copy()
        level[compact] = "cell"
        placing.put(
            unsure,
            level=level[unsure],
            score=answers.score[unsure],
            method=answers.method[unsure],
        )
        placing.community[unsure] = answers.community[unsure]
        placing.grid[unsure] = answers.grid[unsure]
        placing.cell[compact] = cells_at(answers.lon[compact], answers.lat[compact])
        pointless = compact & ~np.isfinite(placing.lon + placing.lat)
        placing.lon[pointless], placing.lat[pointless] = (
            answers.lon[pointless],
            answers.lat[pointless],
        )

    def _find_cells(self, placing: Places, *, where: Flags) -> None:
        """Rule 5: a point that is in no building is in its cell, grid and community."""
        lon, lat = placing.lon[where], placing.lat[where]
        placing.cell[where] = cells_at(lon, lat)
        grid, community = self._grids.codes_of(self._grids.positions_of(lon, lat))
        placing.grid[where], placing.community[where] = grid, community

    def _place_by_address(
        self, placing: Places, answers: Places, by_point: Positions, *, has_point: Flags
    ) -> Flags:
        """Rules 2 and 3: a sure address wins unless the point contradicts it; say where it does."""
        sure = answers.building >= 0
        gap_m = np.zeros(len(sure))
        both = np.flatnonzero(sure & has_point & (answers.building != by_point))
        at = answers.building[both]
        gap_m[both] = distances_m(
            placing.lon[both], placing.lat[both], self._lon[at], self._lat[at]
        )
        reviewed = np.asarray(answers.method == "reviewed", dtype=bool)
        conflict: Flags = (gap_m > self._settings.conflict_m) & ~reviewed
        taken = sure & ~conflict
        placing.put(
            taken,
            level=answers.level[taken],
            score=answers.score[taken],
            method=answers.method[taken],
        )
        placing.building[taken] = answers.building[taken]
        return conflict

    def _contradicted(
        self, placing: Places, addresses: pa.Array, answers: Places, by_point: Positions
    ) -> Flags:
        """Rule 4: say where a point alone would decide against the number of the address."""
        reviewed = np.asarray(answers.method == "reviewed", dtype=bool)
        at_point = (by_point >= 0) & (placing.building == by_point) & (answers.building < 0)
        contradicted = np.zeros(len(by_point), dtype=bool)
        known: dict[tuple[str, int], bool] = {}
        given = addresses.is_valid().to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(at_point & ~reviewed & given)
        for row, text in zip(rows, addresses.take(pa.array(rows)).to_pylist(), strict=True):
            pair = text, int(by_point[row])
            if pair not in known:
                known[pair] = self._book.contradicts(*pair)
            contradicted[row] = known[pair]
        return contradicted

    def _take_from_buildings(self, placing: Places) -> None:
        """Put a row without a point where its building is."""
        known = np.flatnonzero(placing.building >= 0)
        pointless = known[~np.isfinite(placing.lon[known] + placing.lat[known])]
        placing.lon[pointless] = self._lon[placing.building[pointless]]
        placing.lat[pointless] = self._lat[placing.building[pointless]]

    def _keep_candidates(
        self, placing: Places, answers: Places, by_point: Positions, conflict: Flags
    ) -> None:
        """Keep what a person may choose from, of rows that are in no building."""
        open_ = placing.building < 0
        placing.candidates[open_] = answers.candidates[open_]
        for row in np.flatnonzero(conflict):
            at = [at for at in (answers.building[row], by_point[row]) if at >= 0]
            both = self._ids.take(pa.array(at, pa.int64())).to_pylist()
            both += (answers.candidates[row] or "").split(";")
            placing.candidates[row] = ";".join(dict.fromkeys(filter(None, both)))

    def _finished(self, placing: Places) -> pa.Table:
        """Return the columns; a row in a building is in its cell, grid and community.

        So sums over buildings agree.
        """
        known = pa.array(placing.building >= 0)
        taken = pa.array(placing.building, mask=placing.building < 0)
        by_point = {"h3_r10": placing.cell, "community_code": placing.community,
                    "grid_code": placing.grid}  # fmt: skip
        columns = {
            "lon": pa.array(placing.lon, from_pandas=True),
            "lat": pa.array(placing.lat, from_pandas=True),
            "building_id": self._ids.take(taken),
            "match_level": pa.array(placing.level, TEXT),
            "match_score": pa.array(placing.score),
            "match_method": pa.array(placing.method, TEXT),
            "match_candidates": pa.array(placing.candidates, TEXT),
            **{
                name: pc.if_else(known, self._texts[name].take(taken), pa.array(texts, TEXT))
                for name, texts in by_point.items()
            },
        }
        return pa.table({name: columns[name] for name in PLACEMENT_COLUMNS})


def _numbers(rows: pa.Table, name: str) -> Floats:
    if name not in rows.column_names:
        return np.full(rows.num_rows, np.nan)
    values: Floats = rows[name].to_numpy().astype(np.float64)
    return values


def _texts(rows: pa.Table, name: str) -> pa.Array:
    if name not in rows.column_names:
        return pa.nulls(rows.num_rows, TEXT)
    return one_array(rows[name]).cast(TEXT)
