"""How many buildings a trial needs for a stated power, and how many weeks that takes.

The trial asks whether more is found where the score is high than where it is low, and than where it
is in the middle. It is decided as the result is: by whether Newcombe's interval of the difference
leaves out 0. So the power is that of this very rule, summed over every outcome of two binomials;
the usual formula of the normal approximation (Fleiss, Levin and Paik 2003, Statistical Methods for
Rates and Proportions, chapter 4) is only where the search begins.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.evaluation.proportions import wilson_bounds

LOW, MIDDLE, HIGH = ARMS = ("low", "middle", "high")
COMPARED: Final = ((HIGH, LOW), (HIGH, MIDDLE))
"""In this order: the second is tested only where the first was shown, which keeps the chance of any
false alarm at alpha without a correction (fixed-sequence procedure)."""
MOST_PER_ARM: Final = 100_000
_TAIL: Final = 1e-10
_STEP: Final = 0.01
_BEGIN: Final = 0.8


class TrialSizeError(GridwardenError):
    """No size gives this power: ``trial_rates_not_apart`` or ``trial_too_large``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What the size follows from.

    ``low``, ``middle``, ``high``: share of the visits at which somebody can look that find
    something, by arm, in [0, 1].
    """

    low: float
    middle: float
    high: float
    looked_share: float
    """Share of the buildings where within the trial somebody could look, in (0, 1]. Every building
    drawn counts, so this thins the finds of all arms.
    """
    alpha: float
    """Chance of a false alarm, two-sided."""
    power: float
    """Chance of each comparison to show a difference that is there."""

    def rate(self, arm: str) -> float:
        """Return the share of all buildings of an arm where something would be found."""
        return float(getattr(self, arm)) * self.looked_share


def needed_per_arm(assumed: Assumptions, *, both: bool = True) -> int:
    """Return the buildings that each arm needs so that the comparisons have the power.

    ``both``: whether high against middle shall have it, too, or high against low alone.

    Raises `TrialSizeError` ``trial_rates_not_apart`` where the high arm is not assumed to find more
    than the others, ``trial_too_large`` where more than `MOST_PER_ARM` would be needed.
    """
    return max(
        size_for_power(assumed.rate(one), assumed.rate(other), alpha=assumed.alpha,
                       power=assumed.power)
        for one, other in COMPARED[: 1 + both]
    )  # fmt: skip


def size_for_power(more: float, less: float, *, alpha: float, power: float) -> int:
    """Return the smallest number per arm, to one in a hundred, that shows a difference so often.

    Raises `TrialSizeError` as `needed_per_arm`.
    """
    if not 0 <= less < more <= 1:
        raise TrialSizeError("trial_rates_not_apart", seen=f"{more:.4f}, {less:.4f}")
    size = max(2, math.floor(_BEGIN * normal_size(more, less, alpha=alpha, power=power)))
    while size <= MOST_PER_ARM:
        if power_of(more, less, per_arm=size, alpha=alpha) >= power:
            return size
        size += max(1, math.floor(_STEP * size))
    raise TrialSizeError("trial_too_large", seen=size, expected=MOST_PER_ARM)


def normal_size(more: float, less: float, *, alpha: float, power: float) -> float:
    """Return the number per arm by the normal approximation, for a look at the arithmetic.

    n = (z_a · √(2·p̄·q̄) + z_b · √(p₁·q₁ + p₂·q₂))² / (p₁ - p₂)².
    """
    middle = (more + less) / 2
    null = float(ndtri(1 - alpha / 2)) * math.sqrt(2 * middle * (1 - middle))
    other = float(ndtri(power)) * math.sqrt(more * (1 - more) + less * (1 - less))
    return ((null + other) / (more - less)) ** 2


def power_of(more: float, less: float, *, per_arm: int, alpha: float) -> float:
    """Return the chance that the interval of the difference lies above 0.

    ``more``, ``less``: true rates of the two arms, in [0, 1].
    ``per_arm``: buildings of each, at least 1.
    ``alpha``: one less the level of the interval.
    """
    ours, ours_p = _outcomes(more, per_arm)
    theirs, theirs_p = _outcomes(less, per_arm)
    low, _ = wilson_bounds(ours, per_arm, level=1 - alpha)
    _, high = wilson_bounds(theirs, per_arm, level=1 - alpha)
    gap = (ours[:, None] - theirs[None, :]) / per_arm
    below = np.hypot((ours / per_arm - low)[:, None], (high - theirs / per_arm)[None, :])
    return float(ours_p @ (gap > below) @ theirs_p)


def weeks_needed(buildings: int, *, visits_a_week: float, share: float) -> int:
    """Return the weeks in which a share of the usual visits reaches every building once."""
    return max(1, math.ceil(buildings / (visits_a_week * share)))


def _outcomes(rate: float, size: int) -> tuple[Floats, Floats]:
    """Return the numbers of finds that can come, and how likely each is."""
    from scipy.stats import binom  # here, as it takes half a second

    first, last = binom.ppf(_TAIL, size, rate), binom.isf(_TAIL, size, rate)
    counts = np.arange(max(first, 0), last + 1)
    return counts, binom.pmf(counts, size, rate)
