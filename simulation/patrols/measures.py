"""What came of two years under a policy, measured against the hidden truth; means over towns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from simulation.patrols.dispatch import LIST, ORDINARY, RANDOM
from simulation.patrols.movers import FIRST_PLANTED
from simulation.patrols.town import Record
from simulation.truth.inspections import FOUND

WITHIN_DAYS: Final = 182
"""How long a site is followed from its opening."""
SEVERAL: Final = 3
"""So many visits to where a mover is now: about as many as it takes to find what is there."""
LEVEL: Final = 0.95
MEASURES: Final = {
    "visits a week": "{:.1f}",
    "walking, km a week": "{:.1f}",
    "finds per 100 visits": "{:.2f}",
    "finds per 100 team-hours": "{:.2f}",
    "operators found": "{:.0f}",
    "days a site stays open (of 182)": "{:.1f}",
    "open sites per 1,000 buildings": "{:.1f}",
    "buildings seen at least once, %": "{:.1f}",
    "longest unseen, days, 95 % of buildings under": "{:.0f}",
    "building-days beyond 180 days unseen, %": "{:.1f}",
    "finds without a complaint, per 100 visits": "{:.2f}",
    "base rate believed / true, all visits": "{:.2f}",
    "base rate believed / true, random arm": "{:.2f}",
    "list: found / foretold": "{:.2f}",
    "random arm, share of visits, %": "{:.1f}",
    "random arm: finds per 100 visits": "{:.2f}",
    "company, share of visits, %": "{:.1f}",
    "company: finds per 100 visits": "{:.2f}",
}
"""Every measure of one run with how it is written."""
WAITS: Final = {
    f"mover {where}: weeks {what}": "{:.0f}"
    for where in ("near by", "anywhere")
    for what in ("until found", "until seen once", f"until seen {SEVERAL} times")
}
"""Weeks at large per event, all towns together: sites that it never came to count with the weeks
they were open. Under a constant hazard this is the mean wait."""


def measure(record: Record) -> dict[str, float]:
    """Return `MEASURES` of one record, NaN where a policy has nothing of the kind; and of `WAITS`
    both parts, ``… | weeks`` and ``… | events``.
    """  # noqa: D205
    stops, weeks = record.stops, record.weeks
    found = (stops["result"] == FOUND).to_numpy()
    drawn, company = (stops["arm"].to_numpy() == arm for arm in (RANDOM, ORDINARY))
    listed = (stops["arm"].to_numpy() == LIST) & stops["chance"].notna().to_numpy()
    untold = found & ~stops["told"].to_numpy(bool)
    planted = stops["operator"].to_numpy() <= FIRST_PLANTED
    true, chance = stops["true"].to_numpy(), stops["chance"].to_numpy()
    values = [
        len(stops) / len(weeks),
        weeks["walked_m"].mean() / 1_000,
        100 * found.mean(),
        100 * found.sum() / (weeks["minutes"].sum() / 60),
        stops["operator"][found & ~planted].nunique(),
        _days_open(record),
        1_000 * weeks["open_sites"].mean() / record.scene.buildings,
        *_coverage(record),
        100 * untold.sum() / len(stops),
        found.sum() / true.sum(),
        _ratio(found[drawn].sum(), true[drawn].sum()),
        _ratio(found[listed].sum(), chance[listed].sum()),
        100 * drawn.mean() if drawn.any() else np.nan,
        100 * _ratio(found[drawn].sum(), drawn.sum()),
        100 * company.mean() if company.any() else np.nan,
        100 * _ratio(found[company].sum(), company.sum()),
    ]
    named = dict(zip(MEASURES, (float(value) for value in values), strict=True))
    return named | _waits(record)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _days_open(record: Record) -> float:
    """Return the mean days within half a year of opening in which a site was open."""
    sites, last = record.truth.sites, 7 * record.scene.weeks
    seen = sites[(sites["opened"] >= 0) & (sites["opened"] <= last - WITHIN_DAYS)]
    seen = seen[seen["operator"] >= 0]
    if seen.empty:
        return float("nan")
    return float((seen["closed"] - seen["opened"]).clip(upper=WITHIN_DAYS).mean())


def _coverage(record: Record) -> tuple[float, float, float]:
    """Return the share seen, the longest gaps' 95th percentile, and the share of days too long."""
    last, count = 7 * record.scene.weeks, record.scene.buildings
    days = record.stops.groupby("building")["day"].unique()
    gaps = np.full(count, float(last))
    beyond = np.full(count, max(last - 180.0, 0.0))
    for building, when in zip(days.index.to_numpy(np.int64), days, strict=True):
        legs = np.diff(np.concatenate([[0], np.sort(when), [last]]))
        gaps[building] = legs.max()
        beyond[building] = np.maximum(legs - 180, 0).sum()
    share = 100 * beyond.sum() / (count * last)
    return 100 * len(days) / count, float(np.quantile(gaps, 0.95)), float(share)


