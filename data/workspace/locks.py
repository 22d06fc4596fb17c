"""A lock for one writer at a time; the operating system releases it when the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import GridwardenError


class WorkspaceBusyError(GridwardenError):
    """Another process is changing this workspace now."""


@contextmanager
def hold_lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold an exclusive lock on a file for the length of a ``with`` block.

    The file stays behind, empty; only the lock on it counts, and that ends with the process, so a
    crash never leaves a workspace locked.

    ``path``: the file; folders above it are made as well.
    ``wait``: wait while another process, or another caller in this one, holds it.

    Raises `WorkspaceBusyError` at once, when it is held by another and nobody is to wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor, wait=wait)
        except OSError as error:
            raise WorkspaceBusyError(
                "workspace_busy",
                lock=path.name,
                what_to_do="Another import is running here; try again when it has finished.",
            ) from error
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _lock(descriptor: int, *, wait: bool) -> None:
        import msvcrt

        while True:
            try:
                return msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:  # waiting, it gives up after ten seconds
                if not wait:
                    raise
else:

    def _lock(descriptor: int, *, wait: bool) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
