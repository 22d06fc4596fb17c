"""Repositories of accounts, sessions and attempts; every time is naive UTC."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from data.store.repositories.repository import Repository
from data.store.repositories.versioned import add_once, forget_free, hold_all, hold_one
from data.store.tables.accounts import (
    Account,
    AccountPerson,
    FailedAttempts,
    PastPassword,
    SignedInSession,
)

__all__ = ["Account", "Accounts", "FailedAttempts", "PastPassword", "SignedInSession"]


class Accounts(Repository):
    """Accounts with their sessions, past passwords and failed attempts."""

    def count(self) -> int:
        """Return how many accounts there are."""
        return self._session.scalar(select(func.count()).select_from(Account)) or 0

    def all(self) -> Sequence[Account]:
        """Return every account, by login."""
        return self._session.scalars(select(Account).order_by(Account.login)).all()

    def of_login(self, login: str, *, hold: bool = False) -> Account | None:
        """Return the account of a casefolded login.

        ``hold``: keep others from changing it until the end of the unit of work.
        """
        query = select(Account).where(Account.login == login)
        return self._session.scalars(query.with_for_update() if hold else query).one_or_none()

    def hold_all(self) -> None:
        """Keep others from changing any account until the end of the unit of work.

        For rules over all of them, such as "the last administrator": two that are each right
        alone must not be wrong together.
        """
        rows = select(Account.id).order_by(Account.id).with_for_update()
        hold_all(self._session, Account, on_postgresql=rows)

    def add(self, account: Account) -> None:
        """Add an account; its login must not be taken."""
        self.note_person(self._kept(account))

    def note_person(self, account: Account) -> None:
        """Keep the person that an account has now among those that it ever had."""
        if account.person_id:
            row = {"login": account.login, "person_id": account.person_id}
            add_once(self._session, AccountPerson, row)

    def names_of_person(self, login: str, person_id: str | None) -> frozenset[str]:
        """Return the login, every person that it has or had, and every other login of these."""
        query = select(AccountPerson.person_id).where(AccountPerson.login == login)
        persons = {*self._session.scalars(query), *filter(None, (person_id,))}
        others = select(AccountPerson.login).where(AccountPerson.person_id.in_(persons))
        return frozenset({login, *persons, *self._session.scalars(others)})

    def past_hashes(self, account: Account, *, count: int) -> Sequence[str]:
        """Return the hashes of the newest passwords of an account, newest first."""
        query = select(PastPassword.password_hash).where(PastPassword.account_id == account.id)
        return self._session.scalars(query.order_by(PastPassword.id.desc()).limit(count)).all()

    def remember_password(
        self, account: Account, password_hash: str, *, at: datetime, keep: int
    ) -> None:
        """Add to the past passwords of an account, and forget all but the newest."""
        self._kept(PastPassword(account_id=account.id, password_hash=password_hash, set_at=at))
        of_account = PastPassword.account_id == account.id
        newest = select(PastPassword.id).where(of_account).order_by(PastPassword.id.desc())
        kept = self._session.scalars(newest.limit(keep)).all()
        self._session.execute(delete(PastPassword).where(of_account, PastPassword.id.not_in(kept)))

    def persons(self) -> dict[str, str]:
        """Return login → the first person of the table of staff that it belonged to."""
        rows = self._session.execute(
            select(AccountPerson.login, AccountPerson.person_id).order_by(AccountPerson.id.desc())
        )
        return {str(login): str(person) for login, person in rows}

    def add_session(self, session: SignedInSession) -> None:
        """Add a session."""
        self._kept(session)

    def session_of(self, token_sha256: str) -> tuple[SignedInSession, Account] | None:
        """Return the session of a token and its account."""
        query = select(SignedInSession, Account).join(
            Account, Account.id == SignedInSession.account_id
        )
        row = self._session.execute(
            query.where(SignedInSession.token_sha256 == token_sha256)
        ).one_or_none()
        return None if row is None else (row[0], row[1])

    def sessions(self) -> Sequence[SignedInSession]:
        """Return all sessions, oldest first."""
        return self._session.scalars(select(SignedInSession).order_by(SignedInSession.id)).all()

    def end_session(self, token_sha256: str) -> bool:
        """Delete a session; False when there was none, or another ended it first."""
        return self._delete(SignedInSession.token_sha256 == token_sha256) > 0

    def end_sessions(self, account: Account, *, keep: str = "") -> int:
        """Delete every session of an account but the one of the kept token; return how many."""
        return self._delete(
            SignedInSession.account_id == account.id, SignedInSession.token_sha256 != keep
        )

    def end_all_sessions(self) -> int:
        """Delete every session; return how many."""
        return self._delete()

    def end_stale(self, *, created_before: datetime, seen_before: datetime) -> int:
        """Delete the sessions that are over by age or for want of use; return how many."""
        return self._delete(
            (SignedInSession.created_at <= created_before)
            | (SignedInSession.last_seen_at <= seen_before)
        )

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        removed = delete(SignedInSession).where(*conditions).returning(SignedInSession.id)
        return len(self._session.scalars(removed).all())

    def attempts(self, subject: str) -> FailedAttempts | None:
        """Return the failed attempts of a subject."""
        return self._session.get(FailedAttempts, subject)

    def hold_attempts(self, subject: str, *, at: datetime) -> FailedAttempts:
        """Return the failed attempts of a subject, to be changed by this unit of work alone.

        Attempts made at the same moment are counted one after the other.
        """
        return hold_one(self._session, FailedAttempts, subject, attempts=0, last_at=at)

    def forget_attempts(self, subject: str) -> bool:
        """Forget the failed attempts of a subject; False when there were none."""
        found = self._session.get(FailedAttempts, subject)
        if found is not None:
            self._session.delete(found)
            self._session.flush()
        return found is not None

    def forget_attempts_before(self, at: datetime) -> None:
        """Delete failed attempts before a time that block no account any more."""
        over = FailedAttempts.blocked_until.is_(None) | (FailedAttempts.blocked_until < at)
        forget_free(self._session, FailedAttempts, FailedAttempts.last_at < at, over)
