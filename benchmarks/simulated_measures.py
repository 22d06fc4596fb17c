"""What came of two years under a policy, measured against the hidden truth; means over towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.simulated_town import LIST, ORDINARY, RANDOM
from data.demo.looking import FOUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.simulated_town import Record

WITHIN_DAYS: Final = 182
"""How long a site is followed from its opening."""
LEVEL: Final = 0.95
MEASURES: Final = {
    "visits a week": "{:.1f}",
    "walking, km a week": "{:.1f}",
    "finds per 100 visits": "{:.2f}",
    "finds per 100 hours": "{:.2f}",
    "operators found": "{:.0f}",
    "days a site stays open (of 182)": "{:.1f}",
    "open sites per 1,000 buildings": "{:.1f}",
    "buildings seen at least once, %": "{:.1f}",
    "longest unseen, days, 95 % of buildings under": "{:.0f}",
    "building-days beyond 180 days unseen, %": "{:.1f}",
    "mover near by: days until found again": "{:.0f}",
    "mover anywhere: days until found again": "{:.0f}",
    "finds without a complaint, per 100 visits": "{:.2f}",
    "base rate believed / true, all visits": "{:.2f}",
    "base rate believed / true, random arm": "{:.2f}",
    "list: found / foretold": "{:.2f}",
    "random arm, share of visits, %": "{:.1f}",
    "random arm: finds per 100 visits": "{:.2f}",
    "company, share of visits, %": "{:.1f}",
    "company: finds per 100 visits": "{:.2f}",
}
"""Every measure with how it is written."""


def measure(record: Record) -> dict[str, float]:
    """Return `MEASURES` of one record; NaN where a policy has nothing of the kind."""
    stops, weeks = record.stops, record.weeks
    found = (stops["result"] == FOUND).to_numpy()
    hours = weeks["minutes"].sum() / 60
    drawn, company = (stops["arm"].to_numpy() == arm for arm in (RANDOM, ORDINARY))
    listed = (stops["arm"].to_numpy() == LIST) & stops["chance"].notna().to_numpy()
    untold = found & ~stops["told"].to_numpy(bool)
    planted = stops["operator"].to_numpy() <= -10
    foretold = stops["chance"].to_numpy()[listed].sum()
    true = stops["true"].to_numpy()
    values = [
        len(stops) / len(weeks),
        weeks["walked_m"].mean() / 1_000,
        100 * found.mean(),
        100 * found.sum() / hours,
        stops["operator"][found & ~planted].nunique(),
        _days_open(record),
        1_000 * weeks["open_sites"].mean() / record.scene.buildings,
        *_coverage(record),
        *(_days_until_found(record.planted, near=near) for near in (True, False)),
        100 * untold.sum() / len(stops),
        found.sum() / true.sum(),
        found[drawn].sum() / true[drawn].sum() if drawn.any() else np.nan,
        found[listed].sum() / foretold if listed.any() and foretold > 0 else np.nan,
        100 * drawn.mean() if drawn.any() else np.nan,
        _rate(found, drawn),
        100 * company.mean() if company.any() else np.nan,
        _rate(found, company),
    ]
    return dict(zip(MEASURES, (float(value) for value in values), strict=True))


def _rate(found: np.ndarray, among: np.ndarray) -> float:
    return float(100 * found[among].mean()) if among.any() else np.nan


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
    for building, when in days.items():
        legs = np.diff(np.concatenate([[0], np.sort(when), [last]]))
        gaps[int(building)] = legs.max()
        beyond[int(building)] = np.maximum(legs - 180, 0).sum()
    share = 100 * beyond.sum() / (count * last)
    return 100 * len(days) / count, float(np.quantile(gaps, 0.95)), float(share)


def _days_until_found(planted: pd.DataFrame, *, near: bool) -> float:
    """Return days at large per find: those not found again count with the days they were open."""
    own = planted[planted["near"] == near]
    return float((own["closed"] - own["opened"]).sum() / max(int(own["found"].sum()), 1))


def summarise(results: pd.DataFrame) -> pd.DataFrame:
    """Return the mean and half the width of its 95 % interval over towns, by policy and measure.

    Parameters
    ----------
    results
        ``policy``, ``seed`` and the measures; one row per run.
    """
    rows = [
        (policy, name, *mean_and_half_width(runs[name].dropna().to_list()))
        for policy, runs in results.groupby("policy", sort=False)
        for name in MEASURES
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
    if len(values) < 2:
        return float(values[0]), float("nan"), 1
    spread = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    width = float(stats.t.ppf(0.5 + LEVEL / 2, len(values) - 1)) * spread
    return float(np.mean(values)), width, len(values)
