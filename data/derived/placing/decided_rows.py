"""The rows of stored imports whose address was decided, moved to where the decision says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.contracts.registry import TABLES
from data.derived.join import read_groups, to_schema
from data.derived.placing.address_keys import AddressKeys, Keys
from data.derived.placing.place import Placer, is_placed
from data.derived.placing.reviews import Reviews, add_past_placements, place_decided
from data.lake.imports import hash_options
from data.lake.manifest import Manifest
from data.lake.schema import ROW_KEY, current_schema
from data.lake.validity import local_import_time
from data.store.repositories.settings import Review


class DecidedRows:
    """What decisions about addresses change in the files of tables.

    Parameters
    ----------
    imports
        Table → its imports.
    reviews
        What was decided.
    keys
        Normalised addresses of the rows.
    placer
        Gives the placer of now, without any decision, when something is to be placed.
    """

    def __init__(
        self,
        imports: Mapping[str, Sequence[Manifest]],
        reviews: Reviews,
        keys: AddressKeys,
        placer: Callable[[], Placer],
    ) -> None:
        self._imports, self._reviews, self._placer = imports, reviews, placer
        self._address_keys = keys
        self._read: tuple[str, Keys] | None = None

    def about(self, table: str) -> list[Review]:
        """Return the decisions about addresses that rows of a table have, those of before too."""
        if not self._reviews.history or not is_placed(TABLES[table]):
            return []
        decided = self._reviews.addresses
        return self._reviews.about(self._address_keys.among(self._imports[table], decided))

    @property
    def have_moved(self) -> bool:
        """Whether any address was reviewed after an import, so that its rows may have moved."""
        times = [local_import_time(m) for each in self._imports.values() for m in each]
        return bool(times) and bool(self._reviews.changed_since(min(times)))

    def file_name(self, table: str, fingerprint: str) -> str:
        """Name a table's file after its fingerprint and the decisions about its rows."""
        if decisions := self.about(table):
            facts = {"made_from": fingerprint, "decisions": list(map(repr, decisions))}
            fingerprint = hash_options(facts)[: len(fingerprint)]
        return f"{table}-{fingerprint}.parquet"

    def column(
        self, name: str, manifest: Manifest, stored: Path, placement: Path
    ) -> pa.ChunkedArray:
        """Return a column of an import's placement by what is decided now; see `with_past`."""
        if not self.about(manifest.table):
            return pq.read_table(placement, columns=[name])[name]
        schema, start, parts = current_schema(TABLES[manifest.table], placed=True), 0, []
        for columns in read_groups(stored, placement):
            rows = to_schema(columns, schema, columns[ROW_KEY].length())
            keys = self._keys(manifest, start, rows.num_rows)
            placed = place_decided(rows, keys, reviews=self._reviews, placer=self._placer)
            parts.append(placed.select([name]))
            start += rows.num_rows
        return pa.concat_tables(parts)[name]

    def with_past(self, rows: pa.Table, manifest: Manifest, start: int) -> pa.Table:
        """Return rows of an import, from the one at ``start``, with every place they had.

        ``rows``: placed without any decision; see `add_past_placements`.
        """
        return add_past_placements(
            rows,
            self._keys(manifest, start, rows.num_rows),
            imported_at=local_import_time(manifest),
            reviews=self._reviews,
            placer=self._placer,
        )

    def _keys(self, manifest: Manifest, start: int, count: int) -> Keys:
        if self._read is None or self._read[0] != manifest.import_id:
            self._read = manifest.import_id, self._address_keys.of(manifest)
        return self._read[1][start : start + count]
