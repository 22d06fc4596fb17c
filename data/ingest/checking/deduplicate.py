"""Find duplicates: the same content, a new version of a row, or one key used for two rows.

Within one import the first row of a key is kept. A later row with the same key is

- a duplicate (``identical_row``) if its content is the same,
- a duplicate (``repeated_key``) if the contract's `same_line` fields agree: the same ticket listed
  once per step,
- refused (``conflicting_key``) if they differ: the number was given twice.

A row without a key is identified by its content. Two such rows that differ only in columns no
field takes are two rows all the same: the second is the same content for the second time. Whether
one continues a held row is asked when the file is read (`data.ingest.held_rows.later_states`).
"""

import hashlib
import tempfile
import weakref
from binascii import hexlify
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.lake.schema import NO_KEY, one_array
from data.lake.text_bytes import bytes_of_texts

_NOT_CONTENT = frozenset({"learnt_at", "other_code"})
_HASH_BYTES = 12
_BEHIND = np.dtype([("content", np.uint64), ("line", np.uint64), ("row", np.int64)])
_IN_MEMORY = 32 * 2**20
_LONG = 1_000_000


def content_texts(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return one text per row that is equal exactly where the named fields are equal.

    Empty fields leave no trace, so a field added to a contract later changes no hash.
    """
    parts: list[pa.Array | pa.Scalar] = []
    for name in names:
        column = one_array(table.column(name))
        if column.null_count == len(column):
            continue
        mark = pa.scalar(f"\x1f{name}=", pa.large_string())
        texts = _canonical(column)
        parts += [mark, texts] if not texts.null_count else [pc.fill_null(_join(mark, texts), "")]
    if not any(isinstance(part, pa.Array) for part in parts):
        return pa.repeat(pa.scalar("", pa.large_string()), len(table))
    return _join(*parts)


def _canonical(column: pa.Array) -> pa.Array:
    if not pa.types.is_large_binary(column.type):
        return pc.cast(column, pa.large_string())
    return pa.array(
        [None if v is None else hashlib.sha256(v).hexdigest() for v in column.to_pylist()],
        pa.large_string(),
    )


def _join(*texts: pa.Array | pa.Scalar) -> pa.Array:
    return pc.binary_join_element_wise(*texts, pa.scalar("", pa.large_string()))


def hash_rows(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return 24 hex digits (BLAKE2b) over the content of each row.

    When it was learnt is no content, nor is a second code.
    """
    texts = content_texts(table, [n for n in names if n not in _NOT_CONTENT])
    begun, digests = hashlib.blake2b(digest_size=_HASH_BYTES), list[bytes]()
    for text in bytes_of_texts(texts):
        row = begun.copy()  # less than making one
        row.update(text)
        digests.append(row.digest())
    return _hex_texts(b"".join(digests), len(digests))


def _hex_texts(digests: bytes, count: int) -> pa.Array:
    """Return digests that stand one behind the other as texts of hex digits."""
    ends = np.arange(count + 1, dtype=np.int64) * (2 * _HASH_BYTES)
    buffers = [pa.py_buffer(ends), pa.py_buffer(hexlify(digests))]
    return pa.LargeStringArray.from_buffers(count, *buffers)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Which rows repeat an earlier one, and of those the kind, with the row they repeat."""

    identical: NDArray[np.bool_]
    same_line: NDArray[np.bool_]
    conflicting: NDArray[np.bool_]
    first_row: NDArray[np.int64]


class SeenRows:
    """What an import has accepted so far, from batch to batch: key, content, line, row number.

    Keys stay in memory, twelve bytes each; what is behind them is looked up on disk when one comes
    again.
    """

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self._behind = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed with its owner
        weakref.finalize(self, self._behind.close)
        self._count = 0
        self._engine = duckdb.default_connection().cursor()
        self.contents = SeenContents()

    def compare(
        self, keys: pa.Array, contents: pa.Array, lines: pa.Table, source_row: NDArray[np.int64]
    ) -> Duplicates:
        """Compare rows with each other and with all before; remember those that are new.

        ``lines``: rows of the same line agree in all of its columns.
        """
        key, content, line = _short_hashes(self._engine, keys, contents, lines)
        rows = np.empty(len(key), _BEHIND)
        rows["content"], rows["line"], rows["row"] = content, line, source_row
        distinct, first, group = np.unique(key, return_index=True, return_inverse=True)
        at = self._places_of(distinct)
        known = at >= 0
        if len(distinct) == len(key) and not known.any():  # as of most batches
            self._remember(distinct, rows[first])
            none = np.zeros(len(key), bool)
            return Duplicates(none, none, none, source_row)
        repeated = (first[group] != np.arange(len(key))) | known[group]
        firsts = rows[first]
        firsts[known] = self._read(at[known])
        self._remember(distinct[~known], firsts[~known])
        earlier = firsts[group]
        identical = repeated & (earlier["content"] == content)
        same_line = repeated & ~identical & (earlier["line"] == line)
        conflicting = repeated & ~identical & ~same_line
        return Duplicates(identical, same_line, conflicting, earlier["row"])

    def _places_of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of each of some sorted keys among the remembered rows, -1 if new."""
        places = np.full(len(keys), -1, np.int64)
        for level in self._levels:
            at = np.minimum(np.searchsorted(level.keys, keys), len(level.keys) - 1)
            is_known = level.keys[at] == keys
            places[is_known] = level.places[at[is_known]]
        return places

    def _read(self, places: NDArray[np.int64]) -> NDArray[np.void]:
        parts = []
        for place in places.tolist():
            self._behind.seek(place * _BEHIND.itemsize)
            parts.append(self._behind.read(_BEHIND.itemsize))
        return np.frombuffer(b"".join(parts), _BEHIND)

    def _remember(self, keys: NDArray[np.uint64], rows: NDArray[np.void]) -> None:
        if not len(keys):
            return
        self._behind.seek(self._count * _BEHIND.itemsize)
        self._behind.write(rows.tobytes())
        places = np.arange(self._count, self._count + len(keys), dtype=np.uint32)
        self._count += len(keys)
        self._levels.append(_Level(keys, places))
        while len(self._levels) > 1 and self._levels[-2].joins(self._levels[-1]):
            self._levels[-2:] = [self._levels[-2].merged_with(self._levels[-1])]


@dataclass(frozen=True, slots=True)
class _Level:
    """Sorted keys, each with the place of its row.

    A level is twice as long as the next or more, or so long that merging it would take memory.
    """

    keys: NDArray[np.uint64]
    places: NDArray[np.uint32]

    def joins(self, newer: Self) -> bool:
        """Say whether this level is to be merged with the next."""
        return len(self.keys) < min(2 * len(newer.keys), _LONG)

    def merged_with(self, other: Self) -> Self:
        """Return one level of both."""
        keys = np.concatenate([self.keys, other.keys])
        order = np.argsort(keys, kind="stable")  # of two sorted parts: a merge
        return replace(
            self, keys=keys[order], places=np.concatenate([self.places, other.places])[order]
        )


def _short_hashes(
    engine: duckdb.DuckDBPyConnection, keys: pa.Array, contents: pa.Array, lines: pa.Table
) -> list[NDArray[np.uint64]]:
    """Return 64-bit hashes, good for this process only, by the engine's own hash.

    Among a hundred million rows two collide with odds of 1 in 4,000.
    """
    of_line = [f"line_{number}" for number in range(lines.num_columns)]
    rows = pa.table([keys, contents, *lines.columns], names=["key", "content", *of_line])
    engine.register("rows", rows)
    sql = f"SELECT hash(key), hash(content), hash({', '.join(of_line) or 0}) FROM rows"  # noqa: S608 -- names of our own
    hashes = engine.sql(sql).fetchnumpy()
    engine.unregister("rows")
    return [np.asarray(each, np.uint64) for each in hashes.values()]


class SeenContents:
    """How often an import has met each content among rows that have no key of their own."""

    def __init__(self) -> None:
        self._sent: set[bytes] = set()
        self._times: dict[str, int] = {}

    def count(
        self, contents: pa.Array, sent: pa.Array
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Say of each row how often its content came before, and whether it came exactly so.

        ``contents``: hash of what the contract understands of each row, its outline included.
        ``sent``: everything that was sent of each row in cells.
        """
        times = np.zeros(len(contents), np.int64)
        identical = np.zeros(len(contents), bool)
        for i, (content, text) in enumerate(
            zip(contents.to_pylist(), bytes_of_texts(sent), strict=True)
        ):
            exact = hashlib.blake2b(content.encode() + text, digest_size=_HASH_BYTES).digest()
            identical[i] = exact in self._sent
            if not identical[i]:
                self._sent.add(exact)
                times[i] = self._times.get(content, 0)
                self._times[content] = int(times[i]) + 1
        return times, identical


def keys_of(key: pa.Array, row_hash: pa.Array, times: NDArray[np.int64] | None = None) -> pa.Array:
    """Return the key of each row: its own, or `NO_KEY` and the hash of its content.

    Content met for the second time gets ``~1``, for the third ``~2``.
    """
    by_content = _join(pa.scalar(NO_KEY, pa.large_string()), row_hash)
    if times is not None and times.any():
        counted = _join(
            by_content, pa.scalar("~", pa.large_string()), pa.array(times).cast(pa.large_string())
        )
        by_content = pc.if_else(pa.array(times > 0), counted, by_content)
    return pc.coalesce(key, by_content)
