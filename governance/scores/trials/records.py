"""What services tell of trials: a trial, its result, and whether it is what was sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.store.tables.field_trials import FieldTrial
from data.workspace.clock import Clock
from governance.scores.trials.design import TrialDesign
from risk.evaluation.trial.analysis import CANNOT_TELL, LESS, MORE, TrialFindings


class TrialState(StrEnum):
    """How far a trial is."""

    DRAFT = "draft"
    SEALED = "sealed"
    RUNNING = "running"
    WAITING = "waiting"
    """Its last day is past, but visits of it can still be recorded."""
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as whoever makes plans may know it: not which building is in which arm.

    ``trial_id``, ``state``, ``made_at``, ``made_by``: which, how far it is, who made it and when
    (local).
    ``sealed_at``, ``sealed_by``, ``sha256``: when and by whom it was sealed (local), and the
    SHA-256 of its protocol; None before.
    """

    trial_id: str
    state: TrialState
    made_at: datetime
    made_by: str
    design: TrialDesign
    """With all that its size follows from."""
    sealed_at: datetime | None
    sealed_by: str | None
    sha256: str | None
    looks: tuple[date, ...]
    """Days on which its result was looked at early."""
    reason: str | None
    """Why it was cancelled; None where it was not."""


@dataclass(frozen=True, kw_only=True)
class TrialResult(TrialFindings):
    """What a trial found, with how far it can be believed."""

    trial: Trial
    verdict: str
    """``both`` where the high arm finds more than both others, ``low_only`` where that is shown
    beside the low arm alone, ``less`` where it finds less than that, ``cannot_tell``, ``no_look``
    where nobody could look anywhere.
    """
    until: date
    """Last day counted."""
    early: bool
    """Whether it was read before its time: then nothing is decided yet."""
    faults: tuple[str, ...]
    """As `TrialCheck`; with any, the result is not that of what was sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCheck:
    """Whether a trial is still what was sealed."""

    trial_id: str
    sha256: str
    """Of the protocol as it is now."""
    faults: tuple[str, ...]
    """``protocol_changed``, ``log_differs`` (about the hash, a look or giving it up),
    ``log_line_gone`` (nothing about the sealing in the log, which also comes of old lines being
    taken out), ``snapshot_changed`` and ``draw_differs``; empty where everything holds.
    """


def trial_of(row: FieldTrial, clock: Clock) -> Trial:
    """Return a stored trial as it is told: the design that was sealed, times local."""
    plain = row.design if row.protocol is None else row.protocol["design"]
    design = TrialDesign.of_plain(plain)
    return Trial(
        trial_id=row.trial_id,
        state=_state(row, design, clock.local().date()),
        made_at=clock.to_local(row.made_at),
        made_by=row.made_by,
        design=design,
        sealed_at=None if row.sealed_at is None else clock.to_local(row.sealed_at),
        sealed_by=row.sealed_by,
        sha256=row.sha256,
        looks=tuple(map(date.fromisoformat, row.looks)),
        reason=row.reason,
    )


def verdict_of(findings: TrialFindings) -> str:
    """Return the verdict of `TrialResult`."""
    if not findings.arms["looked"].any():
        return "no_look"
    first, second = findings.differences["verdict"].iloc[:2]
    if first == MORE:
        return "both" if second == MORE else "low_only"
    return LESS if first == LESS else CANNOT_TELL


def _state(row: FieldTrial, design: TrialDesign, today: date) -> TrialState:
    if row.cancelled_at is not None:
        return TrialState.CANCELLED
    if row.sealed_at is None:
        return TrialState.DRAFT
    if today >= design.read_from:
        return TrialState.OVER
    if today > design.last:
        return TrialState.WAITING
    return TrialState.RUNNING if today >= design.first else TrialState.SEALED
