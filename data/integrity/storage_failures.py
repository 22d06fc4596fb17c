"""What the disk, the folder or a damaged file makes fail, said as an anticipated failure.

Every service goes through `storage_error_of` (`governance.service.Service`). A derived file that is
no longer what was written is deleted here: it is made again when it is next needed.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.lake.checksums import has_its_checksum
from data.results.snapshots import SnapshotStore
from data.store.connections import failure_code
from data.workspace.atomic import REFUSALS
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from data.workspace.folder import Workspace

_ONLY_INSIDE: Final = frozenset({errno.EACCES, errno.EPERM})
"""Outside of the workspace they are about the file that somebody named."""
_READERS: Final = ("duckdb", "_duckdb", "pyarrow", "sqlite3")
"""Packages whose errors may be about the disk or a damaged file; the last copies the store."""
_OF_THE_DISK: Final = frozenset(REFUSALS.values())
_SPARK: Final = ("pyspark", "py4j")
_OF_THE_QUESTION: Final = ("AnalysisException", "ParseException")
"""Spark's errors about what it was asked, not about what it could do."""


class StorageError(GridwardenError):
    """The workspace's disk or one of its files does not do what it should."""


def storage_error_of(workspace: Workspace, error: Exception) -> StorageError | None:
    """Return how a failure is told, or None where it is not about the workspace's files.

    ``storage_full``, ``storage_read_only``, ``storage_failed``; ``derived_damaged`` once the file
    is deleted; ``import_damaged`` and ``snapshot_damaged``, which people make again;
    ``spark_failed`` with the kind of the error alone: what workers say may hold cells of rows.
    """
    if isinstance(error, OSError) and error.errno in REFUSALS:
        named = Path(str(error.filename or workspace.root)).absolute()
        if error.errno in _ONLY_INSIDE and not named.is_relative_to(workspace.root.absolute()):
            return None
        return StorageError(REFUSALS[error.errno], seen=str(error.filename or error.strerror))
    kind = type(error)
    if kind.__module__.startswith(_SPARK) and kind.__name__ not in _OF_THE_QUESTION:
        return StorageError("spark_failed", seen=_kind_on_spark(error), setting="engine.master")
    if not kind.__module__.startswith(_READERS):
        return None
    if (code := failure_code(error)) in _OF_THE_DISK:
        return StorageError(code, seen=kind.__name__)
    return _damaged(workspace)


def _kind_on_spark(error: Exception) -> str:
    """Name the kind of what went wrong first, of Java's errors where it is one."""
    thrown = getattr(error, "java_exception", None)
    if thrown is None:
        return type(error).__name__
    while (cause := thrown.getCause()) is not None:
        thrown = cause
    return str(thrown.getClass().getSimpleName())


def _damaged(workspace: Workspace) -> StorageError | None:
    """Look for the file that is not what was written: in the lake, the snapshots, then derived."""
    lake = workspace.lake
    for manifest in lake.imports():
        if lake.remote and not lake.has_own_rows(manifest):
            continue  # what is read of it is a derived copy, and was held against its hash
        if not lake.has_own_rows(manifest) or lake.rows_sha256(manifest) != manifest.rows_sha256:
            return StorageError("import_damaged", file=manifest.file_name, table=manifest.table)
    for name in SnapshotStore(workspace.snapshots_path).problems():
        return StorageError("snapshot_damaged", seen=name)
    damaged = [p for p in workspace.derived_path.rglob("*.parquet") if not _is_whole(p)]
    for path in damaged:
        path.unlink(missing_ok=True)
    return StorageError("derived_damaged", count=len(damaged)) if damaged else None


def _is_whole(path: Path) -> bool:
    """Say whether a derived file can be opened and is as its checksum says, where it has one."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    try:
        read_metadata(path)
    except (ArrowException, OSError):
        return False
    kept = path.with_name(f"{path.name}.sha256")
    return not kept.is_file() or has_its_checksum(path)
