"""What a proposal comes to in a part of the street, told by the rows of that part alone."""

from dataclasses import replace
from math import nan

import pandas as pd

from governance.responsibility.assignment.proposal import (
    CURVE_COLUMNS,
    AssignmentTotals,
    Proposal,
    warden_rows,
)


def part_of_proposal(whole: Proposal, rows: pd.DataFrame) -> Proposal:
    """Return a proposal with some of its rows, and all figures worked out from these.

    What only the whole street tells is NaN: the evenness of the load and the distances of both
    states, the share of others that moved, and how many buildings are stray now. There is no curve.
    """
    names = dict(zip(whole.wardens["person_id"], whole.wardens["person"], strict=True))
    people = sorted((set(rows["from_id"]) | set(rows["to_id"])) - {""})
    return replace(
        whole,
        totals=_totals(rows, who="to_id", moved=_moved(rows), stray=float(rows["stray"].sum())),
        before=_totals(rows, who="from_id", moved=0, stray=nan),
        rows=rows,
        wardens=warden_rows(rows, people, names),
        curve=pd.DataFrame(columns=list(CURVE_COLUMNS)),
        approved=whole.approved & set(rows["building_id"]),
    )


def _moved(rows: pd.DataFrame) -> int:
    return int((rows["changed"].astype(bool) & rows["from_id"].ne("") & rows["to_id"].ne("")).sum())


def _totals(rows: pd.DataFrame, *, who: str, moved: int, stray: float) -> AssignmentTotals:
    holders = rows.loc[rows[who].ne(""), who]
    return AssignmentTotals(
        buildings=len(rows),
        wardens=holders.nunique(),
        max_over_mean=nan,
        moved=moved,
        moved_share=round(moved / max(1, len(rows)), 4),
        others_moved_share=nan,
        stray=stray,
        km=nan,
        gaps=len(rows) - len(holders),
    )
