"""What an account may see and visit.

Its scope is what was given to it and what its person answers for today. Delegated to it are the
buildings to which published plans send its teams.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.workspace.cache import Cache
from data.workspace.folder import Workspace
from data.workspace.settings import read_section
from governance.access.roles import ROLES, Action
from governance.access.scopes import Scope
from governance.visits.rules.settings import SECTION, VisitRules

if TYPE_CHECKING:
    from data.engine import Engine

OUTSIDER = "property_owner"
"""An outside user sees the buildings named to them, whatever the tables say of them."""
SOURCES = ("assignments", "buildings", "grids", "persons")
"""Tables of the lake that say who answers for what."""
FRESH_S = 600.0
"""How long an answer is kept even if nothing seems to have changed."""
MOST_KEPT = 2000


class PersonScopes:
    """Finds what a person answers for, and keeps it as long as nothing changed."""

    def __init__(self, workspace: Workspace, engine: Engine) -> None:
        self._workspace = workspace
        self._engine = engine
        self._known: Cache[Scope] = Cache(MOST_KEPT, seconds=FRESH_S)

    def of_person(self, person_id: str, *, on: date) -> Scope:
        """Return the buildings that a person answers for on a day."""
        from governance.responsibility.duty_register import read_duties

        def read() -> Scope:
            register = read_duties(self._workspace, self._engine, on=on)
            return Scope(buildings=register.of_person.get(person_id, frozenset()))

        return self._remembered((person_id, on), read)

    def delegated_to(
        self, roles: Sequence[str], base_scope: Scope, *, people: tuple[str, ...], on: date
    ) -> frozenset[str]:
        """Return the buildings outside a scope to which published plans send a person's teams.

        From a plan's first day on, and after its last as long as a visit may be recorded late.

        ``roles``: of the account; nothing is delegated to who records no visit.
        ``base_scope``: the scope without any plan.
        ``people``: the ids by which the person can be a member: of the account, and of the person.
        """
        records = any(
            name in ROLES and Action.RECORD_VISIT in ROLES[name].actions for name in roles
        )
        if base_scope.street or not records or OUTSIDER in roles:
            return frozenset()

        def read() -> Scope:
            rules = read_section(self._workspace.settings, SECTION, VisitRules)
            with self._workspace.store.begin() as unit:
                sent = unit.patrols.buildings_of_members(
                    people, on=on, late_from=on - timedelta(days=rules.late_days)
                )
            return Scope(buildings=sent - self._inside(base_scope, sent))

        return self._remembered((people, base_scope, on), read).buildings

    def _remembered(self, key: tuple[object, ...], read: Callable[[], Scope]) -> Scope:
        return self._known.get((_state_of(self._workspace), *key), read)

    def _inside(self, scope: Scope, buildings: frozenset[str]) -> frozenset[str]:
        """Return which buildings are in a scope anyway."""
        if not buildings:
            return frozenset()
        register = self._engine.table("buildings")
        wanted = register.filter(register["building_id"].isin(sorted(buildings)))
        wanted = wanted.select("building_id", "grid_code", "community_code")
        rows = scope.of_rows(wanted).to_pyarrow()
        return frozenset(rows["building_id"].to_pylist())

    def of_account(
        self, roles: Sequence[str], stored: Scope, *, person_id: str | None, on: date
    ) -> Scope:
        """Return the scope of an account on a day.

        Who only runs, guards or checks the system sees no case by that role; what they check
        concerns the whole workspace.
        """
        if OUTSIDER in roles:
            return Scope(buildings=stored.buildings)
        if roles and all(name in ROLES and ROLES[name].exclusive for name in roles):
            return Scope.whole()
        if not roles or stored.street or person_id is None:
            return stored
        return stored | self.of_person(person_id, on=on)


def _state_of(workspace: Workspace) -> object:
    """Return what changes whenever anything does that says who answers for, or goes to, what."""
    with workspace.store.begin() as unit:
        change = unit.duties.newest_change(), unit.patrols.state()
    return change, workspace.lake.state_of(SOURCES)
