"""Resolve who has each duty for each building on a day, from claims; pure frames.

A claim says that somebody has a duty for a target over a span of days. Several may concern one
building; the one of highest precedence decides: what a person set here before what was imported,
what was imported as a duty before what the layers say, a building before an estate, a grid and a
community.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.contracts.vocabulary import BuildingKind, Duty

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
NOWHERE = -1
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
    claims = _in_order(claims, on=on)
    building, claim = _pairs(buildings, claims)
    ids, known = pd.factorize(buildings["building_id"], sort=True)
    duty = pd.factorize(claims["duty"], sort=True)[0]
    # Building, duty and place in the order are one number, so that one sort of numbers does all.
    duties, places = duty.max(initial=0) + 1, max(1, len(claims))
    numbers = np.sort((ids[building] * duties + duty[claim]) * places + claim)
    group, claim = np.divmod(numbers, places)
    is_first = np.ones(len(group), dtype=bool)
    is_first[1:] = group[1:] != group[:-1]
    others = _rivals(claims, group, claim, is_first)
    group, claim = group[is_first], claim[is_first]
    resolved = claims[list(CLAIM_COLUMNS[2:])].take(claim).reset_index(drop=True)
    resolved.insert(0, "building_id", known.take(group // duties))
    return resolved.assign(others=others.reindex(group, fill_value="").array)


def _in_order(claims: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Return the claims that hold on a day with their ``precedence`` and ``holder``, by order.

    Of two about the same duty of a building the first decides.
    """
    moment = pd.Timestamp(on)
    begun = claims["valid_from"].isna() | (claims["valid_from"] <= moment)
    lasting = claims["valid_to"].isna() | (claims["valid_to"] > moment)
    current = claims[begun & lasting]
    step = current["target_kind"].map({kind: number for number, kind in enumerate(TARGETS)})
    precedence = current["layer"].to_numpy("int64") * len(TARGETS) + step.to_numpy("int64")
    person = current["person_id"].fillna("").astype("str")
    holder = person.where(person.ne(""), current["org"].fillna("").astype("str"))
    late = -current["duty_id"].to_numpy("float64", na_value=-np.inf)
    begins = current["valid_from"].to_numpy("datetime64[us]").astype("int64")
    begins = np.where(current["valid_from"].isna(), np.iinfo("int64").max, -begins)
    order = np.lexsort((pd.factorize(holder, sort=True)[0], late, begins, precedence))
    ordered = current.assign(precedence=precedence, holder=holder).take(order)
    return ordered.reset_index(drop=True)


