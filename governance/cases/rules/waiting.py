"""Which cases wait for a person's next step, by the stage, the rights and who holds them."""

from collections.abc import Iterator
from typing import Final

from data.contracts.case_vocabulary import CONFIRMED, Finding, Stage
from data.store.repositories.cases.waiting import Waiting
from governance.access.permissions import Action, Actor, may

HELD: Final = (Stage.ASSIGNED, Stage.VERIFIED, Stage.REFERRED, Stage.DECIDED)
"""Stages in which somebody may have asked to put a case on hold."""
_NOT_CONFIRMED = tuple(sorted(set(Finding) - CONFIRMED))
_CONFIRMED = tuple(sorted(CONFIRMED))


def waiting_for(actor: Actor, actor_names: frozenset[str]) -> tuple[Waiting, ...]:
    """Return what makes a case wait for a person; a case does where any of them holds.

    A case that somebody else holds waits for nobody but the holder, a step that only another may
    take waits for that one, and what a person verified they do not close.

    ``actor_names``: every name that rows may know the actor by (`governance.access.persons`).
    """
    return tuple(_waiting(actor, tuple(sorted(actor_names))))


def _waiting(actor: Actor, actor_names: tuple[str, ...]) -> Iterator[Waiting]:
    actor_or_nobody = (*actor_names, "")
    if may(actor, Action.TAKE_LEADS):
        yield Waiting(stage=Stage.NEW)
        yield Waiting(stage=Stage.VERIFIED, findings=_NOT_CONFIRMED)
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
