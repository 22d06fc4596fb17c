"""The rows of stored imports whose address was decided, moved to where the decision says.

They have a file of their own beside that of their table, which no decision makes again.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.registry import TABLES
from data.derived.join import read_groups, to_schema
from data.derived.placing.address_keys import KEY, AddressKeys, Keys
from data.derived.placing.place import ADDRESS_FIELD, Placer, is_placed
from data.derived.placing.reviews import Reviews, add_past_placements, place_decided
from data.lake.checksums import hash_options
from data.lake.manifest import Manifest
from data.lake.schema import IMPORT_ID, PLACED_FROM, PLACED_UNTIL, ROW_KEY, current_schema
from data.lake.selected_rows import select_rows
from data.lake.validity import local_import_time
from data.store.repositories.settings import Review

_MADE_FROM: Final = b"made_from"
_DECIDED: Final = b"decided"


class DecidedRows:
    """What decisions about addresses change in the files of tables.

    ``imports``: table → its imports.
    ``rows``: import id → its rows file.
    ``keys``: normalised addresses of the rows.
    ``placer``: gives the placer of now, without any decision, when something is to be placed.
    """

    def __init__(
        self,
        imports: Mapping[str, Sequence[Manifest]],
        rows: Mapping[str, Path],
        reviews: Reviews,
        keys: AddressKeys,
        placer: Callable[[], Placer],
    ) -> None:
        self._imports, self._rows, self._reviews = imports, rows, reviews
        self._address_keys, self._placer = keys, placer
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
    ) -> Iterator[pa.ChunkedArray]:
        """Yield a column of an import's placement by what is decided now, in parts."""
        if not self.about(manifest.table):
            with pq.ParquetFile(placement) as file:
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group, columns=[name])[name]
            return
        schema, start = current_schema(TABLES[manifest.table], placed=True), 0
        for columns in read_groups(stored, placement):
            rows = to_schema(columns, schema, columns[ROW_KEY].length())
            keys = self._keys(manifest, start, rows.num_rows)
            placed = place_decided(rows, keys, reviews=self._reviews, placer=self._placer)
            yield placed[name]
            start += rows.num_rows

    def write(self, table: str, base: Path | None, path: Path) -> None:
        """Write the rows of a table whose address is or was decided, with every place they had.

        What an earlier file says of addresses about which nothing was decided since is taken over;
        only the others are looked for and placed.

        ``base``: all versions of the table's rows, placed without any decision.
        ``path``: the new file: columns of ``base``, and `KEY`; its rows are instead of those of
        ``base`` with the same address.
        """
        assert base is not None  # noqa: S101 -- an address is of a row, which is of an import
        hashes = self._hashes(table)
        kept = _rows_of_before(base, path.parent, hashes)
        texts = self._texts(table, hashes.keys() - _addresses(kept))
        rows = select_rows(base, ADDRESS_FIELD, texts)
        rows = rows.append_column(KEY, pa.array([texts[t] for t in rows[ADDRESS_FIELD].to_pylist()],
                                                pa.large_string()))  # fmt: skip
        parts = [kept.select(rows.column_names)] if kept is not None else []
        for manifest in self._imports[table]:
            imported = rows.filter(pc.equal(rows[IMPORT_ID], manifest.import_id))
            parts.append(self._with_past(imported, manifest))
        every = pa.concat_tables(parts)
        order = [ROW_KEY, IMPORT_ID, PLACED_FROM, PLACED_UNTIL]
        every = every.sort_by([(name, "ascending") for name in order])
        metadata = {_MADE_FROM: base.name.encode(), _DECIDED: json.dumps(hashes).encode()}
        pq.write_table(every.replace_schema_metadata(metadata), path)

    def _hashes(self, table: str) -> dict[str, str]:
        """Return the normalised addresses of rows that something was decided about, and what."""
        keys = self._address_keys.among(self._imports[table], self._reviews.addresses)
        return {key: hash_options({"decisions": list(map(repr, self._reviews.of(key)))})
                for key in sorted(keys)}  # fmt: skip

    def _texts(self, table: str, keys: Collection[str]) -> dict[str, str]:
        """Return the addresses that rows have as they were sent → what they are normalised to."""
        wanted, texts = pa.array(sorted(keys), pa.large_string()), dict[str, str]()
        for manifest in self._imports[table]:
            if not self._address_keys.among([manifest], frozenset(keys)):
                continue
            held = pq.read_table(self._address_keys.path(manifest), columns=[KEY])[KEY]
            hit = pc.is_in(held, value_set=wanted)
            stored = pq.read_table(self._rows[manifest.import_id], columns=[ADDRESS_FIELD])
            sent = stored[ADDRESS_FIELD].filter(hit).to_pylist()
            texts |= dict(zip(sent, held.filter(hit).to_pylist(), strict=True))
        return texts

    def _with_past(self, rows: pa.Table, manifest: Manifest) -> pa.Table:
        """Return rows of an import, placed without any decision, with every place they had."""
        return add_past_placements(
            rows,
            rows[KEY].to_numpy(zero_copy_only=False),
            imported_at=local_import_time(manifest),
            reviews=self._reviews,
            placer=self._placer,
        )

    def _keys(self, manifest: Manifest, start: int, count: int) -> Keys:
        if self._read is None or self._read[0] != manifest.import_id:
            self._read = manifest.import_id, self._address_keys.of(manifest)
        return self._read[1][start : start + count]


def _rows_of_before(base: Path, folder: Path, hashes: Mapping[str, str]) -> pa.Table | None:
    """Return what an earlier file says of addresses about which the same is decided; None without.

    The newest one made from the same rows counts.
    """
    table = base.stem.rpartition("-")[0]
    for path in sorted(folder.glob(f"{table}-*.parquet"), key=_made_at, reverse=True):
        with suppress(OSError):  # another process has just deleted it
            metadata = pq.read_schema(path).metadata or {}
            if metadata.get(_MADE_FROM) == base.name.encode():
                before = json.loads(metadata[_DECIDED])
                same = [key for key in hashes if before.get(key) == hashes[key]]
                return select_rows(path, KEY, same)
    return None


def _made_at(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _addresses(rows: pa.Table | None) -> set[str]:
    return set() if rows is None else set(rows[KEY].unique().to_pylist())
