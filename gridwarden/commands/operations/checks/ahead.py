"""What was kept while the machine's clock was ahead, and counts wrongly once it is right."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from data.results.snapshots import SnapshotStore
from data.workspace.clock import Clock
from data.workspace.folder import Workspace
from gridwarden.commands.operations.checks.finding import Finding, State

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
