"""Proving who one is by a password, and what happens to those who keep failing.

Nobody learns from an answer whether a login exists: unknown logins, wrong passwords and accounts
without one give one answer after one check of a hash each, and are blocked alike.
"""

import hashlib
import hmac
import unicodedata
from datetime import timedelta
from functools import cached_property
from typing import NoReturn

from data.store.repositories.accounts import Account
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.lockout import LockoutPolicy, count_attempt
from governance.access.passwords import HashCost, PasswordHashes
from governance.security.accounts.sessions import LOCAL
from governance.service import Component

ADDRESS_POLICY = LockoutPolicy(most=30, block=timedelta(minutes=5), forget=timedelta(minutes=15))
"""One address may fail so often over all logins; an office behind one address still gets in."""
UNKNOWN = "unknown"
"""Whom the audit log names where no account has the login; what was typed may be a password."""


class SignInError(GridwardenError):
    """Somebody did not prove who they are."""


class Authenticator(Component):
    """Checks passwords and counts failures, for the services that let people in."""

    hash_cost = HashCost()

    @cached_property
    def hashes(self) -> PasswordHashes:
        """Return how passwords are hashed and checked."""
        return PasswordHashes(self.hash_cost)

    def authenticate(self, login: str, password: str, *, address: str) -> Account:
        """Return the account whose password this is."""
        self._check_rate(login, address)
        with self._workspace.store.begin() as unit:
            account = unit.accounts.of_login(login)
            unit.commit()  # what was read stays readable
        seen = account.password_hash if account and account.kind == LOCAL else None
        if not self.hashes.holds(seen, password) or seen is None:
            self._refuse(login, account, address)
        dearer = self.hashes.make(password) if self.hashes.is_outdated(seen) else None
        with self._workspace.store.begin() as unit:
            self._reset_failures(unit, login, address)
            held = unit.accounts.of_login(login, hold=True)
            if held is None or held.password_hash != seen:
                raise SignInError("sign_in_failed")  # changed or reset meanwhile
            held.password_hash = dearer or seen
            self.refuse_locked(unit, held, address=address)
            unit.commit()
        return held

    def _check_rate(self, login: str, address: str) -> None:
        """Count an attempt before it is made, or refuse it; the address first."""
        now = self.clock.utc()
        with self._workspace.store.begin() as unit:
            wait = self._counted(unit, self.subject("address", address), ADDRESS_POLICY)
            if wait:
                raise SignInError("sign_in_slowed", seconds=int(wait.total_seconds()) + 1)
            wait = self._counted(unit, self.subject("login", login), self._login_policy)
            if wait:
                known = unit.accounts.of_login(login)
                who = known.login if known else UNKNOWN
                self._record_in(unit, who, "sign_in_failed", reason="blocked", address=address)
            unit.commit()
        self._forget_old()
        if wait:
            raise SignInError(
                "sign_in_blocked", minutes=-(-int(wait.total_seconds()) // 60), at=now
            )

    @property
    def _login_policy(self) -> LockoutPolicy:
        rules = self._workspace.settings.sign_in
        return LockoutPolicy(most=rules.lock_after, block=timedelta(minutes=rules.lock_minutes))

    def _counted(self, unit: UnitOfWork, subject: str, policy: LockoutPolicy) -> timedelta | None:
        """Count an attempt, or return how long this subject has to wait."""
        if not subject:
            return None
        now = self.clock.utc()
        return count_attempt(unit.accounts.hold_attempts(subject, at=now), policy, at=now)

    def _refuse(self, login: str, account: Account | None, address: str) -> NoReturn:
        who = account.login if account else UNKNOWN
        with self._workspace.store.begin() as unit:
            state = unit.accounts.attempts(self.subject("login", login))
            blocked = state is not None and state.blocked_until is not None
            action = "sign_in_blocked" if blocked else "sign_in_failed"
            self._commit(unit, who, action, reason="password", address=address)
        raise SignInError("sign_in_failed")

    def refuse_locked(self, unit: UnitOfWork, account: Account, *, address: str) -> None:
        """Refuse an account that is locked."""
        if account.locked_at is not None:
            self._commit(unit, account.login, "sign_in_failed", reason="locked", address=address)
            raise SignInError("account_locked", login=account.login)

    def _reset_failures(self, unit: UnitOfWork, login: str, address: str) -> None:
        """Forget the failures of a login; of its address only this attempt, which was none."""
        unit.accounts.forget_attempts(self.subject("login", login))
        if subject := self.subject("address", address):
            row = unit.accounts.hold_attempts(subject, at=self.clock.utc())
            row.attempts = max(0, row.attempts - 1)
            row.blocked_until = None if row.attempts < ADDRESS_POLICY.most else row.blocked_until

    def _forget_old(self) -> None:
        with self._workspace.store.begin() as unit:
            unit.accounts.forget_attempts_before(self.clock.utc() - self._login_policy.forget)
            unit.commit()

    def subject(self, kind: str, name: str) -> str:
        """Return what attempts are counted under: a keyed hash, for what is typed may be secret."""
        if not name:
            return "" if kind == "address" else f"{kind}:"
        key = self._workspace.secret
        return f"{kind}:{hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:32]}"


def folded_login(login: str) -> str:
    """Return a login as it is kept: however it is typed, it is the same one."""
    return unicodedata.normalize("NFKC", login).strip().casefold()
