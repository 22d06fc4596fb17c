"""Which step of custody may come next, and the values that it gives a piece; nothing is destroyed.

Lead material becomes evidence by two officers: one asks to take it over, another one confirms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from data.contracts.evidence_vocabulary import Custody, EvidenceState
from data.store.tables.records.evidence import Evidence
from governance.access.permissions import Action, Actor, may
from governance.records.evidence.description import EvidenceError

NEEDS: Final[Mapping[Custody, Action]] = {
    Custody.CORRECTED: Action.ADD_EVIDENCE,
    Custody.BLURRED: Action.ADD_EVIDENCE,
    Custody.HANDED_OVER: Action.ADD_EVIDENCE,
    Custody.RECEIVED: Action.ADD_EVIDENCE,
    Custody.TAKE_OVER_ASKED: Action.TAKE_OVER_EVIDENCE,
    Custody.TAKEN_OVER: Action.TAKE_OVER_EVIDENCE,
    Custody.RETURNED: Action.TAKE_OVER_EVIDENCE,
    Custody.OPENED: Action.SEE_EVIDENCE,
    Custody.EXPORTED: Action.EXPORT_EVIDENCE,
}
"""What the actor must be permitted to do for each step; the first one comes with the file."""
STEPS: Final = (Custody.TAKE_OVER_ASKED, Custody.TAKEN_OVER, Custody.RECEIVED,
                Custody.HANDED_OVER, Custody.RETURNED)  # fmt: skip
"""Steps that somebody asks for by name, in the order in which they are offered."""
ASKS: Final[Mapping[Custody, tuple[str, ...]]] = {
    Custody.HANDED_OVER: ("to",), Custody.RETURNED: ("to", "reason"),
}  # fmt: skip
"""What a step asks for, as text."""
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Step:
    """A step of custody: the values that it gives columns, and what else it tells."""

    action: Custody
    facts: dict[str, Any]


def open_steps(piece: Evidence, actor: Actor, own: frozenset[str]) -> tuple[Custody, ...]:
    """Return the steps that an actor can take with a piece now.

    ``own``: every name that rows may know the actor by (`governance.access.persons`).
    """
    return tuple(each for each in STEPS if _why_not(piece, actor, own, each) is None)


def make_step(
    piece: Evidence, actor: Actor, own: frozenset[str], action: Custody, told: Mapping[str, str]
) -> Step:
    """Return a step, or say why it cannot be taken; ``own`` as of `open_steps`.

    Raises `EvidenceError`: ``custody_not_now``, ``custody_not_holder``, ``custody_not_receiver``,
    ``custody_same_officer`` or ``custody_fact_missing``.
    """
    if (code := _why_not(piece, actor, own, action)) is not None:
        raise EvidenceError(code, action=str(action), seen=piece.state)
    asked = ASKS.get(action, ())
    said = {name: str(told.get(name, "")).strip()[:LONGEST] for name in asked}
    if missing := [name for name, value in said.items() if not value]:
        raise EvidenceError("custody_fact_missing", seen=missing, action=str(action))
    return Step(action, _VALUES[action](piece, actor, said))


def may_open_original(piece: Evidence, actor: Actor) -> bool:
    """Say whether an actor may see a file as it came: with minors in it, officers alone."""
    if piece.has_minor:
        return may(actor, Action.TAKE_OVER_EVIDENCE)
    return may(actor, Action.SEE_EVIDENCE)


def may_correct(piece: Evidence, actor: Actor) -> bool:
    """Say whether an actor may correct what is said of a piece: of evidence, officers alone."""
    if piece.state == EvidenceState.EVIDENCE:
        return may(actor, Action.TAKE_OVER_EVIDENCE)
    return may(actor, Action.ADD_EVIDENCE)


def _why_not(piece: Evidence, actor: Actor, own: frozenset[str], action: Custody) -> str | None:
    if not may(actor, NEEDS[action]):
        return "custody_not_now"
    if action == Custody.HANDED_OVER:
        return _when(piece.handed_to is None, _when(piece.holder_id == actor.id, None, "holder"))
    if action == Custody.RECEIVED:
        return _when(piece.handed_to is not None,
                     _when(piece.handed_to == actor.id, None, "receiver"))  # fmt: skip
    if action == Custody.TAKE_OVER_ASKED:
        return _when(piece.state != EvidenceState.EVIDENCE and piece.asked_by is None, None)
    if action == Custody.TAKEN_OVER:
        same = piece.asked_by in own
        return _when(piece.asked_by is not None, "custody_same_officer" if same else None)
    return _when(piece.state != EvidenceState.RETURNED, None)


def _when(holds: bool, then: str | None, otherwise: str = "") -> str | None:  # noqa: FBT001 -- a condition
    if holds:
        return then
    return f"custody_not_{otherwise or 'now'}"


def _handed_over(_piece: Evidence, _actor: Actor, said: dict[str, str]) -> dict[str, Any]:
    return {"handed_to": said["to"]}


def _received(_piece: Evidence, actor: Actor, _said: dict[str, str]) -> dict[str, Any]:
    return {"holder_id": actor.id, "handed_to": None}


def _asked(_piece: Evidence, actor: Actor, _said: dict[str, str]) -> dict[str, Any]:
    return {"asked_by": actor.id}


def _taken_over(piece: Evidence, actor: Actor, _said: dict[str, str]) -> dict[str, Any]:
    return {"state": EvidenceState.EVIDENCE.value, "holder_id": piece.asked_by, "asked_by": None,
            "handed_to": None, "officers": [piece.asked_by, actor.id]}  # fmt: skip


def _returned(_piece: Evidence, _actor: Actor, said: dict[str, str]) -> dict[str, Any]:
    return {"state": EvidenceState.RETURNED.value, "asked_by": None, "handed_to": None,
            "returned_to": said["to"], "reason": said["reason"]}  # fmt: skip


_VALUES: Final = {
    Custody.HANDED_OVER: _handed_over,
    Custody.RECEIVED: _received,
    Custody.TAKE_OVER_ASKED: _asked,
    Custody.TAKEN_OVER: _taken_over,
    Custody.RETURNED: _returned,
}
