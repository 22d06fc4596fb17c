"""Letting people in: by password, through a directory, by a click in the demonstration."""

from dataclasses import dataclass

from data.store.repositories.accounts import Account
from governance.access.passwords import (
    KEPT_PASSWORDS,
    LEAST_LENGTH,
    PasswordRefusedError,
    password_problems,
)
from governance.access.permissions import Actor
from governance.access.roles import GRANTED
from governance.security.accounts.authentication import (
    UNKNOWN,
    Authenticator,
    SignInError,
    folded_login,
)
from governance.security.accounts.sessions import (
    DEMO,
    DIRECTORY,
    LOCAL,
    SessionStore,
    SignedIn,
    token_hash,
)
from governance.service import Service

__all__ = ["SignInError", "SignInFacts", "SignInService"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFacts:
    """What the sign-in page may tell strangers.

    ``idle_minutes``, ``absolute_hours``: how long one stays signed in.
    """

    demo: bool
    office: str
    locale: str
    least_length: int
    """Of a password."""
    idle_minutes: int
    absolute_hours: int


class SignInService(Service):
    """Services that make an acting user out of a stranger; none of them takes one."""

    _authenticator: Authenticator
    _session_store: SessionStore

    def facts(self) -> SignInFacts:
        """Return what the sign-in page may tell strangers."""
        settings = self._workspace.settings
        return SignInFacts(
            demo=settings.office.demo,
            office=settings.office.name,
            locale=settings.office.locale,
            least_length=LEAST_LENGTH,
            idle_minutes=settings.sign_in.idle_minutes,
            absolute_hours=settings.sign_in.absolute_hours,
        )

    def by_password(
        self, login: str, password: str, *, address: str = "", agent: str = ""
    ) -> SignedIn:
        """Open a session for who knows the password.

        ``address``, ``agent``: address and browser of the person, for the audit log; failures of
        one address are slowed down.

        Raises `SignInError`: ``sign_in_failed``, ``sign_in_blocked``, ``sign_in_slowed``;
        ``account_locked`` for who knows the password of a locked account.
        """
        login = folded_login(login)
        account = self._authenticator.authenticate(login, password, address=address)
        return self._open(account, by=LOCAL, address=address, agent=agent)

    def _open(self, account: Account, *, by: str, address: str, agent: str) -> SignedIn:
        with self._workspace.store.begin() as unit:
            opened = self._session_store.open_session(
                unit, account, by=by, address=address, agent=agent
            )
            unit.commit()
        return opened

    def act_as(self, login: str, password: str | None) -> Actor:
        """Return who acts for one command; in the demonstration no password is asked.

        Raises `SignInError` as `sign_in`; also ``password_change_due``.
        """
        login = folded_login(login)
        account = self._demo_account(login=login) or self._authenticator.authenticate(
            login, password or "", address=""
        )
        if self._session_store.must_change(account, self.clock.utc()):
            raise SignInError("password_change_due", login=login)
        with self._workspace.store.begin() as unit:
            self._commit(unit, login, "sign_in", by="command_line")
        return self._session_store.actor_of(account)

    def needs_password(self, login: str) -> bool:
        """Say whether a command in this name asks for a password; only demo accounts do not."""
        return self._demo_account(login=folded_login(login)) is None

    def owner_of(self, login: str, password: str) -> Actor:
        """Return who knows a password, without any right but to change it."""
        return self._session_store.actor_of(
            self._authenticator.authenticate(folded_login(login), password, address=""), able=False
        )

    def demo_roles(self) -> tuple[str, ...]:
        """Return the roles that one click signs in as; none but in the demonstration."""
        if not self._workspace.settings.office.demo:
            return ()
        with self._workspace.store.begin() as unit:
            held = {r for a in unit.accounts.all() if a.kind == DEMO for r in a.roles}
        return tuple(role for role in GRANTED if role in held)

    def by_demo(self, role: str, *, address: str = "", agent: str = "") -> SignedIn:
        """Open a session as one of the demonstration's people.

        Raises `SignInError`: ``demo_only`` in any other workspace, and for a role that nobody there
        has.
        """
        account = self._demo_account(role=role)
        if account is None:
            raise SignInError("demo_only")
        return self._open(account, by=DEMO, address=address, agent=agent)

    def by_directory(
        self, subject: str, login: str, *, address: str = "", agent: str = ""
    ) -> SignedIn:
        """Open a session for somebody whom the office's directory vouches for.

        ``subject``: whom the directory means, for ever; an account is bound to the first it was
        used by.
        ``login``: what the directory calls the person's login.

        Raises `SignInError`: ``directory_unknown`` unless somebody made such an account for the
        directory and it is bound to nobody else; ``account_locked``.
        """
        with self._workspace.store.begin() as unit:
            account = unit.accounts.of_login(folded_login(login), hold=True)
            if (
                account is None
                or account.kind != DIRECTORY
                or account.directory_subject not in (None, subject)
                or not subject
            ):
                self._commit(unit, UNKNOWN, "sign_in_failed", by=DIRECTORY, address=address)
                raise SignInError("directory_unknown", login=login)
            self._authenticator.refuse_locked(unit, account, address=address)
            account.directory_subject = subject
            opened = self._session_store.open_session(
                unit, account, by=DIRECTORY, address=address, agent=agent
            )
            unit.commit()
        return opened

    def change_password(
        self, actor: Actor, *, old: str, new: str, token: str | None = None
    ) -> None:
        """Change the acting user's own password; every other session of the account ends.

        ``token``: the session that goes on.

        Raises `SignInError`: ``password_wrong`` when the old one is not it; ``sign_in_blocked``.
        Raises `PasswordRefusedError` naming every rule that the new one breaks.
        """
        try:
            account = self._authenticator.authenticate(actor.id, old, address="")
        except SignInError as error:
            if error.code == "sign_in_failed":
                raise SignInError("password_wrong") from error
            raise
        made = self._checked_hash(account, new)
        now = self.clock.utc()
        with self._workspace.store.begin() as unit:
            held = unit.accounts.of_login(actor.id, hold=True)
            if held is None or held.password_hash != account.password_hash:
                raise SignInError("password_wrong")  # changed or reset meanwhile
            held.password_hash, held.password_changed_at, held.must_change = made, now, False
            unit.accounts.remember_password(held, made, at=now, keep=KEPT_PASSWORDS)
            ended = unit.accounts.end_sessions(held, keep=token_hash(token) if token else "")
            self._commit(unit, actor, "password_changed", sessions_ended=ended)

    def _checked_hash(self, account: Account, new: str) -> str:
        problems = password_problems(new, login=account.login, name=account.name)
        with self._workspace.store.begin() as unit:
            past = list(unit.accounts.past_hashes(account, count=KEPT_PASSWORDS))
        # the present one is among them unless it was given for one use
        hashes = {*past, *filter(None, [account.password_hash])}
        if not problems and any(
            self._authenticator.hashes.holds(kept, new) for kept in sorted(hashes)
        ):
            problems = ("used_before",)
        if problems:
            raise PasswordRefusedError(problems)
        return self._authenticator.hashes.make(new)

    def _demo_account(self, *, role: str = "", login: str = "") -> Account | None:
        """Return the demonstration's account of a role or login; None in any other workspace."""
        if not self._workspace.settings.office.demo:
            return None
        with self._workspace.store.begin() as unit:
            accounts = unit.accounts.all()
            unit.commit()  # what was read stays readable
        for account in accounts:
            wanted = role in account.roles or account.login == login
            if account.kind == DEMO and wanted and account.locked_at is None:
                return account
        return None
