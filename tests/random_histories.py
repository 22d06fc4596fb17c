"""What random histories of cases, notices and ledger lines share: clock, store, what must hold."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import text

from data.integrity.sealed.audit import Fault
from data.integrity.sealed.histories import KeptHistory, verify_histories
from data.store.history import ReplayedState
from data.store.unit_of_work import Store
from governance.office import Office

START = datetime(2026, 9, 21, 9, 0)  # noqa: DTZ001 -- the office's local time, before the holidays


class RandomHistories(RuleBasedStateMachine):
    """People and time do whatever they like in an office whose tables are emptied first."""

    TABLES: ClassVar[tuple[str, ...]]
    """Those that events are added to, and what they are of after them."""
    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        with self.office._workspace.store.engine.begin() as connection:
            for table in self.TABLES:
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        zone = self.office.clock.zone
        object.__setattr__(self.office._resources, "now", lambda: self.now.replace(tzinfo=zone))


def check_history(state: type[ReplayedState], row: object, events: Sequence[Any]) -> None:
    """Check that a row follows from its events, which are numbered, in order and one chain."""
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    assert state.of_history(events) == state.of_row(row)
    after = [getattr(each, f"to_{state.STAGE}") for each in events]
    assert [getattr(each, f"from_{state.STAGE}") for each in events] == [None, *after[:-1]]
    assert all(each.at <= later.at for each, later in pairwise(events))


def fault_after(store: Store, change: str, *, kept: KeptHistory) -> Fault:
    """Change the one row of a kind by SQL, which was sound, and return what is found wrong."""
    assert list(verify_histories(store, kept=kept)) == [None]
    with store.engine.begin() as connection:
        connection.execute(text(change))
    (fault,) = verify_histories(store, kept=kept)
    assert fault is not None
    return fault


def run_histories(
    kind: type[RandomHistories], office: Office, *, examples: int, steps: int, **given: object
) -> None:
    """Run as many examples in an office, half as many on PostgreSQL, where it is slower.

    ``given``: what else the machine of a kind has.
    """
    few = office._workspace.store.engine.dialect.name == "postgresql"
    run_state_machine_as_test(
        type(kind.__name__, (kind,), {"office": office, **given}),
        settings=settings(
            max_examples=examples // 2 if few else examples,
            stateful_step_count=steps,
            deadline=None,
        ),
    )
