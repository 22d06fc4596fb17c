"""The office's own find rate, window by window and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from risk.arrays import Codes, Floats
from risk.config.find_rate import ModelConfig

_LEVEL_HALF_LIFE_DAYS: Final = 180.0
_MOST_LEVEL: Final = 0.9
_POLICY_SPREAD: Final = 0.3
_POLICY_WINDOWS: Final = 8.0
"""How windows scatter about the office's level until they tell, and what this is worth in windows.
"""


@dataclass(frozen=True, kw_only=True)
class Level:
    """The office's own find rate, window by window and now.

    Parameters
    ----------
    average
        Rate of a full visit on the average.
    windows
        The same in each window, shape (windows,).
    now
        The same at the cut: recent windows count more.
    spread
        Standard deviation of the log of the coming weeks' rate about that of now.
    """

    average: float
    windows: Floats
    now: float
    spread: float

    @classmethod
    def of(
        cls, y: Floats, expected: Floats, average: float, window: Codes, age_days: Floats
    ) -> Level:
        """Estimate it from what visits found and what was expected of each at the average.

        A window departs from it as far as windows scatter beyond chance: (O + k)/(E + k) with
        k = 1/σ².
        """
        spread = _spread_beyond(y, expected, window)
        size = int(window.max()) + 1
        found, looked = np.bincount(window, y, size), np.bincount(window, expected, size)
        decay = 0.5 ** (age_days / _LEVEL_HALF_LIFE_DAYS)
        k = 1.0 / spread**2
        ratio = (found + k) / (looked + k)
        lately = float((expected * decay).sum())
        now = (float((y * decay).sum()) + k) / (lately + k)
        return cls(
            average=average,
            windows=average * ratio,
            now=average * now,
            spread=float(np.sqrt(spread**2 + 1.0 / (lately + k))),
        )


def average_rate(y: Floats, effort: Floats, rule: ModelConfig) -> float:
    """Return the rate of a full visit, drawn to policy's by `ModelConfig.level_visits` visits."""
    policy = -np.log1p(-rule.level)
    average = (y.sum() + rule.level_visits * policy) / (effort.sum() + rule.level_visits)
    return float(-np.log1p(-min(average, _MOST_LEVEL)))


def _spread_beyond(y: Floats, expected: Floats, group: Codes) -> float:
    """Return how groups scatter beyond chance, on the log scale.

    By moments, σ² = Σ ((O - E)² - V)/Σ E², and policy's, each by its precision: few or small
    windows cannot tell that there is none, nor that it is large.
    """
    size = int(group.max()) + 1
    o, e = np.bincount(group, y, size), np.bincount(group, expected, size)
    v = np.bincount(group, expected * (1 - np.minimum(expected, 1)), size)
    policy, squares = _POLICY_SPREAD**2, float((e**2).sum())
    seen = max(float(((o - e) ** 2 - v).sum()) / squares, 0.0)
    precision = squares**2 / (2.0 * float(((v + policy * e**2) ** 2).sum()))
    believed = _POLICY_WINDOWS / (2.0 * policy**2)
    return float(np.sqrt((precision * seen + believed * policy) / (precision + believed)))
