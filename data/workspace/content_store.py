"""Files kept under their SHA-256, and the partial files that they come as.

A file is moved to its place by one rename once all of it is on the disk, may be read alone from
then on, and is never changed. Whoever finds a name finds the whole file.
"""

import errno
import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from data.workspace.atomic import DRAFT, flush, move_file, replacing
from geo.errors import GridwardenError

PIECE_BYTES: Final = 1_048_576
READ_ONLY: Final = 0o400
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ContentError(GridwardenError):
    """A file is not there, was changed, or cannot be written."""


class ContentStore:
    """A folder of files by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a file is kept.

        Raises `ContentError`: ``content_missing`` when the name is no SHA-256.
        """
        if not _SHA256.fullmatch(sha256):
            raise ContentError("content_missing", seen=sha256[:12])
        return self.folder / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Say whether a file is there."""
        return self.path(sha256).is_file()

    def take(self, draft: Path, sha256: str) -> None:
        """Move a whole file in under its SHA-256; one that is there already stays, and the draft.

        Raises `ContentError`: ``disk_full`` or ``disk_failed``; the draft stays where it is.
        """
        path = self.path(sha256)
        if path.exists():
            return
        try:
            self._make_folder(path.parent)
            draft.chmod(READ_ONLY)
            move_file(draft, path)
        except OSError as error:
            raise _failed(error) from error

    def put(self, content: bytes) -> str:
        """Keep a small file and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            try:
                self._make_folder(path.parent)
                with replacing(path) as draft:
                    draft.write_bytes(content)
                    draft.chmod(READ_ONLY)
            except OSError as error:
                raise _failed(error) from error
        return sha256

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield a file in pieces of at most `PIECE_BYTES`.

        Raises `ContentError`: ``content_missing``; ``content_changed`` after the last piece where
        its bytes are others than they were.
        """
        digest = hashlib.sha256()
        for piece in read_pieces(self.path(sha256)):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != sha256:
            raise ContentError("content_changed", seen=sha256[:12])

    def check(self, sha256: str) -> int:
        """Read a whole file and return its size in bytes; raises as `pieces` does."""
        return sum(map(len, self.pieces(sha256)))

    def names(self) -> Iterator[str]:
        """Yield the paths of all files below the folder, sorted; of drafts none."""
        for path in sorted(self.folder.glob("*/*")):
            if path.is_file() and not path.name.endswith(DRAFT):
                yield path.relative_to(self.folder).as_posix()

    def remove(self, sha256: str) -> None:
        """Delete a file that may be made again."""
        self.path(sha256).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            flush(folder.parent)


class PartialFiles:
    """A folder of files that come piece by piece, by the token of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, token: str) -> Path:
        """Return where a partial file lies.

        Raises `ContentError`: ``upload_missing`` when the name is no token.
        """
        if not _TOKEN.fullmatch(token):
            raise ContentError("upload_missing", seen=token[:12])
        return self.folder / f"{token}.part"

    def write(self, token: str, content: bytes, *, at: int) -> None:
        """Write a piece behind the first ``at`` bytes and wait until it is on the disk.

        What a piece that was broken off had left behind them is cut off first.

        Raises `ContentError`: ``upload_lost`` where fewer bytes are there; ``disk_full`` or
        ``disk_failed``.
        """
        path = self.path(token)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not at:
                path.unlink(missing_ok=True)
            with path.open("xb" if not at else "r+b", buffering=0) as file:
                if file.seek(0, 2) < at:
                    raise ContentError("upload_lost", seen=token[:12])
                file.truncate(at)
                file.seek(at)
                _write_all(file.write, content)
            flush(path, *([self.folder] if not at else []))
        except FileNotFoundError as error:
            raise ContentError("upload_lost", seen=token[:12]) from error
        except OSError as error:
            raise _failed(error) from error

    def read(self, token: str) -> Iterator[bytes]:
        """Yield what is there of a file; nothing where it is empty.

        Raises `ContentError`: ``content_missing``.
        """
        return read_pieces(self.path(token))

    def lock(self, token: str) -> Path:
        """Return what who writes to a file holds a lock on."""
        return self.path(token).with_suffix(".lock")

    def remove(self, token: str) -> None:
        """Delete a partial file and its lock."""
        self.path(token).unlink(missing_ok=True)
        self.lock(token).unlink(missing_ok=True)

    def abandoned(self, after: timedelta) -> list[str]:
        """Return the tokens of files that were not written to for so long, sorted."""
        border = time.time() - after.total_seconds()
        found = set()
        for path in self.folder.glob("*.*"):
            with suppress(FileNotFoundError):  # somebody else deletes it
                if _TOKEN.fullmatch(path.stem) and path.stat().st_mtime < border:
                    found.add(path.stem)
        return sorted(found)

    def free_bytes(self) -> int:
        """Return how much room the disk has."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.folder).free


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces of at most `PIECE_BYTES`.

    Raises `ContentError`: ``content_missing``.
    """
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    except FileNotFoundError as error:
        raise ContentError("content_missing", seen=path.name[:12]) from error


def _write_all(write: Callable[[memoryview], int | None], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[write(left) or 0 :]


def _failed(error: OSError) -> ContentError:
    code = "disk_full" if error.errno in _FULL else "disk_failed"
    return ContentError(code, seen=error.strerror or type(error).__name__)
