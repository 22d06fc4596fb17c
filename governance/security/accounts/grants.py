"""Rights given to accounts, by another administrator than made them; never to one's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.store.repositories.accounts import Account
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import (
    Action,
    Actor,
    NotAllowedError,
    Scope,
    may,
    permission,
    require,
)
from governance.access.persons import own_names
from governance.security.accounts.authentication import folded_login
from governance.security.accounts.rules import (
    SYSTEM,
    check_roles,
    is_last_administrator,
    may_name_first,
    unknown_codes,
)
from governance.service import Component, Service

if TYPE_CHECKING:
    import pandas as pd


class AccountError(GridwardenError):
    """An account cannot be made or changed like this."""


class RightsPolicy(Component):
    """Checks who may give which rights to whom."""

    def others(self, unit: UnitOfWork, actor: Actor, login: str) -> Account:
        """Return an account that is not of the acting person, to be changed."""
        account = unit.accounts.of_login(folded_login(login), hold=True)
        if account is None:
            raise AccountError("account_unknown", seen=login)
        if account.login in own_names(unit, actor):
            raise AccountError("own_rights", login=account.login)
        return account

    def check_rights(self, roles: Sequence[str], scope: Scope) -> None:
        """Refuse unknown roles, roles that exclude each other and unknown codes."""
        check_roles(roles, error=AccountError)
        if unknown := unknown_codes(self._engine, scope):
            raise AccountError("scope_unknown", seen=unknown)

    def check_person(self, unit: UnitOfWork, person: str | None) -> None:
        """Refuse a person that the table of staff has not, or that another account has.

        Where no staff was brought in yet, any number is taken.
        """
        if person is None:
            return
        staff = set(self._engine.table("persons")["person_id"].to_pyarrow().to_pylist())
        if staff and person not in staff:
            raise AccountError("person_unknown", seen=person)
        others = [each.login for each in unit.accounts.all() if each.person_id == person]
        if others:
            raise AccountError("person_taken", seen=person, login=others[0])

    def require_grant(
        self, actor: Actor, unit: UnitOfWork, roles: Collection[str], *, rest: bool
    ) -> None:
        """Ask for the right to give rights, or for being the first to name an administrator."""
        if may(actor, Action.GRANT_ROLES):
            return
        held = {role for account in unit.accounts.all() for role in account.roles}
        if rest or not may_name_first(roles, held=held):
            reason = permission(actor, Action.GRANT_ROLES).reason
            raise NotAllowedError(
                "not_allowed", actor=actor.id, action=Action.GRANT_ROLES.value, reason=reason
            )

    def keep_an_administrator(self, unit: UnitOfWork, account: Account) -> None:
        """Refuse to take the rights of the last administrator."""
        if is_last_administrator(account, among=unit.accounts.all()):
            raise AccountError("last_administrator", login=account.login)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChoices:
    """What rights can be about, by name.

    ``communities``, ``grids``: name of each, by code; "" where only the code is known.
    ``buildings``: the same of those alone that the scope of an account names.
    """

    communities: Mapping[str, str]
    grids: Mapping[str, str]
    buildings: Mapping[str, str]
    people: pd.DataFrame
    """Number of each person of the staff with ``name`` and ``role``."""


class GrantService(Service):
    """Services that give roles, scopes and persons to accounts."""

    _rights_policy: RightsPolicy

    def set_rights(
        self,
        actor: Actor,
        login: str,
        *,
        roles: Sequence[str] | None = None,
        scope: Scope | None = None,
        person: str | None = None,
    ) -> None:
        """Give an account rights instead of those it has: all that is named here, or nothing.

        ``roles``: None leaves them as they are.
        ``scope``: what it sees beside what its person answers for; None leaves it as it is.
        ``person``: number in the table of staff; ``""`` for nobody, None leaves it as it is.

        Raises `AccountError` for one's own account, unknown roles, codes or persons, roles that do
        not go together, a person of another account, and the last system administrator.
        """
        self._require_some_grant(actor)
        self._rights_policy.check_rights(roles or (), scope or Scope.nothing())
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            account = self._rights_policy.others(unit, actor, login)
            held: dict[str, Any] = {
                "roles": list(account.roles), "scope": account.scope, "person": account.person_id
            }  # fmt: skip
            wanted: dict[str, Any] = {
                "roles": held["roles"] if roles is None else list(roles),
                "scope": held["scope"] if scope is None else scope.to_mapping(),
                "person": held["person"] if person is None else person or None,
            }
            changed = [name for name in held if held[name] != wanted[name]]
            if not changed:
                return
            rest = bool(account.roles) or changed != ["roles"]
            self._rights_policy.require_grant(actor, unit, wanted["roles"], rest=rest)
            if SYSTEM not in wanted["roles"]:
                self._rights_policy.keep_an_administrator(unit, account)
            if "person" in changed:
                self._rights_policy.check_person(unit, wanted["person"])
            account.roles, account.scope = wanted["roles"], wanted["scope"]
            account.person_id = wanted["person"]
            unit.accounts.note_person(account)
            before, after = ({name: each[name] for name in changed} for each in (held, wanted))
            self._commit(unit, actor, "rights_set", login=account.login, before=before, after=after)

    def choices(self, actor: Actor) -> GrantChoices:
        """Return what rights can be about by name: communities, grids, people, buildings given.

        Of people ``person_id, name, role, active``: whether they work here today.
        """
        from data.derived.answers.unit_names import UnitNames
        from governance.responsibility.duty_register import read_duties

        require(actor, Action.GRANT_ROLES)
        names, columns = UnitNames(self._engine), ["community_code", "grid_code"]
        placed = self._engine.table("buildings").select(columns).distinct().to_pandas()
        known = [dict.fromkeys(placed[column].dropna(), "") for column in columns]
        with self._workspace.store.begin() as unit:
            scopes = [Scope.of_mapping(account.scope) for account in unit.accounts.all()]
        given = {building for scope in scopes for building in scope.buildings}
        staff = read_duties(self._workspace, self._engine, on=self.clock.today()).staff
        return GrantChoices(
            communities=dict(sorted((known[0] | names.communities).items())),
            grids=dict(sorted((known[1] | names.grids).items())),
            buildings=names.buildings(sorted(given)),
            people=staff[["person_id", "name", "role", "active"]],
        )

    def buildings_named(self, actor: Actor, texts: Sequence[str]) -> dict[str, str]:
        """Return the name of each building that a text names, by code, in their order.

        ``texts``: codes, or names as lists show them.

        Raises `AccountError`: ``scope_unknown`` with what names no building; ``building_ambiguous``
        with a name that several have.
        """
        from data.derived.answers.unit_names import UnitNames

        require(actor, Action.GRANT_ROLES)
        ids = self._engine.table("buildings")["building_id"].to_pyarrow().to_pylist()
        names = UnitNames(self._engine).buildings(ids)
        having: dict[str, list[str]] = {}
        for code, name in names.items():
            having.setdefault(name, []).append(code)
        found: dict[str, str] = {}
        unknown = [text for text in texts if text not in names and text not in having]
        if unknown:
            raise AccountError("scope_unknown", seen=unknown)
        for text in texts:
            codes = [text] if text in names else having[text]
            if len(codes) > 1:
                raise AccountError("building_ambiguous", seen=text, codes=sorted(codes))
            found[codes[0]] = names[codes[0]]
        return found

    def _require_some_grant(self, actor: Actor) -> None:
        if not may(actor, Action.MANAGE_ACCOUNTS):
            require(actor, Action.GRANT_ROLES)
