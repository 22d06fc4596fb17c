"""What is said of a visit that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance.problems import InputProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReceipt:
    """What was kept of a visit.

    Parameters
    ----------
    visit_id, version, key
        Which version of which visit, and what the device calls it.
    building_id, name, unit
        Where.
    at, result, kind, minutes
        When (local), what, how; the last two are derived.
    next_step, retry_at
        What comes next, and when (local).
    withdrawn
        Whether this version takes the visit back.
    repeated
        True when the same had been sent before and nothing was added now.
    undo_until
        Until when (UTC) it may be taken back.
    """

    visit_id: str
    version: int
    key: str
    building_id: str
    name: str
    unit: str
    at: datetime
    result: str
    kind: str
    minutes: int | None
    next_step: str
    retry_at: datetime | None
    withdrawn: bool
    repeated: bool
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class VisitAnswer:
    """What became of one visit of several: it was recorded, or has problems."""

    key: str
    recorded: VisitReceipt | None
    problems: tuple[InputProblem, ...] = ()
