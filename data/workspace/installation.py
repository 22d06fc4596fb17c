"""An installation: a file that names several offices as a tree, each with a folder of its own.

What belongs to an office lies in its workspace and its store. Of the others it knows names, and
the files of figures that those directly below it write (`data.results.roll_ups`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.workspace.atomic import write_bytes
from data.workspace.sections import (
    SettingProblem,
    SettingsError,
    check_section,
    number,
    section,
)
from data.workspace.settings import read_toml

MOST_PROCESSES: Final = 32
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


@section
class ServerSettings:
    """How the installation is reached, and where figures that are rolled up lie."""

    behind_proxy: bool = False
    """Whether a proxy stands before the front whose ``X-Forwarded-…`` are true."""
    rollups: str = "rollups"
    """Folder of the files of figures, from the installation's own."""


@section
class OfficeEntry:
    """One office of an installation."""

    folder: str
    """Its workspace, from the installation's own folder."""
    host: str
    """The name under which browsers reach it; no other office has it."""
    name: str = ""
    """What people call it; its key where empty."""
    parent: str = ""
    """Key of the office above it; empty for none."""
    processes: int = number(1, low=1, high=MOST_PROCESSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What one office may know of its installation.

    ``key``, ``name``, ``host``: of the office.
    """

    key: str
    name: str
    host: str
    rollups: Path
    below: Mapping[str, str]
    """Key → name of the offices directly below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Several offices beside each other."""

    root: Path
    """Folder of the file that names them."""
    server: ServerSettings
    offices: Mapping[str, OfficeEntry]
    """Key → office, those above before those below."""

    def folder(self, key: str) -> Path:
        """Return the workspace of an office."""
        return self.root / self.offices[key].folder

    def name(self, key: str) -> str:
        """Return what people call an office."""
        return self.offices[key].name or key

    def place(self, key: str) -> Place:
        """Return what an office may know of the installation.

        Raises `SettingsError`: ``office_unknown`` for a key that no office has.
        """
        if key not in self.offices:
            raise SettingsError("office_unknown", seen=key, expected=[*self.offices])
        below = {each: self.name(each) for each, entry in self.offices.items()
                 if entry.parent == key}  # fmt: skip
        return Place(
            key=key, name=self.name(key), host=self.offices[key].host,
            rollups=self.root / self.server.rollups, below=below,
        )  # fmt: skip


def read_installation(file: Path) -> Installation:
    """Read the file that names the offices of an installation.

    Raises `SettingsError`: ``settings_unreadable``; ``settings_invalid`` naming all that is wrong:
    unknown or missing keys, names and folders that two offices share, a tree that is none.
    """
    if not file.is_file():
        raise SettingsError("installation_missing", file=str(file))
    return _checked(read_toml(file), file)


def with_office(file: Path, key: str, entry: Mapping[str, str | int]) -> Installation:
    """Return the installation as it would be with another office; the file stays as it is.

    Raises `SettingsError` as `read_installation`; ``office_exists``.
    """
    raw = read_toml(file) if file.is_file() else {}
    known = raw.get("offices", {})
    if key in known:
        raise SettingsError("office_exists", seen=key)
    return _checked({**raw, "offices": {**known, key: dict(entry)}}, file)


def write_office(file: Path, key: str, entry: Mapping[str, str | int]) -> None:
    """Name another office at the end of the file, which is made where it is not there."""
    before = file.read_text(encoding="utf-8-sig").rstrip("\n") + "\n\n" if file.is_file() else ""
    # a text of JSON is one of TOML
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
    text = "\n".join([f"[offices.{key}]", *lines, ""])
    write_bytes(file, (before + text).encode())


def _checked(raw: Mapping[str, Any], file: Path) -> Installation:
    problems: list[SettingProblem] = []
    server = check_section("server", raw, ServerSettings, problems)
    tables = raw.get("offices", {})
    entries: dict[str, OfficeEntry] = {}
    for key, table in tables.items():
        name = f"offices.{key}"
        entry = check_section(name, {name: table}, OfficeEntry, problems)
        if entry is not None:
            entries[key] = entry
    problems += _unknown(raw)
    problems += _wrong_names(entries, file.parent)
    problems += _wrong_parents(entries)
    if problems or server is None:
        raise SettingsError("settings_invalid", file=file.name, problems=problems)
    return Installation(root=file.parent, server=server, offices=_from_the_top(entries))


def _problem(key: str, setting: str, seen: object, expected: str, **facts: Any) -> SettingProblem:  # noqa: ANN401 -- facts are of any kind
    return SettingProblem(
        section=f"offices.{key}" if key else "", key=setting, seen=f'"{seen}"', expected=expected,
        facts=facts,
    )  # fmt: skip


def _unknown(raw: Mapping[str, Any]) -> list[SettingProblem]:
    known = ["server", "offices"]
    found = [
        _problem("", name, name, "known_key", choices=known) for name in raw if name not in known
    ]
    return found if raw.get("offices") else [*found, _problem("", "offices", "", "one_office")]


def _wrong_names(entries: Mapping[str, OfficeEntry], root: Path) -> list[SettingProblem]:
    problems: list[SettingProblem] = []
    hosts: dict[str, str] = {}
    folders: dict[Path, str] = {}
    for key, entry in entries.items():
        if not _KEY.fullmatch(key):
            problems.append(_problem(key, "", key, "office_key"))
        if not _HOST.fullmatch(entry.host):
            problems.append(_problem(key, "host", entry.host, "host_name"))
        first = hosts.setdefault(entry.host, key)
        if first != key:
            problems.append(_problem(key, "host", entry.host, "not_shared", other=first))
        folder = (root / entry.folder).resolve()
        for other, named in folders.items():
            if folder == other or folder in other.parents or other in folder.parents:
                problems.append(_problem(key, "folder", entry.folder, "not_shared", other=named))
        folders[folder] = key
    return problems


def _wrong_parents(entries: Mapping[str, OfficeEntry]) -> list[SettingProblem]:
    problems = []
    for key, entry in entries.items():
        seen, above = {key}, entry.parent
        while above in entries and above not in seen:
            seen.add(above)
            above = entries[above].parent
        if above:  # names nobody, or comes back to where it was
            problems.append(_problem(key, "parent", entry.parent, "office_above"))
    return problems


def _from_the_top(entries: Mapping[str, OfficeEntry]) -> dict[str, OfficeEntry]:
    """Return offices, each before those below it, otherwise in the order of the file."""
    ordered: dict[str, OfficeEntry] = {}

    def add(parent: str) -> None:
        for key, entry in entries.items():
            if entry.parent == parent:
                ordered[key] = entry
                add(key)

    add("")
    return ordered
