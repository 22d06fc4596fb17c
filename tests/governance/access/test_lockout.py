"""The machine of states behind a block after failures, against a plain list of what happened."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.store.tables.accounts import FailedAttempts
from governance.access.lockout import LockoutPolicy, LockoutState, count_attempt

START = datetime(2026, 11, 24, 8, 0)  # noqa: DTZ001 -- the store's times are naive
POLICY = LockoutPolicy(most=5, block=timedelta(minutes=15), forget=timedelta(hours=24))
STEPS = st.lists(
    st.tuples(st.sampled_from([0, 1, 60, 899, 900, 901, 86400]), st.booleans()), max_size=60
)


@given(STEPS)
def test_nobody_fails_more_often_than_allowed_within_a_block(steps: list[tuple[int, bool]]) -> None:
    """Whatever the times, any five failures let through in a row keep the next out for long."""
    state = LockoutState(count=0, last_at=START)
    at, run = START, []
    for seconds, good in steps:
        at += timedelta(seconds=seconds)
        wait = state.wait(at)
        if run and at - run[-1] >= POLICY.forget:
            run = []
        full = len(run) >= POLICY.most
        if full and at - run[-1] >= POLICY.block:
            run, full = [], False
        assert (wait is not None) == full
        if wait is not None:
            assert wait == run[-1] + POLICY.block - at
            continue
        state = state.next(POLICY, at=at)
        run = [*run, at]
        if good:  # success forgets everything
            state, run = LockoutState(count=0, last_at=at), []


def test_an_attempt_counts_when_it_begins() -> None:
    state = LockoutState(count=0, last_at=START)
    for _ in range(POLICY.most):
        assert state.wait(START) is None
        state = state.next(POLICY, at=START)
    assert state.wait(START) == POLICY.block


@given(st.integers(1, 10), st.sampled_from([timedelta(days=1), timedelta(days=365)]))
def test_a_block_of_a_clock_that_was_far_ahead_holds_nobody(
    attempts: int, ahead: timedelta
) -> None:
    held = FailedAttempts(attempts=0, last_at=START + ahead, blocked_until=None)
    for _ in range(attempts):
        count_attempt(held, POLICY, at=START + ahead)
    assert count_attempt(held, POLICY, at=START) is None
    assert held.attempts == 1
    for _ in range(POLICY.most - 1):
        assert count_attempt(held, POLICY, at=START) is None
    assert count_attempt(held, POLICY, at=START) == POLICY.block
