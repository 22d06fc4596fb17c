"""A pack as a zip archive that is made while it is sent: its size is never in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

VERIFIER: Final = "verify.py"
LIST: Final = "hashes.sha256"
_UNIX: Final = 3
_READ_ONLY: Final = 0o100444 << 16

Entry = tuple[str, Iterable[bytes]]
"""A file's path within the archive, and its bytes in pieces."""


class _Sink(io.RawIOBase):
    """Keeps what was written until it is taken; it cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 -- any buffer
        """Keep bytes."""
        before = len(self._kept)
        self._kept += content
        return len(self._kept) - before

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


def stream(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """Yield a zip archive of entries, piece by piece; nothing is compressed.

    ``at``: the time that all entries have.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, pieces in entries:
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            info.create_system = _UNIX
            info.external_attr = _READ_ONLY
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if content := sink.take():
                        yield content
    yield sink.take()


def hash_list(hashes: dict[str, str]) -> bytes:
    """Return the list of hashes as ``sha256sum -c`` reads it, by path."""
    lines = (f"{sha256}  {path}\n" for path, sha256 in sorted(hashes.items()))
    return "".join(lines).encode()
