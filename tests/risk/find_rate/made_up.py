"""Places of made-up buildings with a made-up design, without any table behind them."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd

from geo.cells import cells_of_points
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.features.build import FeatureTable
from risk.find_rate.columns import DOORS, KIND, REPORTED, WAITING, bounds_of, prior_of
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.training import CONDITIONS
from tests.risk.conftest import CUT

COLUMNS = (
    *REPORTED,
    *(WAITING, DOORS, f"{KIND}.住宅"),
    *("history.found.unit", "history.found.building", "history.found.party"),
    *("history.found.kind_class", "last.found", "area.found.800m.60d", "area.found.2000m.60d"),
    *("area_size.800m", "unit.known", "unit.since", "building.since", "unit.age"),
    *("visits.unit.routine", "visits.building.complaint", "kind.A", "class.1"),
)


def known_of(
    rng: np.random.Generator, *, buildings: int, places: int, config: ScoreConfig | None = None
) -> Known:
    """Make up what is known; some places are of no building of the register."""
    ids = [f"B{number}" for number in range(buildings)]
    lon, lat = 117.1 + 0.02 * rng.random(buildings), 36.1 + 0.02 * rng.random(buildings)
    register = pd.DataFrame(
        {c.BUILDING: ids, c.H3_R10: cells_of_points(lon, lat, resolution=10)}
    ).astype("str")
    register[c.VISITS] = 7
    x = pd.DataFrame(rng.normal(size=(places, len(COLUMNS))), columns=list(COLUMNS))
    for name in (*REPORTED, WAITING):
        x[name] = x[name].abs() * (rng.random(places) < 0.5)
    for name in ("unit.since", "building.since"):
        x[name] = np.log1p(rng.uniform(1, 730, places))
    of = rng.integers(0, buildings + 1, places)
    where = pd.DataFrame({"building": [*ids, "elsewhere"]}).iloc[of].reset_index(drop=True)
    features = FeatureTable(
        cut=CUT, buildings=register, unlocated=pd.DataFrame(), usual={c.COMPLAINTS: 0.0},
        rows_nowhere={},
        grids=pd.DataFrame(), waiting=pd.Series(),
    )  # fmt: skip
    return Known(
        cut=CUT, config=config or ScoreConfig(), facts=cast("Any", None), features=features,
        places=where, x=x, by_building=pd.DataFrame(),
    )  # fmt: skip


def rate_of(
    rng: np.random.Generator, *, config: ScoreConfig | None = None, **changed: Any
) -> FindRate:
    """Make up a rate whose weights keep to their signs and bounds."""
    config = config or ScoreConfig()
    lower, upper = bounds_of(COLUMNS, np.ones(len(COLUMNS)))
    parts: dict[str, Any] = {
        "state": "learnt",
        "columns": COLUMNS,
        "intercept": float(rng.uniform(-6, -1)),
        "weights": rng.uniform(np.maximum(lower, -0.6), np.minimum(upper, 0.6)),
        "prior": np.array([prior_of(name, "found", config) for name in COLUMNS]),
        "covariance": np.diag(np.full(len(COLUMNS) + 1, 0.0005)),
        "conditions": dict.fromkeys(CONDITIONS, 0.0),
        "level_spread": 0.1,
        "visits": 100,
        "finds": 10.0,
        "penalty": 100.0,
        "half_life_days": 60.0,
        "evening_share": 0.3,
        "complaint_slope": 1.0,
        "suspicions": (0.0, 0.0),
    }
    return FindRate(**(parts | changed))
