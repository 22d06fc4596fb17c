"""The tables of a plan: columns of shifts, stops and what is uncovered; frames to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

SHIFT_COLUMNS: Final = (
    *("shift_id", "team_id", "team", "day", "part", "slot_kind", "from_minute", "until_minute"),
    *("minutes", "most_minutes", "over_minutes", "stops", "distance_m", "expected_finds", "joint"),
    "departments",
)
STOP_COLUMNS: Final = (
    *("shift_id", "place", "building_id", "name", "address", "building_kind", "tier", "lon", "lat"),
    *("arrive", "minutes", "walk_m", "arm", "mode", "reasons", "find_chance", "locked"),
    *("floor_due_on", "days_late", "grid_code", "community_code"),
)
UNCOVERED_COLUMNS: Final = (
    *("building_id", "name", "tier", "grid_code", "community_code", "reason", "due_on"),
    *("days_late", "find_chance", "rank"),
)
EDIT_COLUMNS: Final = ("building_id", "shift_id", "arm", "reasons", "locked")
"""What of a plan's stops a person decides; times and totals follow from it."""
_DAY_COLUMNS: Final = {"day", "due_on", "floor_due_on"}
_WHOLE: Final = {"place", "arrive", "minutes", "days_late", "from_minute", "until_minute",
                 "most_minutes", "over_minutes", "stops", "rank"}  # fmt: skip
_REAL: Final = {"lon", "lat", "walk_m", "find_chance", "distance_m", "expected_finds"}
_TRUTH: Final = {"locked", "joint"}
_LISTS: Final = {"reasons", "departments"}


def frame_of(columns: Mapping[str, Any] | pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return columns as a frame of a plan's types: days as times, whole numbers, lists, texts.

    A whole number that an earlier plan did not keep is 0. A frame of these types stays as it is.
    """
    types = {name: _dtype(name) for name in names if name not in _LISTS}
    if isinstance(columns, pd.DataFrame) and columns.dtypes.astype(str).to_dict() == types:
        return columns[[*names]].reset_index(drop=True)
    size = max((len(columns[name]) for name in names if name in columns), default=0)
    frame = pd.DataFrame(
        {name: [*columns.get(name, [0] * size if name in _WHOLE else ())] for name in names},
        dtype=object,
    )
    return frame.astype(types)


def columns_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a frame as columns of plain values, as JSON keeps them; `frame_of` undoes it."""
    return {str(name): _plain(str(name), frame[name]) for name in frame.columns}


def _dtype(name: str) -> str:
    kinds = ((_DAY_COLUMNS, "datetime64[us]"), (_WHOLE, "int64"), (_REAL, "float64"),
             (_TRUTH, "bool"))  # fmt: skip
    return next((dtype for names, dtype in kinds if name in names), "str")


def _plain(name: str, column: pd.Series[Any]) -> list[Any]:
    if name in _LISTS:
        return [list(each) for each in column]
    if name in _DAY_COLUMNS:
        return [None if pd.isna(each) else each.date().isoformat() for each in column]
    return [None if pd.isna(each) else each for each in column.tolist()]
