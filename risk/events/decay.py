"""Half-life decay, and sums that no order of rows changes."""

import numpy as np

from risk.arrays import Codes, Floats

QUANTA_PER_UNIT = float(2**32)
"""Decayed weights are summed as whole multiples of 2^-32, so no order of rows changes a sum."""

MICROSECONDS_PER_DAY = 86_400e6


def decay_weights(age_days: Floats, *, half_life_days: float) -> Floats:
    """Return 2^(-age/half-life), the part of each event's weight that is left.

    ``age_days``: days between the event and the cut, ≥ 0; NaN gives NaN. ``half_life_days``: days,
    > 0.
    """
    return np.exp2(age_days / -half_life_days)


def from_quanta(quanta: Codes) -> Floats:
    """Return the weights that whole multiples of 2^-32 stand for."""
    return quanta / QUANTA_PER_UNIT
