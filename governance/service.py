"""What services are built from: the workspace, a clock, and an audit line for every change."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from data.integrity.file_changes import FileChanges
from data.workspace.clock import Clock
from governance.access.permissions import Action, Actor, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from data.engine import Engine
    from data.integrity.file_changes import Announce, FileKind
    from data.results.snapshots import SnapshotStore
    from data.workspace.folder import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What every service of one office works on.

    Parameters
    ----------
    workspace
        The office's folder.
    engine
        Reads its tables.
    snapshots
        Its scoring results.
    now
        Gives the moment, aware.
    """

    workspace: Workspace
    engine: Engine
    snapshots: SnapshotStore
    now: Callable[[], datetime]

    @property
    def file_changes(self) -> FileChanges:
        """What changes files together with their audit lines."""
        return FileChanges(self.workspace, self.snapshots, self.now)


class Component:
    """A part of the office that asks nobody's permission: services use it after they asked."""

    def __init__(self, resources: Resources) -> None:
        self._workspace = resources.workspace
        self._engine = resources.engine
        self._snapshots = resources.snapshots
        self._resources = resources

    @property
    def clock(self) -> Clock:
        """The time of the office, in the zone of its settings; no secret, so for pages as well."""
        return Clock(self._now, self._workspace.settings.office.zone)

    def _now(self) -> datetime:
        """Return the moment by the clock of the office, aware."""
        return self._resources.now()

    def _over(self, engine: Engine) -> Self:
        """Return this part and all it uses over another engine."""
        other = copy(self)
        other._engine = engine  # noqa: SLF001 -- of its own class
        for name, part in vars(self).items():
            if isinstance(part, Component):
                setattr(other, name, part._over(engine))  # noqa: SLF001 -- of its own class
        return other

    def _pinned(self) -> Self:
        """Return this part over what is known now, whatever comes during its work."""
        return self._over(self._engine.pinned())

    def _local_now(self) -> datetime:
        """Return the office's wall-clock time, naive as every stored time."""
        return self.clock.local()


class Service(Component):
    """One use case; each public method takes the acting user first and asks permission."""

    def _record(self, actor: Actor, action: Action, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down what a permitted person did."""
        require(actor, action)
        self._write_down(actor, action, facts)

    def _record_own_export(self, actor: Actor, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down that somebody exports what they were just permitted to read.

        That needs no right to export.
        """
        self._write_down(actor, Action.EXPORT, facts)

    @contextmanager
    def _file_change(self, actor: Actor, action: Action, kind: FileKind) -> Iterator[Announce]:
        """Change a file and write the line about it: both or neither (`FileChanges.change`)."""
        require(actor, action)
        changes = self._resources.file_changes
        with changes.change(kind, actor=actor.id, action=action.value) as announce:
            yield announce

    def _write_down(self, actor: Actor, action: Action, facts: dict[str, Any]) -> None:
        with self._workspace.store.begin() as unit:
            unit.audit.add(at=self._now(), actor=actor.id, action=action.value, facts=facts)
            unit.commit()
