"""Count days of the calendar, whole columns at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_MONTHS: Final = 12


def days_since_1970(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return days since 1970-01-01 of Gregorian dates, and whether there is such a day."""
    valid = (month >= 1) & (month <= _MONTHS) & (day >= 1) & (year >= 1)
    months = (np.where(valid, year, 1970) - 1970) * 12 + np.where(valid, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    days = first + (np.where(valid, day, 1) - 1).astype("timedelta64[D]")
    valid &= days.astype("datetime64[M]") == months.astype("datetime64[M]")
    return days.astype(np.int64), valid
