"""What every service stands on: a workspace, a clock, permission first and an audit line after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.access.permissions import Action, Actor, require

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.engine import Engine
    from data.results.snapshots import SnapshotStore
    from data.workspace.folder import Workspace


class Desk:
    """The parts that services share; each service method takes the acting user first.

    Parameters
    ----------
    workspace
        The office's folder.
    engine
        Reads its tables.
    snapshots
        Its scoring results.
    now
        The clock; gives aware times.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        engine: Engine,
        snapshots: SnapshotStore,
        now: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._engine = engine
        self._snapshots = snapshots
        self._now = now

    def close(self) -> None:
        """Let every connection go; needs no permission, since nothing is read or changed."""
        self._engine.close()
        self._workspace.store.close()

    def _local_now(self) -> datetime:
        """Return the office's wall-clock time, naive as every stored time."""
        return self._now().astimezone().replace(tzinfo=None)

    def _record(self, actor: Actor, action: Action, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down what a permitted person did."""
        require(actor, action)
        self._write_down(actor, action, facts)

    def _record_own_export(self, actor: Actor, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down that what is told to a person anyway leaves as his own file.

        That needs no right to export: it is no more than he was just permitted to read.
        """
        self._write_down(actor, Action.EXPORT, facts)

    def _write_down(self, actor: Actor, action: Action, facts: dict[str, Any]) -> None:
        with self._workspace.store.begin() as unit:
            unit.audit.add(at=self._now(), actor=actor.id, action=action.value, facts=facts)
            unit.commit()
