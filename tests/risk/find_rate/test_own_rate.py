"""The more is known of a building, the less its rate departs from what its columns tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from geo.cells import cells_of_points, disk
from risk.config.find_rate import ModelConfig
from risk.find_rate.own_rate import (
    NO_SUSPICIONS,
    learn_suspicions,
    own_variance,
    share_nearby,
)

RULE = ModelConfig(strength=0.5, strength_of_visit=0.25, strength_of_reports=1.0)


def variance_of(
    visits: Sequence[int],
    *,
    has_reports: bool = False,
    learnt_from: int = 10**12,
    rates: Sequence[float] | None = None,
    suspicions: tuple[float, float] = NO_SUSPICIONS,
) -> Any:
    return own_variance(
        pd.DataFrame({"visits": visits}), np.asarray(rates or np.full(len(visits), 0.1)),
        suspicions=suspicions, has_reports=has_reports, learnt_from=learnt_from, rule=RULE,
    )  # fmt: skip


def test_every_visit_and_the_keeping_of_reports_make_a_building_better_known() -> None:
    np.testing.assert_allclose(variance_of([0, 2, 6]), [2.0, 1.0, 0.5])
    reported = variance_of([0, 2, 6], has_reports=True)
    np.testing.assert_allclose(reported, [1 / 1.5, 0.5, 1 / 3])


def test_reports_tell_as_much_as_visits_have_shown_that_they_do() -> None:
    variances = [
        float(variance_of([0], has_reports=True, learnt_from=each)[0]) for each in (0, 300, 10**12)
    ]
    np.testing.assert_allclose(variances, [2.0, 1.0, 1 / 1.5])


def test_a_rate_departs_by_as_much_as_it_moves_with_what_is_really_found() -> None:
    """Written down as the slope of ln θ against the log of what of it is no suspicion."""
    odds, slope = -1.5, -0.8
    rates = np.array([0.001, 0.03, 0.6])
    near = np.array([0.999, 1.001])[:, None] * rates
    found = near * (1.0 - expit(odds + slope * np.log(near)))
    moves = np.diff(np.log(near), axis=0)[0] / np.diff(np.log(found), axis=0)[0]
    told = variance_of([0, 2, 6], rates=rates.tolist(), suspicions=(odds, slope))
    np.testing.assert_allclose(told, moves**2 * [2.0, 1.0, 0.5], rtol=1e-5)
    assert (moves < 0.9).all()


def visits_that_found(slope: float, *, count: int = 20_000) -> tuple[Any, Any]:
    """Make up finds, of which those at places of some rate are suspicions, worth 0.4, by chance."""
    rng = np.random.default_rng(6)
    log_rates = rng.normal(-3.0, 1.0, count)
    only = rng.random(count) < expit(0.5 + slope * (log_rates + 3.0))
    return np.where(only, 0.4, 1.0), log_rates


def test_how_suspicions_go_with_the_rate_is_learnt_from_what_finds_were() -> None:
    odds, slope = learn_suspicions(*visits_that_found(-0.9))
    assert abs(slope + 0.9) < 0.05
    assert abs(odds + slope * -3.0 - (0.5 + np.log(0.4))) < 0.05


def test_few_finds_say_little_of_suspicions_and_none_that_they_grow_with_the_rate() -> None:
    _, slope = learn_suspicions(*visits_that_found(-0.9, count=8))
    assert -0.5 < slope <= 0
    assert learn_suspicions(*visits_that_found(0.9))[1] == 0


def test_where_nothing_or_everything_was_only_suspected_nothing_is_learnt_of_suspicions() -> None:
    rates = np.array([-3.0, -2.0, -1.0])
    for each in (np.ones(3), np.full(3, 0.4), np.ones(0)):
        assert learn_suspicions(each, rates[: len(each)]) == NO_SUSPICIONS


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
