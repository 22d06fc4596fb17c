"""What the office has on file, placed, as an engine gives it, and the grades of its visits."""

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from scipy import stats

from geo.arrays import Bools, Floats
from geo.cells import cells_of_points
from simulation.city.city import City, to_globe
from simulation.offices.kinds import OfficeKind
from simulation.offices.places import Places
from simulation.offices.truth import rates_on
from simulation.sources import fill_table, source_schema
from simulation.truth.history import Truth
from simulation.truth.inspections import FOUND, NOTHING, PURPOSES, SUSPECTED
from simulation.truth.records import (
    describe_sites,
    record_complaints,
    record_inspections,
    record_rentals,
    record_violations,
)
from simulation.truth.reports import NOT_OUR_BUSINESS

_KNOWN_SINCE = np.datetime64("2000-01-01", "us")
_SOURCES = {"hotline": "12345热线", "petition": "信访", "snap": "随手拍", "education": "教育举报"}
_TUTORING, _OTHER_MATTER = "教育/校外培训", "城市管理/其他"


def tables_of(
    kind: OfficeKind, city: City, places: Places, town: Truth, *, rng: np.random.Generator
) -> dict[str, pa.Table]:
    """Write down what the office knows of `town`; keys count rows in order of time.

    `city` has the buildings, `places` what visits were to. Draws happen in the order in which the
    demonstration makes its records, so that both tell of the same visits and complaints.
    """
    register = register_of(city)
    sites = describe_sites(places.city, town.sites, rng=rng)
    frames = {"buildings": register, "grids": _grids(city)}
    if kind.complaints:
        frames["complaints"] = _complaints(places, town, sites, rng=rng)
    if kind.rentals:
        frames["rentals"] = _rentals(city, town, sites, rng=rng)
    frames["inspections"] = _inspections(kind, places, town, sites, rng=rng)
    frames["violations"] = _violations(town, sites, rng=rng)
    where = register.set_index("building_id")[["lon", "lat", "h3_r10"]]
    for name in ("complaints", "rentals", "inspections", "violations"):
        if name in frames:
            frames[name] = _placed(name, frames[name], where, places.table)
    return {name: fill_table(rows, source_schema(name)) for name, rows in frames.items()}


def register_of(city: City) -> pd.DataFrame:
    """Return the register of buildings, all known from long ago."""
    b = city.buildings
    globe = to_globe(b[["x", "y"]].to_numpy())
    codes = city.grids["grid_code"].to_numpy()[b["grid"]]
    kept = b[["building_id", "std_address", "estate", "building_no", "aliases", "kind"]]
    return kept.assign(
        household_count=b["households"],
        rental_count=b["rentals"],
        lon=globe[:, 0],
        lat=globe[:, 1],
        h3_r10=cells_of_points(globe[:, 0], globe[:, 1], resolution=10),
        community_code=[code[:12] for code in codes],
        grid_code=codes,
        made=False,
        learnt_at=_KNOWN_SINCE,
        geom=shapely.to_wkb(city.footprints),
    )


def _grids(city: City) -> pd.DataFrame:
    kept = city.grids[["grid_code", "name", "street", "community", "community_code", "households"]]
    return kept.assign(row_key=kept["grid_code"], geom=shapely.to_wkb(city.borders))


