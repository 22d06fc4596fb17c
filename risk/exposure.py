"""How many doors a building has behind which something can happen; unknown is not none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from risk import columns as c

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from risk.config import ExposureRule


def estimate_exposure(buildings: pd.DataFrame, *, rule: ExposureRule) -> pd.DataFrame:
    """Add ``exposure`` and ``exposure_known`` to a frame with dwellings and registered units.

    Where one of the two is not known it is estimated from the other by the city's ratio; where
    neither is, the building gets the median exposure of its kind, or of all. So a building without
    rental filings is one whose filings are missing, not one without tenants. A quantity that no
    building at all reports plays no part.

    Parameters
    ----------
    buildings
        Columns ``kind``, ``dwellings`` and ``registered_units`` (float64, NaN unknown).
    rule
        Weights and the least exposure.

    Returns
    -------
    DataFrame
        A copy with both columns; ``exposure`` > 0.
    """
    dwellings = buildings[c.DWELLINGS].to_numpy(np.float64)
    registered = buildings[c.REGISTERED].to_numpy(np.float64)
    known = _known(dwellings, registered)
    dwellings, registered = _complete(dwellings, registered)
    exposure = rule.dwelling * dwellings + rule.registered_unit * registered
    exposure = np.where(np.isnan(exposure), _typical(exposure, buildings[c.KIND]), exposure)
    exposure = np.maximum(np.nan_to_num(exposure, nan=rule.minimum), rule.minimum)
    return buildings.assign(**{c.EXPOSURE: exposure, c.EXPOSURE_KNOWN: known})


def typical_exposure(exposure: NDArray[np.float64]) -> float:
    """Return the median exposure, 1 where there is no building."""
    return float(np.median(exposure)) if exposure.size else 1.0


def _known(*quantities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark where everything is known that anybody reports."""
    reported = [~np.isnan(values) for values in quantities if not np.isnan(values).all()]
    if not reported:
        return np.zeros(quantities[0].shape, dtype=bool)
    known: NDArray[np.bool_] = np.logical_and.reduce(reported)
    return known


def _complete(
    dwellings: NDArray[np.float64], registered: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if np.isnan(dwellings).all():
        return np.where(np.isnan(registered), np.nan, 0.0), registered
    if np.isnan(registered).all():
        return dwellings, np.where(np.isnan(dwellings), np.nan, 0.0)
    both = ~np.isnan(dwellings) & ~np.isnan(registered)
    units, doors = registered[both].sum(), dwellings[both].sum()
    if units <= 0 or doors <= 0:
        no_ratio = np.where(np.isnan(dwellings), np.nan, 0.0)
        return dwellings, np.where(np.isnan(registered), no_ratio, registered)
    ratio = units / doors
    return (
        np.where(np.isnan(dwellings), registered / ratio, dwellings),
        np.where(np.isnan(registered), dwellings * ratio, registered),
    )


def _typical(exposure: NDArray[np.float64], kinds: pd.Series) -> NDArray[np.float64]:
    values = pd.Series(exposure, index=kinds.index)
    by_kind = values.groupby(kinds).transform("median")
    return by_kind.fillna(values.median()).to_numpy(np.float64)
