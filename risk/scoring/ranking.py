"""Ranks and tiers, with the rule for ties."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Codes, Floats
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
    """Return the rows, highest score first; keys are compared only where both others are alike."""
    order = np.lexsort((-exposure, -score))
    alike = (np.diff(score[order]) == 0) & (np.diff(exposure[order]) == 0)
    tied = np.flatnonzero(np.append(alike, False) | np.insert(alike, 0, False))
    if not len(tied):
        return order
    number = np.zeros(len(score), dtype=np.int64)
    number[order[tied]] = np.unique(key.to_numpy(object)[order[tied]], return_inverse=True)[1]
    return np.lexsort((number, -exposure, -score))
