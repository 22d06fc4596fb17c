"""What an account may see: what was given to it, and what its person answers for today."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from governance.duties import buildings_of_person
from governance.roles import ROLES
from governance.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from data.engine import Engine
    from data.workspace import Workspace

OUTSIDER = "property_owner"
"""An outside user sees the buildings named to him, whatever the tables say of him."""
SOURCES = ("assignments", "buildings", "grids", "persons")
"""Tables of the lake that say who answers for what."""
FRESH_S = 600.0
"""How long an answer is kept even if nothing seems to have changed."""
MOST_KEPT = 2000


class PersonScopes:
    """Finds what a person answers for, and keeps it as long as nothing changed.

    Parameters
    ----------
    workspace, engine
        Where it is written down.
    """

    def __init__(self, workspace: Workspace, engine: Engine) -> None:
        self._workspace = workspace
        self._engine = engine
        self._kept: dict[tuple[str, date], tuple[float, Scope]] = {}
        self._state: object = None
        self._guard = threading.Lock()

    def of_person(self, person_id: str, *, on: date) -> Scope:
        """Return the buildings that a person answers for on a day."""
        state, key, moment = _state_of(self._workspace), (person_id, on), time.monotonic()
        with self._guard:
            if state != self._state or len(self._kept) > MOST_KEPT:
                self._kept, self._state = {}, state
            kept = self._kept.get(key)
        if kept is not None and moment - kept[0] < FRESH_S:
            return kept[1]
        his = buildings_of_person(self._workspace, self._engine, person_id, on=on)
        scope = Scope(buildings=frozenset(his))
        with self._guard:
            if state == self._state:
                self._kept[key] = (moment, scope)
        return scope

    def of_account(
        self, roles: Sequence[str], stored: Scope, *, person_id: str | None, on: date
    ) -> Scope:
        """Return the scope of an account on a day.

        Who only runs, guards or checks the system sees no case by his role; what he checks
        concerns the whole workspace.
        """
        if OUTSIDER in roles:
            return Scope(buildings=stored.buildings)
        if roles and all(name in ROLES and ROLES[name].apart for name in roles):
            return Scope.whole()
        if not roles or stored.street or person_id is None:
            return stored
        return stored | self.of_person(person_id, on=on)


def _state_of(workspace: Workspace) -> object:
    """Return what changes whenever anything that says who answers for what does."""
    with workspace.store.begin() as unit:
        change = unit.duties.newest_change()
    found = []
    for table in SOURCES:
        folder = workspace.lake_path / table
        if folder.is_dir():
            with os.scandir(folder) as entries:
                found += [(entry.name, entry.stat().st_mtime_ns) for entry in entries]
    return change, tuple(sorted(found))
