"""Are the offices of an installation apart: no store, secret, lake or folder of two of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.store.unit_of_work import Store, StoreError
from data.workspace.folder import LAKE, SECRET_FILE, STORE_FILE, read_secret
from data.workspace.settings import SETTINGS_FILE, read_settings
from geo.errors import GridwardenError


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationProblem:
    """What two offices share, or why an office could not be looked at."""

    code: str
    """``offices_share_store``, ``offices_share_secret``, ``offices_share_lake``, or the code of a
    failure.
    """
    office: str
    """Key of the office."""
    other: str = ""
    """Key of the other one; empty for a failure."""


def find_shared(folders: Mapping[str, Path]) -> list[IsolationProblem]:
    """Compare the stores, secrets and lakes of offices; no row is read.

    ``folders``: key → workspace.
    """
    problems: list[IsolationProblem] = []
    stores: dict[str, str] = {}
    secrets: dict[str, str] = {}
    lakes: dict[str, str] = {}
    for office, folder in folders.items():
        try:
            found = {
                "store": (stores, _store_of(folder)),
                "secret": (secrets, _secret_of(folder)),
                "lake": (lakes, _lake_of(folder)),
            }
        except GridwardenError as error:
            problems.append(IsolationProblem(code=error.code, office=office))
            continue
        for kind, (known, value) in found.items():
            first = known.setdefault(value, office)
            if first != office:
                problems.append(
                    IsolationProblem(code=f"offices_share_{kind}", office=office, other=first)
                )
    return problems


def _store_of(folder: Path) -> str:
    """Return what tells a store from every other one, however its address is spelled."""
    if not (folder / SETTINGS_FILE).is_file():
        raise StoreError("workspace_missing", folder=str(folder))
    url = read_settings(folder / SETTINGS_FILE).store.url
    if not url:
        return str((folder / STORE_FILE).resolve())
    return Store(url).identity()


def _lake_of(folder: Path) -> str:
    path = read_settings(folder / SETTINGS_FILE).lake.path
    local = path.removeprefix("file://")
    return path.rstrip("/") if "://" in local else str((folder / (local or LAKE)).resolve())


def _secret_of(folder: Path) -> str:
    if not (folder / SECRET_FILE).exists():
        raise StoreError("secret_missing", file=SECRET_FILE)
    return hashlib.sha256(read_secret(folder)).hexdigest()
