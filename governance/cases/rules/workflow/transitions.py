"""Which action leads from which stage to which, who may take it, what it asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, NotAllowedError, may

A = TypeVar("A", bound=StrEnum)
S = TypeVar("S", bound=StrEnum)


class ActionError(GridwardenError):
    """A case, a notice or a ledger line cannot be changed in this way; the code says why."""


class FactKind(StrEnum):
    """What sort of value an action asks for."""

    TEXT = "text"
    LONG = "long"
    WORD = "word"
    DAY = "day"
    COUNT = "count"
    PERSON = "person"
    HASH = "hash"
    CASES = "cases"


class ClockChange(StrEnum):
    """What an action does to the clock that runs, where it begins none."""

    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event that the history of a case or a notice is to get; ``facts`` as JSON keeps them."""

    action: str
    seq: int
    from_stage: str | None
    to_stage: str
    facts: dict[str, Any]
    note: str = ""

    def values(self) -> dict[str, Any]:
        """Return column of the history → value."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class FactField:
    """A fact that an action asks for."""

    name: str
    """Field of the state, or a word of the action's own."""
    kind: FactKind = FactKind.TEXT
    required: bool = True
    words: tuple[str, ...] = ()
    """The values that will do, where only some do."""
    emptied: bool = False
    """Whether told empty it empties the field; else it counts as not told."""
    unless: tuple[str, tuple[str, ...]] | None = None
    """Another fact, asked for before this one, and its words with which this one may be absent."""

    @classmethod
    def of_words(cls, name: str, words: type[StrEnum], *, required: bool = True) -> Self:
        """Return a fact that is one of a fixed vocabulary."""
        return cls(name, FactKind.WORD, required, tuple(words))

    def is_required(self, read: Mapping[str, Any]) -> bool:
        """Say whether it must be told beside the facts that were read before."""
        fact, words = self.unless or ("", ())
        return self.required and read.get(fact) not in words


@dataclass(frozen=True, slots=True)
class Transition(Generic[A, S]):
    """A way from some stages to another."""

    action: A
    sources: frozenset[S]
    to: S | str | None
    """The stage that follows; None stays, or the action's own facts say it."""
    may: tuple[Action, ...] = ()
    """Any of these permissions will do; with none of them no person can take it."""
    asks: tuple[FactField, ...] = ()
    clock: StrEnum | None = None
    """The clock that begins, or what becomes of the one that runs; None leaves it."""
    undone: bool = False
    """Whether who took it may take it back soon after: nobody outside was told, nothing was written
    elsewhere.
    """

    def open_to(self, actor: Actor) -> bool:
        """Say whether an actor has one of the permissions."""
        return any(may(actor, each) for each in self.may)

    def require(self, actor: Actor) -> Action:
        """Return the permission by which an actor takes the action.

        Raises `NotAllowedError` when the actor has none of them.
        """
        for each in self.may:
            if may(actor, each):
                return each
        permissions = ", ".join(each.value for each in self.may) or "–"
        raise NotAllowedError(
            "not_allowed", actor=actor.id, action=self.action.value,
            reason=f"{self.action.value} asks for one of {permissions}",
        )  # fmt: skip


class Workflow(Generic[A, S]):
    """The transitions of one kind of thing.

    ``transitions``: no two of an action begin at the same stage.
    """

    def __init__(self, transitions: Iterable[Transition[A, S]]) -> None:
        self.transitions = tuple(transitions)

    def find(self, stage: str, action: str) -> Transition[A, S] | None:
        """Return the way that an action leads from a stage, None where there is none."""
        for each in self.transitions:
            if each.action == action and stage in each.sources:
                return each
        return None

    def require(self, stage: str, action: str) -> Transition[A, S]:
        """Return the way that an action leads from a stage.

        Raises `ActionError`: ``action_illegal`` where there is none.
        """
        if (way := self.find(stage, action)) is not None:
            return way
        stages = {
            str(s) for each in self.transitions if each.action == action for s in each.sources
        }
        raise ActionError("action_illegal", action=action, seen=stage, expected=sorted(stages))

    def ways_out(self, stage: str) -> tuple[Transition[A, S], ...]:
        """Return every transition that a stage has."""
        return tuple(each for each in self.transitions if stage in each.sources)
