"""Turn what happened into the clean records an ideal office would keep.

Buildings, sites and persons are row numbers here; the writers in `messy` turn them into text.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Bools, Ints
from simulation.city import names
from simulation.city.city import City
from simulation.city.rooms import draw_rooms, unit_codes
from simulation.city.staff import appoint
from simulation.draws import happens
from simulation.truth.history import Truth
from simulation.truth.inspections import COMPLAINT, FOUND, RESULTS

CHANNELS = ("hotline", "petition", "snap", "education")
_CHANNEL_SHARES = (0.72, 0.08, 0.13, 0.07)
_HOUR_SHARES = np.array(
    [1, 1, 1, 1, 1, 1, 2, 4, 9, 10, 9, 6, 5, 5, 6, 6, 7, 9, 13, 15, 12, 8, 4, 2]
)
_PARTY_KINDS = ("机构", "个人", "在职教师")


# How often the office's papers say this rather than that; invented.
_OTHER_CHANNEL, _OTHER_NEIGHBOUR, _HOUSE_NEXT_DOOR = 0.4, 0.35, 0.04
_JOINT_CHECKS, _VISITS_NAMING_A_ROOM = 0.25, 0.12
_TUTORS_WHO_FILE, _HOLIDAY_LEASES, _FINDS_DECIDED = 0.3, 0.3, 0.38


@dataclass(frozen=True, kw_only=True)
class Events:
    """The office's records. Rows of buildings and sites refer to the city and the truth.

    `complaints`: at, channel, reporter, about, building (where it is), written (what was said),
    site, repeat_of, stairwell, floor, room. `rentals`: filed_on, start_date, end_date, building,
    business, tutor, lessee (number), unit_id and room. `violations`: visit, decided_on, learnt_at.
    `inspections`: at, mode, building, site, result, unit_id. `persons`, `duties` and `units` as
    the writers need them; `sites` are the truth's with room, unit_id, party and its kind.
    """

    complaints: pd.DataFrame
    rentals: pd.DataFrame
    violations: pd.DataFrame
    inspections: pd.DataFrame
    persons: pd.DataFrame
    duties: pd.DataFrame
    units: pd.DataFrame
    sites: pd.DataFrame


def record_events(city: City, truth: Truth, *, rng: np.random.Generator) -> Events:
    """Write down what the office learnt of `truth`, without untidiness."""
    sites = describe_sites(city, truth.sites, rng=rng)
    complaints = record_complaints(city, truth, sites, rng=rng)
    rentals = record_rentals(city, sites, days=truth.behaviour.days, rng=rng)
    inspections = record_inspections(city, truth, sites, rng=rng)
    persons, duties = appoint(city, start=truth.start, rng=rng)
    return Events(
        complaints=complaints,
        rentals=rentals,
        violations=record_violations(truth, sites, rng=rng),
        inspections=inspections,
        persons=persons,
        duties=duties,
        units=_units(city, rentals, rng=rng),
        sites=sites,
    )


def _times(start: date, day: Ints, *, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Return moments on `day`; people call mostly in the evening."""
    hour = rng.choice(24, len(day), p=_HOUR_SHARES / _HOUR_SHARES.sum())
    second = rng.integers(0, 3_600, len(day)) + hour * 3_600
    moment = np.datetime64(start.isoformat(), "s") + (day * 86_400 + second).astype(
        "timedelta64[s]"
    )
    return np.asarray(moment.astype("datetime64[us]"))


