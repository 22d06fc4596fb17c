"""What a plan's list found beside what chance found: rates, their difference, what can be told.

The random arm was drawn from every building that could be on the plan, each as likely as any other,
so what it finds per visit is what a visit anywhere would find: the base rate of the street. It may
hold buildings that were wanted for their risk as well; they count in it, and the list, from which
they were taken by chance alone, stays a fair sample of itself without them. Decoys – ordinary
neighbours of a lone visit – is neither.

A building of a plan counts once, whoever and however many went, on however many days of the plan's
span: visited when anybody was there, found when anybody found something confirmed (属实).

Intervals of rates are Wilson's (1927, J. Am. Stat. Assoc. 22, 209-212); of a difference Newcombe's
hybrid score interval (1998, Stat. Med. 17, 873-890, method 10); of a ratio that of Walter (1975,
Biometrika 62, 371-374), the log method with a half added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitResult
from governance.patrols.results.intervals import (
    Estimate,
    difference_of,
    rate_of,
    ratio_of,
)
from governance.patrols.routing.model.plan import (
    CHANCE,
    LIST,
    ORDINARY,
    RANDOM,
)
from governance.visits.rules.settings import LOOKED

LEVEL: Final = 0.9
"""Probability that an interval is meant to hold: one time in twenty each end is passed."""
LEAST_VISITS: Final = 5
"""Fewer visits than this in either arm tell nothing."""
MORE, LESS, CANNOT_TELL, TOO_FEW = VERDICTS = ("more", "less", "cannot_tell", "too_few")
ARM_ORDER: Final = (LIST, RANDOM, ORDINARY)
ARM_COLUMNS: Final = ("arm", "planned", "visited", "not_visited", "looked", "found", "suspected",
                      "visits", "expected", "rate", "low", "high")  # fmt: skip
OUTCOME_COLUMNS: Final = ("building_id", "arm", "also_listed", "mode", "find_chance", "visits",
                          "result")  # fmt: skip
STRENGTH: Final = (
    VisitResult.FOUND,
    VisitResult.SUSPECTED,
    VisitResult.NOTHING,
    VisitResult.GONE,
    VisitResult.REFUSED,
    VisitResult.NO_ENTRY,
    VisitResult.NOBODY,
)
"""Results from what tells most: of several at one building the first holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmComparison:
    """What came of the arms.

    Parameters
    ----------
    arms
        `ARM_COLUMNS`, one row per arm: ``list``, ``random``, ``ordinary`` (company). ``planned``
        buildings; ``visited``, ``looked`` (somebody could look), ``found``, ``suspected`` of them;
        ``visits`` building-days; ``expected`` the finds expected of those visited; ``rate`` found
        per visited, with its interval.
    difference, ratio
        Of the list's rate and the random arm's.
    base_rate
        What a visit anywhere in the plan's scope would find: the random arm's rate, its two parts –
        also wanted for their risk or not – weighted as they were drawn, whatever was visited.
    verdict
        ``more``, ``less``, ``cannot_tell`` or ``too_few``: whether the list finds more.
    level
        Of all intervals.
    """

    arms: pd.DataFrame
    difference: Estimate
    ratio: Estimate
    base_rate: Estimate
    verdict: str
    level: float


