"""Write the city's hidden truth as Parquet, for tests and notebooks alone; nothing imports it."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from simulation.answers import AnswerBook
from simulation.city.city import City, to_globe
from simulation.truth.history import Truth
from simulation.truth.inspections import REASONS, RESULTS
from simulation.truth.records import Events
from simulation.truth.risk_field import DAYS, MONTHS

ABOUT = ("true", "false", "other")


def write_truth(
    folder: Path, *, city: City, truth: Truth, events: Events, book: AnswerBook, today: date
) -> None:
    """Write buildings, communities, risk, hot spots, sites, reports, visits and answers.

    `risk` has one row per building and month: ``intensity`` is the relative rate at which sites
    open there (mean one) and ``open_sites`` how many stood open for a day or more. `sites` are
    the hidden ones with dates, room, operator and where they moved from; `reports` and `visits`
    say what caused each complaint and what each visitor could have seen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = city.buildings["building_id"].to_numpy()
    tables = {
        "buildings": _buildings(city),
        "communities": pd.concat(
            [city.communities.drop(columns=["x", "y"]), truth.communities], axis=1
        ),
        "risk": _risk(truth, ids),
        "hot_spots": _hot_spots(truth),
        "sites": _sites(truth, events, ids),
        "reports": _reports(events, ids),
        "visits": _visits(truth, ids),
        "effort": pd.DataFrame({"building_id": ids, "effort": truth.effort / truth.effort.mean()}),
        "answers": book.frame(),
    }
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    facts = {
        "seed": city.plan.seed,
        "buildings": len(ids),
        "start": truth.start.isoformat(),
        "today": today.isoformat(),
    }
    (folder / "city.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _buildings(city: City) -> pd.DataFrame:
    centre = to_globe(city.buildings[["x", "y"]].to_numpy())
    codes = city.grids["grid_code"].to_numpy()[city.buildings["grid"]]
    kept = city.buildings.drop(columns=["x", "y", "grid", "community", "land_use"])
    return kept.assign(
        lon=centre[:, 0],
        lat=centre[:, 1],
        grid_code=codes,
        community_code=[code[:12] for code in codes],
        geom=shapely.to_wkb(city.footprints),
    )


MONTH_STARTS = np.array([-(-DAYS * month // MONTHS) for month in range(MONTHS + 1)])
"""First days of the 24 stretches of about 30 days, and the day after the last."""


def _risk(truth: Truth, ids: np.ndarray) -> pd.DataFrame:
    standing = np.zeros(truth.intensity.shape, dtype=np.int16)
    for month in range(MONTHS):
        first, after = MONTH_STARTS[month : month + 2]
        inside = (truth.sites["opened"] < after) & (truth.sites["closed"] >= first)
        np.add.at(standing[:, month], truth.sites["building"].to_numpy()[inside], 1)
    return pd.DataFrame(
        {
            "building_id": np.repeat(ids, MONTHS),
            "month": np.tile(truth.moments(MONTH_STARTS[:-1]), len(ids)),
            "intensity": truth.intensity.ravel(),
            "open_sites": standing.ravel(),
        }
    )


def _hot_spots(truth: Truth) -> pd.DataFrame:
    spots = truth.hot_spots
    place = to_globe(spots[["x", "y"]].to_numpy())
    months = truth.moments(MONTH_STARTS)
    return pd.DataFrame(
        {
            "chain": spots["chain"],
            "lon": place[:, 0],
            "lat": place[:, 1],
            "reach_m": spots["reach_m"],
            "strength": spots["strength"],
            "from_day": months[spots["from_month"]],
            "to_day": months[spots["to_month"]],
        }
    )


def _sites(truth: Truth, events: Events, ids: np.ndarray) -> pd.DataFrame:
    """Describe every hidden site, those never found above all; one still open has no end."""
    sites = truth.sites
    closed = pd.Series(truth.moments(sites["closed"]))
    return pd.DataFrame(
        {
            "site": np.arange(len(sites)),
            "building_id": ids[sites["building"]],
            "opened": truth.moments(sites["opened"]),
            "closed": closed.mask((sites["why_closed"] == "open").to_numpy()),
            "why_closed": sites["why_closed"],
            "operator": sites["operator"],
            "moved_from": sites["moved_from"],
            "pupils": sites["pupils"],
            "unit_id": events.sites["unit_id"],
        }
    )


def _reports(events: Events, ids: np.ndarray) -> pd.DataFrame:
    c = events.complaints
    return pd.DataFrame(
        {
            "at": c["at"],
            "about": np.array(ABOUT, dtype=object)[c["about"]],
            "building_id": ids[c["building"]],
            "written_building_id": ids[c["written"]],
            "site": c["site"],
            "reporter": c["reporter"],
            "repeat_of": c["repeat_of"],
            "channel": c["channel"],
        }
    )


def _visits(truth: Truth, ids: np.ndarray) -> pd.DataFrame:
    v = truth.visits
    return pd.DataFrame(
        {
            "day": truth.moments(v["day"]),
            "building_id": ids[v["building"]],
            "reason": np.array(REASONS, dtype=object)[v["reason"]],
            "night": v["night"],
            "site": v["site"],
            "result": np.array(RESULTS, dtype=object)[v["result"]],
        }
    )
