"""Cells, official grids and communities: sums over their buildings and over unlocated events."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from data.results.snapshot import SUMMED_KINDS
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.features.empirical_bayes import gamma_interval, smooth_rates
from risk.features.neighbours import parent_cells
from risk.scoring.ranking import add_ranks
from risk.scoring.scorecard import TICKS_PER_POINT, Scored

_VARIANCE: Final = "variance"
SEEN: Final = (
    c.COMPLAINTS,
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


def finish_buildings(scored: Scored, config: ScoreConfig) -> pd.DataFrame:
    """Add interval, rates, rank and tier to the scored buildings."""
    frame = scored.buildings
    variance = _variance(frame, config)
    return _finish(frame.assign(**{_VARIANCE: variance}), c.BUILDING, config)


def sum_units(
    scored: Scored, config: ScoreConfig, *, empty_grids: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Sum points into every kind of unit, and rank each kind by itself.

    ``scored``: points of buildings and unlocated events; a building without a cell, grid or
    community is left out of that kind only. ``empty_grids``: ``h3_r10``, ``grid_code`` and
    ``community_code`` of places without a building that have their rows all the same: nothing is
    expected there (score, low and high 0, no raw rate).

    The frame: one row per (``unit_kind``, ``unit``), sorted; ``score`` equals the sum of its
    points, to the last bit.
    """
    points = c.point_columns(scored.buildings)
    parts = [_addends(scored.buildings, points, config), _addends(scored.unlocated, points, config)]
    if empty_grids is not None and len(empty_grids):
        parts.append(_nothing_at(empty_grids, parts[0]))
    addends = pd.concat(parts, ignore_index=True)
    kinds = [_sum_kind(addends, kind, config) for kind in SUMMED_KINDS]
    return pd.concat(kinds, ignore_index=True)


def _addends(frame: pd.DataFrame, points: list[str], config: ScoreConfig) -> pd.DataFrame:
    """Bring buildings and loose events to the same columns, points as whole ticks."""
    is_building = c.BUILDING in frame
    counted: dict[str, Any] = {
        c.BUILDINGS: np.full(len(frame), int(is_building)),
        c.CONFIRMED: frame[c.CONFIRMED if is_building else c.RECENT_CONFIRMED],
        **{name: frame.get(name, 0.0) for name in SEEN},
        c.EXPOSURE: frame.get(c.EXPOSURE, 0.0),
        _VARIANCE: _variance(frame, config),
    }
    ticks = (frame[points] * TICKS_PER_POINT).astype(np.int64)
    return frame[[c.H3_R10, c.GRID, c.COMMUNITY]].assign(**counted).join(ticks)


def _nothing_at(places: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    keys = [c.H3_R10, c.GRID, c.COMMUNITY]
    kinds = like.dtypes.drop(keys)
    zeros = {str(name): np.zeros(len(places), dtype=kind) for name, kind in kinds.items()}
    return places[keys].assign(**zeros)


def _variance(frame: pd.DataFrame, config: ScoreConfig) -> np.ndarray:
    """Return score² / n, n the events that each score stands on, policy's own included (> 0)."""
    seen = (
        config.ring_complaint * frame[c.COMPLAINTS]
        + frame[c.VIOLATIONS]
        + frame[c.FOUND]
        + frame.get(c.NOT_FOUND, 0.0)
    )
    events = config.interval_events + seen.to_numpy(np.float64)
    return np.asarray(frame[c.SCORE].to_numpy(np.float64) ** 2 / events)


def _units_of(frame: pd.DataFrame, kind: str) -> pd.Series:
    if kind.startswith("cell:"):
        return parent_cells(frame[c.H3_R10], int(kind.removeprefix("cell:")))
    return frame[{"grid": c.GRID, "community": c.COMMUNITY}[kind]]


def _sum_kind(addends: pd.DataFrame, kind: str, config: ScoreConfig) -> pd.DataFrame:
    units = _units_of(addends, kind)
    values = addends.drop(columns=[c.H3_R10, c.GRID, c.COMMUNITY])
    sums = values[units != ""].groupby(units[units != ""], sort=True).sum()
    points = c.point_columns(sums)
    frame = sums.assign(**(sums[points] / TICKS_PER_POINT))
    frame[c.SCORE] = sums[points].sum(axis=1) / TICKS_PER_POINT
    frame = frame.rename_axis(c.UNIT).reset_index()
    frame.insert(0, c.UNIT_KIND, kind)
    return _finish(frame, c.UNIT, config)


def _finish(frame: pd.DataFrame, key: str, config: ScoreConfig) -> pd.DataFrame:
    score = frame[c.SCORE].to_numpy(np.float64)
    variance = frame[_VARIANCE].to_numpy(np.float64)
    low, high = gamma_interval(score, variance, level=config.interval_level)
    rates = smooth_rates(
        frame[c.CONFIRMED].to_numpy(np.float64), frame[c.EXPOSURE].to_numpy(np.float64)
    )
    columns = {
        c.LOW: low,
        c.HIGH: high,
        c.RATE_RAW: rates.raw,
        c.RATE_SMOOTHED: rates.smoothed,
        c.RATE_WEIGHT: rates.weight,
    }
    finished = frame.drop(columns=_VARIANCE).assign(**columns)
    return add_ranks(finished, key=key, shares=config.tier_shares)