def outcomes_of(stops: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Say of each planned building what came of it.

    Parameters
    ----------
    stops
        ``building_id, arm, reasons, mode, find_chance`` of a plan's stops; a building with several
        is in the random arm when any of them is.
    visits
        ``building_id, at`` (local), ``result``, of the plan's span; others than at stops are left
        aside.

    Returns
    -------
    DataFrame
        `OUTCOME_COLUMNS`, one row per building: ``arm`` of `ARM_ORDER`; ``also_listed`` for what
        chance chose and risk or a date had called for too; ``visits`` building-days; ``result`` the
        one that tells most, ``""`` where nobody was or none is known.
    """
    reasons = [set(each) for each in stops["reasons"]]
    planned = stops.assign(
        rank=stops["arm"].map({RANDOM: 0}).fillna(1),
        wanted=np.array([bool(each - {CHANCE, ORDINARY}) for each in reasons], dtype=bool),
        company=np.array([ORDINARY in each for each in reasons], dtype=bool),
    ).sort_values("rank", kind="stable")
    groups = planned.groupby("building_id", sort=True)
    first = groups.first()
    drawn = first["arm"] == RANDOM
    days = visits.assign(day=visits["at"].dt.normalize(), strength=_strength(visits["result"]))
    seen = days.groupby("building_id").agg(visits=("day", "nunique"), strength=("strength", "min"))
    seen = seen.reindex(first.index)
    told = first.assign(
        arm=np.where(drawn, RANDOM, np.where(groups["company"].all(), ORDINARY, LIST)),
        also_listed=drawn & groups["wanted"].any(),
        visits=seen["visits"].fillna(0).astype(int),
        result=seen["strength"].map(dict(enumerate(STRENGTH))).fillna("").astype("str"),
    )
    return told.reset_index()[list(OUTCOME_COLUMNS)]


def compare_arms(
    outcomes: pd.DataFrame, *, level: float = LEVEL, least: int = LEAST_VISITS
) -> ArmComparison:
    """Compare what the list found with what chance found.

    Parameters
    ----------
    outcomes
        As `outcomes_of` gives them, of one plan or of several.
    level
        Of the intervals, above 0, below 1.
    least
        Visited buildings without which an arm tells nothing.
    """
    rows = [_arm_row(arm, outcomes[outcomes["arm"] == arm], level) for arm in ARM_ORDER]
    arms = pd.DataFrame(rows, columns=list(ARM_COLUMNS))
    listed, drawn = (arms.iloc[number] for number in (0, 1))
    counts = [int(each[name]) for each in (listed, drawn) for name in ("found", "visited")]
    few = min(counts[1], counts[3])
    difference = Estimate.unknown() if few == 0 else difference_of(*counts, level=level)
    ratio = Estimate.unknown() if few == 0 else ratio_of(*counts, level=level)
    return ArmComparison(
        arms=arms,
        difference=difference,
        ratio=ratio,
        base_rate=_base_rate(outcomes[outcomes["arm"] == RANDOM], level),
        verdict=TOO_FEW if few < max(least, 1) else _verdict(difference),
        level=level,
    )


def most_conclusive(results: Iterable[str]) -> str:
    """Return the result that tells most; ``""`` where there is none."""
    known = sorted(results, key=lambda each: STRENGTH.index(each) if each in STRENGTH else 9)
    return known[0] if known else ""


def rates_by(rows: pd.DataFrame, by: str, *, level: float) -> pd.DataFrame:
    """Count visits and finds by a column, with rates.

    Parameters
    ----------
    rows
        ``result`` and the column, one row per visit.

    Returns
    -------
    DataFrame
        The column, ``visited, found, suspected, no_access, rate, low, high``; most visits first.
    """
    told = []
    for name, part in rows.groupby(by, sort=True):
        found, visited = int((part["result"] == VisitResult.FOUND).sum()), len(part)
        rate = rate_of(found, visited, level=level)
        told.append(
            {
                by: name,
                "visited": visited,
                "found": found,
                "suspected": int((part["result"] == VisitResult.SUSPECTED).sum()),
                "no_access": int((~part["result"].isin((*LOOKED, VisitResult.GONE))).sum()),
                "rate": rate.value,
                "low": rate.low,
                "high": rate.high,
            }
        )
    names = [by, "visited", "found", "suspected", "no_access", "rate", "low", "high"]
    frame = pd.DataFrame(told, columns=names)
    return frame.sort_values(["visited", by], ascending=[False, True], ignore_index=True)


def _arm_row(arm: str, rows: pd.DataFrame, level: float) -> dict[str, object]:
    there = rows[rows["visits"] > 0]
    found = int((there["result"] == VisitResult.FOUND).sum())
    rate = rate_of(found, len(there), level=level)
    return {
        "arm": arm,
        "planned": len(rows),
        "visited": len(there),
        "not_visited": len(rows) - len(there),
        "looked": int(there["result"].isin(LOOKED).sum()),
        "found": found,
        "suspected": int((there["result"] == VisitResult.SUSPECTED).sum()),
        "visits": int(rows["visits"].sum()),
        "expected": float(there["find_chance"].fillna(0.0).sum()),
        "rate": rate.value,
        "low": rate.low,
        "high": rate.high,
    }


def _base_rate(drawn: pd.DataFrame, level: float) -> Estimate:
    """Return the random arm's rate, its parts weighted by how many were drawn of each.

    With weights w_s and n_s visits, the parts together are worth 1 / Σ(w_s²/n_s) visits. A part
    that nobody visited leaves only the other one to speak.
    """
    parts = [part for _, part in drawn.groupby("also_listed")]
    seen = [(len(part), part[part["visits"] > 0]) for part in parts]
    seen = [(planned, there) for planned, there in seen if len(there)]
    total = sum(planned for planned, _ in seen)
    if not total:
        return Estimate.unknown()
    weights = np.array([planned / total for planned, _ in seen])
    counts = np.array([len(there) for _, there in seen], dtype=np.float64)
    finds = np.array(
        [(there["result"] == VisitResult.FOUND).sum() for _, there in seen], dtype=np.float64
    )
    rate = float((weights * finds / counts).sum())
    worth = float(1 / (weights**2 / counts).sum())
    return rate_of(min(rate, 1.0) * worth, worth, level=level)


def _verdict(difference: Estimate) -> str:
    if difference.low > 0:
        return MORE
    return LESS if difference.high < 0 else CANNOT_TELL


def _strength(results: pd.Series) -> pd.Series:
    places = {result: number for number, result in enumerate(STRENGTH)}
    return results.map(places).fillna(len(STRENGTH)).astype(int)
