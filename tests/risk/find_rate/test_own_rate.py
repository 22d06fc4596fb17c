"""The more is known of a building, the less its rate departs from what its columns tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.cells import cells_of_points, disk
from risk.config.find_rate import ModelConfig
from risk.find_rate.own_rate import own_variance, share_nearby

RULE = ModelConfig(strength=0.5, strength_of_visit=0.25, strength_of_reports=1.0)


def test_every_visit_and_the_keeping_of_reports_make_a_building_better_known() -> None:
    buildings = pd.DataFrame({"visits": [0, 2, 6]})
    without = own_variance(buildings, has_reports=False, learnt_from=10**12, rule=RULE)
    np.testing.assert_allclose(without, [2.0, 1.0, 0.5])
    reported = own_variance(buildings, has_reports=True, learnt_from=10**12, rule=RULE)
    np.testing.assert_allclose(reported, [1 / 1.5, 0.5, 1 / 3])


def test_reports_tell_as_much_as_visits_have_shown_that_they_do() -> None:
    never = pd.DataFrame({"visits": [0]})
    variances = [
        float(own_variance(never, has_reports=True, learnt_from=each, rule=RULE)[0])
        for each in (0, 300, 10**12)
    ]
    np.testing.assert_allclose(variances, [2.0, 1.0, 1 / 1.5])


def test_what_is_shared_has_variance_one_and_falls_with_the_steps_between_cells() -> None:
    """Of 19 cells about each, 14 are common to cells next to each other; none from five on."""
    centre = str(cells_of_points([117.0], [36.0], resolution=10)[0])
    _, around, steps = disk([centre], 5)
    cells = pd.Series(around, dtype="str")
    row, shares = share_nearby(cells)
    alike = (shares @ shares.T).toarray()[np.ix_(row, row)]
    np.testing.assert_allclose(np.diag(alike), 1.0)
    of_centre = alike[list(around).index(centre)]
    np.testing.assert_allclose(of_centre[steps == 1], 14 / 19)
    means = [float(of_centre[steps == each].mean()) for each in range(6)]
    assert means == sorted(means, reverse=True)
    assert means[5] == 0


def test_buildings_without_a_cell_share_with_each_other_alone() -> None:
    known = str(cells_of_points([117.0], [36.0], resolution=10)[0])
    row, shares = share_nearby(pd.Series(["", known, ""], dtype="str"))
    alike = (shares @ shares.T).toarray()[np.ix_(row, row)]
    np.testing.assert_allclose(alike, [[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    assert share_nearby(pd.Series(["", ""], dtype="str"))[0].tolist() == [0, 0]
