"""Split whole totals over parts so that nothing is lost and nothing is counted twice."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from geo.arrays import Floats, Ints
from geo.errors import GridwardenError

# Beyond this, float64 rounding could add up to a whole unit; no street has a billion households.
LARGEST_WHOLE_TOTAL: Final = 2.0**40
_EQUAL: Final = 1e-9


class NowhereToSpreadError(GridwardenError):
    """Some totals have no part to go to, so spreading would lose them."""


def spread_total(totals: ArrayLike, *, source: ArrayLike, weight: ArrayLike) -> Floats:
    """Spread each source's total over its parts in proportion to their weights.

    Largest remainder (Hamilton's method): each part is a whole number at most one away from its
    proportional share; equal remainders (to a billionth) favour the earlier part.

    ``totals``: one whole number a source, 0 to 2^40.
    ``source``: for each part the position of its source in `totals`.
    ``weight``: for each part a finite number ≥ 0. Parts of a source whose weights are all zero
    share equally.

    Returns ``amounts``: one float64 a part. The parts of a source add up to its total exactly.

    Raises `NowhereToSpreadError` if a source with a total above zero has no part.
    """
    amounts, owner, weights = _checked(totals, source, weight)
    shares = _shares(amounts.size, owner, weights) * amounts[owner]
    # Rounding must not tell equal remainders apart, nor 2.9999999999999996 from 3.
    nearest = np.round(shares)
    shares = np.where(np.abs(shares - nearest) < _EQUAL, nearest, shares)
    floors = np.floor(shares)
    remainders = np.round((shares - floors) / _EQUAL)
    missing = amounts - np.bincount(owner, weights=floors, minlength=amounts.size)
    order = np.lexsort((np.arange(owner.size), -remainders, owner))
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=amounts.size))))
    place = np.empty(owner.size, dtype=np.int64)
    place[order] = np.arange(owner.size) - starts[owner[order]]
    return floors + (place < missing[owner])


def _checked(
    totals: ArrayLike, source: ArrayLike, weight: ArrayLike
) -> tuple[Floats, Ints, Floats]:
    amounts = np.asarray(totals, dtype=np.float64)
    owner, weights = np.asarray(source, dtype=np.int64), np.asarray(weight, dtype=np.float64)
    if owner.shape != weights.shape:
        raise ValueError(f"source has shape {owner.shape} but weight {weights.shape}.")
    for name, values in (("totals", amounts), ("weight", weights)):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"{name} holds a negative or unknown number.")
    if ((amounts != np.floor(amounts)) | (amounts > LARGEST_WHOLE_TOTAL)).any():
        raise ValueError("totals holds a fraction or exceeds 2^40.")
    parts = np.bincount(owner, minlength=amounts.size)
    lost = np.flatnonzero((parts[: amounts.size] == 0) & (amounts > 0))
    if lost.size:
        raise NowhereToSpreadError(
            "nowhere_to_spread", sources=lost.tolist(), total=float(amounts[lost].sum())
        )
    return amounts, owner, weights


def _shares(sources: int, owner: Ints, weights: Floats) -> Floats:
    # Scaling by the largest weight first keeps subnormal and huge weights from spoiling the sum.
    largest = np.zeros(sources)
    np.maximum.at(largest, owner, weights)
    scaled = np.ones_like(weights)
    np.divide(weights, largest[owner], out=scaled, where=largest[owner] > 0)
    return scaled / np.bincount(owner, weights=scaled, minlength=sources)[owner]
