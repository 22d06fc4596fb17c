"""Make a backup of a workspace: one file, whole or not there at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from data.integrity.backup.archive import write_archive
from data.integrity.backup.freeze import freeze
from data.integrity.backup.program import program_version
from data.integrity.backup.store_copy import BackupError
from data.lake.checksums import hash_file
from data.workspace.atomic import replacing
from data.workspace.folder import Workspace

ENDING: Final = ".gwbackup"
LEAST_PASSPHRASE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup that was made.

    ``bytes``, ``sha256``: of the file.
    """

    file: Path
    bytes: int
    sha256: str
    files: int
    made_at: datetime
    """Aware time."""
    encrypted: bool
    """Whether it opens by a passphrase, and then holds the keys."""


def make_backup(
    workspace: Workspace,
    dest: Path,
    *,
    now: datetime,
    passphrase: str | None = None,
    announce: Callable[[BackupMade], None] = lambda _: None,
) -> BackupMade:
    """Write a backup of a workspace that may be in use.

    ``dest``: a file that is not there yet, or a folder, in which it is named by the time.
    ``now``: aware time.
    ``passphrase``: encrypts it; without one the keys stay out of it.
    ``announce``: called once the file is written, before it gets its name; where it raises, no file
    stays.

    Raises `BackupError`: ``backup_exists``, ``backup_inside``, ``passphrase_short`` or
    ``backup_too_busy``.
    Raises `OSError` where the disk is full or cannot be written to.
    """
    path = dest / f"gridwarden-{now:%Y%m%dT%H%M%SZ}{ENDING}" if dest.is_dir() else dest
    _check(workspace, path, passphrase)
    with replacing(path) as draft:
        with freeze(workspace, with_keys=passphrase is not None) as frozen:
            draft.touch(mode=0o600)
            with draft.open("wb") as file:
                manifest = write_archive(
                    file, frozen, passphrase=passphrase, secret=workspace.secret,
                    made_at=now.isoformat(), program=program_version(),
                )  # fmt: skip
        made = BackupMade(
            file=path, bytes=draft.stat().st_size, sha256=hash_file(draft),
            files=len(manifest.files), made_at=now, encrypted=passphrase is not None,
        )  # fmt: skip
        announce(made)
    return made


def _check(workspace: Workspace, path: Path, passphrase: str | None) -> None:
    if path.exists():
        raise BackupError("backup_exists", file=str(path))
    if path.resolve().is_relative_to(workspace.root.resolve()):
        raise BackupError("backup_inside", file=str(path))
    if passphrase is not None and len(passphrase) < LEAST_PASSPHRASE:
        raise BackupError("passphrase_short", expected=LEAST_PASSPHRASE)
