"""Where high values stand together more than chance would let them, and how sure that is.

A map of counts always looks clustered. These statistics ask of each place whether its surroundings
differ from what shuffling the same values over the map would give, and, because thousands of places
are asked at once, hold the share of false alarms down (false discovery rate).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse
from scipy.special import ndtr

from geo.cells import disk
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HIGH_HIGH, LOW_HIGH, LOW_LOW, HIGH_LOW = "HH", "LH", "LL", "HL"
QUADRANTS: Final = (HIGH_HIGH, LOW_HIGH, LOW_LOW, HIGH_LOW)
MINIMUM_PLACES: Final = 3


class HotspotError(GridwardenError):
    """The values or the weights cannot carry a hotspot statistic."""


@dataclass(frozen=True, kw_only=True)
class GetisOrd:
    """Gi* of n places: ``z`` (high: a hot spot, low: a cold one) and its two-sided ``p``."""

    z: NDArray[np.float64]
    p: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LocalMoran:
    """Local Moran's I of n places.

    Parameters
    ----------
    statistic
        I_i; positive where a place is like its surroundings.
    z
        I_i less its expectation, over its standard deviation, under conditional randomisation.
    p
        Pseudo p value: share of permutations at least as extreme on the nearer side.
    quadrant
        ``HH``, ``LH``, ``LL`` or ``HL``: the place, then its surroundings, against the mean.
    """

    statistic: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    quadrant: NDArray[np.str_]


def neighbour_weights(cells: Sequence[str], *, steps: int = 1) -> sparse.csr_array:
    """Link each H3 cell to the given cells at most ``steps`` away, itself excluded.

    Returns
    -------
    csr_array
        Binary, symmetric, in the order of ``cells``.
    """
    texts = np.asarray(cells, dtype=np.str_)
    order = np.argsort(texts)
    source, neighbour, _ = disk(texts, steps)
    place = np.searchsorted(texts, neighbour, sorter=order)
    target = order[np.minimum(place, max(len(texts) - 1, 0))]
    linked = (texts[target] == neighbour) & (target != source)
    ones = np.ones(int(linked.sum()))
    shape = (len(texts), len(texts))
    return sparse.csr_array((ones, (source[linked], target[linked])), shape=shape)


def find_hotspots(values: NDArray[np.float64], weights: sparse.csr_array) -> GetisOrd:
    """Compute Getis and Ord's Gi* (1992; 1995, Geographical Analysis 27) of each place.

        z_i = (Σ_j w_ij x_j - mean·W_i) / (s·sqrt((n·Σ_j w_ij² - W_i²)/(n - 1)))

    with the place itself among its neighbours, W_i = Σ_j w_ij and s the standard deviation of all
    values. The null hypothesis is that the values are shuffled over the places.

    Parameters
    ----------
    values
        One finite value per place, shape (n,), n ≥ 3, not all equal.
    weights
        Neighbours without the place itself, shape (n, n).

    Raises
    ------
    HotspotError
        When values are too few, not finite, or all equal.
    """
    values = _check(values, weights)
    count = len(values)
    near = sparse.csr_array(weights + sparse.eye_array(count))
    total = np.asarray(near.sum(axis=1)).ravel()
    squares = np.asarray(near.multiply(near).sum(axis=1)).ravel()
    spread = values.std() * np.sqrt((count * squares - total**2) / (count - 1))
    difference = near @ values - values.mean() * total
    z = np.divide(difference, spread, out=np.zeros(count), where=spread > 0)
    return GetisOrd(z=z, p=2 * ndtr(-np.abs(z)))


def find_clusters(
    values: NDArray[np.float64],
    weights: sparse.csr_array,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
) -> LocalMoran:
    """Compute Anselin's local Moran (1995, Geographical Analysis 27) of each place.

        I_i = (n - 1) · z_i · Σ_j w_ij z_j / Σ_k z_k²

    with z the standardised values and w the weights with rows summing to 1. The null hypothesis,
    conditional randomisation, keeps the place's own value and shuffles all others; expectation and
    variance are those of Sokal et al. (1998).

    Parameters
    ----------
    values, weights
        As in `find_hotspots`; weights are standardised here. A place without neighbours has I = 0
        and p = 1.
    rng
        Source of the permutations.
    permutations
        How many, ≥ 99 for a p value of 0.01 to be possible.

    Raises
    ------
    HotspotError
        As in `find_hotspots`.
    """
    values = _check(values, weights)
    z = (values - values.mean()) / values.std()
    degree = np.diff(weights.indptr)
    shares = _standardise_rows(weights)
    lag = shares @ z
    scale = (len(z) - 1) / float((z * z).sum())
    statistic = scale * z * lag
    side = np.where(z > 0, np.where(lag > 0, 0, 3), np.where(lag > 0, 1, 2))
    return LocalMoran(
        statistic=statistic,
        z=_conditional_z(statistic, z, shares),
        p=_pseudo_p(statistic, z, degree, scale, rng=rng, permutations=permutations),
        quadrant=np.array(QUADRANTS)[side],
    )


def control_false_discoveries(p: NDArray[np.float64], *, rate: float = 0.05) -> NDArray[np.bool_]:
    """Mark the places that stay significant when all were asked at once.

    Benjamini and Hochberg (1995): with the p values in order, all up to the largest k with
    p_(k) ≤ k·rate/n. Among the marked, about ``rate`` are expected to be false alarms. (Castro and
    Singer 2006 recommend it for local statistics.)
    """
    order = np.argsort(p, kind="stable")
    passes = p[order] <= np.arange(1, len(p) + 1) * rate / max(len(p), 1)
    marked = np.zeros(len(p), dtype=bool)
    if passes.any():
        marked[order[: np.flatnonzero(passes)[-1] + 1]] = True
    return marked


def _check(values: NDArray[np.float64], weights: sparse.csr_array) -> NDArray[np.float64]:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or weights.shape != (len(values), len(values)):
        raise HotspotError(
            "hotspot_shapes_differ", seen=f"{values.shape} values, {weights.shape} weights"
        )
    usable = len(values) >= MINIMUM_PLACES and np.isfinite(values).all()
    if not usable or values.std() == 0:
        raise HotspotError(
            "hotspot_values_unusable",
            count=len(values),
            expected=f"at least {MINIMUM_PLACES} finite values that are not all equal",
        )
    return values


def _standardise_rows(weights: sparse.csr_array) -> sparse.csr_array:
    total = np.asarray(weights.sum(axis=1)).ravel()
    inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    return sparse.csr_array(sparse.diags_array(inverse) @ weights)


def _conditional_z(
    statistic: NDArray[np.float64], z: NDArray[np.float64], shares: sparse.csr_array
) -> NDArray[np.float64]:
    """Standardise by Sokal, Oden and Thomson (1998), equations A7 and A8."""
    count, second = len(z), float((z * z).mean())
    total = np.asarray(shares.sum(axis=1)).ravel()
    squares = np.asarray(shares.multiply(shares).sum(axis=1)).ravel()
    expected = -(z**2 * total) / ((count - 1) * second)
    variance = (
        (z / second) ** 2
        * (count / (count - 2))
        * (squares - total**2 / (count - 1))
        * (second - z**2 / (count - 1))
    )
    known = variance > 0
    deviation = np.sqrt(np.where(known, variance, 1.0))
    return np.where(known, (statistic - expected) / deviation, 0.0)


def _pseudo_p(
    statistic: NDArray[np.float64],
    z: NDArray[np.float64],
    degree: NDArray[np.int32],
    scale: float,
    *,
    rng: np.random.Generator,
    permutations: int,
) -> NDArray[np.float64]:
    """Compare with the same places' statistics when all other values are shuffled."""
    others, widest = len(z) - 1, int(degree.max(initial=0))
    p = np.ones(len(z))
    if widest == 0:
        return p
    draws = np.array([rng.choice(others, widest, replace=False) for _ in range(permutations)])
    for place in np.flatnonzero(degree):
        drawn = draws[:, : degree[place]]
        shuffled = z[drawn + (drawn >= place)].mean(axis=1) * scale * z[place]
        above = int((shuffled >= statistic[place]).sum())
        p[place] = (min(above, permutations - above) + 1) / (permutations + 1)
    return p