def _complaints(
    places: Places, town: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    complaints = record_complaints(places.city, town, sites, rng=rng)
    other = (complaints["about"] == NOT_OUR_BUSINESS).to_numpy()
    return pd.DataFrame(
        {
            "place": complaints["written"],
            "source": complaints["channel"].map(_SOURCES),
            "reporter_key": [f"reporter-{each}" for each in complaints["reporter"]],
            "category": np.where(other, _OTHER_MATTER, _TUTORING),
            "nature": "投诉",
            "received_at": complaints["at"],
            "event_at": complaints["at"],
            "learnt_at": complaints["at"],
        }
    )


def _rentals(
    city: City, town: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    lease = record_rentals(city, sites, days=town.behaviour.days, rng=rng)
    home = (city.buildings["households"] > 0).to_numpy()[lease["building"]]
    start, end, filed = (town.moments(lease[f"{name}_day"]) for name in ("start", "end", "filed"))
    operator = np.append(sites["operator"].to_numpy(), -1)[lease["site"]]
    tenant = np.where(operator >= 0, operator, -1 - lease["lessee"].to_numpy())
    return pd.DataFrame(
        {
            "place": lease["building"],
            "unit_id": lease["unit_id"],
            "lessee_key": [f"tenant{each}" for each in tenant],
            "lessee_kind": np.where(lease["business"], "企业", "个人"),
            "purpose": np.where(home, "居住", "商业"),
            "start_date": start,
            "end_date": end,
            "filed_on": filed,
            "event_at": filed,
            "learnt_at": filed,
        }
    )


def _inspections(
    kind: OfficeKind, places: Places, town: Truth, sites: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    seen = record_inspections(places.city, town, sites, rng=rng)
    place = seen["building"].to_numpy()
    plain = kind.units  # a licence's papers say what for, not how
    frame = pd.DataFrame(
        {
            "place": place,
            "at": seen["at"],
            "mode": None if plain else seen["mode"],
            "purpose": np.array(PURPOSES, dtype=object)[seen["reason"]],
            "result": seen["result"],
            "unit_id": places.table["unit_id"].to_numpy()[place] if plain else seen["unit_id"],
            "party_key": places.table["party_key"].to_numpy()[place] if plain else seen["party"],
            "place_kind": places.table["place_kind"].to_numpy()[place],
            "event_at": seen["at"],
            "learnt_at": seen["at"],
        }
    )
    if not kind.graded:
        return frame
    result = town.visits["result"].to_numpy()
    degree = grade_visits(
        rates_on(town, place, town.visits["day"].to_numpy())
        * town.visits["effort"].to_numpy(np.float64),
        found=result == FOUND,
        looked=np.isin(result, (NOTHING, SUSPECTED, FOUND)),
        rng=rng,
    )
    return pd.concat([frame, degree], axis=1)


def _violations(town: Truth, sites: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    decided = record_violations(town, sites, rng=rng)
    day = town.moments(decided["decided_day"])
    return pd.DataFrame(
        {
            "place": decided["building"],
            "unit_id": decided["unit_id"],
            "party_key": decided["party"],
            "party_kind": decided["party_kind"],
            "decided_on": day,
            "event_at": day,
            "learnt_at": town.moments(decided["learnt_day"]),
        }
    )


def _placed(
    name: str, rows: pd.DataFrame, where: pd.DataFrame, places: pd.DataFrame
) -> pd.DataFrame:
    """Put rows in their buildings, as surely as if they had come with the code."""
    place = places.iloc[rows["place"]].reset_index(drop=True)
    point = where.loc[place["building_id"]].reset_index(drop=True)
    key = {"complaints": "ticket_no", "rentals": "filing_no", "inspections": "inspection_id",
           "violations": "decision_no"}[name]  # fmt: skip
    numbers = [f"{name}-{number:07d}" for number in range(len(rows))]
    return rows.assign(
        row_key=numbers,
        building_id=place["building_id"],
        community_code=place["community_code"],
        grid_code=place["grid_code"],
        match_level="building",
        match_score=1.0,
        match_method="code",
        **point,
        **{key: numbers},
    )


_OTHERS, _OTHERS_BY_RATE, _OTHERS_SHAPE = 1.0, 4.0, 4.0
_CRITICAL_COST, _OTHER_COST, _GRADE_NOISE = 11.0, 3.0, 3.0
BEST = 100.0


def grade_visits(
    rate: Floats, *, found: Bools, looked: Bools, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the degree of what each visit found.

    Critical problems are a Poisson count of mean ``rate``, of which a find is the event that there
    is one; other problems grow with the square root of the rate, scattered more than Poisson. The
    grade falls with both, and shakes by the hand that wrote it.

    ``rate``: true rate of a full visit to the place, at its time, shape (visits,), at least 0.
    ``found``, ``looked``: whether a visit found something, and whether it got in, shape (visits,).

    Returns ``critical_count``, ``other_count`` (whole) and ``grade`` (0 to 100, whole, higher is
    better); NaN where nobody got in.
    """
    share = np.exp(-rate)
    chance = share + rng.random(len(rate)) * (1.0 - share)
    critical = np.where(found, np.maximum(stats.poisson.ppf(chance, rate), 1.0), 0.0)
    scatter = rng.gamma(_OTHERS_SHAPE, 1 / _OTHERS_SHAPE, len(rate))
    other = rng.poisson((_OTHERS + _OTHERS_BY_RATE * np.sqrt(rate)) * scatter)
    grade = BEST - _CRITICAL_COST * critical - _OTHER_COST * other
    grade = np.round(np.clip(grade + rng.normal(0.0, _GRADE_NOISE, len(rate)), 0.0, BEST))
    degree = {"critical_count": critical, "other_count": other, "grade": grade}
    return pd.DataFrame({name: np.where(looked, kept, np.nan) for name, kept in degree.items()})
