"""Visits: where to go, what was found, how much of what was due was covered."""

from __future__ import annotations

from governance.visiting.checking import (
    SIGNS,
    NewVisit,
    VisitProblem,
    VisitRefusedError,
)
from governance.visiting.measuring import CoverageError, MeasuringDesk
from governance.visiting.next_steps import NextStep
from governance.visiting.photographing import Photo, PhotoDesk
from governance.visiting.reading import ReadingDesk, WardenBuilding
from governance.visiting.recorded import Recorded, VisitAnswer
from governance.visiting.recording import RecordingDesk
from governance.visiting.rules import RESULTS as NAMED_RESULTS
from governance.visiting.rules import STEPS, VisitRules

RESULTS = tuple(NAMED_RESULTS)

__all__ = [
    "RESULTS",
    "SIGNS",
    "STEPS",
    "CoverageError",
    "NewVisit",
    "NextStep",
    "Photo",
    "Recorded",
    "VisitAnswer",
    "VisitDesk",
    "VisitProblem",
    "VisitRefusedError",
    "VisitRules",
    "WardenBuilding",
]


class VisitDesk(RecordingDesk, ReadingDesk, MeasuringDesk, PhotoDesk):
    """All services about visits; every one takes the acting user first and asks permission."""
