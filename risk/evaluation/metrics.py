"""Metrics of a ranking of units against the events that followed.

Every measure takes scores with a written rule for ties: among equal scores the lower tie number
comes first. Tie numbers come from `tie_numbers`, a seeded hash of the place's name, so a method
without an opinion (all scores equal) is a random order, and the same one for every method.
"""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk.arrays import Bools, Floats

Order = NDArray[np.intp]

DECILES: Final = 10


def tie_numbers(names: Iterable[str], *, seed: int) -> NDArray[np.uint64]:
    """Return one number per name by which ties are broken.

    The number is pandas' SipHash of the name under a key made from ``seed``: evenly spread,
    the same on every machine, and nothing a method could profit from.
    """
    texts = np.asarray(list(names), dtype=object)
    if not len(texts):
        return np.zeros(0, dtype=np.uint64)
    return pd.util.hash_array(texts, hash_key=f"{seed:016d}"[-16:], categorize=False)


def rank_order(score: Floats, tie: NDArray[np.uint64]) -> Order:
    """Return positions, best first: score descending, then tie number ascending."""
    return np.lexsort((tie, -np.asarray(score, dtype=np.float64)))


def share_count(n: int, share: float) -> int:
    """Return how many of ``n`` units make a share of them, at least one."""
    return min(n, max(1, round(share * n)))


def hit_rate(events: Floats, order: Order, *, share: float, total: float) -> float:
    """Return the share of all events that fell into the best ``share`` of units.

    n / N with n events in the flagged units and N events in the whole area (Chainey, Tompson and
    Uhlig 2008, Security Journal 21). Units are taken as equally large: H3 cells of one city differ
    in area by about 1 %. ``total`` may exceed the events of the ranked units: what happened
    where no unit was known cannot be hit, and counts as missed.
    """
    if not total or not len(events):
        return math.nan
    return float(events[order[: share_count(len(events), share)]].sum() / total)


def best_hit_rate(events: Floats, *, share: float, total: float) -> float:
    """Return the hit rate of an order that knew what would happen: the most that is possible."""
    return hit_rate(events, np.argsort(-events, kind="stable"), share=share, total=total)


def accuracy_index(events: Floats, order: Order, *, share: float, total: float) -> float:
    """Return the prediction accuracy index, PAI = (n / N) / (a / A).

    With a of A units flagged (Chainey, Tompson and Uhlig 2008). 1 is what chance reaches.
    """
    if not len(events):
        return math.nan
    area = share_count(len(events), share) / len(events)
    return hit_rate(events, order, share=share, total=total) / area


def efficiency_index(events: Floats, order: Order, *, share: float) -> float:
    """Return the prediction efficiency index, PEI = PAI / PAI* = n / n*.

    n* is the most events that as many units could have held (Hunt 2016, RAND RGSD-378). From 0 to
    1; 1 cannot be beaten.
    """
    flagged = order[: share_count(len(events), share)] if len(events) else order
    best = float(np.sort(events)[::-1][: len(flagged)].sum())
    return float(events[flagged].sum()) / best if best else math.nan


def precision_at(events: Floats, order: Order, *, k: int) -> float:
    """Return the share of the first k units in which something happened."""
    first = events[order[:k]]
    return float((first > 0).mean()) if len(first) else math.nan


def recall_at(events: Floats, order: Order, *, k: int) -> float:
    """Return the share of the units in which something happened that are among the first k."""
    happened = int((events > 0).sum())
    return float((events[order[:k]] > 0).sum()) / happened if happened else math.nan


def area_under_curve(happened: Bools, score: Floats) -> float:
    """Return the probability that a unit where it happened outscores one where it did not.

    Mann and Whitney's U over n₁·n₀ from mid-ranks, so ties count half; NaN where either is none.
    """
    from scipy.stats import rankdata  # here, as it takes half a second

    ranks = rankdata(score)
    positives = int(happened.sum())
    negatives = len(happened) - positives
    if not positives or not negatives:
        return math.nan
    return float(
        (ranks[happened].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    )


def rank_correlation(events: Floats, score: Floats) -> float:
    """Return Spearman's rho, ties at mid-ranks; NaN where either is constant."""
    if len(events) < 2 or np.ptp(events) == 0 or np.ptp(score) == 0:  # noqa: PLR2004 -- a pair
        return math.nan
    from scipy.stats import spearmanr

    return float(spearmanr(events, score).statistic)


def days_earlier(day: Floats, happened: Bools, order: Order) -> float:
    """Return by how many days on average the same visits in another order find it earlier.

    Every day keeps its real number of visits; the visits are dealt to the days anew, best first
    (City of Chicago 2015, food-inspections-evaluation). The mean over the visits that find
    something of (day visited - day of the new order); 0 is what chance reaches, below 0 is later.
    """
    if not happened.any():
        return math.nan
    dealt = np.empty(len(day))
    dealt[order] = np.sort(day)
    return float((day - dealt)[happened].mean())


def found_in_first_half(happened: Bools, order: Order) -> float:
    """Return the share of all finds that the first half of the visits makes."""
    total = int(happened.sum())
    return float(happened[order[: len(order) // 2]].sum()) / total if total else math.nan


def calibrate(expected: Floats, events: Floats) -> list[dict[str, float]]:
    """Return ``expected`` and ``observed`` counts in tenths of the units, lowest first."""
    parts = np.array_split(np.argsort(expected, kind="stable"), min(DECILES, len(expected)) or 1)
    return [
        {"expected": float(expected[part].sum()), "observed": float(events[part].sum())}
        for part in parts
    ]


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Return |A ∩ B| / |A ∪ B| (Jaccard 1912): 1 for the same list, 0 for nothing in common."""
    union = first | second
    return len(first & second) / len(union) if union else math.nan
