"""What a plan's list found beside what chance found: rates, their difference, what can be told.

The random arm was drawn from every building that could be on the plan, each as likely as any other,
so what it finds per visit is what a visit anywhere would find: the base rate of the street. It may
hold buildings that were wanted for their risk as well; they count in it, and the list, from which
they were taken by chance alone, stays a fair sample of itself without them. Decoys – ordinary
neighbours of a lone visit – and what a field trial drew is neither.

A building of a plan counts once, whoever and however many went, on however many days of the plan's
span: visited when anybody was there, found when anybody found something confirmed (属实).

Intervals of rates are Wilson's (1927, J. Am. Stat. Assoc. 22, 209-212); of a difference Newcombe's
hybrid score interval (1998, Stat. Med. 17, 873-890, method 10); of a ratio that of Walter (1975,
Biometrika 62, 371-374), the log method with a half added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import LOOKED, VisitResult
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from risk.evaluation.proportions import Estimate, difference_of, rate_of, ratio_of

LEVEL: Final = 0.9
"""Probability that an interval is meant to hold: one time in twenty each end is passed."""
LEAST_VISITS: Final = 5
"""Fewer visits than this in either arm tell nothing."""
MORE, LESS, CANNOT_TELL, TOO_FEW = ("more", "less", "cannot_tell", "too_few")
ARM_ORDER: Final = (Arm.LIST, Arm.RANDOM, StopReason.ORDINARY, StopReason.TRIAL)
ARM_COLUMNS: Final = ("arm", "planned", "visited", "not_visited", "looked", "found", "suspected",
                      "visits", "expected", "rate", "low", "high")  # fmt: skip
OUTCOME_COLUMNS: Final = ("building_id", "arm", "also_listed", "mode", "find_chance", "visits",
                          "result")  # fmt: skip
STRENGTH: Final = (
    *(VisitResult.FOUND, VisitResult.SUSPECTED, VisitResult.NOTHING, VisitResult.GONE),
    *(VisitResult.REFUSED, VisitResult.NO_ENTRY, VisitResult.NOBODY),
)
"""Results from what tells most: of several at one building the first holds."""
_RANK: Final[dict[str, int]] = {result: number for number, result in enumerate(STRENGTH)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmComparison:
    """What came of the arms.

    ``difference``, ``ratio``: of the list's rate and the random arm's.
    """

    arms: pd.DataFrame
    """`ARM_COLUMNS`, one row per arm: ``list``, ``random``, ``ordinary`` (company) and, where one
    ran, ``trial`` (drawn by a field trial, whichever its arm). ``planned`` buildings; ``visited``,
    ``looked`` (somebody could look), ``found``, ``suspected`` of them; ``visits`` building-days;
    ``expected`` the finds expected of those visited; ``rate`` found per visited, with its interval.
    """
    difference: Estimate
    ratio: Estimate
    base_rate: Estimate
    """What a visit anywhere in the plan's scope would find: the random arm's rate, its two parts –
    also wanted for their risk or not – weighted as they were drawn, whatever was visited.
    """
    verdict: str
    """``more``, ``less``, ``cannot_tell`` or ``too_few``: whether the list finds more."""
    level: float
    """Of all intervals."""


def outcomes_of(stops: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Say of each planned building what came of it.

    ``stops``: ``building_id, arm, reasons, mode, find_chance`` of a plan's stops; a building with
    several is in the random arm when any of them is.
    ``visits``: ``building_id, at`` (local), ``result``, of the plan's span; others than at stops
    are left aside.

    Returns `OUTCOME_COLUMNS`, one row per building: ``arm`` of `ARM_ORDER`; ``also_listed`` for
    what chance chose and risk or a date had called for too; ``visits`` building-days; ``result``
    the one that tells most, ``""`` where nobody was or none is known.
    """
    reasons = [set(each) for each in stops["reasons"]]
    chosen = {StopReason.CHANCE, StopReason.ORDINARY, StopReason.TRIAL}
    planned = stops.assign(
        rank=stops["arm"].map({Arm.RANDOM: 0}).fillna(1),
        wanted=np.array([bool(each - chosen) for each in reasons], dtype=bool),
        company=np.array([StopReason.ORDINARY in each for each in reasons], dtype=bool),
        trial=np.array([StopReason.TRIAL in each for each in reasons], dtype=bool),
    ).sort_values("rank", kind="stable")
    groups = planned.groupby("building_id", sort=True)
    first = groups.first()
    drawn = first["arm"] == Arm.RANDOM
    strength = visits["result"].map(_RANK).fillna(len(STRENGTH)).astype(int)
    days = visits.assign(day=visits["at"].dt.normalize(), strength=strength)
    seen = days.groupby("building_id").agg(visits=("day", "nunique"), strength=("strength", "min"))
    seen = seen.reindex(first.index)
    ordinary = np.where(groups["company"].all(), StopReason.ORDINARY, Arm.LIST)
    neither = np.where(groups["trial"].any(), StopReason.TRIAL, ordinary)
    outcomes = first.assign(
        arm=np.where(drawn, Arm.RANDOM, neither),
        also_listed=drawn & groups["wanted"].any(),
        visits=seen["visits"].fillna(0).astype(int),
        result=seen["strength"].map(dict(enumerate(STRENGTH))).fillna("").astype("str"),
    )
    return outcomes.reset_index()[list(OUTCOME_COLUMNS)]


