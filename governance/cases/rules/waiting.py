"""Which cases wait for a person's next step, by the stage, the rights and who holds them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from data.contracts.case_vocabulary import CONFIRMED, ClockKind, Finding, Stage
from data.store.repositories.cases.waiting import Waiting
from governance.access.permissions import Action, Actor, may
from governance.access.roles import GRANTED

HELD: Final = (Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED)
"""Stages in which somebody may have asked to put a case on hold."""
_NOT_CONFIRMED = tuple(sorted(set(Finding) - CONFIRMED))
_CONFIRMED = tuple(sorted(CONFIRMED))
_SOMEBODY: Final = "somebody"


def waiting_for(actor: Actor, actor_names: frozenset[str]) -> tuple[Waiting, ...]:
    """Return what makes a case wait for a person; a case does where any of them holds.

    A case that somebody else holds waits for nobody but the holder, a step that only another may
    take waits for that one, and what a person verified they do not close.

    ``actor_names``: every name that rows may know the actor by (`governance.access.persons`).
    """
    return tuple(_waiting(actor, tuple(sorted(actor_names))))


def others_waited_for(actor: Actor, case: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the roles whose next step a case waits for; none where it may wait for the actor.

    ``case``: ``stage``, ``clock``, ``finding``, ``holder_id`` and ``hold_asked_by``, all but the
    first None or "" where there is none.
    """
    if _may_wait_for(actor, case):
        return ()
    roles = (Actor(id="", name="", roles=(role,)) for role in GRANTED)
    return tuple(each.roles[0] for each in roles if _may_wait_for(each, case))


def _may_wait_for(actor: Actor, case: Mapping[str, Any]) -> bool:
    """Say whether a case waits for an actor or for somebody of the same rights."""
    return any(
        way.stage == case["stage"]
        and way.clock in {"", case["clock"]}
        and (not way.findings or case["finding"] in way.findings)
        and (not way.holders or _SOMEBODY in way.holders or not case["holder_id"])
        and (not way.hold_asked_by_other_than or bool(case["hold_asked_by"]))
        for way in waiting_for(actor, frozenset({_SOMEBODY}))
    )


def _waiting(actor: Actor, actor_names: tuple[str, ...]) -> Iterator[Waiting]:
    actor_or_nobody = (*actor_names, "")
    if may(actor, Action.TAKE_LEADS):
        yield Waiting(stage=Stage.NEW)
        yield Waiting(stage=Stage.VERIFIED, findings=_NOT_CONFIRMED)
        yield Waiting(stage=Stage.REFERRED, clock=ClockKind.HANDLE)
        yield Waiting(stage=Stage.DECIDED)
    if may(actor, Action.VERIFY_CASES):
        yield Waiting(stage=Stage.ASSIGNED, holders=actor_or_nobody)
        yield Waiting(stage=Stage.VERIFIED, holders=actor_or_nobody, findings=_CONFIRMED)
    if may(actor, Action.DECIDE_CASES):
        yield Waiting(stage=Stage.REFERRED)
    if may(actor, Action.MANAGE_CASES):
        yield Waiting(stage=Stage.ASSIGNED, holders=("",))
        yield Waiting(stage=Stage.REPLIED, not_verified_by=actor_names)
        for stage in HELD:
            yield Waiting(stage=stage, hold_asked_by_other_than=actor_names)
