"""Who moved after a check: from a building that was visited to one where they are named next."""

from typing import Final

import pandas as pd

WITHIN_DAYS: Final = 120
"""So long after a visit a new place is told as a move after it."""
MOVE_ORDER: Final = ["party", "moved_on", "to_building"]
MOVE_COLUMNS: Final = ("party", "from_building", "to_building", "visited_on", "moved_on")


def moves_after_checks(mentioned: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return moves of parties after a visit to where they were.

    A party moves where it is first named at a building within `WITHIN_DAYS` after a visit to the
    building where it had been named last before, and is named there no more from then on.

    ``mentioned``: ``party, building_id, since, until``; a row without a beginning tells no order.
    ``visits``: ``building_id, at`` of the visits that count as checks.

    Returns `MOVE_COLUMNS`, in order of party and time; of several visits the last before the move.
    """
    dated = mentioned[mentioned["since"].notna()]
    spans = dated.groupby(["party", "building_id"], as_index=False).agg(
        since=("since", "min"), last=("since", "max")
    )
    spans = spans.sort_values(["party", "since", "building_id"], ignore_index=True)
    before = spans.groupby("party")[["building_id", "last"]].shift()
    steps = spans.assign(from_building=before["building_id"], left=before["last"])
    steps = steps[steps["from_building"].notna() & (steps["left"] < steps["since"])]
    checked = steps.merge(visits, left_on="from_building", right_on="building_id",
                          suffixes=("", "_visited"))  # fmt: skip
    gap = (checked["since"] - checked["at"]).dt.total_seconds() / 86_400.0
    inside = (gap > 0) & (gap <= WITHIN_DAYS) & (checked["at"] >= checked["left"])
    found = (
        checked[inside]
        .sort_values("at")
        .drop_duplicates(["party", "from_building", "building_id"], keep="last")
    )
    named = found.rename(columns={"building_id": "to_building", "at": "visited_on",
                                  "since": "moved_on"})  # fmt: skip
    moves: pd.DataFrame = named[list(MOVE_COLUMNS)]
    return moves.sort_values(MOVE_ORDER, ignore_index=True)