def _pairs(buildings: pd.DataFrame, claims: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return which claims are about which buildings, as numbers of their rows."""
    parts = []
    for kind, column in TARGETS.items():
        is_about = (claims["target_kind"] == kind) & claims["target_id"].fillna("").ne("")
        about = np.flatnonzero(is_about)
        both = pd.concat([buildings[column], claims["target_id"].iloc[about]], ignore_index=True)
        target, claimed = np.split(pd.factorize(both)[0], [len(buildings)])
        order = np.argsort(claimed, kind="stable")
        first, last = (np.searchsorted(claimed[order], target, side) for side in ("left", "right"))
        count = last - first
        ends = np.cumsum(count)
        at = np.arange(count.sum()) + np.repeat(first - ends + count, count)
        parts.append((np.repeat(np.arange(len(buildings)), count), about[order[at]]))
    building, claim = (np.concatenate(each) for each in zip(*parts, strict=True))
    return building, claim


def _rivals(claims: pd.DataFrame, group: Ints, claim: Ints, is_first: Bools) -> pd.Series[Any]:
    """Return by group who else claims with the precedence of its first claim, joined by ``;``."""
    decisive = claim[is_first][np.cumsum(is_first) - 1]
    precedence = claims["precedence"].to_numpy()
    level = np.flatnonzero(~is_first & (precedence[claim] == precedence[decisive]))
    rival, decided = (claims["holder"].take(each[level]).array for each in (claim, decisive))
    rivals = pd.DataFrame({"group": group[level], "holder": rival})[rival != decided]
    named = rivals.drop_duplicates().groupby("group")["holder"]
    joined: pd.Series[Any] = named.agg(";".join).astype("str")
    return joined


def texts_of(keys: Iterable[str], known: Mapping[str, str] | pd.Series[Any]) -> list[str]:
    """Return what is known under each key, the empty text where nothing is."""
    # As arrays of objects: pandas takes a microsecond for each text of a column that is iterated.
    held = pd.Series(known, dtype=object).dropna()
    texts = dict(zip(held.index.to_numpy(object), map(str, held.to_numpy(object)), strict=True))
    return [texts.get(key, "") for key in pd.Series(keys, dtype=object).to_numpy(object)]


def needed_duties(buildings: pd.DataFrame) -> dict[str, Bools]:
    """Return for each duty which buildings must have it filled.

    ``buildings``: ``kind, rental_count``.
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
    return {str(duty): need.to_numpy(bool) for duty, need in needs.items()}


def find_problems(
    buildings: pd.DataFrame, resolved: pd.DataFrame, staff: pd.DataFrame
) -> pd.DataFrame:
    """List what is wrong: gaps, overlaps, people gone who still answer, pledges missing.

    ``buildings``: ``building_id`` and as for `needed_duties`.
    ``staff``: ``person_id, active`` on that day.

    Returns ``kind, duty, building_id, person_id, detail``, by kind, duty and building.
    """
    if buildings.empty:
        return pd.DataFrame(columns=list(PROBLEM_COLUMNS), dtype="str")
    keys = ["building_id", "duty", "person_id"]
    filled = resolved[resolved["person_id"].fillna("").ne("") | resolved["org"].fillna("").ne("")]
    double = filled[filled["others"].ne("")]
    overlaps = double[keys].assign(kind=OVERLAP, detail=double["others"])
    people = filled[filled["person_id"].fillna("").ne("")]
    leavers = people[places_of(people["person_id"], staff.loc[staff["active"], "person_id"]) < 0]
    known = places_of(leavers["person_id"], staff["person_id"]) >= 0
    left = leavers[keys].assign(kind=LEFT, detail=np.where(known, "", "unknown"))
    parts = (*_unmet_needs(buildings, filled), overlaps, left)
    every = pd.concat(parts, ignore_index=True)
    every["person_id"] = every["person_id"].fillna("").astype("str")
    order = {kind: number for number, kind in enumerate(PROBLEMS)}
    rank = {duty: number for number, duty in enumerate(DUTIES)}
    every = every.assign(a=every["kind"].map(order), b=every["duty"].map(rank))
    every = every.sort_values(["a", "b", "building_id"], ignore_index=True)
    return every[list(PROBLEM_COLUMNS)]


def _unmet_needs(buildings: pd.DataFrame, filled: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Give for each duty the buildings that miss it, and those that miss its pledge."""
    place = places_of(filled["building_id"], buildings["building_id"])
    for duty, is_needed in needed_duties(buildings).items():
        is_of_duty = (filled["duty"] == duty).to_numpy() & (place >= 0)
        is_missed = is_needed.copy()
        is_missed[place[is_of_duty]] = False
        gaps = buildings.loc[is_missed, ["building_id"]]
        yield gaps.assign(duty=duty, person_id="", kind=GAP, detail="")
        if duty in PLEDGED:
            owing = filled[is_of_duty & is_needed[place] & filled["pledge_on"].isna().to_numpy()]
            detail = owing["org"].fillna("")
            yield owing[["building_id", "duty", "person_id"]].assign(kind=NO_PLEDGE, detail=detail)


def places_of(keys: pd.Series[Any], among: pd.Series[Any]) -> Ints:
    """Return the place of each text among the different ones of others, -1 where it is not.

    A merge takes five times as long; `Series.isin` takes microseconds for each of the others.
    """
    numbers = pd.factorize(pd.concat([among, keys], ignore_index=True))[0]
    others, places = np.split(numbers, [len(among)])
    return np.where(places <= others.max(initial=NOWHERE), places, NOWHERE)


def day_of(value: object) -> date | None:
    """Return the day of a time, None for none."""
    moment = pd.Timestamp(value)  # type: ignore[arg-type]
    return None if pd.isna(moment) else moment.date()
