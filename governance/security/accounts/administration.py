"""People's accounts: made, listed, locked and reset by the system's administrator.

Three administrators share no task: the system administrator does this, the security administrator
gives roles and scopes (`governance.security.accounts.grants`), the audit administrator reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.store.repositories.accounts import Account
from governance.access.passwords import one_time_password
from governance.access.permissions import MACHINE, Action, Actor, Scope, may, require
from governance.access.roles import GRANTED
from governance.security.accounts.authentication import Authenticator, folded_login
from governance.security.accounts.grants import AccountError, RightsPolicy
from governance.security.accounts.rules import SYSTEM, is_administrator
from governance.security.accounts.sessions import DIRECTORY, LOCAL, SessionStore
from governance.service import Service

if TYPE_CHECKING:
    import pandas as pd

FIRST_LOGIN = "admin"
RESERVED = frozenset({"local", "unknown", MACHINE})
"""Names that the audit log gives to others than accounts."""
LOGIN = re.compile(r"\w[\w.@-]{1,63}")
COLUMNS = ("login", "name", "kind", "roles", "scope", "person_id", "state", "sessions",
           "last_seen_at", "password_changed_at", "created_at", "created_by")  # fmt: skip
READERS = (Action.MANAGE_ACCOUNTS, Action.GRANT_ROLES, Action.READ_AUDIT)


def new_account(
    login: str, name: str, *, by: str, at: datetime, kind: str = LOCAL, roles: Sequence[str] = (),
    scope: Scope | None = None, person_id: str | None = None,
) -> Account:  # fmt: skip
    """Return a new account, not yet in the store."""
    return Account(
        login=login,
        name=name,
        kind=kind,
        roles=list(roles),
        scope=(scope or Scope.nothing()).to_mapping(),
        person_id=person_id,
        must_change=kind == LOCAL,
        created_at=at,
        created_by=by,
    )


class AccountService(Service):
    """Services about accounts."""

    _authenticator: Authenticator
    _rights_policy: RightsPolicy
    _session_store: SessionStore

    def ensure_first_administrator(self) -> str | None:
        """Make the first system administrator where there is no account at all.

        Returns ``password``: for the first use, never shown again; None where there are accounts.
        """
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            if unit.accounts.count():
                return None
            password = one_time_password()
            account = new_account(
                FIRST_LOGIN, "系统管理员", by=MACHINE, at=self.clock.utc(), roles=(SYSTEM,)
            )
            account.password_hash = self._authenticator.hashes.make(password)
            unit.accounts.add(account)
            self._commit(unit, MACHINE, "account_added", login=FIRST_LOGIN, roles=[SYSTEM])
        return password

    def listed(self, actor: Actor) -> list[dict[str, Any]]:
        """List the accounts: `COLUMNS`, times local; ``state`` as `_state_of` says."""
        if not any(may(actor, action) for action in READERS):
            require(actor, Action.MANAGE_ACCOUNTS)
        now = self.clock.utc()
        rows = []
        with self._workspace.store.begin() as unit:
            seen: dict[int, list[datetime]] = {}
            for session in unit.accounts.sessions():
                seen.setdefault(session.account_id, []).append(session.last_seen_at)
            for account in unit.accounts.all():
                attempts = unit.accounts.attempts(
                    self._authenticator.subject("login", account.login)
                )
                blocked = bool(attempts and attempts.blocked_until and attempts.blocked_until > now)
                rows.append(self._row(account, seen.get(account.id, []), blocked=blocked))
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    def all(self, actor: Actor) -> pd.DataFrame:
        """Return what `listed` lists as a frame."""
        import pandas as pd

        frame = pd.DataFrame(self.listed(actor), columns=list(COLUMNS))
        times = [name for name in COLUMNS if name.endswith("_at")]
        return frame.assign(**{name: frame[name].astype("datetime64[us]") for name in times})

    def grantable_roles(self) -> tuple[str, ...]:
        """Return the roles that an account can hold; the same for everybody who asks."""
        return GRANTED

    def add(
        self,
        actor: Actor,
        login: str,
        *,
        name: str,
        roles: Sequence[str] = (),
        scope: Scope | None = None,
        person_id: str | None = None,
        directory: bool = False,
    ) -> str | None:
        """Make an account.

        ``login``: what the person types; upper and lower case are the same.
        ``name``: what the pages call the person.
        ``roles``, ``scope``, ``person_id``: the person's rights; giving any needs the right to.
        ``directory``: whether the person signs in through the office's directory, and has no
        password here.

        Returns ``password``: for the first use, never shown again; None with a directory.

        Raises `AccountError` when the login is taken or no login, or the rights cannot be given.
        """
        require(actor, Action.MANAGE_ACCOUNTS)
        login = folded_login(login)
        if not LOGIN.fullmatch(login) or login in RESERVED:
            raise AccountError("login_unusable", seen=login)
        scope = scope or Scope.nothing()
        self._rights_policy.check_rights(roles, scope)
        password = None if directory else one_time_password()
        account = new_account(
            login, name.strip() or login, by=actor.id, at=self.clock.utc(),
            kind=DIRECTORY if directory else LOCAL, roles=roles, scope=scope,
            person_id=person_id or None,
        )  # fmt: skip
        account.password_hash = self._authenticator.hashes.make(password) if password else None
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            if unit.accounts.of_login(login) is not None:
                raise AccountError("login_taken", seen=login)
            if roles or scope or person_id:
                self._rights_policy.require_grant(actor, unit, roles, rest=bool(scope or person_id))
            self._rights_policy.check_person(unit, person_id or None)
            unit.accounts.add(account)
            facts = {"roles": list(roles), "scope": scope.to_mapping(), "person": person_id}
            self._commit(unit, actor, "account_added", login=login, kind=account.kind, **facts)
        return password

    def lock(self, actor: Actor, login: str) -> None:
        """Let nobody in by an account any more, and end its sessions."""
        require(actor, Action.MANAGE_ACCOUNTS)
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            account = self._rights_policy.others(unit, actor, login)
            self._rights_policy.keep_an_administrator(unit, account)
            account.locked_at = account.locked_at or self.clock.utc()
            account.locked_by = account.locked_by or actor.id
            ended = unit.accounts.end_sessions(account)
            self._commit(unit, actor, "account_locked", login=account.login, sessions_ended=ended)

    def unlock(self, actor: Actor, login: str) -> None:
        """Let somebody in by an account again, and forget failed attempts."""
        require(actor, Action.MANAGE_ACCOUNTS)
        with self._workspace.store.begin() as unit:
            account = self._rights_policy.others(unit, actor, login)
            account.locked_at = account.locked_by = None
            unit.accounts.forget_attempts(self._authenticator.subject("login", account.login))
            self._commit(unit, actor, "account_unlocked", login=account.login)

    def reset_password(self, actor: Actor, login: str) -> str:
        """Give an account a password for one use; its sessions end, whoever uses it must change it.

        Another administrator's, once chosen by that person, is reset on the machine only: whoever
        resets it could sign in as that person.

        Raises `AccountError`: ``no_password``, ``other_administrator``, ``own_rights``,
        ``account_unknown``.
        """
        answer = require(actor, Action.MANAGE_ACCOUNTS)
        password = one_time_password()
        made = self._authenticator.hashes.make(password)
        with self._workspace.store.begin() as unit:
            account = self._rights_policy.others(unit, actor, login)
            if account.kind != LOCAL:
                raise AccountError("no_password", login=account.login, kind=account.kind)
            chosen = account.password_changed_at is not None
            if chosen and is_administrator(account.roles) and is_administrator(actor.roles):
                raise AccountError("other_administrator", login=account.login, seen=answer.reason)
            account.password_hash, account.must_change = made, True
            ended = unit.accounts.end_sessions(account)
            unit.accounts.forget_attempts(self._authenticator.subject("login", account.login))
            self._commit(unit, actor, "password_reset", login=account.login, sessions_ended=ended)
        return password

    def _row(self, account: Account, seen: Sequence[datetime], *, blocked: bool) -> tuple[Any, ...]:
        return (
            account.login,
            account.name,
            account.kind,
            tuple(account.roles),
            dict(account.scope),
            account.person_id,
            self._state_of(account, blocked=blocked),
            len(seen),
            self._local(max(seen, default=None)),
            self._local(account.password_changed_at),
            self._local(account.created_at),
            account.created_by,
        )

    def _state_of(self, account: Account, *, blocked: bool) -> str:
        """Return ``locked``, ``blocked`` by failures, ``new``, ``due`` to change, or ``active``."""
        states = {
            "locked": account.locked_at is not None,
            "blocked": blocked,
            "new": account.kind == LOCAL and account.password_changed_at is None,
            "due": self._session_store.must_change(account, self.clock.utc()),
        }
        return next((state for state, holds in states.items() if holds), "active")

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else self.clock.to_local(at)
