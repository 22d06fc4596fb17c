"""Rates of finds and what lies between two of them, each with its interval."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtri

from geo.errors import GridwardenError
from risk.arrays import Floats


class ArmsError(GridwardenError):
    """Counts or a level that no comparison can be made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; NaN where nothing is known."""

    value: float
    low: float
    high: float

    @classmethod
    def unknown(cls) -> Self:
        """Return what is said where there were no visits."""
        return cls(value=float("nan"), low=float("nan"), high=float("nan"))


def rate_of(found: float, visited: float, *, level: float) -> Estimate:
    """Return finds per visit with Wilson's interval; unknown without a visit.

    Raises `ArmsError` when more was found than visited, or the level is none.
    """
    if not 0 <= found <= visited or not 0 < level < 1:
        raise ArmsError("arm_counts_wrong", seen=f"{found:g}/{visited:g}, {level:g}",
                        expected="0 ≤ found ≤ visited, a level between 0 and 1")  # fmt: skip
    if visited == 0:
        return Estimate.unknown()
    low, high = wilson_bounds(np.array([found], dtype=np.float64), visited, level=level)
    return Estimate(value=found / visited, low=float(low[0]), high=float(high[0]))


def wilson_bounds(found: Floats, visited: float, *, level: float) -> tuple[Floats, Floats]:
    """Return both ends of Wilson's interval for each number of finds, shapes as ``found``."""
    z, p = _quantile(level), found / visited
    middle = p + z**2 / (2 * visited)
    half = z * np.sqrt(p * (1 - p) / visited + z**2 / (4 * visited**2))
    scale = 1 + z**2 / visited
    low, high = np.maximum((middle - half) / scale, 0.0), np.minimum((middle + half) / scale, 1.0)
    return np.where(found == 0, 0.0, low), np.where(found == visited, 1.0, high)


def difference_of(
    found: int, visited: int, other_found: int, other_visited: int, *, level: float
) -> Estimate:
    """Return the first rate less the second, with Newcombe's interval; both need a visit."""
    one = rate_of(found, visited, level=level)
    two = rate_of(other_found, other_visited, level=level)
    gap = one.value - two.value
    below = np.hypot(one.value - one.low, two.high - two.value)
    above = np.hypot(one.high - one.value, two.value - two.low)
    return Estimate(value=gap, low=float(gap - below), high=float(gap + above))


def ratio_of(
    found: int, visited: int, other_found: int, other_visited: int, *, level: float
) -> Estimate:
    """Return how many times the second rate the first is; both need a visit.

    The value is the plain ratio, NaN where the second is 0; the interval is
    exp(ln r ± z·s) with r of counts with a half added and s² = 1/(x+½) - 1/(m+½) + 1/(y+½)
    - 1/(n+½).
    """
    x, m, y, n = (each + 0.5 for each in (found, visited, other_found, other_visited))
    log = np.log(x / m) - np.log(y / n)
    spread = _quantile(level) * np.sqrt(max(1 / x - 1 / m + 1 / y - 1 / n, 0.0))
    plain = (found / visited) / (other_found / other_visited) if other_found else float("nan")
    return Estimate(value=plain, low=float(np.exp(log - spread)), high=float(np.exp(log + spread)))


def _quantile(level: float) -> float:
    return float(ndtri((1 + level) / 2))
