"""Who answers for each building on a day, worked out from claims; pure frames.

A claim says that somebody has a duty for a target over a span of days. Several may concern one
building; the nearest decides: what a person set here before what was imported, what was imported
as a duty before what the layers say, a building before an estate, a grid and a community.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

LEADER, CHIEF, WARDEN, HEAD, OWNER, MANAGER = DUTIES = (
    "包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位",
)  # fmt: skip
PLEDGED = (OWNER, MANAGER)
"""Duties whose holder signs a pledge not to let to unlicensed tutors."""
TARGETS = {"building": "building_id", "estate": "estate", "grid": "grid_code",
           "community": "community_code"}  # fmt: skip
"""Kinds of target, nearest first, with the column of the buildings that names them."""
CLAIM_COLUMNS = ("target_kind", "target_id", "duty", "person_id", "org", "pledge_on", "valid_from",
                 "valid_to", "source", "duty_id")  # fmt: skip
STORE, IMPORTED, LAYERS = 0, 1, 2
BUSINESS = ("商务楼宇", "商住", "商铺", "酒店", "厂房")
"""Kinds of building whose owner and manager must be known and have pledged."""
HEADED = ("商务楼宇", "商住")
"""Kinds of building that need a building head; any with rented homes does too."""
GAP, OVERLAP, LEFT, NO_PLEDGE = PROBLEMS = ("gap", "overlap", "left", "no_pledge")
PROBLEM_COLUMNS = ("kind", "duty", "building_id", "person_id", "detail")
ANSWER_COLUMNS = ("building_id", *CLAIM_COLUMNS[2:], "others")


def choose_answers(buildings: pd.DataFrame, claims: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Choose for each building and duty the claim that holds on a day.

    Parameters
    ----------
    buildings
        ``building_id, estate, grid_code, community_code``; one row per building.
    claims
        `CLAIM_COLUMNS` and ``layer`` (`STORE`, `IMPORTED` or `LAYERS`). ``valid_to`` is the first
        day on which a claim no longer holds; an empty ``valid_from`` has always held.

    Returns
    -------
    DataFrame
        `ANSWER_COLUMNS`; ``others`` names, joined by ``;``, who else claims the same duty from an
        equally near target.
    """
    moment = pd.Timestamp(on)
    begun = claims["valid_from"].isna() | (claims["valid_from"] <= moment)
    lasting = claims["valid_to"].isna() | (claims["valid_to"] > moment)
    current = claims[begun & lasting].reset_index(drop=True)
    step = current["target_kind"].map({kind: number for number, kind in enumerate(TARGETS)})
    current["nearness"] = current["layer"] * len(TARGETS) + step.astype("int64")
    parts = [
        buildings[["building_id"]]
        .assign(target_id=buildings[column].astype("object").fillna("").astype("str"))
        .loc[buildings[column].astype("object").fillna("").ne("")]
        .merge(current[current["target_kind"] == kind], on="target_id")
        for kind, column in TARGETS.items()
    ]
    return _nearest(pd.concat(parts, ignore_index=True))


def _nearest(found: pd.DataFrame) -> pd.DataFrame:
    found["holder"] = (
        found["person_id"]
        .fillna("")
        .astype("str")
        .where(found["person_id"].fillna("").ne(""), found["org"].fillna(""))
    )
    found = found.sort_values(
        ["building_id", "duty", "nearness", "valid_from", "duty_id", "holder"],
        ascending=[True, True, True, False, False, True], kind="stable",
    )  # fmt: skip
    keys = ["building_id", "duty"]
    best = found.drop_duplicates(keys)
    level = best.set_index(keys)["nearness"].rename("best").reset_index()
    rivals = found.merge(level, on=keys)
    rivals = rivals[rivals["nearness"] == rivals["best"]]
    first = best[[*keys, "holder"]].rename(columns={"holder": "chosen"})
    rivals = rivals.merge(first, on=keys)
    rivals = rivals[rivals["holder"] != rivals["chosen"]].drop_duplicates([*keys, "holder"])
    named = rivals.groupby(keys)["holder"].agg(";".join).rename("others").reset_index()
    answers = best.merge(named, on=keys, how="left")
    answers["others"] = answers["others"].fillna("")
    return answers[list(ANSWER_COLUMNS)].reset_index(drop=True)


