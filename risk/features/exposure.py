"""Exposure: the number of dwellings and registered units of a building, estimated where unknown."""

import numpy as np
import pandas as pd

from geo.shapes.apportion import spread_total
from risk import schema as c
from risk.arrays import Bools, Floats
from risk.config.score import ExposureRule


def estimate_exposure(
    buildings: pd.DataFrame, *, rule: ExposureRule, totals: pd.Series | None = None
) -> pd.DataFrame:
    """Add ``exposure`` and ``exposure_known`` to a frame with dwellings and registered units.

    Households known of a grid or community only are spread to its buildings without a count (see
    `spread_households`). Where one of the two is not known it is estimated from the other by the
    city's ratio; where neither is, the building gets the median exposure of its kind, or of all. So
    a building without rental filings is one whose filings are missing, not one without tenants. A
    quantity that no building at all reports plays no part.

    ``buildings``: columns ``kind``, ``dwellings`` and ``registered_units`` (float64, NaN unknown).
    ``rule``: weights and the least exposure. ``totals``: households by code of a grid or community,
    NaN unknown; ``buildings`` then has ``grid_code`` and ``community_code``.

    The frame: a copy with both columns; ``exposure`` > 0. A building whose dwellings are a share of
    a total is not known.
    """
    counted = buildings[c.DWELLINGS].to_numpy(np.float64)
    registered = buildings[c.REGISTERED].to_numpy(np.float64)
    dwellings = counted if totals is None else spread_households(buildings, totals)
    known = _known(counted, registered) & (np.isnan(dwellings) | ~np.isnan(counted))
    dwellings, registered = _complete(dwellings, registered)
    exposure = rule.dwelling * dwellings + rule.registered_unit * registered
    if np.isnan(exposure).any():
        exposure = np.where(np.isnan(exposure), _typical(exposure, buildings[c.KIND]), exposure)
    exposure = np.maximum(np.nan_to_num(exposure, nan=rule.minimum), rule.minimum)
    return buildings.assign(**{c.EXPOSURE: exposure, c.EXPOSURE_KNOWN: known})


def spread_households(buildings: pd.DataFrame, totals: pd.Series) -> Floats:
    """Return dwellings of buildings, those without a count by what is left of their area's total.

    First by grid, then by community (a total filed under the community's own code): the total
    less the counted buildings is spread over the others in whole households, in proportion to
    the median count of their kind (of all where the kind has none, alike where nobody counts).
    Where nothing is left the others stay unknown: the total may be the sum of the counted ones.

    ``buildings``: ``kind``, ``dwellings`` (NaN unknown), ``grid_code``, ``community_code``.
    ``totals``: households ≥ 0 by code, NaN unknown.
    """
    dwellings = buildings[c.DWELLINGS].to_numpy(np.float64).copy()
    known = totals[totals.notna()]
    if known.empty or not np.isnan(dwellings).any():
        return dwellings
    weight = np.nan_to_num(_typical(dwellings, buildings[c.KIND]), nan=1.0)
    for column in (c.GRID, c.COMMUNITY):
        area = known.index.get_indexer(pd.Index(buildings[column]))
        counted = np.bincount(
            area[area >= 0],
            weights=np.nan_to_num(dwellings[area >= 0]),
            minlength=len(known),
        )
        remaining = np.maximum(known.to_numpy(np.float64) - np.round(counted), 0.0)
        lacking = np.isnan(dwellings) & (area >= 0)
        lacking[lacking] = remaining[area[lacking]] > 0
        has_part = np.isin(np.arange(len(known)), area[lacking])
        amounts = np.where(has_part, remaining, 0.0)
        dwellings[lacking] = spread_total(amounts, source=area[lacking], weight=weight[lacking])
    return dwellings


def typical_exposure(exposure: Floats) -> float:
    """Return the median exposure, 1 where there is no building."""
    return float(np.median(exposure)) if exposure.size else 1.0


def _known(*quantities: Floats) -> Bools:
    """Mark where everything is known that anybody reports."""
    reported = [~np.isnan(values) for values in quantities if not np.isnan(values).all()]
    if not reported:
        return np.zeros(quantities[0].shape, dtype=bool)
    known: Bools = np.logical_and.reduce(reported)
    return known


def _complete(dwellings: Floats, registered: Floats) -> tuple[Floats, Floats]:
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


def _typical(exposure: Floats, kinds: pd.Series) -> Floats:
    values = pd.Series(exposure, index=kinds.index)
    by_kind = values.groupby(kinds).transform("median")
    return by_kind.fillna(values.median()).to_numpy(np.float64)
