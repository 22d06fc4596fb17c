"""Write files and folders atomically and durably.

Everything is written to a draft beside its place – a name of its own for each writer, so that two
processes never touch each other's – flushed, and moved there by one rename. Whoever reads finds the
old content or the new one, and after a power cut as well. A draft of a writer that was killed is
deleted by a later writer in the same folder.
"""

import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

DRAFT: Final = ".gridwarden-draft"
"""What the name of every draft ends with; it begins with a dot."""
REFUSALS: Final = {
    errno.ENOSPC: "storage_full",
    errno.EDQUOT: "storage_full",
    errno.EFBIG: "storage_full",
    errno.EROFS: "storage_read_only",
    errno.EACCES: "storage_read_only",
    errno.EPERM: "storage_read_only",
    errno.EIO: "storage_failed",
}
"""The operating system's number for what a disk or a folder refuses → how it is told."""
_TRIAL_BYTES: Final = 65_536
ABANDONED_S: Final = 86_400.0
"""Seconds after which a draft is abandoned: no single file takes a day to write."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of a draft to write a file to, which replaces ``path`` after the block.

    Where the block raises, the draft is deleted and ``path`` stays what it was. A block that
    writes nothing raises `FileNotFoundError`.
    """
    draft = _draft_of(path)
    try:
        yield draft
        _delete_abandoned(draft)
        move_file(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def refusal_of(folder: Path) -> str | None:
    """Return how it is told that a folder takes no file now, by writing one; None where it does."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIAL_BYTES))
            file.flush()
    except OSError as error:
        return REFUSALS.get(error.errno or 0)
    return None


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the content of a file, or make it."""
    with replacing(path) as draft:
        draft.write_bytes(content)


def write_folder(path: Path, files: Mapping[str, bytes]) -> bool:
    """Make a folder with files, whole; False where there is one already, which stays as it is.

    ``path``: where; folders above it are made as well.
    ``files``: name → content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(path)
    draft.mkdir()
    try:
        _delete_abandoned(draft)
        for name, content in files.items():
            (draft / name).write_bytes(content)
        return move_folder(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def drafted_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside ``path``, of which parts can be moved there; gone afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft_of(path)
    draft.mkdir(mode=0o700)
    try:
        _delete_abandoned(draft)
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def move_file(draft: Path, path: Path) -> None:
    """Move a file to its place, where it replaces what is there."""
    flush(draft)
    draft.replace(path)
    flush(path.parent)


def move_folder(draft: Path, path: Path) -> bool:
    """Move a folder of files to its place; False where there is one already and it did not."""
    flush(*draft.iterdir(), draft)
    try:
        draft.rename(path)
    except OSError:
        if not path.is_dir():
            raise
        return False
    flush(path.parent)
    return True


def rename(old: Path, new: Path) -> None:
    """Rename a file within its folder."""
    old.rename(new)
    flush(new.parent)


def flush(*paths: Path) -> None:
    """Wait until files and folders are on the disk (Windows cannot flush a folder)."""
    for path in paths:
        if path.is_dir() and sys.platform == "win32":
            continue
        flags = os.O_RDONLY if path.is_dir() or sys.platform != "win32" else os.O_RDWR
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(8)}{DRAFT}")


def _delete_abandoned(draft: Path) -> None:
    """Delete the drafts beside one that are older than it by `ABANDONED_S`."""
    now = draft.stat().st_mtime
    for other in draft.parent.glob(f".*{DRAFT}"):
        with suppress(OSError):  # another writer deletes it as well
            if now - other.stat().st_mtime < ABANDONED_S:
                continue
            if other.is_dir():
                shutil.rmtree(other)
            else:
                other.unlink()
