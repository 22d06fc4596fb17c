"""What a proposal comes to in a part of the street, told by the rows of that part alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import nan

import pandas as pd

from governance.assignment.proposal import (
    CURVE_COLUMNS,
    WARDEN_COLUMNS,
    AssignmentTotals,
    Proposal,
)


def part_of_proposal(whole: Proposal, rows: pd.DataFrame) -> Proposal:
    """Return a proposal with some of its rows, and all figures worked out from these.

    What only the whole street tells is NaN: the evenness of the load and the distances of both
    states, the share of others that moved, and how many buildings are stray now. There is no curve.
    """
    names = dict(zip(whole.wardens["person_id"], whole.wardens["person"], strict=True))
    return replace(
        whole,
        totals=_totals(rows, who="to_id", moved=_moved(rows), stray=float(rows["stray"].sum())),
        before=_totals(rows, who="from_id", moved=0, stray=nan),
        rows=rows,
        wardens=_wardens(rows, names),
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


def _wardens(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return `WARDEN_COLUMNS` of those who have a row now or would; evenness is NaN."""
    changed = rows[rows["changed"].astype(bool)]
    before, after = rows.groupby("from_id"), rows.groupby("to_id")
    people = sorted((set(rows["from_id"]) | set(rows["to_id"])) - {""})
    homes = pd.concat(
        [rows.set_index(who)["community_code"] for who in ("to_id", "from_id")]
    ).groupby(level=0).first()  # fmt: skip
    frame = pd.DataFrame(
        {
            "person": pd.Series({person: names.get(person) or person for person in people}),
            "community": homes.reindex(people).fillna(""),
            "buildings_before": before.size(),
            "buildings": after.size(),
            "load_before": before["load"].sum().round(3),
            "load": after["load"].sum().round(3),
            "load_over_mean": nan,
            "moved_in": changed.groupby("to_id").size(),
            "moved_out": changed.groupby("from_id").size(),
        }
    )
    frame = frame.reindex(people).rename_axis("person_id").reset_index()
    counts = ["buildings_before", "buildings", "moved_in", "moved_out"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    loads = ["load_before", "load"]
    frame[loads] = frame[loads].fillna(0.0)
    return frame[list(WARDEN_COLUMNS)]
