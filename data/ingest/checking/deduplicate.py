"""Find duplicates: the same content, a new version of a row, or one key used for two rows.

Within one import the first row of a key is kept. A later row with the same key is

- a duplicate (``identical_row``) if its content is the same,
- a duplicate (``repeated_key``) if the contract's `same_line` fields agree: the same ticket listed
  once per step,
- refused (``conflicting_key``) if they differ: the number was given twice.

A row without a key is identified by its content. Two such rows that differ only in columns no
field takes are two rows all the same: the second is the same content for the second time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_NOT_CONTENT = frozenset({"learnt_at"})
_HASH_BYTES = 12
_MOST_CHUNKS = 8


def content_texts(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return one text per row that is equal exactly where the named fields are equal.

    Empty fields leave no trace, so a field added to a contract later changes no hash.
    """
    parts: list[pa.Array | pa.Scalar] = []
    for name in names:
        column = table.column(name).combine_chunks()
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
    """Return 24 hex digits (BLAKE2b) over the content of each row; ``learnt_at`` is no content."""
    texts = content_texts(table, [n for n in names if n not in _NOT_CONTENT])
    digest = hashlib.blake2b
    return pa.array(
        [digest(t, digest_size=_HASH_BYTES).hexdigest() for t in _as_bytes(texts)],
        pa.large_string(),
    )


def _as_bytes(texts: pa.Array) -> list[bytes]:
    """Return UTF-8 texts as they lie in memory, without the way through Python's own strings."""
    encoded: list[bytes] = texts.cast(pa.large_binary()).to_pylist()
    return encoded


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which rows repeat an earlier one, and of those the kind, with the row they repeat."""

    identical: NDArray[np.bool_]
    same_line: NDArray[np.bool_]
    conflicting: NDArray[np.bool_]
    first_row: NDArray[np.int64]


class SeenRows:
    """What an import has accepted so far, from batch to batch: key, content, line, row number."""

    def __init__(self) -> None:
        self._chunks: list[NDArray[np.uint64]] = []
        self._rows: list[NDArray[np.int64]] = []
        self._engine = duckdb.default_connection().cursor()
        self.contents = SeenContents()

    def compare(
        self, keys: pa.Array, contents: pa.Array, lines: pa.Array, source_row: NDArray[np.int64]
    ) -> Repeats:
        """Compare rows with each other and with all before; remember those that are new."""
        key, content, line = _short_hashes(self._engine, keys, contents, lines)
        n = len(key)
        _, first, group = np.unique(key, return_index=True, return_inverse=True)
        first_of = first[group]
        repeated = first_of != np.arange(n)
        first_content, first_line = content[first_of], line[first_of]
        first_row = source_row[first_of] if n else source_row
        for chunk, rows in zip(self._chunks, self._rows, strict=True):
            at = np.minimum(np.searchsorted(chunk[0], key), len(rows) - 1)
            is_known = chunk[0][at] == key
            repeated |= is_known
            first_content = np.where(is_known, chunk[1][at], first_content)
            first_line = np.where(is_known, chunk[2][at], first_line)
            first_row = np.where(is_known, rows[at], first_row)
        self._remember(key, content, line, source_row, ~repeated)
        identical = repeated & (first_content == content)
        same_line = repeated & ~identical & (first_line == line)
        return Repeats(identical, same_line, repeated & ~identical & ~same_line, first_row)

    def _remember(
        self,
        key: NDArray[np.uint64],
        content: NDArray[np.uint64],
        line: NDArray[np.uint64],
        source_row: NDArray[np.int64],
        new: NDArray[np.bool_],
    ) -> None:
        if not new.any():
            return
        self._chunks.append(np.vstack([key[new], content[new], line[new]]))
        self._rows.append(source_row[new])
        if len(self._chunks) > _MOST_CHUNKS:
            self._chunks = [np.hstack(self._chunks)]
            self._rows = [np.concatenate(self._rows)]
        order = np.argsort(self._chunks[-1][0])
        self._chunks[-1] = self._chunks[-1][:, order]
        self._rows[-1] = self._rows[-1][order]


def _short_hashes(engine: duckdb.DuckDBPyConnection, *texts: pa.Array) -> list[NDArray[np.uint64]]:
    """Return 64-bit hashes, good for this process only, by the engine's own hash.

    Among a hundred million rows two collide with odds of 1 in 4,000.
    """
    engine.register("texts", pa.table(list(texts), names=["a", "b", "c"]))
    hashes = engine.sql("SELECT hash(a) AS a, hash(b) AS b, hash(c) AS c FROM texts").fetchnumpy()
    engine.unregister("texts")
    return [np.asarray(hashes[name], np.uint64) for name in "abc"]


class SeenContents:
    """How often an import has met each content among rows that have no key of their own."""

    def __init__(self) -> None:
        self._sent: set[bytes] = set()
        self._times: dict[str, int] = {}

    def count(
        self, contents: pa.Array, sent: pa.Array
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Say of each row how often its content came before, and whether it came exactly so.

        Parameters
        ----------
        contents
            Hash of what the contract understands of each row.
        sent
            Everything that was sent of each row.
        """
        times = np.zeros(len(contents), np.int64)
        identical = np.zeros(len(contents), bool)
        for i, (content, text) in enumerate(
            zip(contents.to_pylist(), _as_bytes(sent), strict=True)
        ):
            exact = hashlib.blake2b(text, digest_size=_HASH_BYTES).digest()
            identical[i] = exact in self._sent
            if not identical[i]:
                self._sent.add(exact)
                times[i] = self._times.get(content, 0)
                self._times[content] = int(times[i]) + 1
        return times, identical


def keys_of(key: pa.Array, row_hash: pa.Array, times: NDArray[np.int64] | None = None) -> pa.Array:
    """Return the key of each row: its own, or ``#`` and the hash of its content.

    Content met for the second time gets ``~1``, for the third ``~2``.
    """
    by_content = _join(pa.scalar("#", pa.large_string()), row_hash)
    if times is not None and times.any():
        counted = _join(
            by_content, pa.scalar("~", pa.large_string()), pa.array(times).cast(pa.large_string())
        )
        by_content = pc.if_else(pa.array(times > 0), counted, by_content)
    return pc.coalesce(key, by_content)
