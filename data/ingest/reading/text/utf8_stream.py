"""A file of any encoding as a stream of UTF-8, read no farther ahead than is worked on."""

from __future__ import annotations

import codecs
import io
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np

from data.ingest.reading.text.encoding import CHUNK, LOST, cut_between_characters, is_utf8
from data.lake.text_bytes import holds

_LOST: Final = LOST.encode()
_BLOCKS_AHEAD: Final = 4
_PATIENCE_S: Final = 2.0


class Pace:
    """Holds up the thread that reads before what it has read is worked on.

    Arrow's own lets it read 32 blocks ahead, which took as much memory as all else.

    ``block_bytes``: of a block; a few of them are read ahead.
    """

    def __init__(self, block_bytes: int) -> None:
        self._block_bytes, self._room = block_bytes, _BLOCKS_AHEAD * block_bytes
        self._changed = threading.Condition()

    def read(self, size: int) -> None:
        """Note bytes that were read, and wait while they are far ahead."""
        with self._changed:
            self._room -= size
            self._changed.wait_for(lambda: self._room >= 0, _PATIENCE_S)

    def take(self, size: int | None = None) -> None:
        """Note that so many bytes, a block by default, are being worked on."""
        with self._changed:
            self._room += self._block_bytes if size is None else size
            self._changed.notify_all()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Let whoever waits go on to the end."""
        self.take(2**62)


class AsUtf8(io.RawIOBase):
    """A file of any encoding as UTF-8; what cannot be decoded becomes a mark, and is noted."""

    def __init__(self, path: Path, encoding: str, pace: Pace) -> None:
        self._file, self._pace = path.open("rb"), pace
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._is_utf8 = encoding == "utf-8"
        self._begun, self._left = b"", memoryview(b"")
        self.damaged = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 -- any writable buffer
        """Fill a buffer as far as the next bytes go; return how many they are."""
        while not self._left:
            chunk = self._file.read(CHUNK)
            text = self._to_utf8(chunk)
            self.damaged = self.damaged or holds(np.frombuffer(text, np.uint8), [_LOST])
            self._left = memoryview(text)
            if not chunk:
                break
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        self._pace.read(size)
        return size

    def _to_utf8(self, chunk: bytes) -> bytes:
        """Return the next bytes as UTF-8, those of a character begun before with them."""
        if self._is_utf8:
            text, begun = cut_between_characters(self._begun + chunk)
            self._is_utf8 = bool(chunk) and is_utf8(text)
            if self._is_utf8:
                self._begun = begun
                return text
        begun, self._begun = self._begun, b""
        return self._decoder.decode(begun + chunk, final=not chunk).encode()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
