"""Cells, official grids and communities: sums over their buildings and what was seen there."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from data.results.snapshot import SUMMED_KINDS
from risk import schema as c
from risk.arrays import UNKNOWN, Codes, Floats, code_texts
from risk.config.score import ScoreConfig
from risk.features.empirical_bayes import smooth_rates
from risk.features.neighbours import parent_cells
from risk.find_rate.intervals import Draws, Units, intervals_of_sums
from risk.find_rate.points import TICKS_PER_POINT
from risk.scoring.ranking import add_ranks

SEEN: Final = (
    c.COMPLAINTS,
    c.ADVERTS,
    c.VIOLATIONS,
    c.FOUND,
    c.NOT_FOUND,
    c.NO_ACCESS,
    c.BUSINESS_TENANT,
    c.SHARED_TENANT,
    c.SHORT_TERM,
    c.VISITS,
)
"""What was seen at buildings, and adds up over them: masses are multiples of 2^-32."""


def finish_buildings(buildings: pd.DataFrame, draws: Draws, config: ScoreConfig) -> pd.DataFrame:
    """Add interval, rates, rank and tier to the scored buildings."""
    score = buildings[c.SCORE].to_numpy(np.float64)
    (ends,) = intervals_of_sums(score, draws, [None], level=config.interval_level)
    return _finish(buildings, ends, c.BUILDING, config)


def finish_office(
    buildings: pd.DataFrame,
    draws: Draws,
    config: ScoreConfig,
    *,
    unlocated: pd.DataFrame,
    empty_grids: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Finish the scored buildings, sum their points into every kind of unit, rank each kind.

    ``buildings``: with points and score; one without a cell, grid or community is left out of that
    kind only.
    ``draws``: of the chances of the buildings, in their order.
    ``unlocated``: events that belong to no building (`risk.features.build.FeatureTable`): seen in
    their cell, grid and community, where they add no points.
    ``empty_grids``: ``h3_r10``, ``grid_code`` and ``community_code`` of places without a building
    that have their rows all the same: nothing is expected there (score, low and high 0, no raw
    rate).

    The frames: the buildings as of `finish_buildings`; and one row per (``unit_kind``, ``unit``),
    sorted, where ``score`` equals the sum of its points, to the last bit.
    """
    summed = _sum_kinds(buildings, unlocated, empty_grids)
    of = [Units(of=codes[: len(buildings)], size=len(frame)) for frame, codes in summed.values()]
    score = buildings[c.SCORE].to_numpy(np.float64)
    by_itself, *ends = intervals_of_sums(score, draws, [None, *of], level=config.interval_level)
    finished = [
        _finish(frame, end, c.UNIT, config)
        for (frame, _), end in zip(summed.values(), ends, strict=True)
    ]
    return (
        _finish(buildings, by_itself, c.BUILDING, config),
        pd.concat(finished, ignore_index=True),
    )


def _sum_kinds(
    buildings: pd.DataFrame, unlocated: pd.DataFrame, empty_grids: pd.DataFrame
) -> dict[str, tuple[pd.DataFrame, Codes]]:
    """Return, by kind, the sums of each unit, sorted, and the unit of each row, -1 for none."""
    points = c.point_columns(buildings)
    parts = [_addends(buildings, points), _addends(unlocated, points)]
    if len(empty_grids):
        parts.append(_nothing_at(empty_grids, parts[0]))
    addends = pd.concat(parts, ignore_index=True)
    values = addends.drop(columns=[c.H3_R10, c.GRID, c.COMMUNITY])
    cells, (cell,) = code_texts(addends[c.H3_R10])
    by_cell = _sum_by(values, cell)
    summed = {}
    for kind in SUMMED_KINDS:
        if kind.startswith("cell:"):
            around = parent_cells(cells.to_series(), int(kind.removeprefix("cell:")))
            names, (of_cell,) = code_texts(around)
            codes = np.append(of_cell, UNKNOWN)[cell]
            # All but exposure are added up without rounding, in whatever parts.
            exposure = _sum_by(values[[c.EXPOSURE]], codes)
            sums = c.with_columns(_sum_by(by_cell, of_cell), dict(exposure))
        else:
            names, (codes,) = code_texts(addends[{"grid": c.GRID, "community": c.COMMUNITY}[kind]])
            sums = _sum_by(values, codes)
        summed[kind] = _finish_sums(sums, names, kind), codes
    return summed


def _sum_by(values: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Return the sums of the rows of each code, -1 left out."""
    inside = codes >= 0
    if not inside.all():  # to copy all columns costs as much as to add them up
        values, codes = values[inside], codes[inside]
    return values.groupby(codes, sort=True).sum()


def _finish_sums(sums: pd.DataFrame, names: pd.Index[Any], kind: str) -> pd.DataFrame:
    """Return sums with points for ticks, the score, and what they are of."""
    points = c.point_columns(sums)
    frame = sums.assign(**(sums[points] / TICKS_PER_POINT))
    frame[c.SCORE] = sums[points].sum(axis=1) / TICKS_PER_POINT
    frame.insert(0, c.UNIT_KIND, kind)
    frame.insert(1, c.UNIT, names)
    return frame


def _addends(frame: pd.DataFrame, points: list[str]) -> pd.DataFrame:
    """Bring buildings and unlocated events to the same columns, points as whole ticks."""
    is_building = c.BUILDING in frame
    counted: dict[str, Any] = {
        c.BUILDINGS: np.full(len(frame), int(is_building)),
        c.CONFIRMED: frame[c.CONFIRMED],
        **{name: frame.get(name, 0.0) for name in SEEN},
        c.EXPOSURE: frame.get(c.EXPOSURE, 0.0),
    }
    ticks = {
        name: (frame[name] * TICKS_PER_POINT).astype(np.int64) if name in frame else 0
        for name in points
    }
    return frame[[c.H3_R10, c.GRID, c.COMMUNITY]].assign(**counted, **ticks)


def _nothing_at(places: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    keys = [c.H3_R10, c.GRID, c.COMMUNITY]
    kinds = like.dtypes.drop(keys)
    zeros = {str(name): np.zeros(len(places), dtype=kind) for name, kind in kinds.items()}
    return places[keys].assign(**zeros)


def _finish(
    frame: pd.DataFrame, ends: tuple[Floats, Floats], key: str, config: ScoreConfig
) -> pd.DataFrame:
    rates = smooth_rates(
        frame[c.CONFIRMED].to_numpy(np.float64), frame[c.EXPOSURE].to_numpy(np.float64)
    )
    columns = {
        c.LOW: ends[0],
        c.HIGH: ends[1],
        c.RATE_RAW: rates.raw,
        c.RATE_SMOOTHED: rates.smoothed,
        c.RATE_WEIGHT: rates.weight,
    }
    return add_ranks(frame.assign(**columns), key=key, shares=config.tier_shares)