def compare_arms(outcomes: pd.DataFrame, *, level: float = LEVEL) -> ArmComparison:
    """Compare what the list found with what chance found.

    ``outcomes``: as `outcomes_of` gives them, of one plan or of several.
    ``level``: of the intervals, above 0, below 1.
    """
    known = {*ARM_ORDER[:-1], *outcomes["arm"]}
    rows = [_arm_row(arm, outcomes[outcomes["arm"] == arm]) for arm in ARM_ORDER if arm in known]
    arms = with_rates(pd.DataFrame(rows), "found", level=level)[list(ARM_COLUMNS)]
    listed, drawn = (arms.iloc[number] for number in (0, 1))
    counts = [int(each[name]) for each in (listed, drawn) for name in ("found", "visited")]
    few = min(counts[1], counts[3])
    difference = Estimate.unknown() if few == 0 else difference_of(*counts, level=level)
    ratio = Estimate.unknown() if few == 0 else ratio_of(*counts, level=level)
    return ArmComparison(
        arms=arms,
        difference=difference,
        ratio=ratio,
        base_rate=_base_rate(outcomes[outcomes["arm"] == Arm.RANDOM], level),
        verdict=TOO_FEW if few < LEAST_VISITS else _verdict(difference),
        level=level,
    )


def most_conclusive(results: Iterable[str]) -> str:
    """Return the result that tells most; ``""`` where there is none."""
    return min(results, key=lambda each: _RANK.get(each, len(STRENGTH)), default="")


def rates_by(rows: pd.DataFrame, by: str, *, level: float) -> pd.DataFrame:
    """Count visits and finds by a column, with rates.

    ``rows``: ``result`` and the column, one row per visit.

    Returns the column, ``visited, found, suspected, no_access, rate, low, high``; most visits
    first.
    """
    result = rows["result"]
    counts = rows.assign(
        visited=1,
        found=result == VisitResult.FOUND,
        suspected=result == VisitResult.SUSPECTED,
        no_access=~result.isin((*LOOKED, VisitResult.GONE)),
    )
    sums = counts.groupby(by, sort=True)[["visited", "found", "suspected", "no_access"]].sum()
    table = with_rates(sums.astype(int).reset_index(), "found", level=level)
    return table.sort_values(["visited", by], ascending=[False, True], ignore_index=True)


def with_rates(rows: pd.DataFrame, some: str, *, level: float) -> pd.DataFrame:
    """Return counts with ``rate, low, high``: the share of one column in ``visited``."""
    rates = [rate_of(*each, level=level) for each in zip(rows[some], rows["visited"], strict=True)]
    return rows.assign(
        rate=np.array([each.value for each in rates], dtype=float),
        low=np.array([each.low for each in rates], dtype=float),
        high=np.array([each.high for each in rates], dtype=float),
    )


def _arm_row(arm: str, rows: pd.DataFrame) -> dict[str, object]:
    visited = rows[rows["visits"] > 0]
    return {
        "arm": arm,
        "planned": len(rows),
        "visited": len(visited),
        "not_visited": len(rows) - len(visited),
        "looked": int(visited["result"].isin(LOOKED).sum()),
        "found": int((visited["result"] == VisitResult.FOUND).sum()),
        "suspected": int((visited["result"] == VisitResult.SUSPECTED).sum()),
        "visits": int(rows["visits"].sum()),
        "expected": float(visited["find_chance"].fillna(0.0).sum()),
    }


def _base_rate(drawn: pd.DataFrame, level: float) -> Estimate:
    """Return the random arm's rate, its parts weighted by how many were drawn of each.

    With weights w_s and n_s visits, the parts together are worth 1 / Σ(w_s²/n_s) visits. A part
    that nobody visited leaves only the other one to speak.
    """
    parts = [part for _, part in drawn.groupby("also_listed")]
    seen = [(len(part), part[part["visits"] > 0]) for part in parts]
    seen = [(planned, visited) for planned, visited in seen if len(visited)]
    if not seen:
        return Estimate.unknown()
    weights = np.array([planned for planned, _ in seen], dtype=np.float64)
    weights /= weights.sum()
    counts = np.array([len(visited) for _, visited in seen], dtype=np.float64)
    finds = np.array([(visited["result"] == VisitResult.FOUND).sum() for _, visited in seen])
    rate = float((weights * finds / counts).sum())
    worth = float(1 / (weights**2 / counts).sum())
    return rate_of(min(rate, 1.0) * worth, worth, level=level)


def _verdict(difference: Estimate) -> str:
    if difference.low > 0:
        return MORE
    return LESS if difference.high < 0 else CANNOT_TELL
