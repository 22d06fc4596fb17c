"""Resolve who has each duty for each building on a day, from claims; pure frames.

A claim says that somebody has a duty for a target over a span of days. Several may concern one
building; the one of highest precedence decides: what a person set here before what was imported,
what was imported as a duty before what the layers say, a building before an estate, a grid and a
community.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.contracts.vocabulary import BuildingKind, Duty

DUTIES = tuple(Duty)
"""From the leader down to the managing company."""
PLEDGED = (Duty.OWNER, Duty.MANAGER)
"""Duties whose holder signs a pledge not to let to unlicensed tutors."""
TARGETS = {"building": "building_id", "estate": "estate", "grid": "grid_code",
           "community": "community_code"}  # fmt: skip
"""Kinds of target, the one that takes precedence first, and the buildings' column of its ids."""
CLAIM_COLUMNS = ("target_kind", "target_id", "duty", "person_id", "org", "pledge_on", "valid_from",
                 "valid_to", "source", "duty_id")  # fmt: skip
STORE, IMPORTED, LAYERS = 0, 1, 2
BUSINESS = (BuildingKind.OFFICE, BuildingKind.MIXED, BuildingKind.SHOP, BuildingKind.HOTEL,
            BuildingKind.FACTORY)  # fmt: skip
"""Kinds of building whose owner and manager must be known and have pledged."""
HEADED = (BuildingKind.OFFICE, BuildingKind.MIXED)
"""Kinds of building that need a building head; any with rented homes does too."""
GAP, OVERLAP, LEFT, NO_PLEDGE = PROBLEMS = ("gap", "overlap", "left", "no_pledge")
PROBLEM_COLUMNS = ("kind", "duty", "building_id", "person_id", "detail")
RESOLVED_COLUMNS = ("building_id", *CLAIM_COLUMNS[2:], "others")


def resolve_duties(buildings: pd.DataFrame, claims: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Choose for each building and duty the claim that holds on a day.

    ``buildings``: ``building_id, estate, grid_code, community_code``; one row per building.
    ``claims``: `CLAIM_COLUMNS` and ``layer`` (`STORE`, `IMPORTED` or `LAYERS`). ``valid_to`` is the
    first day on which a claim no longer holds; an empty ``valid_from`` has always held.

    Returns `RESOLVED_COLUMNS`; ``others`` names, joined by ``;``, who else claims the same duty
    from an target of equal precedence.
    """
    moment = pd.Timestamp(on)
    begun = claims["valid_from"].isna() | (claims["valid_from"] <= moment)
    lasting = claims["valid_to"].isna() | (claims["valid_to"] > moment)
    current = claims[begun & lasting].reset_index(drop=True)
    step = current["target_kind"].map({kind: number for number, kind in enumerate(TARGETS)})
    current["precedence"] = current["layer"] * len(TARGETS) + step.astype("int64")
    parts = [
        buildings[["building_id"]]
        .assign(target_id=buildings[column].astype("object").fillna("").astype("str"))
        .query("target_id != ''")
        .merge(current[current["target_kind"] == kind], on="target_id")
        for kind, column in TARGETS.items()
    ]
    return _first_claims(pd.concat(parts, ignore_index=True))


def _first_claims(claims: pd.DataFrame) -> pd.DataFrame:
    person = claims["person_id"].fillna("").astype("str")
    claims["holder"] = person.where(person.ne(""), claims["org"].fillna(""))
    claims = claims.sort_values(
        ["building_id", "duty", "precedence", "valid_from", "duty_id", "holder"],
        ascending=[True, True, True, False, False, True],
        kind="stable",
    )
    keys = ["building_id", "duty"]
    first = claims.drop_duplicates(keys)
    level = first[[*keys, "precedence", "holder"]]
    level = level.rename(columns={"precedence": "decisive", "holder": "decided"})
    rivals = claims.merge(level, on=keys)
    rivals = rivals[
        (rivals["precedence"] == rivals["decisive"]) & (rivals["holder"] != rivals["decided"])
    ].drop_duplicates([*keys, "holder"])
    named = rivals.groupby(keys)["holder"].agg(";".join).rename("others").reset_index()
    resolved = first.merge(named, on=keys, how="left")
    resolved["others"] = resolved["others"].fillna("")
    return resolved[list(RESOLVED_COLUMNS)].reset_index(drop=True)


def texts_of(keys: Iterable[str], known: Mapping[str, str] | pd.Series[Any]) -> list[str]:
    """Return what is known under each key, the empty text where nothing is."""
    # As arrays of objects: pandas takes a microsecond for each text of a column that is iterated.
    held = pd.Series(known, dtype=object).dropna()
    texts = dict(zip(held.index.to_numpy(object), map(str, held.to_numpy(object)), strict=True))
    return [texts.get(key, "") for key in pd.Series(keys, dtype=object).to_numpy(object)]


def needed_duties(buildings: pd.DataFrame) -> pd.DataFrame:
    """Return which duties each building must have filled: ``building_id, duty``.

    ``buildings``: ``building_id, kind, rental_count``.
    """
    kind = buildings["kind"].fillna("")
    let = buildings["rental_count"].fillna(0).gt(0)
    everywhere = pd.Series(data=True, index=buildings.index)
    needs: dict[str, pd.Series[Any]] = {
        Duty.AREA_LEADER: everywhere,
        Duty.GRID_CHIEF: everywhere,
        Duty.WARDEN: everywhere,
        Duty.BUILDING_HEAD: kind.isin(HEADED) | let,
        Duty.OWNER: kind.isin(BUSINESS),
        Duty.MANAGER: kind.isin(BUSINESS),
    }
    parts = [buildings.loc[need, ["building_id"]].assign(duty=duty) for duty, need in needs.items()]
    return pd.concat(parts, ignore_index=True)


def find_problems(
    buildings: pd.DataFrame, resolved: pd.DataFrame, staff: pd.DataFrame
) -> pd.DataFrame:
    """List what is wrong: gaps, overlaps, people gone who still answer, pledges missing.

    ``buildings``: as for `needed_duties`.
    ``staff``: ``person_id, active`` on that day.

    Returns ``kind, duty, building_id, person_id, detail``, by kind, duty and building.
    """
    if buildings.empty:
        return pd.DataFrame(columns=list(PROBLEM_COLUMNS), dtype="str")
    keys = ["building_id", "duty"]
    needed = needed_duties(buildings)
    filled = resolved[resolved["person_id"].fillna("").ne("") | resolved["org"].fillna("").ne("")]
    met = needed.merge(filled[keys], on=keys, how="left", indicator=True)
    gaps = met.loc[met["_merge"] == "left_only", keys].assign(kind=GAP, person_id="", detail="")
    double = filled[filled["others"].ne("")]
    overlaps = double[[*keys, "person_id"]].assign(kind=OVERLAP, detail=double["others"])
    people = filled[filled["person_id"].fillna("").ne("")]
    named = staff[staff["person_id"].isin(people["person_id"].unique())]  # few of a building
    leavers = people[~people["person_id"].isin(named.loc[named["active"], "person_id"].unique())]
    left = leavers[[*keys, "person_id"]].assign(
        kind=LEFT,
        detail=np.where(leavers["person_id"].isin(named["person_id"].unique()), "", "unknown"),
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


def day_of(value: object) -> date | None:
    """Return the day of a time, None for none."""
    moment = pd.Timestamp(value)  # type: ignore[arg-type]
    return None if pd.isna(moment) else moment.date()
