"""How buildings were shared out is kept as long as nothing that it follows from has changed."""

import errno
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal
from governance.responsibility.assignment.solver import solve
from gridwarden.compose import open_office


@pytest.fixture
def shared_out(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the degrees of stickiness by which buildings were shared out, in order."""
    plain, found = solve.share_buildings, list[float]()

    def share(instance: Any, rules: Any, *, seed: int) -> Any:
        found.append(rules.stickiness)
        return plain(instance, rules, seed=seed)

    monkeypatch.setattr(solve, "share_buildings", share)
    return found


@pytest.fixture
def again(staffed: Office) -> Callable[[], Office]:
    """Return what opens the office once more, as a process that has read nothing."""
    staffed.close()
    root, now = staffed._workspace.root, staffed.clock.now
    return lambda: open_office(root, now=now)


def seen(office: Office, actor: Actor, **asked: Any) -> Proposal:
    with closing(office):
        return office.assignment.preview(actor, options=AssignmentOptions(curve=False, **asked))


def test_a_process_that_starts_reads_what_was_worked_out_before(
    again: Callable[[], Office], actor: Actor, shared_out: list[float]
) -> None:
    first, second = (seen(again(), actor) for _ in range(2))
    assert first.rows.equals(second.rows)
    assert first.wardens.equals(second.wardens)
    assert shared_out == [0.5]


def _cut_short(content: bytes) -> bytes:
    return content[:-1]


def _one_bit_turned(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 0x80])


@pytest.mark.parametrize("damage", [lambda _: b"", _cut_short, _one_bit_turned])
def test_a_damaged_file_is_written_anew(
    again: Callable[[], Office],
    actor: Actor,
    shared_out: list[float],
    damage: Callable[[bytes], bytes],
) -> None:
    first = seen(again(), actor)
    (file,) = Path(again()._workspace.derived_path, "shares").iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert seen(again(), actor).rows.equals(first.rows)
    assert seen(again(), actor).rows.equals(first.rows)
    assert shared_out == [0.5, 0.5]


def test_a_disk_that_takes_no_file_stops_no_proposal(
    again: Callable[[], Office], actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = seen(again(), actor, stickiness=1.0)

    def full(path: Path, *_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr("data.derived.cache.write_bytes", full)
        patch.setattr("data.workspace.atomic.write_bytes", full)
        assert len(seen(again(), actor).rows) == len(first.rows)


def test_other_wishes_and_other_duties_are_worked_out(
    again: Callable[[], Office], actor: Actor, shared_out: list[float]
) -> None:
    seen(again(), actor)
    seen(again(), actor, stickiness=1.0)
    seen(again(), actor, absent=("P3",))
    with closing(again()) as office:
        office.duties.set_duty(actor, target_kind="building", target_id="B1", duty="网格员",
                               person_id="P4", valid_from=office.clock.today())  # fmt: skip
    seen(again(), actor)
    assert shared_out == [0.5, 1.0, 0.5, 0.5]


def test_the_same_question_is_answered_from_memory_but_to_nobody_who_may_not_ask(
    staffed: Office, actor: Actor
) -> None:
    options = AssignmentOptions(curve=False)
    first = staffed.assignment.preview(actor, options=options)
    assert staffed.assignment.preview(actor, options=options) is first
    with pytest.raises(NotAllowedError):
        staffed.assignment.preview(Actor("w", "w", ("warden",), actor.scope), options=options)
    own = Actor("p", "p", actor.roles, Scope(buildings=frozenset({"B1", "B2"})))
    part = staffed.assignment.preview(own, options=options)
    assert set(part.rows["building_id"]) == {"B1", "B2"}
    staffed.constraints.set_absence(actor, "P3", since=staffed.clock.today())
    assert staffed.assignment.preview(actor, options=options).totals.wardens == 1
