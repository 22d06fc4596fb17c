"""When failing to sign in blocks: a policy and a state, apart from where the state is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store.repositories.accounts import FailedAttempts

FORGET_AFTER = timedelta(days=1)
"""Failures in a row are forgotten when none has come for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutPolicy:
    """How many attempts are let through before a block, and how long it lasts."""

    most: int
    """Attempts in a row that may fail."""
    block: timedelta
    """How long nobody gets in once they did."""
    forget: timedelta = FORGET_AFTER
    """Attempts are counted anew when none came for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutState:
    """Attempts in a row that did not succeed, or have not yet."""

    count: int
    last_at: datetime
    blocked_until: datetime | None = None
    """Until when none is let through, or None."""

    def wait(self, at: datetime) -> timedelta | None:
        """Return how long to wait from a time on, or None when an attempt may be made."""
        if self.blocked_until is None or at >= self.blocked_until:
            return None
        return self.blocked_until - at

    def next(self, policy: LockoutPolicy, *, at: datetime) -> LockoutState:
        """Return the state once one more attempt is let through at a time.

        An attempt counts when it begins, so that many at the same moment are not let through on
        the strength of an old count. The attempt that fills the number blocks what comes after
        it; success forgets everything.
        """
        over = self.blocked_until is not None and at >= self.blocked_until
        count = 1 if over or at - self.last_at >= policy.forget else self.count + 1
        blocked = at + policy.block if count >= policy.most else None
        return LockoutState(count=count, last_at=at, blocked_until=blocked)


def count_attempt(held: FailedAttempts, policy: LockoutPolicy, *, at: datetime) -> timedelta | None:
    """Count one more attempt in a row of the store, or return how long to wait for it."""
    state = LockoutState(
        count=held.attempts, last_at=held.last_at, blocked_until=held.blocked_until
    )
    if state.last_at - at >= policy.forget:  # the clock was set back since
        state = LockoutState(count=0, last_at=at)
    if wait := state.wait(at):
        return wait
    after = state.next(policy, at=at)
    held.attempts, held.last_at = after.count, after.last_at
    held.blocked_until = after.blocked_until
    return None
