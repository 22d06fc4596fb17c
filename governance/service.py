"""What services are built from: the workspace, a clock, and an audit line for every change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.workspace.clock import Clock
from governance.access.permissions import Action, Actor, require

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.engine import Engine
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

    def _write_down(self, actor: Actor, action: Action, facts: dict[str, Any]) -> None:
        with self._workspace.store.begin() as unit:
            unit.audit.add(at=self._now(), actor=actor.id, action=action.value, facts=facts)
            unit.commit()
