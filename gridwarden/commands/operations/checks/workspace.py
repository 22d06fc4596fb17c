"""What of a workspace a server needs: settings, rights, room, the store, keys, a backup.

And what was kept while the machine's clock was ahead, and counts wrongly once it is right.
"""

import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from data.lake.address import LakeError
from data.results.snapshots import SnapshotStore
from data.store.tables.base import NEWEST_MIGRATION
from data.store.unit_of_work import StoreError
from data.workspace.clock import Clock
from data.workspace.folder import SECRET_FILE, Workspace, WorkspaceError
from data.workspace.sections import SettingsError
from data.workspace.settings import read_section
from governance.access.permissions import Action
from governance.security.operation_rules import SECTION, OperationRules
from gridwarden.commands.operations.checks.finding import Finding, State, judged
from gridwarden.compose import utc_now

_GIGABYTE: Final = 1e9
_DAY_S: Final = 86_400
_SLOW_S: Final = 0.5
_AHEAD_S: Final = 60
_OTHERS: Final = 0o077


def check_workspace(folder: Path) -> Iterator[Finding]:
    """Yield how a workspace is; what cannot be looked at is left out after its cause was told."""
    try:
        workspace = Workspace.open(folder)
        rules = read_section(workspace.settings, SECTION, OperationRules)
    except (WorkspaceError, SettingsError) as error:
        facts = {"folder": str(folder), **error.facts}
        yield Finding(check="workspace", state=State.FAULT, found=error.code, facts=facts)
        return
    yield judged("workspace", folder, good=True)
    retired = workspace.settings.retired
    yield judged("settings", ", ".join(retired) or "known", good=not retired, bad=State.WARNING)
    yield _writable(folder)
    yield from _lake(workspace)
    yield _room(folder, rules)
    yield _keys(folder)
    yield _folder_rights(folder)
    yield _zone(workspace)
    yield from _check_store(workspace, rules)
    yield _basemap(workspace)
    yield _https(workspace)


def _writable(folder: Path) -> Finding:
    probe = folder / f".doctor-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(check="writable", state=State.FAULT, found=f"errno {error.errno}")
    return judged("writable", "yes", good=True)


def _lake(workspace: Workspace) -> Iterator[Finding]:
    """Write, read and delete at the lake's address, if it has one, and look for rows elsewhere."""
    address, settings, lake = workspace.lake_address, workspace.settings, workspace.lake
    try:
        if address is not None:
            address.check()
        for manifest in lake.imports():
            lake.require_rows(manifest)
    except LakeError as error:
        yield Finding(check="lake", state=State.FAULT, found=error.code, facts=error.facts)
        return
    if address is not None:
        yield judged("lake", settings.lake.path, good=True)


def _room(folder: Path, rules: OperationRules) -> Finding:
    free = shutil.disk_usage(folder).free / _GIGABYTE
    return judged(
        "disk", f"{free:.1f} GB", good=free >= rules.free_gigabytes, bad=State.WARNING,
        least=f"{rules.free_gigabytes:g} GB",
    )  # fmt: skip


def _keys(folder: Path) -> Finding:
    path = folder / SECRET_FILE
    if not path.is_file():
        return Finding(check="keys", state=State.FAULT, found="none")
    mode = path.stat().st_mode & 0o777
    open_to_others = sys.platform != "win32" and mode & _OTHERS
    return judged("keys", f"{mode:04o}", good=not open_to_others)


def _folder_rights(folder: Path) -> Finding:
    mode = folder.stat().st_mode & 0o777
    closed = sys.platform == "win32" or not mode & _OTHERS
    return judged("folder_rights", f"{mode:04o}", good=closed, bad=State.WARNING)


def _zone(workspace: Workspace) -> Finding:
    zone = workspace.settings.office.zone
    now = utc_now().astimezone(zone)
    return judged("time_zone", f"{zone.key} {now:%H:%M}", good=True)


