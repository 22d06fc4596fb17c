"""Make a workspace of a backup, in an empty folder and, with PostgreSQL, an empty database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from data.integrity.backup.archive import BackupManifest, opened, take_apart
from data.integrity.backup.freeze import FILES, STORE
from data.integrity.backup.store_copy import (
    BackupError,
    check_empty,
    check_revision,
    load_postgresql,
)
from data.store.audit.chain import Sealing
from data.store.unit_of_work import StoreError
from data.workspace.atomic import drafted_folder, move_folder
from data.workspace.folder import FOLDERS, SECRET_FILE, STORE_FILE, WorkspaceError, read_secret
from data.workspace.settings import SETTINGS_FILE, read_settings

_SQLITE: Final = "sqlite"
IDENTITIES: Final = "identities"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a folder was made of."""

    made_at: datetime
    program: str
    files: int
    revision: str


def restore_backup(
    source: Path,
    folder: Path,
    *,
    passphrase: str | None = None,
    keys: Path | None = None,
    store_url: str | None = None,
) -> Restored:
    """Make a workspace of a backup; all of it or nothing.

    Every file is held against its SHA-256 and the list of them against its seal before anything is
    put in its place.

    ``folder``: where the workspace goes: absent or empty.
    ``keys``: the workspace's ``secret.key``, where the backup holds none.
    ``store_url``: the empty database for a backup whose store was PostgreSQL; None for the one that
    its settings name.

    Raises `BackupError`: all that is wrong with the file at once; ``folder_not_empty``,
    ``database_not_empty``, ``keys_missing``, ``keys_wrong``, ``store_url_unexpected``.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError("folder_not_empty", folder=str(folder))
    with drafted_folder(folder) as draft:
        with opened(source, passphrase=passphrase) as file:
            manifest = take_apart(file, draft)
        root = draft / FILES
        _take_keys(manifest, root, keys)
        _check_seal(manifest, root)
        check_revision(manifest.revision)
        _complete(root)
        _put_store(manifest, draft, root, store_url)
        if hasattr(os, "sync"):  # not on Windows
            os.sync()
        if folder.is_dir():
            folder.rmdir()
        if not move_folder(root, folder):
            raise BackupError("folder_not_empty", folder=str(folder))
    return Restored(
        made_at=datetime.fromisoformat(manifest.made_at), program=manifest.program,
        files=len(manifest.files), revision=manifest.revision,
    )  # fmt: skip


def _take_keys(manifest: BackupManifest, root: Path, keys: Path | None) -> None:
    if keys is not None:
        shutil.copyfile(keys, root / SECRET_FILE)
        (root / SECRET_FILE).chmod(0o600)
    elif not manifest.keys:
        raise BackupError("keys_missing", file=SECRET_FILE)


def _check_seal(manifest: BackupManifest, root: Path) -> None:
    try:
        secret = read_secret(root)
    except (WorkspaceError, ValueError) as error:
        raise BackupError("keys_wrong", file=SECRET_FILE) from error
    if not manifest.is_of(secret):
        raise BackupError("keys_wrong", file=SECRET_FILE)


def _complete(root: Path) -> None:
    """Make the folders that had no file in them."""
    for name in FOLDERS:
        (root / name).mkdir(exist_ok=True)
    if (root / IDENTITIES).is_dir():
        (root / IDENTITIES).chmod(0o700)


def _put_store(manifest: BackupManifest, draft: Path, root: Path, store_url: str | None) -> None:
    if manifest.kind == _SQLITE:
        if store_url is not None:
            raise BackupError("store_url_unexpected")
        (draft / STORE / STORE_FILE).rename(root / STORE_FILE)
        return
    url = _settled_url(root / SETTINGS_FILE, store_url)
    sealing = Sealing(lambda: read_secret(root))
    with _as_store_error():
        check_empty(url)
        load_postgresql(url, manifest.store, draft / STORE, seal=sealing.seal)


def _settled_url(path: Path, store_url: str | None) -> str:
    """Return the store's address, which the settings name after this."""
    was = read_settings(path).store.url
    if store_url is None:
        return was
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(was, store_url), encoding="utf-8")
    if read_settings(path).store.url != store_url:
        raise BackupError("store_url_unsettled")
    return store_url


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError("store_unreachable", seen=type(error).__name__) from error