def describe_sites(city: City, sites: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Give each site its room; an operator stays the same kind of party wherever it moves."""
    rooms = draw_rooms(city.buildings, sites["building"].to_numpy(), rng=rng)
    operators = int(sites["operator"].max()) + 1 if len(sites) else 0
    kind = rng.choice(len(_PARTY_KINDS), operators, p=[0.45, 0.4, 0.15])
    company = names.company_names(operators, rng=rng)
    person = names.person_names(operators, rng=rng)
    operator = sites["operator"].to_numpy()
    party = np.where(kind == 0, company, person)[operator]
    return sites.assign(
        stairwell=rooms["stairwell"],
        floor=rooms["floor"],
        room=rooms["room"],
        unit_id=unit_codes(city.buildings, sites["building"].to_numpy(), rooms),
        party=party,
        party_kind=np.array(_PARTY_KINDS)[kind[operator]],
        shell=rng.integers(0, 1_000, operators)[operator],
    )


def record_complaints(
    city: City, truth: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Multiply reports by those who call again and by those who use every channel there is."""
    reports = truth.reports
    again = np.minimum(rng.geometric(1 / (1 + truth.behaviour.repeat_mean), len(reports)) - 1, 5)
    first = np.concatenate([np.arange(len(reports)), np.repeat(np.arange(len(reports)), again)])
    is_repeat = np.arange(len(first)) >= len(reports)
    frame = reports.iloc[first].reset_index(drop=True)
    delay = np.where(is_repeat, 1 + rng.exponential(9.0, len(first)).astype(int), 0)
    channel = rng.choice(len(CHANNELS), len(reports), p=_CHANNEL_SHARES)[first]
    elsewhere = is_repeat & (happens(len(first), share=_OTHER_CHANNEL, rng=rng))
    channel = np.where(elsewhere, rng.choice(len(CHANNELS), len(first)), channel)
    neighbour = 2 * len(city.communities) + 3 * frame["building"] + rng.integers(0, 3, len(first))
    other = is_repeat & (happens(len(first), share=_OTHER_NEIGHBOUR, rng=rng))
    frame = frame.assign(
        day=frame["day"] + delay,
        channel=np.array(CHANNELS)[channel],
        reporter=np.where(other, neighbour, frame["reporter"]),
        written=_written(city, frame["building"].to_numpy(), rng=rng),
        first=first,
    )
    frame = _with_rooms(city, frame, sites, rng=rng)
    repeat_of = np.where(is_repeat, first, -1)
    frame = frame.assign(repeat_of=repeat_of)[frame["day"] < truth.behaviour.days]
    frame = frame.assign(at=_times(truth.start, frame["day"].to_numpy(), rng=rng))
    return frame.sort_values("at", kind="stable").reset_index(drop=True)


def _written(city: City, building: Ints, *, rng: np.random.Generator) -> Ints:
    """Let one caller in twenty-five name the house next door."""
    next_door = np.minimum(building + 1, len(city.buildings) - 1)
    same = city.buildings["estate"].to_numpy()
    wrong = happens(len(building), share=_HOUSE_NEXT_DOOR, rng=rng) & (
        same[next_door] == same[building]
    )
    return np.where(wrong & (same[building] != ""), next_door, building).astype(np.int64)


def _with_rooms(
    city: City, frame: pd.DataFrame, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Add the room the caller means: that of the site, or for an empty fear some room."""
    site = frame["site"].to_numpy()
    known = (site >= 0) & (frame["written"] == frame["building"]).to_numpy()
    rooms = _rooms(city, frame["written"].to_numpy(), sites, site, known, rng=rng)
    return pd.concat([frame, rooms], axis=1)


def _rooms(
    city: City, building: Ints, sites: pd.DataFrame, site: Ints, known: Bools,
    *, rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Draw a room in each building; where the site is known, it is the site's."""
    rooms = draw_rooms(city.buildings, building, rng=rng)
    for name in rooms:
        rooms[name] = np.where(known, np.append(sites[name], 0)[site], rooms[name])
    return rooms


def _who_files(city: City, sites: pd.DataFrame, *, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the building of each ordinary lease that is filed, and the sites that file theirs."""
    b = city.buildings
    coverage = rng.beta(2.2, 6.6, len(city.communities))[b["community"]]
    homes = rng.binomial(b["rentals"].to_numpy(), coverage)
    trade = (b["households"] == 0).to_numpy() * rng.binomial(b["floors"], coverage)
    files = happens(len(sites), share=_TUTORS_WHO_FILE, rng=rng) & (sites["room"] > 0).to_numpy()
    return np.repeat(np.arange(len(b)), homes + trade), np.flatnonzero(files)


def record_rentals(
    city: City, sites: pd.DataFrame, *, days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """File the leases that get filed: a part of them, more in some communities than in others."""
    b = city.buildings
    plain, filed_sites = _who_files(city, sites, rng=rng)
    building = np.concatenate([plain, sites["building"].to_numpy()[filed_sites]])
    day = rng.integers(0, days, len(plain))
    start = np.concatenate(
        [day, sites["opened"].to_numpy()[filed_sites] - rng.integers(3, 40, len(filed_sites))]
    )
    filed = np.minimum(start + rng.integers(0, 30, len(start)), days - 1)
    tutor = np.concatenate([np.full(len(plain), -1), filed_sites])
    rooms = _rooms(city, building, sites, tutor, tutor >= 0, rng=rng)
    dwelling = (b["households"] > 0).to_numpy()[building]
    chance = np.where(tutor >= 0, 0.45, np.where(dwelling, 0.04, 0.95))
    holiday = (tutor >= 0) & (happens(len(start), share=_HOLIDAY_LEASES, rng=rng))
    term = rng.choice([60, 182, 365, 365, 365, 730], len(start))
    frame = pd.DataFrame(
        {
            "building": building,
            "start_day": start,
            "filed_day": filed,
            "end_day": start + np.where(holiday, 60, term) - 1,
            "business": happens(len(start), share=chance, rng=rng),
            "site": tutor,
            "lessee": rng.integers(0, max(10, len(start) * 3 // 4), len(start)),
            "unit_id": unit_codes(b, building, rooms),
        }
    )
    frame = pd.concat([frame, rooms], axis=1)
    frame = frame[(frame["filed_day"] >= 0) & ((tutor < 0) | (start > 0))]
    return frame.sort_values("filed_day", kind="stable").reset_index(drop=True)


def record_inspections(
    city: City, truth: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Note every visit: when, how, where, and what it says of the place."""
    visits = truth.visits
    count = len(visits)
    day = np.array(["日查", "日查", "回头看", "拉网", "抽检"], dtype=object)[visits["reason"]]
    joint = (visits["reason"] == COMPLAINT) & happens(count, share=_JOINT_CHECKS, rng=rng)
    plain = visits["reason"].isin([0, 1])
    mode = np.where(joint, "联检", np.where(visits["night"] & plain, "夜查", day))
    hour = np.where(visits["night"], rng.integers(18, 21, count), rng.integers(9, 18, count))
    minute = visits["day"] * 1_440 + hour * 60 + rng.integers(0, 60, count)
    start = np.datetime64(truth.start, "us")
    site = visits["site"].to_numpy()
    found = (visits["result"] == FOUND).to_numpy()
    rooms = _rooms(city, visits["building"].to_numpy(), sites, site, found, rng=rng)
    names_room = found | happens(count, share=_VISITS_NAMING_A_ROOM, rng=rng)
    units = unit_codes(city.buildings, visits["building"].to_numpy(), rooms)
    return pd.DataFrame(
        {
            "at": start + minute.to_numpy().astype("timedelta64[m]"),
            "mode": mode,
            "reason": visits["reason"],
            "night": visits["night"],
            "building": visits["building"],
            "site": site,
            "result": np.array(RESULTS, dtype=object)[visits["result"]],
            "unit_id": np.where(names_room, np.array(units, dtype=object), ""),
            "pupils": np.where(found, np.append(sites["pupils"], 0)[site], 0),
            "party": np.where(found, np.append(sites["party"], "")[site], ""),
        }
    )


def record_violations(
    truth: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Decide on about a third of what was found; the decision comes weeks later."""
    site_known = (truth.visits["site"] >= 0) & (truth.visits["result"] == FOUND)
    found = np.flatnonzero(site_known.to_numpy())
    decided = truth.visits["day"].to_numpy()[found] + rng.integers(10, 55, len(found))
    learnt = decided + rng.integers(0, 13, len(found))
    kept = (happens(len(found), share=_FINDS_DECIDED, rng=rng)) & (learnt < truth.behaviour.days)
    site = truth.visits["site"].to_numpy()[found]
    frame = sites.iloc[site].reset_index(drop=True)
    frame = frame.assign(visit=found, site=site, decided_day=decided, learnt_day=learnt)[kept]
    return frame.sort_values("decided_day", kind="stable").reset_index(drop=True)


def _units(city: City, rentals: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """List the rooms the wardens have on paper: those let and filed, and about as many others."""
    extra = np.repeat(
        np.arange(len(city.buildings)), rng.binomial(city.buildings["households"].to_numpy(), 0.06)
    )
    rooms = draw_rooms(city.buildings, extra, rng=rng)
    others = rooms.assign(
        building=extra, unit_id=unit_codes(city.buildings, extra, rooms), let=False
    )
    columns = ["building", "unit_id", "stairwell", "floor", "room", "let"]
    frame = pd.concat([rentals.assign(let=True)[columns], others[columns]], ignore_index=True)
    frame = frame[frame["unit_id"] != ""].drop_duplicates("unit_id")
    return frame.sort_values("unit_id", kind="stable").reset_index(drop=True)
