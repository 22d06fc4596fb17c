"""The one place that builds everything from its parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data.engine import Engine
from data.snapshots import SnapshotStore
from data.workspace import Workspace
from governance.offices import Office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def utc_now() -> datetime:
    """Return the time; the only clock of the running product."""
    return datetime.now(tz=UTC)


def open_office(folder: Path, *, now: Callable[[], datetime] = utc_now) -> Office:
    """Open a workspace and build the services that stand on it.

    Raises
    ------
    WorkspaceError
        When the folder holds no workspace.
    SettingsError
        When its settings cannot be used.
    """
    workspace = Workspace.open(folder)
    return Office(
        workspace,
        engine=Engine(workspace),
        snapshots=SnapshotStore(workspace.snapshots_path),
        now=now,
    )


def create_workspace(folder: Path) -> Path:
    """Make an empty workspace and return its folder."""
    return Workspace.create(folder).root


def serve_dashboard(office: Office, *, host: str, port: int, open_browser: bool) -> None:
    """Serve the dashboard of an office until the process is told to end."""
    from dashboard import context, web

    context.provide(office)
    web.serve(host=host, port=port, open_browser=open_browser)