def _waits(record: Record) -> dict[str, float]:
    """Return weeks at large and events of `WAITS`."""
    by_building = record.stops.groupby("building")["day"].apply(np.sort).to_dict()
    sites = record.planted
    visits = [
        days[(days >= opened) & (days <= closed)]
        for days, opened, closed in zip(
            (by_building.get(building, np.empty(0)) for building in sites["building"]),
            sites["opened"],
            sites["closed"],
            strict=True,
        )
    ]
    parts: list[float] = []
    for near in (True, False):
        rows = np.flatnonzero(sites["near"] == near)
        opened, closed = (sites[name].to_numpy()[rows] for name in ("opened", "closed"))
        parts += [(closed - opened).sum() / 7, sites["found"].to_numpy()[rows].sum()]
        for times in (1, SEVERAL):
            came = np.array([len(visits[row]) >= times for row in rows], dtype=bool)
            until = [
                visits[row][times - 1] if c else end
                for row, c, end in zip(rows, came, closed, strict=True)
            ]
            parts += [(np.array(until) - opened).sum() / 7, came.sum()]
    names = [f"{name} | {part}" for name in WAITS for part in ("weeks", "events")]
    return dict(zip(names, (float(part) for part in parts), strict=True))


def summarise(results: pd.DataFrame) -> pd.DataFrame:
    """Return the mean and half the width of its 95 % interval over towns, by policy and measure.

    ``results``: ``policy``, ``seed`` and what `measure` returns; one row per run.
    """
    rows = []
    for policy, runs in results.groupby("policy", sort=False):
        rows += [
            (policy, name, *mean_and_half_width(runs[name].dropna().to_list())) for name in MEASURES
        ]
        rows += [
            (policy, name, *_pooled(runs[f"{name} | weeks"], runs[f"{name} | events"]))
            for name in WAITS
        ]
    return pd.DataFrame(rows, columns=["policy", "measure", "mean", "half_width", "towns"])


def compare(results: pd.DataFrame, *, beside: str) -> pd.DataFrame:
    """Return the same of the differences, town by town, from one policy to every other."""
    own = results[results["policy"] == beside].set_index("seed")
    rows = []
    for policy, runs in results.groupby("policy", sort=False):
        if policy == beside:
            continue
        other = runs.set_index("seed")
        for name in MEASURES:
            gap = (other[name] - own[name]).dropna().to_list()
            rows.append((policy, name, *mean_and_half_width(gap)))
    return pd.DataFrame(rows, columns=["policy", "measure", "mean", "half_width", "towns"])


def mean_and_half_width(values: Sequence[float]) -> tuple[float, float, int]:
    """Return the mean, half its 95 % interval by Student's t (NaN below two), and how many."""
    if not values:
        return float("nan"), float("nan"), 0
    if len(values) == 1:
        return float(values[0]), float("nan"), 1
    spread = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return float(np.mean(values)), _student(len(values)) * spread, len(values)


def _pooled(weeks: pd.Series[float], events: pd.Series[float]) -> tuple[float, float, int]:
    """Return Σ weeks / Σ events and half its interval, by the ratio's residuals over towns.

    NaN without any event: the wait is then longer than can be told.
    """
    count, total = len(weeks), float(events.sum())
    if total == 0:
        return float("nan"), float("nan"), count
    ratio = float(weeks.sum()) / total
    if count == 1:
        return ratio, float("nan"), 1
    residuals = (weeks - ratio * events).to_numpy(float)
    spread = np.sqrt(count / (count - 1) * float((residuals**2).sum())) / total
    return ratio, _student(count) * float(spread), count


def _student(count: int) -> float:
    return float(stats.t.ppf(0.5 + LEVEL / 2, count - 1))
