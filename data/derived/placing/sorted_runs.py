"""Write rows in order of place, however many there are: sorted runs on disk, then one merge."""

import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Final

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
_BLOCK_ROWS: Final = 1_024
_MERGED_BLOCKS: Final = 96
"""Of all runs so many blocks, and what is begun of others, are merged at a time."""
_BUFFER: Final = 2**20
_RUN: Final = "run"
_PLACES, _KEY = PLACE_ORDER[:2], PLACE_ORDER[2:]
_KEYS: Final = pa.schema([*((name, pa.large_string()) for name in PLACE_ORDER), (_RUN, pa.int32())])
_KEYS_ALONE: Final = pa.schema([_KEYS.field(name) for name in _KEY])
_ASCENDING: Final = [(name, "ascending") for name in _KEYS.names]  # nulls behind all

Key = tuple[tuple[bool, str], ...]


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
        self._folder = folder
        self._blocks: list[pa.Table] = []  # of each run the first key of each block

    def merge(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield all rows in order; columns without a value may be absent."""
        first = next(tables, None)
        if first is None:
            return
        second = next(tables, None)
        if second is None:
            yield _sorted(first)
            return
        for table in chain([first, second], tables):
            self._write(table)
        del first, second, table
        yield from self._merged(pa.concat_tables(self._blocks).sort_by(_ASCENDING))

    def _write(self, table: pa.Table) -> None:
        """Keep a run without its columns of nothing."""
        rows, run = _sorted(table), len(self._blocks)
        with (  # not compressed, which would cost more than anything else that is done to a run
            self._path(run).open("wb", buffering=_BUFFER) as file,
            pa.ipc.new_stream(file, rows.schema) as stream,
        ):
            stream.write_table(rows, max_chunksize=_BLOCK_ROWS)
        firsts = rows.take(pa.array(range(0, rows.num_rows, _BLOCK_ROWS)))
        of_run = pa.repeat(pa.scalar(run, pa.int32()), firsts.num_rows)
        self._blocks.append(to_schema(columns_of(firsts) | {_RUN: of_run}, _KEYS, firsts.num_rows))

    def _merged(self, blocks: pa.Table) -> Iterator[pa.Table]:
        """Yield full groups of rows, and what is left; ``blocks``: first keys, in order."""
        with ExitStack() as stack:
            # read, not mapped: pages of a mapped file count as memory
            paths = map(self._path, range(len(self._blocks)))
            files = [stack.enter_context(pa.OSFile(str(path))) for path in paths]
            runs = [_Run(pa.ipc.open_stream(file)) for file in files]
            rest: list[pa.Table] = []
            for first in range(0, blocks.num_rows, _MERGED_BLOCKS):
                until = first + _MERGED_BLOCKS
                end = _key_at(blocks, until) if until < blocks.num_rows else None
                counts = np.bincount(blocks[_RUN][first:until], minlength=len(runs)).tolist()
                parts = [run.take(count, end) for run, count in zip(runs, counts, strict=True)]
                if rest := [part for part in (*rest, *parts) if part.num_rows]:
                    rows = _sorted(_as_one(rest))
                    left = rows.num_rows % ROWS_PER_GROUP if end else 0
                    if full := rows.slice(0, rows.num_rows - left):
                        yield full
                    rest = [rows.slice(rows.num_rows - left)]

    def _path(self, run: int) -> Path:
        return self._folder / f"{run}.arrow"


class _Run:
    """Hands out the rows of a run up to one key after the other."""

    def __init__(self, blocks: pa.RecordBatchStreamReader) -> None:
        self._blocks, self._rest = blocks, blocks.schema.empty_table()

    def take(self, count: int, end: Key | None) -> pa.Table:
        """Return the rows before a key, all where there is none; `count` more blocks begin so."""
        more = [self._blocks.read_next_batch() for _ in range(count)]
        rows = pa.Table.from_batches([*self._rest.to_batches(), *more], self._blocks.schema)
        at = rows.num_rows
        if end is not None:
            at = bisect_left(range(at), end, key=lambda row: _key_at(rows, row))
        self._rest = rows.slice(at)
        return rows.slice(0, at)


def _key_at(rows: pa.Table, row: int) -> Key:
    """Return what a row is ordered by, nulls behind all; absent columns have no value."""
    texts = [rows[name][row].as_py() if name in rows.column_names else None for name in PLACE_ORDER]
    return tuple((text is None, text or "") for text in texts)


def _sorted(table: pa.Table) -> pa.Table:
    """Return rows in order, without the columns in which none has a value."""
    rows = table.select([c for c in table.column_names if table[c].null_count < table.num_rows])
    return rows.take(pa.array(_order_of(table)))


def _order_of(table: pa.Table) -> NDArray[np.int64]:
    """Return which row comes first, second and so on; by numbers, as most rows share a place.

    Keys are compared where they do not ascend by themselves within their place.
    """
    place = np.zeros(table.num_rows, np.int64)
    for name in _PLACES:
        if name in table.column_names:
            ranks = _ranks(one_array(table[name]))
            place = place * (ranks.max(initial=0) + 1) + ranks
    order = np.argsort(place, kind="stable")
    place = place[order]
    key = one_array(table[_KEY[0]]).take(pa.array(order))
    ascends = pc.less(key[:-1], key[1:]).to_numpy(zero_copy_only=False)
    mixed = place[1:][~ascends & (place[1:] == place[:-1])]
    if len(mixed):
        some = np.flatnonzero(np.isin(place, mixed))
        rows = table.select(_KEY).take(pa.array(order[some])).cast(_KEYS_ALONE)
        rows = rows.append_column("place", pa.array(place[some]))
        ascending = [(name, "ascending") for name in ("place", *_KEY)]
        order[some] = order[some][pc.sort_indices(rows, ascending).to_numpy()]
    return order


def _ranks(texts: pa.Array) -> NDArray[np.int64]:
    """Return the place of each text among the distinct ones, nulls behind all."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    ranks = np.empty(len(coded.dictionary) + 1, dtype=np.int64)
    ranks[pc.sort_indices(coded.dictionary)] = np.arange(len(ranks) - 1)
    ranks[-1] = len(ranks)
    ranked: NDArray[np.int64] = ranks[coded.indices.fill_null(len(ranks) - 1).to_numpy()]
    return ranked
