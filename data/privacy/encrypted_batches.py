"""Batches of unmasked rows that were read once and will be read again."""

import secrets
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, Generic, TypeVar

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.lake.ipc import of_stream, to_stream

Batch = TypeVar("Batch")
_NONCE_BYTES: Final = 12
_PIECE_ROWS: Final = 8_192


class EncryptedBatches(Generic[Batch]):
    """The batches of a source: the only one in memory, several on disk.

    What lies on the disk has no name there and cannot be read without a key that only this process
    has: the cells are as they were sent, before anything was masked.

    ``batches``: all of them; they are read while they are first gone through.
    ``folder``: where the disk has room.
    ``pack``, ``unpack``: turn a batch into a table and back; the disk holds Arrow's own format.
    """

    def __init__(
        self,
        batches: Iterable[Batch],
        folder: Path,
        *,
        pack: Callable[[Batch], pa.Table],
        unpack: Callable[[pa.Table], Batch],
    ) -> None:
        self._pack, self._unpack = pack, unpack
        self._source: Iterator[Batch] | None = iter(batches)
        self._folder = folder
        self._first: Batch | None = None
        self._pieces: list[list[int]] = []  # the sizes of each batch's on disk

    @property
    def is_one(self) -> bool:
        """Whether there is no second batch, once all were read."""
        return not self._pieces

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches in their order; the first time to the end, or nothing is kept."""
        if self._source is None:
            yield from self._again()
            return
        source, self._source = self._source, iter(())
        for batch in source:
            if self._first is None:
                self._first = batch
            else:
                self._keep(batch)
            yield batch
        self._source = None

    def _keep(self, batch: Batch) -> None:
        if not self._pieces:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- closed with its batches
            weakref.finalize(self, self._file.close)
            self._cipher, self._sealed = AESGCM(secrets.token_bytes(32)), 0
        table = self._pack(batch)
        pieces = range(0, max(table.num_rows, 1), _PIECE_ROWS)
        self._pieces.append([self._seal(table.slice(first, _PIECE_ROWS)) for first in pieces])

    def _seal(self, rows: pa.Table) -> int:
        """Write some rows and return how many bytes that took.

        They are few, so that memory is used again, and not compressed, which would take longer.
        """
        content = memoryview(to_stream(rows)).cast("B")
        self._sealed += 1
        return self._file.write(self._cipher.encrypt(_nonce(self._sealed), content, None))

    def _again(self) -> Iterator[Batch]:
        if self._first is not None:
            yield self._first
        number = at = 0
        for sizes in self._pieces:
            rows = []
            for size in sizes:
                self._file.seek(at)
                at, number = at + size, number + 1
                content = self._cipher.decrypt(_nonce(number), self._file.read(size), None)
                rows.append(of_stream(content))
            yield self._unpack(pa.concat_tables(rows).combine_chunks())


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES)
