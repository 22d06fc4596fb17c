"""Which buildings a trial goes to, by chance that can be looked up again.

Every building belongs to the arm of its score: the lowest, the middle and the highest part. Of each
arm as many are drawn, each as likely as any other of it, and dealt over the weeks so that in every
week all arms have as many: neither season nor news then tells them apart. The draw follows from the
scores and a key, on every machine; whoever lacks the key cannot tell what is drawn.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Floats
from risk.evaluation.trial.size import ARMS

DRAWN: Final = ("building_id", "arm", "week", "score")
_RANGE: Final = float(1 << 64)


def arms_of(
    scores: pd.Series, *, low_until: float, high_from: float, key: bytes
) -> pd.Series:  # fmt: skip
    """Say of every building which arm it could be drawn for.

    ``scores``: by building id; the higher the likelier.
    ``low_until``, ``high_from``: shares of all buildings, by rank, up to which the low arm and from
    which the high arm goes.
    ``key``: of the draw; which of several with the same score comes first is chance.
    """
    place = np.empty(len(scores))
    ties = keyed_numbers(scores.index, use="ties", key=key)
    place[np.lexsort((ties, scores.to_numpy(np.float64)))] = np.arange(len(scores)) + 0.5
    share = place / max(len(scores), 1)
    names = np.select([share < low_until, share >= high_from], [ARMS[0], ARMS[2]], ARMS[1])
    return pd.Series(names, index=scores.index, dtype="str")


def draw_arms(
    scores: pd.Series, arms: pd.Series, *, per_arm: int, weeks: int, key: bytes
) -> pd.DataFrame:
    """Draw so many buildings of each arm, each with the week in which it is to be visited.

    ``scores``, ``arms``: by building id, as `arms_of` has them.
    ``per_arm``: no more than the smallest arm has.
    ``weeks``: of the trial, from 1.

    Returns `DRAWN`, by week and then building: what lies in one week has no order that tells the
    arm.
    """
    chance = pd.Series(keyed_numbers(scores.index, use="draw", key=key), index=scores.index)
    parts = []
    for arm in ARMS:
        order = chance[arms == arm].sort_values(kind="stable").index[:per_arm]
        week = 1 + np.arange(len(order)) * weeks // max(len(order), 1)
        parts.append(
            pd.DataFrame({"building_id": order, "arm": arm, "week": week,
                          "score": scores[order].to_numpy(np.float64)})
        )  # fmt: skip
    drawn = pd.concat(parts, ignore_index=True)
    return drawn.sort_values(["week", "building_id"], ignore_index=True)[list(DRAWN)]


def keyed_numbers(texts: Iterable[str], *, use: str, key: bytes) -> Floats:
    """Return numbers from 0 up to 1, one per text: HMAC-SHA-256 of the use and the text."""
    digests = (hmac.digest(key, f"{use}|{text}".encode(), hashlib.sha256) for text in texts)
    return np.array([int.from_bytes(each[:8], "big") / _RANGE for each in digests], dtype=float)
