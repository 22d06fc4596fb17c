"""Rights given to accounts, by another administrator than made them; never to one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import GridwardenError
from governance.access.permissions import (
    Action,
    NotAllowedError,
    may,
    permission,
    require,
)
from governance.accounts.authentication import folded_login
from governance.accounts.rules import (
    SYSTEM,
    check_roles,
    is_last_administrator,
    may_name_first,
    unknown_codes,
)
from governance.accounts.sessions import SessionStore
from governance.service import Component, Resources, Service

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from data.store.repositories.accounts import Account
    from data.store.unit_of_work import UnitOfWork
    from governance.access.permissions import Actor, Scope


class AccountError(GridwardenError):
    """An account cannot be made or changed like this."""


class RightsPolicy(Component):
    """Checks who may give which rights to whom."""

    def others(self, unit: UnitOfWork, actor: Actor, login: str) -> Account:
        """Return an account that is not the acting user's own, to be changed."""
        account = unit.accounts.of_login(folded_login(login), hold=True)
        if account is None:
            raise AccountError("account_unknown", seen=login)
        if account.login == actor.id:
            raise AccountError("own_rights", login=account.login)
        return account

    def check_rights(self, roles: Sequence[str], scope: Scope) -> None:
        """Refuse unknown roles, roles that exclude each other and unknown codes."""
        check_roles(roles, error=AccountError)
        if unknown := unknown_codes(self._engine, scope):
            raise AccountError("scope_unknown", seen=unknown)

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


class GrantService(Service):
    """Services that give roles, scopes and persons to accounts."""

    def __init__(
        self, resources: Resources, *, rights_policy: RightsPolicy, session_store: SessionStore
    ) -> None:
        super().__init__(resources)
        self._rights_policy = rights_policy
        self._session_store = session_store

    def set_roles(self, actor: Actor, login: str, roles: Sequence[str]) -> None:
        """Give an account these roles instead of those it has.

        Raises
        ------
        AccountError
            For one's own account, unknown roles, roles that do not go together, and the last
            system administrator.
        """
        self._require_some_grant(actor)
        check_roles(roles, error=AccountError)
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            account = self._rights_policy.others(unit, actor, login)
            self._rights_policy.require_grant(actor, unit, roles, rest=bool(account.roles))
            if SYSTEM not in roles:
                self._rights_policy.keep_an_administrator(unit, account)
            before, account.roles = list(account.roles), list(roles)
            facts = {"login": account.login, "before": before, "roles": list(roles)}
            self._session_store.note(unit, actor.id, "roles_set", **facts)
            unit.commit()

    def set_scope(self, actor: Actor, login: str, scope: Scope) -> None:
        """Let an account see this part of the street instead of what it was given before.

        What its person answers for comes on top of it.
        """
        require(actor, Action.GRANT_ROLES)
        self._rights_policy.check_rights((), scope)
        with self._workspace.store.begin() as unit:
            account = self._rights_policy.others(unit, actor, login)
            before, account.scope = account.scope, scope.to_mapping()
            facts = {"login": account.login, "before": before, "scope": account.scope}
            self._session_store.note(unit, actor.id, "scope_set", **facts)
            unit.commit()

    def set_person(self, actor: Actor, login: str, person_id: str | None) -> None:
        """Say which person of the table of staff an account belongs to."""
        require(actor, Action.GRANT_ROLES)
        with self._workspace.store.begin() as unit:
            account = self._rights_policy.others(unit, actor, login)
            before, account.person_id = account.person_id, person_id or None
            facts = {"login": account.login, "before": before, "person": account.person_id}
            self._session_store.note(unit, actor.id, "person_set", **facts)
            unit.commit()

    def _require_some_grant(self, actor: Actor) -> None:
        if not may(actor, Action.MANAGE_ACCOUNTS):
            require(actor, Action.GRANT_ROLES)
