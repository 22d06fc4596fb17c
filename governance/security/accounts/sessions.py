"""Who is signed in: sessions that the server keeps, known to a browser by a token alone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from data.privacy.key_derivation import derive_key
from data.store.repositories.accounts import Account, SignedInSession
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor, Scope
from governance.security.accounts.person_scopes import PersonScopes
from governance.service import Component, Service

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200
COOKIE_DIGITS = 8
LOCAL, DIRECTORY, DEMO = "local", "directory", "demo"
"""How an account signs in: by password, through the office's directory, by one click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session."""

    token: str
    """The only copy of what the browser shows from now on; only its hash is kept."""
    login: str
    name: str
    must_change: bool
    """Whether nothing is open but changing the password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSession:
    """A session that holds."""

    actor: Actor
    """Who acts; without any role or scope while the password must be changed."""
    must_change: bool
    """Whether the password must be changed."""
    created_at: datetime
    """When the person signed in, UTC."""
    demo: bool
    """Whether the person signed in by one click in the demonstration."""


class SessionStore(Component):
    """Keeps sessions and their audit lines."""

    @cached_property
    def _scopes(self) -> PersonScopes:
        return PersonScopes(self._workspace, self._engine)

    def open_session(
        self, unit: UnitOfWork, account: Account, *, by: str, address: str, agent: str
    ) -> SignedIn:
        """Add a session and its audit line; the caller commits at once."""
        now = self.clock.utc()
        rules = self._workspace.settings.sign_in
        unit.accounts.end_stale(
            created_before=now - timedelta(hours=rules.absolute_hours),
            seen_before=now - timedelta(minutes=rules.idle_minutes),
        )
        if rules.single_session and account.kind != DEMO:
            unit.accounts.end_sessions(account)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        unit.accounts.add_session(
            SignedInSession(
                account_id=account.id,
                token_sha256=token_hash(token),
                created_at=now,
                last_seen_at=now,
                address=address,
                agent=agent[:AGENT_LENGTH],
            )
        )
        self._record_in(unit, account.login, "sign_in", by=by, address=address)
        return SignedIn(
            token=token,
            login=account.login,
            name=account.name,
            must_change=self.must_change(account, now),
        )

    def must_change(self, account: Account, now: datetime) -> bool:
        """Say whether a password is to be changed before anything else."""
        if account.kind != LOCAL:
            return False
        days = self._workspace.settings.sign_in.password_days
        changed = account.password_changed_at
        too_old = bool(days and changed and now - changed >= timedelta(days=days))
        return account.must_change or changed is None or too_old

    def actor_of(self, account: Account, *, able: bool = True) -> Actor:
        """Return who acts by an account; without any right while not `able`."""
        if not able:
            return Actor(id=account.login, name=account.name, roles=(), person_id=account.person_id)
        today = self._local_now().date()
        scope = self._scopes.of_account(
            account.roles, Scope.of_mapping(account.scope), person_id=account.person_id, on=today
        )
        people = tuple(filter(None, (account.login, account.person_id)))
        delegated = self._scopes.delegated_to(account.roles, scope, people=people, on=today)
        return Actor(
            id=account.login,
            name=account.name,
            roles=tuple(account.roles),
            scope=scope,
            person_id=account.person_id,
            delegated=delegated,
        )


class SessionService(Service):
    """Services about sessions; a token stands for the acting user."""

    _session_store: SessionStore

    @cached_property
    def cookie_name(self) -> str:
        """Name of the cookie that holds a session of this office.

        Browsers send a cookie to every port of a host, so no two offices share one name; all
        processes of an office do, whose secret it follows from without telling it.
        """
        key = derive_key(self._workspace.secret, "session cookie")
        return f"sid-{key.hex()[:COOKIE_DIGITS]}"

    def session(self, token: str) -> SignedSession | None:
        """Return the session of a token, or None when it is over or never was.

        Checked at every call: that the account is not locked, that somebody used it lately, that
        it is not too old. Use is written down at most once a minute.
        """
        now = self.clock.utc()
        with self._workspace.store.begin() as unit:
            found = unit.accounts.session_of(token_hash(token))
            if found is None:
                return None
            session, account = found
            reason = self._reason_to_end(session, account, now)
            if reason:
                if unit.accounts.end_session(session.token_sha256):
                    self._record_in(unit, account.login, "session_ended", reason=reason)
                unit.commit()
                return None
            if abs(now - session.last_seen_at) >= TOUCH_EVERY:  # also of a clock set back since
                session.last_seen_at = now
            unit.commit()  # also where nothing changed: what was read stays readable
        due = self._session_store.must_change(account, now)
        return SignedSession(
            actor=self._session_store.actor_of(account, able=not due),
            must_change=due,
            created_at=session.created_at,
            demo=account.kind == DEMO,
        )

    def actor(self, token: str) -> Actor | None:
        """Return who acts by a token; None also while the password must be changed."""
        session = self.session(token)
        return None if session is None or session.must_change else session.actor

    def sign_out(self, token: str) -> None:
        """End the session of a token; it may be over already."""
        with self._workspace.store.begin() as unit:
            found = unit.accounts.session_of(token_hash(token))
            if found and unit.accounts.end_session(token_hash(token)):
                self._commit(unit, found[1].login, "sign_out", sessions=1)

    def sign_out_everywhere(self, actor: Actor) -> int:
        """End every session of the acting user's own account; return how many."""
        with self._workspace.store.begin() as unit:
            account = unit.accounts.of_login(actor.id)
            ended = unit.accounts.end_sessions(account) if account else 0
            if ended:
                self._commit(unit, actor, "sign_out", sessions=ended)
        return ended

    def _reason_to_end(
        self, session: SignedInSession, account: Account, now: datetime
    ) -> str | None:
        rules = self._workspace.settings.sign_in
        ends = {
            "locked": account.locked_at is not None,
            "idle": now - session.last_seen_at >= timedelta(minutes=rules.idle_minutes),
            "too_old": abs(now - session.created_at) >= timedelta(hours=rules.absolute_hours),
            "no_demonstration": account.kind == DEMO and not self._workspace.settings.office.demo,
        }
        return next((reason for reason, holds in ends.items() if holds), None)


def token_hash(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
