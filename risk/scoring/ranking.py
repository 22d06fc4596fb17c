"""Ranks and tiers, with the rule for ties."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from risk import schema as c
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
    order = frame.sort_values(
        [c.SCORE, c.EXPOSURE, key], ascending=[False, False, True], kind="stable"
    ).index
    ranks = pd.Series(np.arange(1, len(frame) + 1), index=order).reindex(frame.index)
    cumulative = np.cumsum([shares.red, shares.orange, shares.yellow])
    # A share such as 0.07 · 100 comes out a hair above 7, which must not become 8.
    limits = [math.ceil(round(share * len(frame), 9)) for share in cumulative]
    last = ranks.groupby(frame[c.SCORE]).transform("max")
    tiers = np.array(TIERS)[np.searchsorted(limits, last.to_numpy(), side="left")]
    tiers = np.where(frame[c.SCORE].to_numpy() > 0, tiers, BLUE)
    ranked = frame.assign(**{c.RANK: ranks.to_numpy(np.int64)})
    return ranked.assign(**{c.TIER: pd.Series(tiers, index=frame.index, dtype="str")})
