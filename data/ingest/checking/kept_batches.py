"""Batches of a file that were read once and will be read again."""

import pickle
import secrets
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.ingest.batches import SourceBatch

Counted = tuple[SourceBatch, int]
"""A batch, and how many rows a filter left out of it."""
_NONCE_BYTES: Final = 12
_CODEC: Final = "lz4"


class KeptBatches:
    """The batches of a source: the only one in memory, several on disk.

    What lies on the disk has no name there and cannot be read without a key that only this process
    has: the cells are as they were sent, before anything was masked.

    Parameters
    ----------
    batches
        All of them; they are read while they are first gone through.
    folder
        Where the disk has room.
    """

    def __init__(self, batches: Iterable[Counted], folder: Path) -> None:
        self._source: Iterator[Counted] | None = iter(batches)
        self._folder = folder
        self._first: Counted | None = None
        self._more = 0

    @property
    def is_one(self) -> bool:
        """Whether there is no second batch, once all were read."""
        return not self._more

    def __iter__(self) -> Iterator[Counted]:
        """Yield the batches in their order; the first time to the end, or nothing is kept."""
        if self._source is None:
            yield from self._again()
            return
        source, self._source = self._source, iter(())
        for pair in source:
            if self._first is None:
                self._first = pair
            else:
                self._keep(pair)
            yield pair
        self._source = None

    def _keep(self, pair: Counted) -> None:
        if not self._more:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- closed with its batches
            weakref.finalize(self, self._file.close)
            self._cipher, self._sizes = AESGCM(secrets.token_bytes(32)), list[tuple[int, int]]()
        content = pickle.dumps(pair, protocol=5)
        packed = pa.compress(content, codec=_CODEC, asbytes=True)
        sealed = self._cipher.encrypt(self._nonce(self._more), packed, None)
        self._file.write(sealed)
        self._sizes.append((len(sealed), len(content)))
        self._more += 1

    def _again(self) -> Iterator[Counted]:
        if self._first is not None:
            yield self._first
        at = 0
        for number in range(self._more):
            size, whole = self._sizes[number]
            self._file.seek(at)
            packed = self._cipher.decrypt(self._nonce(number), self._file.read(size), None)
            content = pa.decompress(packed, decompressed_size=whole, codec=_CODEC)
            yield pickle.loads(content)  # noqa: S301 -- our own: the seal was looked at
            at += size

    @staticmethod
    def _nonce(number: int) -> bytes:
        return number.to_bytes(_NONCE_BYTES, "big")
