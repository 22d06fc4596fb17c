"""How far the rate of a building departs from what its columns tell.

Visits cannot tell it, since what a place is changes between them; simulated offices of four kinds
did. The less is known of a building, the farther: each visit tells of it, and where an office keeps
reports, that nothing was reported does, too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.find_rate import ModelConfig


def own_variance(buildings: pd.DataFrame, *, has_reports: bool, rule: ModelConfig) -> Floats:
    """Return the relative variance of each building's rate, shape (buildings,).

    ``buildings``: with ``visits``, how many each had. ``has_reports``: whether the office keeps
    reports.
    """
    visits = buildings[c.VISITS].to_numpy(np.float64)
    strength = rule.strength + rule.strength_of_visit * visits
    return np.asarray(1.0 / (strength + rule.strength_of_reports * has_reports))
