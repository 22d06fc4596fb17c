"""Half-life decay: exact in arrays, exact when summed, exact when kept up event by event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUANTA_PER_UNIT = float(2**32)
"""Decayed weights are summed as whole multiples of 2^-32, so no order of rows changes a sum."""

MICROSECONDS_PER_DAY = 86_400e6


def decay_weights(age_days: NDArray[np.float64], *, half_life_days: float) -> NDArray[np.float64]:
    """Return 2^(-age/half-life), the part of each event's weight that is left.

    Parameters
    ----------
    age_days
        Days between the event and the cut, ≥ 0; NaN gives NaN.
    half_life_days
        Days, > 0.
    """
    return np.exp2(-age_days / half_life_days)


def to_quanta(weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round weights to whole multiples of 2^-32, ready to be summed in any order.

    Weights must stay under 2^31, and so must their sums.
    """
    return np.rint(weights * QUANTA_PER_UNIT).astype(np.int64)


def from_quanta(quanta: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights that whole multiples of 2^-32 stand for."""
    return quanta / QUANTA_PER_UNIT


@dataclass(frozen=True, kw_only=True)
class ForwardSum:
    """Keep a decayed sum up to date one event at a time, without touching old events.

    The sum is kept as A = Σ w·2^((t - t_ref)/h), which later times only scale: its value at T is
    A·2^((t_ref - T)/h) (forward decay, Cormode et al. 2009). A grows with time, so re-base once a
    year or so.

    Parameters
    ----------
    half_life_days
        Days, > 0.
    reference_day
        t_ref, in days of any fixed calendar.
    forward
        A, in units of weight at ``reference_day``.
    """

    half_life_days: float
    reference_day: float
    forward: float = 0.0

    def add(self, *, day: float, weight: float = 1.0) -> ForwardSum:
        """Return the sum with one more event; events may come in any order."""
        grown = weight * 2.0 ** ((day - self.reference_day) / self.half_life_days)
        return replace(self, forward=self.forward + grown)

    def value_at(self, day: float) -> float:
        """Return the decayed sum as seen on ``day``, which no added event may follow."""
        left: float = 2.0 ** ((self.reference_day - day) / self.half_life_days)
        return self.forward * left

    def rebase(self, day: float) -> ForwardSum:
        """Return the same sum kept from another reference day."""
        return replace(self, reference_day=day, forward=self.value_at(day))
