"""Visits: where to go, what was found, how much of what was due was covered."""

from __future__ import annotations

from governance.visits.coverage_service import CoverageError, MeasuringDesk
from governance.visits.photos import Photo, PhotoDesk
from governance.visits.recording import RecordingDesk
from governance.visits.rules.follow_up import NextStep
from governance.visits.rules.new_visit import (
    SIGNS,
    NewVisit,
    VisitProblem,
    VisitRefusedError,
)
from governance.visits.rules.receipt import Recorded, VisitAnswer
from governance.visits.rules.settings import RESULTS as NAMED_RESULTS
from governance.visits.rules.settings import STEPS, VisitRules
from governance.visits.worklist import ReadingDesk, WardenBuilding

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
