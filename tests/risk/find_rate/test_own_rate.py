"""The more is known of a building, the less its rate departs from what its columns tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risk.config.find_rate import ModelConfig
from risk.find_rate.own_rate import own_variance

RULE = ModelConfig(strength=0.5, strength_of_visit=0.25, strength_of_reports=1.0)


def test_every_visit_and_the_keeping_of_reports_make_a_building_better_known() -> None:
    buildings = pd.DataFrame({"visits": [0, 2, 6]})
    without = own_variance(buildings, has_reports=False, rule=RULE)
    np.testing.assert_allclose(without, [2.0, 1.0, 0.5])
    reported = own_variance(buildings, has_reports=True, rule=RULE)
    np.testing.assert_allclose(reported, [1 / 1.5, 0.5, 1 / 3])