def _check_store(workspace: Workspace, rules: OperationRules) -> Iterator[Finding]:
    began = time.perf_counter()
    try:
        revision = workspace.store.found_revision()
    except StoreError as error:
        yield Finding(check="store", state=State.FAULT, found=error.code)
        return
    seconds = time.perf_counter() - began
    at_head = revision == NEWEST_MIGRATION  # an older one is brought up at the next start
    yield judged("store", revision, good=at_head, bad=State.WARNING, newest=NEWEST_MIGRATION)
    yield judged("store_speed", f"{seconds * 1000:.0f} ms", good=seconds < _SLOW_S,
                 bad=State.WARNING)  # fmt: skip
    if revision != NEWEST_MIGRATION:
        return
    with workspace.store.begin() as unit:
        newest = [event.at for event in unit.audit.newest(1)]
        backups = [event.at for event in unit.audit.find(action=Action.BACK_UP.value, limit=1)]
        pending = len(unit.pending_files.tokens())
    yield from check_ahead(workspace, utc_now)
    workspace.store.close()
    now = utc_now().replace(tzinfo=None)
    yield _clock(newest[0] if newest else None, now)
    yield _backup(backups[0] if backups else None, now, rules)
    yield judged("file_changes", pending, good=not pending, bad=State.WARNING)


def _clock(newest: datetime | None, now: datetime) -> Finding:
    """Hold the clock against the newest line of the log: it was not written in the future."""
    ahead = (newest - now).total_seconds() if newest else 0.0
    found = f"{now:%Y-%m-%d %H:%M} UTC"
    return judged("clock", found, good=ahead <= _AHEAD_S, line=f"{newest:%Y-%m-%d %H:%M}"
                  if newest else "-")  # fmt: skip


def _backup(last: datetime | None, now: datetime, rules: OperationRules) -> Finding:
    if last is None:
        return Finding(check="backup", state=State.WARNING, found="never",
                       facts={"days": rules.backup_days})  # fmt: skip
    age = (now - last).total_seconds() / _DAY_S
    good = age <= rules.backup_days
    return judged("backup", f"{last:%Y-%m-%d}", good=good, bad=State.WARNING,
                  days=rules.backup_days)  # fmt: skip


def _basemap(workspace: Workspace) -> Finding:
    if workspace.settings.map.tile_url:
        return judged("basemap", "tiles", good=True)
    found = bool(workspace.lake.imports("basemap"))
    return judged("basemap", "there" if found else "none", good=found, bad=State.WARNING)


def _https(workspace: Workspace) -> Finding:
    """Say whether phones can keep visits without a connection: their browser asks for https."""
    settings = workspace.settings.sign_in
    if settings.behind_proxy:
        return judged("https", "proxy", good=True)
    return judged("https", "not_known" if settings.host_names else "this_machine",
                  good=not settings.host_names, bad=State.WARNING)  # fmt: skip


_LEEWAY: Final = timedelta(days=1)
"""What is less ahead is right again before anybody can mend it."""


def check_ahead(workspace: Workspace, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield scores, imports, visits and lines of the log from a time that has not come.

    ``now``: gives the moment, aware.
    """
    clock = Clock(now, workspace.settings.office.zone)
    local, utc = clock.local() + _LEEWAY, clock.utc() + _LEEWAY
    scores = SnapshotStore(workspace.snapshots_path, clock.today).ahead()
    imports = [each for each in workspace.lake.imports() if each.imported_at > local]
    with workspace.store.begin() as unit:
        visits = unit.visits.later_than(local)
        lines = [event.at for event in unit.audit.find(since=utc, limit=1)]
    if scores:
        found = ", ".join(each.snapshot_id for each in scores)
        yield Finding(check="scores_ahead", state=State.WARNING, found=found)
    if imports:
        found = ", ".join(each.import_id for each in imports)
        yield Finding(check="imports_ahead", state=State.FAULT, found=found)
    if visits:
        yield Finding(check="visits_ahead", state=State.FAULT, found=str(visits))
    if lines:
        found = f"{lines[0]:%Y-%m-%d %H:%M} UTC"
        yield Finding(check="lines_ahead", state=State.WARNING, found=found)
