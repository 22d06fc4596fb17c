"""A workspace: the one folder that holds an office's settings, store, lake and results."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.workspace.locks import hold_lock
from data.workspace.sections import WORDS_FILE
from data.workspace.settings import SETTINGS_FILE, WorkspaceSettings, read_settings, read_toml
from geo.errors import GridwardenError

if TYPE_CHECKING:  # imported by the properties that need them: small commands do not
    from data.contracts.model import TableContract
    from data.lake.address import LakeAddress
    from data.lake.imports import Lake
    from data.lake.remote_rows import RemoteRows
    from data.privacy.identities import Identities
    from data.store.unit_of_work import Store

SETTINGS_TEMPLATE = Path(__file__).with_name("settings_template.toml")
"""The settings file of a new workspace: every value with its default and a comment."""
STORE_FILE = "gridwarden.db"
SECRET_FILE = "secret.key"  # noqa: S105 -- the name of the file, not what is in it
AUDIT_HEAD_FILE = "audit.head"
LAKE = "lake"
FOLDERS = (LAKE, "derived", "snapshots", "quarantine", "evidence")
SECRET_BYTES = 32
ROW_COPIES = "rows"
"""Folder of `derived` with copies of rows that lie at the lake's address."""


class WorkspaceError(GridwardenError):
    """The folder is not a usable workspace."""


