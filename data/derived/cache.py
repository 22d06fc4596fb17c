"""Cache of derived files: each is built once and moved into place atomically.

Several threads and processes may want the same file. The same facts give the same bytes, so
processes may make it twice; threads of one process that want the same one wait for each other.

Answers that took long to work out are kept beside them, each under the name of all that it follows
from. Whoever wants one goes on without its file: a disk that takes none stops nobody.
"""

import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

from data.lake.checksums import checksum_path, hash_file
from data.workspace.atomic import replacing, write_bytes

_GUARD: Final = Lock()
_MAKERS: Final[WeakValueDictionary[Path, Lock]] = WeakValueDictionary()
"""A lock for each file that is being made, dropped when its last user is done."""


def is_made(path: Path) -> bool:
    """Say whether a file is there, and mark it as read now, so that nobody deletes it meanwhile."""
    with suppress(OSError):
        os.utime(path)
    return path.exists()


def make_once(
    path: Path, write: Callable[[Path], None], *, instead_of: str, unread_s: float = 0.0
) -> Path:
    """Make a file unless it is there, delete older makes of it, and return its path.

    ``path``: where; a file that is there is marked as read now, so that nobody deletes it under its
    reader.
    ``write``: writes the content to the path it is given.
    ``instead_of``: pattern of the names of all makes of this file.
    ``unread_s``: seconds: an older make that was asked for so shortly before stays.
    """
    if is_made(path):
        return path
    with _maker_of(path):
        if not path.exists():
            _replace(path, write)
            _delete_others(path, instead_of, unread_s=unread_s)
    return path


def delete_unread(folder: Path, *, keep: Collection[str], before: float) -> None:
    """Delete the folders in a folder of whose files none was read since a moment, by names to keep.

    ``before``: seconds since 1970.
    """
    for each in folder.glob("*"):
        read = max((path.stat().st_mtime for path in each.rglob("*.parquet")), default=0.0)
        if each.name not in keep and read <= before:
            shutil.rmtree(each, ignore_errors=True)


def read_answer(path: Path) -> bytes | None:
    """Return what `keep_answer` kept; None where nothing, or it is no longer what was written."""
    with suppress(OSError):
        kept = path.read_bytes()
        digest, answer = kept[: sha256().digest_size], kept[sha256().digest_size :]
        if sha256(answer).digest() == digest:
            return answer
    return None


def keep_answer(path: Path, answer: bytes, *, most: int) -> None:
    """Keep an answer, and in its folder the so many that were written last.

    Where the disk does not take it, it is worked out again when it is next wanted.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, sha256(answer).digest() + answer)
        kept = path.parent.glob("[!.]*")
        for old in sorted(kept, key=lambda each: each.stat().st_mtime, reverse=True)[most:]:
            old.unlink(missing_ok=True)


def _maker_of(path: Path) -> Lock:
    """Return the lock of one file: making it may need others to be made, never itself."""
    with _GUARD:
        return _MAKERS.setdefault(path.absolute(), Lock())


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place and move it there whole, its checksum first."""
    with replacing(path) as draft:
        write(draft)
        write_bytes(checksum_path(path), hash_file(draft).encode())


def _delete_others(path: Path, pattern: str, *, unread_s: float) -> None:
    """Delete older makes of the same file, unless one was asked for shortly before.

    Whoever was just handed an older make still reads it; the next make finds it unread.
    """
    made = path.stat().st_mtime
    for other in path.parent.glob(pattern):
        with suppress(OSError):
            if other != path and made - other.stat().st_mtime >= unread_s:
                other.unlink()
                checksum_path(other).unlink()
