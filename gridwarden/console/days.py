"""Parse days given to commands."""

from __future__ import annotations

from datetime import date

from geo.errors import GridwardenError


class DayError(GridwardenError):
    """What was typed is no day."""


def read_day(text: str) -> date:
    """Return the day that was typed, such as ``2026-11-30``.

    Raises
    ------
    DayError
        ``day_unreadable``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DayError("day_unreadable", seen=text) from error
