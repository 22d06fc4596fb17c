"""Write rows in order of place, however many there are: sorted runs on disk, then one merge."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.derived.join import PLACE_ORDER, ROWS_PER_GROUP, columns_of, to_schema
from data.lake.dictionaries import repeating_texts
from data.lake.schema import one_array

RUN_ROWS: Final = 100_000
"""So many rows, or a few more, are sorted in memory."""
_MERGED_ROWS: Final = 4 * ROWS_PER_GROUP
_BLOCK_ROWS: Final = 1_024
_BUFFER: Final = 2**20
_RUN: Final = "run"
_PLACES, _KEY = PLACE_ORDER[:2], PLACE_ORDER[2:]
_CODED: Final = ["building_id", "h3_r10", "import_id"]
_LIMITS: Final = {"memory_limit": "128MB"}
"""Of what sorts the keys of all runs; the rest of them goes to the disk."""
_KEYS: Final = pa.schema([*((name, pa.large_string()) for name in PLACE_ORDER), (_RUN, pa.int32())])
_ORDER: Final = (
    f"SELECT {_RUN} FROM read_parquet(?) ORDER BY "  # noqa: S608 -- names of our own
    + ", ".join(f"{name} NULLS LAST" for name in _KEYS.names)
)


class RowReader:
    """Hands out the rows of a stream of batches, so many at a time."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = iter(batches)
        self._held: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        """Return the next `count` rows; there must be as many, and one at least."""
        taken: list[pa.RecordBatch] = []
        while count:
            batch = self._held.pop() if self._held else next(self._batches)
            taken.append(batch.slice(0, count))
            if batch.num_rows > count:
                self._held.append(batch.slice(count))
            count -= taken[-1].num_rows
        return pa.Table.from_batches(taken)


def write_as_sent(tables: Iterable[pa.Table], path: Path, schema: pa.Schema) -> None:
    """Write rows as they come, a group for each table; absent columns have no value."""
    with pq.ParquetWriter(path, schema) as writer:
        for table in tables:
            writer.write_table(to_schema(columns_of(table), schema, table.num_rows))


def write_in_order(tables: Iterable[pa.Table], path: Path, schema: pa.Schema) -> None:
    """Write rows in `PLACE_ORDER`, those without a building last.

    Memory holds a run of rows and a part of each run, whatever their number.

    ``tables``: the rows, in any order; equal places stay in the order of their coming. Columns
    without a value may be absent, and texts be dictionaries: all of a name, or none.
    ``schema``: of the file.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        merged = _Runs(Path(folder)).merge(_gather(tables))
        parts = (to_schema(columns_of(part), schema, part.num_rows) for part in merged)
        first = next(parts, schema.empty_table())
        with pq.ParquetWriter(path, schema, use_dictionary=repeating_texts(first)) as writer:
            for part in chain([first], parts):
                writer.write_table(part, row_group_size=ROWS_PER_GROUP)


def _gather(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables of `RUN_ROWS` or more, but for the last."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(each.num_rows for each in held) >= RUN_ROWS:
            yield _as_one(held)
            held = []
    if held:
        yield _as_one(held)


def _as_one(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


class _Runs:
    """Sorted runs of rows in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def merge(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield all rows in order; columns without a value may be absent."""
        first = next(tables, None)
        if first is None:
            return
        second = next(tables, None)
        if second is None:
            yield _sorted(first)
            return
        keys = self._folder / "keys.parquet"
        with pq.ParquetWriter(keys, _KEYS, use_dictionary=_CODED, compression="none") as writer:
            for table in (first, second):
                writer.write_table(self._write(table))
            del first, second, table
            for table in tables:
                writer.write_table(self._write(table))
        yield from self._merged(keys)

    def _write(self, table: pa.Table) -> pa.Table:
        """Keep a run without its columns of nothing, and return its keys."""
        rows = _sorted(table)
        with (  # not compressed, which would cost more than anything else that is done to a run
            self._path(self._count).open("wb", buffering=_BUFFER) as file,
            pa.ipc.new_stream(file, rows.schema) as stream,
        ):
            stream.write_table(rows, max_chunksize=_BLOCK_ROWS)
        run = pa.repeat(pa.scalar(self._count, pa.int32()), rows.num_rows)
        self._count += 1
        return to_schema(columns_of(rows) | {_RUN: run}, _KEYS, rows.num_rows)

    def _merged(self, keys: Path) -> Iterator[pa.Table]:
        # read, not mapped: pages of a mapped file count as memory
        files = [pa.OSFile(str(self._path(run))) for run in range(self._count)]
        runs = [RowReader(pa.ipc.open_stream(file)) for file in files]
        engine = duckdb.connect(config={**_LIMITS, "temp_directory": str(self._folder)})
        for batch in engine.execute(_ORDER, [str(keys)]).to_arrow_reader(_MERGED_ROWS):
            run_of_row = batch.column(0).to_numpy()
            counts = np.bincount(run_of_row, minlength=self._count)
            parts = [runs[run].take(counts[run]) for run in np.flatnonzero(counts)]
            place = np.empty(len(run_of_row), dtype=np.int64)
            place[np.argsort(run_of_row, kind="stable")] = np.arange(len(run_of_row))
            yield _as_one(parts).take(pa.array(place))
        engine.close()
        for file in files:
            file.close()

    def _path(self, run: int) -> Path:
        return self._folder / f"{run}.arrow"


def _sorted(table: pa.Table) -> pa.Table:
    """Return rows in order, without the columns in which none has a value."""
    rows = table.select([c for c in table.column_names if table[c].null_count < table.num_rows])
    return rows.take(pa.array(_order_of(table)))


def _order_of(table: pa.Table) -> NDArray[np.int64]:
    """Return which row comes first, second and so on; by numbers, as most rows share a place."""
    places = [one_array(table[name]) for name in _PLACES if name in table.column_names]
    key, source = (one_array(table[name]).cast(pa.large_string()) for name in _KEY)
    order = np.arange(table.num_rows)
    if table.num_rows and not pc.all(pc.less(key[:-1], key[1:])).as_py():
        keys = pa.table([key, source], names=["key", "source"])
        ascending = [(name, "ascending") for name in keys.column_names]
        order = pc.sort_indices(keys, ascending).to_numpy().astype(np.int64)
    for place in reversed(places):
        order = order[np.argsort(_ranks(place)[order], kind="stable")]
    return order


def _ranks(texts: pa.Array) -> NDArray[np.int64]:
    """Return the place of each text among the distinct ones, nulls behind all."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    ranks = np.empty(len(coded.dictionary) + 1, dtype=np.int64)
    ranks[pc.sort_indices(coded.dictionary)] = np.arange(len(ranks) - 1)
    ranks[-1] = len(ranks)
    ranked: NDArray[np.int64] = ranks[coded.indices.fill_null(len(ranks) - 1).to_numpy()]
    return ranked