def texts_of(keys: Iterable[str], known: Mapping[str, str] | pd.Series[Any]) -> list[str]:
    """Return what is known under each key, the empty text where nothing is."""
    found = dict(known.items())
    return ["" if pd.isna(text := found.get(key, "")) else str(text) for key in keys]


def needed_duties(buildings: pd.DataFrame) -> pd.DataFrame:
    """Return which duties each building must have filled: ``building_id, duty``.

    Parameters
    ----------
    buildings
        ``building_id, kind, rental_count``.
    """
    kind = buildings["kind"].fillna("")
    let = buildings["rental_count"].fillna(0).gt(0)
    everywhere = pd.Series(data=True, index=buildings.index)
    needs: dict[str, pd.Series[Any]] = {
        LEADER: everywhere,
        CHIEF: everywhere,
        WARDEN: everywhere,
        HEAD: kind.isin(HEADED) | let,
        OWNER: kind.isin(BUSINESS),
        MANAGER: kind.isin(BUSINESS),
    }
    parts = [buildings.loc[need, ["building_id"]].assign(duty=duty) for duty, need in needs.items()]
    return pd.concat(parts, ignore_index=True)


def find_problems(
    buildings: pd.DataFrame, answers: pd.DataFrame, staff: pd.DataFrame
) -> pd.DataFrame:
    """List what is wrong: gaps, overlaps, people gone who still answer, pledges missing.

    Parameters
    ----------
    buildings
        As for `needed_duties`.
    answers
        From `choose_answers`.
    staff
        ``person_id, active`` on that day.

    Returns
    -------
    DataFrame
        ``kind, duty, building_id, person_id, detail``, by kind, duty and building.
    """
    if buildings.empty:
        return pd.DataFrame(columns=list(PROBLEM_COLUMNS), dtype="str")
    keys = ["building_id", "duty"]
    needed = needed_duties(buildings)
    filled = answers[answers["person_id"].fillna("").ne("") | answers["org"].fillna("").ne("")]
    met = needed.merge(filled[keys], on=keys, how="left", indicator=True)
    gaps = met.loc[met["_merge"] == "left_only", keys].assign(kind=GAP, person_id="", detail="")
    double = filled[filled["others"].ne("")]
    overlaps = double[[*keys, "person_id"]].assign(kind=OVERLAP, detail=double["others"])
    people = filled[filled["person_id"].fillna("").ne("")]
    on_duty = set(staff.loc[staff["active"], "person_id"])
    known = set(staff["person_id"])
    gone = people[~people["person_id"].isin(on_duty)]
    left = gone[[*keys, "person_id"]].assign(
        kind=LEFT, detail=np.where(gone["person_id"].isin(known), "", "unknown")
    )
    owing = filled[filled["duty"].isin(PLEDGED) & filled["pledge_on"].isna()].merge(needed, on=keys)
    unpledged = owing[[*keys, "person_id"]].assign(kind=NO_PLEDGE, detail=owing["org"].fillna(""))
    every = pd.concat([gaps, overlaps, left, unpledged], ignore_index=True)
    every["person_id"] = every["person_id"].fillna("").astype("str")
    order = {kind: number for number, kind in enumerate(PROBLEMS)}
    rank = {duty: number for number, duty in enumerate(DUTIES)}
    every = every.assign(a=every["kind"].map(order), b=every["duty"].map(rank))
    every = every.sort_values(["a", "b", "building_id"], ignore_index=True)
    return every[list(PROBLEM_COLUMNS)]
