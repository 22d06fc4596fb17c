"""Prequential selection: at each cut, choose the setting that predicted earlier windows best.

Prequential (Dawid 1984, J. R. Stat. Soc. A 147): every setting is fitted at every cut on earlier
windows only, predicts the next one, and is judged by the sum of its log-likelihoods so far. A
window's total is given, so that only the order and spread of risks count, not the office's level.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from risk.arrays import Floats

AnySetting = TypeVar("AnySetting", bound="Hashable")


def log_likelihood(y: Floats, log_mean: Floats) -> float:
    """Return Σ y(s - log mean e^s): Poisson counts given their total, up to a constant.

    ``log_mean``: foretold log expectations; only their differences matter.
    """
    if not len(y):
        return 0.0
    top = float(log_mean.max())
    level = top + float(np.log(np.exp(log_mean - top).mean()))
    return float((y * (log_mean - level)).sum())


@dataclass
class Track:
    """Log-likelihoods of settings, window by window."""

    _kept: dict[Hashable, list[tuple[int, float]]] = field(default_factory=dict)

    def note(self, setting: Hashable, *, known_from: int, likelihood: float) -> None:
        """Keep what a setting reached on a window whose outcomes are known from a day on."""
        self._kept.setdefault(setting, []).append((known_from, likelihood))

    def totals(self, cut: int) -> dict[Hashable, float]:
        """Add up per setting what could be known at a cut."""
        return {
            setting: sum(value for known_from, value in values if known_from <= cut)
            for setting, values in self._kept.items()
        }

    def best(self, settings: Sequence[AnySetting], cut: int) -> AnySetting:
        """Return the setting with the highest total at a cut; the first listed of equals.

        Before any window has ended that is the first setting.
        """
        totals = self.totals(cut)
        return max(settings, key=lambda setting: totals.get(setting, 0.0))
