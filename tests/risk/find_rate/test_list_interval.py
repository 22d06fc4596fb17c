"""Between which numbers of finds a list of visits will bring, on lists made up from the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.cells import cells_of_points
from geo.errors import GridwardenError
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.features.empirical_bayes import gamma_interval
from risk.find_rate.list_interval import ListInterval

LEVEL, MADE, VISITS = ScoreConfig().interval_level, 300, 60


def interval_of(
    chances: np.ndarray, spread: np.ndarray, *, level_spread: float, strength: float
) -> ListInterval:
    """Return what is read off scores whose intervals hold all three parts."""
    rate = -np.log1p(-chances)
    relative = spread**2 + level_spread**2 + 1 / strength
    low, high = gamma_interval(rate, relative * rate**2, level=LEVEL)
    buildings = pd.DataFrame(
        {"building_id": names(len(chances)), "score": 100 * chances, "low": -100 * np.expm1(-low),
         "high": -100 * np.expm1(-high), "visits": 0, "h3_r10": ""}
    )  # fmt: skip
    config = ScoreConfig(model=ModelConfig(strength=strength, shared=0.0))
    return ListInterval.of(buildings, {"level_spread": level_spread}, config)


def names(count: int) -> list[str]:
    return [f"B{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("columns", "level_spread", "strength"), [(1, 0.0, 4.0), (3, 0.3, 2.0), (8, 0.2, 1.0)]
)
def test_as_many_lists_lie_inside_as_is_promised(
    columns: int, level_spread: float, strength: float
) -> None:
    rng = np.random.default_rng(columns)
    inside = 0
    for _ in range(MADE):
        # What the weights are off by is common where buildings share columns, as on a list.
        x = 1.0 + 0.5 * rng.standard_normal((VISITS, columns))
        spread = np.sqrt((x**2).sum(axis=1) * 0.3**2 / columns)
        chances = rng.uniform(0.05, 0.4, VISITS)
        off = x @ (0.3 / np.sqrt(columns) * rng.standard_normal(columns))
        off += level_spread * (rng.standard_normal() - level_spread / 2)
        own = rng.gamma(strength, 1 / strength, VISITS)
        rate = -np.log1p(-chances) * own * np.exp(off)
        found = (rng.random(VISITS) < -np.expm1(-rate)).sum()
        model = interval_of(chances, spread, level_spread=level_spread, strength=strength)
        low, high = model(chances, LEVEL, building_ids=names(VISITS))
        inside += low <= found <= high
    assert 0.75 <= inside / MADE <= 0.9


def near_each_other(share: float, cells: np.ndarray, **facts: Any) -> ListInterval:
    """Return what is read off scores of buildings in these cells that share so much."""
    buildings = pd.DataFrame(
        {"building_id": names(len(cells)), "score": 20.0, "low": 5.0, "high": 40.0, "visits": 0,
         "h3_r10": cells}
    )  # fmt: skip
    config = ScoreConfig(model=ModelConfig(strength=2.0, shared=share))
    return ListInterval.of(buildings, {"level_spread": 0.1, **facts}, config)


def test_on_lists_a_rate_departs_less_where_much_of_it_is_suspected_anywhere() -> None:
    """With half of what is brought suspected, a rate moves two thirds as far as finds."""
    some, half = (
        near_each_other(0.0, np.array([""]), suspicions=each) for each in ([0.0, 0.0], [-1.5, -1.0])
    )
    share = 1.0 / (1.0 + np.exp(1.5 + np.log(-np.log(0.8))))
    assert share == pytest.approx(0.5, abs=0.01)
    assert half.unshared["B0"] == pytest.approx(some.unshared["B0"] / (1.0 + share) ** 2)


def test_what_neighbours_have_in_common_is_a_part_of_what_no_column_tells() -> None:
    parts = [near_each_other(share, np.array([""])) for share in (0.0, 0.5, 1.0)]
    assert len({round(part.common["B0"], 5) for part in parts}) == 1
    np.testing.assert_allclose([np.expm1(part.shared["B0"] ** 2) for part in parts], [0, 0.25, 0.5])
    for part in parts[:2]:
        whole = (1 + part.unshared["B0"]) * np.exp(part.shared["B0"] ** 2) - 1
        assert whole == pytest.approx(0.5), "the variance of the product is that of the building"


def test_a_list_is_surer_the_more_areas_it_is_spread_over() -> None:
    """A find more or less around one building is one around its neighbours, and nowhere else."""
    lon, lat = 117.0 + 0.05 * np.arange(VISITS), np.full(VISITS, 36.0)
    far = cells_of_points(lon, lat, resolution=10)
    scatter = []
    for cells in (np.repeat(far[:1], VISITS), far):
        finds = near_each_other(0.5, cells).draw(np.full(VISITS, 0.2), building_ids=names(VISITS))
        scatter.append(finds.var())
    assert scatter[0] > 1.2 * scatter[1]


def test_visits_to_one_building_are_off_together() -> None:
    model = near_each_other(0.0, np.repeat("", VISITS))
    ids = [names(VISITS), ["B0"] * VISITS]
    apart, together = (model.draw(np.full(VISITS, 0.2), building_ids=each).var() for each in ids)
    assert together > 2 * apart


def test_one_visit_brings_nothing_or_one_find() -> None:
    sure = interval_of(np.array([0.5]), np.zeros(1), level_spread=0.0, strength=50.0)
    assert sure(np.array([0.5]), LEVEL, building_ids=["B0"]) == (0.0, 1.0)
    assert sure(np.array([0.02]), LEVEL, building_ids=["B0"]) == (0.0, 0.0)


def test_what_is_less_sure_of_the_weights_is_wider_and_the_same_each_time() -> None:
    chances = np.full(VISITS, 0.2)
    ends = []
    for spread in (0.0, 0.6):
        model = interval_of(chances, np.full(VISITS, spread), level_spread=0.1, strength=4.0)
        ends.append(model(chances, LEVEL, building_ids=names(VISITS)))
        assert ends[-1] == model(chances, LEVEL, building_ids=names(VISITS))
    assert ends[1][0] < ends[0][0] < 12 < ends[0][1] < ends[1][1]


def test_a_building_that_was_never_scored_may_be_on_a_list() -> None:
    model = interval_of(np.array([0.5]), np.zeros(1), level_spread=0.0, strength=50.0)
    ends = model(np.array([0.5, 0.0, np.nan]), LEVEL, building_ids=["B0", "new", "newer"])
    assert ends == (0.0, 1.0)
    assert model(np.zeros(2), LEVEL, building_ids=["new", "newer"]) == (0.0, 0.0)


@pytest.mark.parametrize(("chance", "level"), [(-0.1, 0.8), (1.1, 0.8), (0.5, 0.0), (0.5, 1.0)])
def test_what_is_no_chance_or_no_level_is_refused(chance: float, level: float) -> None:
    model = interval_of(np.array([0.5]), np.zeros(1), level_spread=0.0, strength=50.0)
    with pytest.raises(GridwardenError):
        model(np.array([chance]), level, building_ids=["B0"])
