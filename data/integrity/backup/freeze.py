"""The files of a workspace as of one moment, while it is worked in.

Files of the lake, of evidence and of results appear by one rename and are never changed, so a hard
link holds what a name meant; rows that lie at an address of the lake are fetched. That they and the
copy of the store are of one moment is seen by looking twice: where a file that an audit line stands
for changed meanwhile, the copy is taken anew.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import make_url

from data.integrity.backup.store_copy import BackupError, StoreCopy, copy_store
from data.integrity.evidence_intake import COPIES, ORIGINALS, UPLOADS
from data.lake.manifest import ROWS_FILE
from data.workspace.atomic import DRAFT
from data.workspace.folder import AUDIT_HEAD_FILE, SECRET_FILE, STORE_FILE, Workspace
from data.workspace.locks import hold_lock
from data.workspace.settings import SETTINGS_FILE

STORE, FILES = "store", "workspace"
"""Folders of a backup: the store, and the workspace's files by their paths."""
DRAFTS: Final = f".backup{DRAFT}"
"""Folder of a workspace with what a running backup holds."""
TRIES: Final = 5
"""How often the copy is taken while imports may come, and again while they have to wait."""
_MADE_AGAIN: Final = frozenset({"derived"})
_STORE_FILES: Final = frozenset({STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm"})
_ALONE: Final = frozenset({AUDIT_HEAD_FILE, SECRET_FILE, SETTINGS_FILE})
_EVIDENCE: Final = "evidence"
_State = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Frozen:
    """A folder that nobody else changes, with `STORE` and `FILES` in it, and what the store is."""

    folder: Path
    store: StoreCopy


@contextmanager
def freeze(workspace: Workspace, *, with_keys: bool) -> Iterator[Frozen]:
    """Hold what the workspace is at one moment; it is let go after the block.

    ``with_keys``: whether the workspace's secret, its secret in a directory of the office and the
    password of its database are held as well.

    Raises `BackupError`: ``backup_too_busy`` when files kept changing although imports had to wait.
    """
    drafts = workspace.root / DRAFTS
    drafts.mkdir(exist_ok=True, mode=0o700)
    try:
        with TemporaryDirectory(dir=drafts, ignore_cleanup_errors=True) as within:
            frozen = _freeze(workspace, Path(within))
            if frozen is None:
                with hold_lock(workspace.lock_path, wait=True):
                    frozen = _freeze(workspace, Path(within))
            if frozen is None:
                raise BackupError("backup_too_busy")
            _add_keys(workspace, frozen.folder / FILES, with_keys=with_keys)
            yield frozen
    finally:
        with suppress(OSError):  # another backup runs
            drafts.rmdir()


def _freeze(workspace: Workspace, within: Path) -> Frozen | None:
    for _ in range(TRIES):
        folder = within / "frozen"
        store = _try_to_freeze(workspace, folder)
        if store is not None:
            return Frozen(folder, store)
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _try_to_freeze(workspace: Workspace, folder: Path) -> StoreCopy | None:
    """Copy the store, then hold the files; None where one changed meanwhile."""
    (folder / STORE).mkdir(parents=True)
    (folder / FILES).mkdir()
    before = _state(workspace.root)
    # before the store: the head that it names must be in the store
    head = workspace.root / AUDIT_HEAD_FILE
    content = head.read_bytes() if head.is_file() else None
    store = copy_store(workspace.store, folder / STORE)
    try:
        for name in _names(workspace.root):
            if _belongs(name, store.named):
                _hold(workspace.root / name, folder / FILES / name)
        _hold_remote_rows(workspace, folder / FILES)
    except FileNotFoundError:  # deleted just now
        return None
    if content is not None:
        (folder / FILES / AUDIT_HEAD_FILE).write_bytes(content)
    return store if _state(workspace.root) == before else None


def _hold_remote_rows(workspace: Workspace, files: Path) -> None:
    """Hold the rows that lie at the lake's address as if they lay in the folder."""
    lake = workspace.lake
    for manifest in lake.imports(undone=True):
        if not lake.has_own_rows(manifest) and (not manifest.undone or lake.holds_rows(manifest)):
            folder = files / lake.root.name / manifest.table / manifest.import_id
            _hold(lake.rows_path(manifest), folder / ROWS_FILE)


def _names(root: Path) -> Iterator[str]:
    """Yield the paths of the files to keep, sorted; not the store's own, nor the keys."""
    for top, folders, files in os.walk(root):
        where = Path(top).relative_to(root)
        inside = bool(where.parts)
        folders[:] = sorted(
            name for name in folders if name[0] != "." and (inside or name not in _MADE_AGAIN)
        )
        for name in sorted(files):
            apart = not inside and name in _STORE_FILES | _ALONE
            if not apart and name[0] != "." and not name.endswith(".lock"):
                yield (where / name).as_posix()


def _belongs(name: str, named: frozenset[str]) -> bool:
    """Say whether a file belongs to the store's copy: of evidence only what its rows name."""
    parts = PurePosixPath(name).parts
    if parts[:2] in {(_EVIDENCE, ORIGINALS), (_EVIDENCE, COPIES)}:
        return parts[-1] in named
    return True


def _state(root: Path) -> _State:
    """Return what tells whether a file changed, of all but evidence, which is kept by content."""
    found = {}
    for name in _names(root):
        if not name.startswith(f"{_EVIDENCE}/"):
            with suppress(FileNotFoundError):
                stat = (root / name).stat()
                found[name] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def _hold(path: Path, to: Path) -> None:
    """Hold a file: by a link where its folder only has files that are never changed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    changed_in_place = to.parent.name in {FILES, UPLOADS}
    if not changed_in_place:
        try:
            to.hardlink_to(path)
            return
        except FileNotFoundError:
            raise
        except OSError:  # this disk knows no links
            pass
    shutil.copyfile(path, to)


def _add_keys(workspace: Workspace, files: Path, *, with_keys: bool) -> None:
    """Add the settings, and the keys or none of them."""
    settings = workspace.settings
    text = (workspace.root / SETTINGS_FILE).read_text(encoding="utf-8-sig")
    url, directory_secret = settings.store.url, settings.sign_in.oidc_secret_file
    if with_keys:
        shutil.copyfile(workspace.root / SECRET_FILE, files / SECRET_FILE)
    else:
        if directory_secret:
            (files / directory_secret).unlink(missing_ok=True)
        if url:
            bare = make_url(url)._replace(password=None).render_as_string(hide_password=False)
            text = text.replace(url, bare)
    (files / SETTINGS_FILE).write_text(text, encoding="utf-8")