@dataclass(frozen=True)
class Workspace:
    """The paths, settings and parts of one office's folder.

    Copy the folder and you have moved the office. ``lake`` is what was imported and never changes,
    unless the settings put its rows at an address; ``derived`` can be deleted at any time and is
    made again from it.
    """

    root: Path
    settings: WorkspaceSettings

    @classmethod
    def create(cls, root: Path | str, *, store: str = "") -> Workspace:
        """Make a new workspace, with its secret and an empty store.

        A new folder is its owner's alone: nobody else on the machine reads rows or accounts.

        ``store``: URL of its database; SQLite in the folder where empty.

        Raises `WorkspaceError` when the folder already holds a workspace.
        """
        root = Path(root)
        if (root / SETTINGS_FILE).exists():
            raise WorkspaceError(
                "workspace_exists",
                folder=str(root),
                what_to_do="Open it, or choose another folder.",
            )
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in FOLDERS:
            (root / folder).mkdir(exist_ok=True)
        _write_secret(root / SECRET_FILE)
        settings = SETTINGS_TEMPLATE.read_text(encoding="utf-8")
        if store:
            settings = settings.replace('[store]\nurl = ""', f"[store]\nurl = {json.dumps(store)}")
        else:
            (root / STORE_FILE).touch()
        (root / SETTINGS_FILE).write_text(settings, encoding="utf-8", newline="")
        workspace = cls.open(root)
        workspace.store.upgrade()
        return workspace

    @classmethod
    def open(cls, root: Path | str) -> Workspace:
        """Open an existing workspace.

        Raises `WorkspaceError` when the folder holds none, or its store is gone.
        Raises `SettingsError` when its settings or its own words cannot be used.
        """
        root = Path(root)
        if not (root / SETTINGS_FILE).is_file():
            raise WorkspaceError(
                "workspace_missing", folder=str(root), what_to_do="Make one with `gridwarden init`."
            )
        settings = read_settings(root / SETTINGS_FILE)
        if not settings.store.url and not (root / STORE_FILE).is_file():
            # an empty one in its place would hide that all decisions are lost
            raise WorkspaceError(
                "store_missing", file=STORE_FILE, what_to_do="Copy it from the original folder."
            )
        workspace = cls(root=root, settings=settings)
        if workspace.words:
            _ = workspace.contracts  # a file of words that cannot be used is told now
        return workspace

    @property
    def lake_path(self) -> Path:
        """Return the folder of what was imported."""
        return self.root / LAKE

    @property
    def derived_path(self) -> Path:
        """Return the folder of what can be made again from the lake and the store."""
        return self.root / "derived"

    @property
    def snapshots_path(self) -> Path:
        """Return the folder of scoring results."""
        return self.root / "snapshots"

    @property
    def quarantine_path(self) -> Path:
        """Return the folder of rows that could not be used."""
        return self.root / "quarantine"

    @property
    def evidence_path(self) -> Path:
        """Return the folder of evidence files."""
        return self.root / "evidence"

    @property
    def pending_path(self) -> Path:
        """Return the folder of changes of files that run, or that a crash left half done."""
        return self.root / ".pending"

    @property
    def border_path(self) -> Path | None:
        """Return the file with the street's border, or None when none is set."""
        name = self.settings.geo.border_file
        return self.root / name if name else None

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """Return the office's own words as its file says them; empty where it has none."""
        path = self.root / WORDS_FILE
        return read_toml(path) if path.is_file() else {}

    @cached_property
    def contracts(self) -> Mapping[str, TableContract]:
        """Return the contracts of all tables, with the office's own words."""
        from data.contracts.office_words import with_office_words
        from data.contracts.registry import TABLES

        return with_office_words(TABLES, self.words)

    def contract(self, table: str) -> TableContract:
        """Return the contract of a table as `data.contracts.registry.contract_of` does."""
        from data.contracts.registry import contract_of

        return contract_of(table, self.contracts)

    @cached_property
    def lake(self) -> Lake:
        """Return the lake."""
        from data.lake.imports import Lake

        return Lake(self.lake_path, self._remote_rows)

    @cached_property
    def lake_address(self) -> LakeAddress | None:
        """Return where the settings put the lake; None where it is in this folder."""
        from data.lake.address import LakeAddress

        settings = self.settings.lake
        return LakeAddress(settings.path, settings.options) if settings.path else None

    @property
    def _remote_rows(self) -> RemoteRows | None:
        from data.lake.remote_rows import RemoteRows

        address = self.lake_address
        return RemoteRows(address, self.derived_path / ROW_COPIES) if address else None

    @cached_property
    def identities(self) -> Identities:
        """Return who complained, kept apart and encrypted."""
        from data.privacy.identities import Identities

        return Identities(self.root / "identities", lambda: self.secret)

    @cached_property
    def store(self) -> Store:
        """Return the store, brought up to the newest migration at its first use."""
        from data.store.unit_of_work import Store

        url = self.settings.store.url or f"sqlite:///{(self.root / STORE_FILE).absolute()}"
        return Store(url, secret=lambda: self.secret, head_file=self.root / AUDIT_HEAD_FILE)

    @cached_property
    def secret(self) -> bytes:
        """Return the key of keyed hashes, from which every other key is made.

        Raises `WorkspaceError` when the file is missing or too short.
        """
        return read_secret(self.root)

    def close(self) -> None:
        """Let the connections of the store go, if it was opened."""
        if "store" in vars(self):
            self.store.close()

    @property
    def lock_path(self) -> Path:
        """Return the file on which there is a lock while the lake is changed."""
        return self.root / ".lock"

    def lock(self) -> AbstractContextManager[None]:
        """Hold the right to change the lake and what is derived from it."""
        return hold_lock(self.lock_path)

    def answers_state(self) -> int:
        """Return what changes when any process says that answers it keeps are out of date."""
        try:
            return self._answers_path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def outdate_answers(self) -> None:
        """Let every process that works on this folder forget the answers that it keeps."""
        self._answers_path.touch()
        now = time.time_ns()  # finer than what a file system notes by itself
        os.utime(self._answers_path, ns=(now, now))

    @property
    def _answers_path(self) -> Path:
        return self.root / ".answers"

    def background_lock(self) -> AbstractContextManager[None]:
        """Hold the right to do what happens by itself; of several servers one has it."""
        return hold_lock(self.root / ".background")


def read_secret(root: Path) -> bytes:
    """Read a workspace's secret from its file.

    Raises `WorkspaceError` when the file is missing or too short.
    """
    path = root / SECRET_FILE
    key = bytes.fromhex(path.read_text(encoding="ascii")) if path.is_file() else b""
    if len(key) < SECRET_BYTES:
        raise WorkspaceError(
            "secret_missing",
            file=SECRET_FILE,
            what_to_do="Copy it from the original folder: without it people cannot be linked.",
        )
    return key


def _write_secret(path: Path) -> None:
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
