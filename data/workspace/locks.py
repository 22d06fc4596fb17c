"""One writer at a time: a lock that the operating system lets go when its process ends."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class WorkspaceBusyError(GridwardenError):
    """Another process is changing this workspace now."""


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file for the length of a ``with`` block.

    The file stays behind, empty; only the lock on it counts, and that ends with the process, so a
    crash never leaves a workspace locked.

    Raises
    ------
    WorkspaceBusyError
        At once, when another process (or another caller in this one) holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
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

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
