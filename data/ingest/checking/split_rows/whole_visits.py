"""Say which visits of a file are refused whole, where it has several rows for each.

Half a visit would count half of its problems, and its other half, when it comes corrected, would be
a visit of its own. So where one row of a visit is refused, all are. A row that does not say of
which visit it is belongs to the only one that agrees with it in all that it says; where several
do, or none, it is a visit of its own. A number that is given to visits of two days is no number of
a visit: these are refused, too.
"""

from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PLACE: Final = ("unit_id", "building_id", "raw_address")
POINT: Final = ("lon", "lat")
TELLING: Final = (*PLACE, "party_key", *POINT, "at", "purpose")
"""What tells of which visit a row is that has no number."""
NUMBER, VISIT, ROW = "number", "visit", "row"
_DAY: Final = len("2026-12-01")


class WholeVisits:
    """What all rows of a file say of its visits: `add` them first, then ask."""

    def __init__(self) -> None:
        self._rows: list[pd.DataFrame] = []
        self._bad: list[pd.DataFrame] = []

    def add(self, rows: pd.DataFrame, bad: NDArray[np.bool_]) -> None:
        """Take rows: texts of `TELLING`, of their number, visit and row; which are refused."""
        self._rows.append(rows.drop_duplicates([*TELLING, VISIT]))
        self._bad.append(rows[bad])

    @cached_property
    def with_refused_row(self) -> pd.Series:
        """Visit → the first refused row that is one of its own."""
        bad = pd.concat(self._bad)
        parts = [bad, *self._meant_by(bad[bad[NUMBER].isna()])]
        return pd.concat(parts).drop_duplicates(VISIT).set_index(VISIT)[ROW]

    @cached_property
    def with_number_of_other(self) -> pd.Series:
        """Visit → its first row, of visits whose number rows of several days have."""
        rows = pd.concat(self._rows).dropna(subset=[NUMBER, "at"])
        days = rows["at"].str[:_DAY].groupby(rows[VISIT]).nunique()
        several = rows[rows[VISIT].isin(days.index[days > 1])]
        return several.drop_duplicates(VISIT).set_index(VISIT)[ROW]

    @cached_property
    def place_of_numbered(self) -> pd.DataFrame:
        """Visit → its place as the first row tells it that has one, of visits with a number."""
        rows = pd.concat(self._rows).dropna(subset=[NUMBER]).dropna(subset=[*PLACE], how="all")
        return rows.drop_duplicates(VISIT).set_index(VISIT)[[*PLACE]]

    def _meant_by(self, rows: pd.DataFrame) -> list[pd.DataFrame]:
        """Return, of refused rows without a number, the one other visit that each can mean."""
        known, meant = pd.concat(self._rows), []
        for filled, alike in rows.groupby(rows[list(TELLING)].notna().agg(tuple, axis=1)):
            names = [name for name, is_filled in zip(TELLING, filled, strict=True) if is_filled]
            if set(names) & set(PLACE):  # some rows of a visit lack their point
                names = [name for name in names if name not in POINT]
            if not set(names) & {*PLACE, "party_key", *POINT}:
                continue
            pairs = alike.drop_duplicates(names).merge(known, on=names, suffixes=("_refused", ""))
            pairs = pairs[pairs[VISIT] != pairs[f"{VISIT}_refused"]]
            pairs = pairs.drop_duplicates([*names, VISIT])
            only = pairs[~pairs.duplicated(names, keep=False)]
            meant.append(only[[VISIT]].assign(**{ROW: only[f"{ROW}_refused"]}))
        return meant
