"""Ranks and tiers, with the rule for ties."""

import math

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Codes, Floats, is_in_order
from risk.config.score import TierShares

RED, ORANGE, YELLOW, BLUE = "红", "橙", "黄", "蓝"
TIERS = (RED, ORANGE, YELLOW, BLUE)


def add_ranks(frame: pd.DataFrame, *, key: str, shares: TierShares) -> pd.DataFrame:
    """Add ``rank`` (1 is the highest score) and ``tier`` to units of one kind.

    Ties are broken by the larger exposure, then by the smaller ``key`` as text, so no two units
    share a rank. A tier takes the next ranks until its cumulative share of the units is full,
    rounded up, so a small office has a red unit too; what scores 0 is blue. Units of the same score
    are in the same tier, that of the last of them: where nothing tells them apart none is red.

    ``frame``: one row per unit, with ``score`` and ``exposure``.
    """
    score = frame[c.SCORE].to_numpy(np.float64)
    order = _order(score, frame[c.EXPOSURE].to_numpy(np.float64), frame[key])
    ranks, last = np.empty((2, len(frame)), dtype=np.int64)
    ranks[order] = np.arange(1, len(frame) + 1)
    ends = np.flatnonzero(np.diff(score[order], append=-1.0)) + 1  # no score is below 0
    last[order] = ends[np.searchsorted(ends, ranks[order])]
    cumulative = np.cumsum([shares.red, shares.orange, shares.yellow])
    # A share such as 0.07 · 100 comes out a hair above 7, which must not become 8.
    limits = [math.ceil(round(share * len(frame), 9)) for share in cumulative]
    tiers = np.array(TIERS)[np.searchsorted(limits, last, side="left")]
    tiers = np.where(score > 0, tiers, BLUE)
    tier = pd.Series(tiers, index=frame.index, dtype="str")
    return c.with_columns(frame, {c.RANK: ranks, c.TIER: tier})


def _order(score: Floats, exposure: Floats, key: pd.Series) -> Codes:
    """Return the rows, highest score first, then by the larger exposure and the smaller key."""
    if is_in_order(key):  # as it usually is, and then no text need be compared
        return np.lexsort((-exposure, -score))
    by_key = np.argsort(key.to_numpy(object), kind="stable")
    return np.asarray(by_key[np.lexsort((-exposure[by_key], -score[by_key]))])
