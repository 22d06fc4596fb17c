"""What a check found."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How it is: as it is to be, worth a look, or in the way of work."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `doctor`."""

    check: str
    """What was looked at; the catalogues say under ``doctor_expected`` what is to be, and under
    ``doctor_todo`` what to do.
    """
    state: State
    found: str
    """What was found: a code worded under ``doctor_found``, or a value as it is."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the wordings need."""


def judged(
    check: str, found: object, *, good: bool, bad: State = State.FAULT, **facts: object
) -> Finding:
    """Return a finding: all right, or as bad as is said."""
    state = State.OK if good else bad
    return Finding(check=check, state=state, found=str(found), facts=dict(facts))
