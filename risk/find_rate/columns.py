"""The columns of a place's design: which factor each belongs to, its sign and policy's weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig, Weights
from risk.design import names as v
from risk.design.recency import square_time
from risk.features.factors import BASE, COUNTED

DOORS: Final = "doors"
"""Log of a building's doors over the typical building's; 0 where a place is one door."""
WAITING: Final = "waiting"
"""1 where a report of the building waits for a visit."""
KIND: Final = "building_kind"
REPORTED: Final = (*COUNTED, c.RING)
"""Columns of the building that a place takes over, scaled as `risk.features.factors` does."""
WIDE_FROM_M: Final = 1_000.0
"""From this bandwidth on a neighbourhood is the wider area."""
MOST_EFFECT: Final = 1.5
"""Bound on a weight: log of what one standard deviation of its column may multiply a rate by."""
MOST_WEIGHT: Final = 5.0
"""Bound on a weight per unit of its column, as in the settings."""
_DOORS_PRIOR: Final = 0.2
_LEVELS: Final = {
    "unit": c.HISTORY_UNIT,
    "party": c.HISTORY_OPERATOR,
    "words": c.HISTORY_OPERATOR,
    "building": c.HISTORY_BUILDING,
    "kind_class": c.HISTORY_KIND,
}
_SIGNS: Final = {c.NOT_FOUND: -1}


def factor_of(column: str) -> str:
    """Return the factor whose points a column belongs to; `BASE` for doors."""
    part, *rest = column.split(".")
    if part == v.HISTORY:
        return _LEVELS[rest[1]]
    if part == v.AREA:
        return c.HISTORY_AREA if float(rest[1].removesuffix("m")) >= WIDE_FROM_M else c.HISTORY_RING
    simple = {
        v.LAST: c.HISTORY_UNIT,
        v.AREA_SIZE: c.HISTORY_AREA,
        "kind": c.HISTORY_KIND,
        "class": c.HISTORY_KIND,
        KIND: c.HISTORY_KIND,
        WAITING: c.COMPLAINTS,
        DOORS: BASE,
        v.VISITS: c.VISITS_OTHER,
    }
    if part in simple:
        return simple[part]
    if part in {"unit", "building"}:
        return c.UNVISITED if rest[0] in {"since", "known", "result_since"} else c.VISITS_OTHER
    return column


def sign_of(column: str) -> int:
    """Return +1 where a column may only raise a rate, -1 only lower it, 0 either."""
    if column in _SIGNS:
        return _SIGNS[column]
    return int(v.is_raised_only(column) or column in {*REPORTED, WAITING, DOORS})


def prior_of(column: str, outcome: str, config: ScoreConfig) -> float:
    """Return policy's weight of a column, per unit of the column."""
    if column in Weights.__dataclass_fields__:
        return float(getattr(config.weights, column))
    if column == DOORS:
        return _DOORS_PRIOR
    if column == WAITING:
        return float(np.log(config.model.waiting))
    return v.prior_weight(column, outcome, config.model.prior)


def bounds_of(columns: Sequence[str], spread: Floats) -> tuple[Floats, Floats]:
    """Return least and greatest weight per unit of each column, from signs and `MOST_EFFECT`."""
    signs = np.array([sign_of(name) for name in columns])
    most = np.minimum(MOST_EFFECT / spread, MOST_WEIGHT)
    return np.where(signs > 0, 0.0, -most), np.where(signs < 0, 0.0, most)


def choose_columns(
    x: pd.DataFrame, *, half_life_days: float | None, config: ScoreConfig
) -> list[str]:
    """List, in order, the columns that are used with neighbourhoods of one half-life, or of none.

    By name: which windows of the past were read together must not decide how the terms are added
    up, nor which draws of an interval are whose.
    """
    names = v.risk_features(x.columns, half_life_days=half_life_days, config=config.model)
    return sorted(name for name in names if half_life_days is not None or name != c.RING)


def reference_of(columns: Sequence[str], config: ScoreConfig) -> Floats:
    """Return x of a place of which nothing is known: never visited, nothing heard of it."""
    never = np.log1p(config.model.no_history_days)
    ends = {"since": float(never), v.squared("since"): float(square_time(never))}
    return np.array(
        [next((ends[end] for end in ends if name.endswith(end)), 0.0) for name in columns]
    )
