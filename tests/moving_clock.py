"""A clock for an office that moves when it is told to."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class MovingClock:
    """Shows a moment, aware."""

    shown: datetime

    def __call__(self) -> datetime:
        return self.shown

    def ahead(self, by: timedelta) -> None:
        """Let it show a later moment."""
        self.shown += by
