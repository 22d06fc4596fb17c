"""Split totals over parts so that nothing is lost and nothing is counted twice."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GridwardenError

Floats: TypeAlias = "NDArray[np.float64]"


# Beyond this, float64 rounding could add up to a whole unit; no street has a billion households.
LARGEST_WHOLE_TOTAL: Final = 2.0**40
_EQUAL: Final = 1e-9


class NowhereToSpreadError(GridwardenError):
    """Some totals have no part to go to, so spreading would lose them."""


def spread_total(
    totals: ArrayLike, *, source: ArrayLike, weight: ArrayLike, whole: bool = True
) -> Floats:
    """Spread each source's total over its parts in proportion to their weights.

    Typically the households of communities over the cells they touch, weighted by dwellings or
    by area (`geo.shapes.cell_coverage.cell_shares`).

    Parameters
    ----------
    totals
        One finite number ≥ 0 a source; whole numbers up to 2^40 if `whole`.
    source
        For each part the position of its source in `totals`.
    weight
        For each part a finite number ≥ 0. Parts of a source whose weights are all zero share
        equally.
    whole
        Give every part a whole number by largest remainder (Hamilton's method): each part is at
        most one away from its proportional share; equal remainders (to a billionth) favour the
        earlier part. Otherwise parts get fractions.

    Returns
    -------
    amounts
        One float64 a part. The parts of a source add up to its total: exactly if `whole`, and
        to the last rounding of float64 (``math.fsum``, about 1e-16 relative) otherwise.

    Raises
    ------
    NowhereToSpreadError
        If a source with a total above zero has no part.
    """
    amounts, owner, weights = _checked(totals, source, weight, whole=whole)
    shares = _shares(amounts.size, owner, weights) * amounts[owner]
    return _whole(amounts, owner, shares) if whole else _closed(amounts, owner, shares)


def _checked(
    totals: ArrayLike, source: ArrayLike, weight: ArrayLike, *, whole: bool
) -> tuple[Floats, NDArray[np.int64], Floats]:
    amounts = np.asarray(totals, dtype=np.float64)
    owner, weights = np.asarray(source, dtype=np.int64), np.asarray(weight, dtype=np.float64)
    if owner.shape != weights.shape:
        raise ValueError(f"source has shape {owner.shape} but weight {weights.shape}.")
    for name, values in (("totals", amounts), ("weight", weights)):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"{name} holds a negative or unknown number.")
    if whole and ((amounts != np.floor(amounts)) | (amounts > LARGEST_WHOLE_TOTAL)).any():
        raise ValueError("totals holds a fraction or exceeds 2^40; pass whole=False to spread it.")
    parts = np.bincount(owner, minlength=amounts.size)
    lost = np.flatnonzero((parts[: amounts.size] == 0) & (amounts > 0))
    if lost.size:
        raise NowhereToSpreadError(
            "nowhere_to_spread", sources=lost.tolist(), total=float(amounts[lost].sum())
        )
    return amounts, owner, weights


def _shares(sources: int, owner: NDArray[np.int64], weights: Floats) -> Floats:
    # Scaling by the largest weight first keeps subnormal and huge weights from spoiling the sum.
    largest = np.zeros(sources)
    np.maximum.at(largest, owner, weights)
    scaled = np.ones_like(weights)
    np.divide(weights, largest[owner], out=scaled, where=largest[owner] > 0)
    return scaled / np.bincount(owner, weights=scaled, minlength=sources)[owner]


def _whole(amounts: Floats, owner: NDArray[np.int64], shares: Floats) -> Floats:
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


def _closed(amounts: Floats, owner: NDArray[np.int64], shares: Floats) -> Floats:
    """Let the largest part of each source take up what rounding left over."""
    closed = shares.copy()
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(amounts.size + 1))
    for index, total in enumerate(amounts):
        rows = order[bounds[index] : bounds[index + 1]]
        if rows.size and total > 0:
            largest = rows[np.argmax(shares[rows])]
            closed[largest] += total - math.fsum(shares[rows])
    return closed
