"""Every column has one factor, a sign, policy's weight and a value that means "nothing known"."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk import schema as c
from risk.config.find_rate import ModelConfig, PriorWeights
from risk.config.score import ScoreConfig, Weights
from risk.features.factors import BASE
from risk.find_rate.columns import (
    DOORS,
    MOST_EFFECT,
    MOST_WEIGHT,
    REPORTED,
    WAITING,
    bounds_of,
    choose_columns,
    factor_of,
    prior_of,
    reference_of,
    sign_of,
)
from tests.risk.find_rate.made_up import COLUMNS, known_of

CONFIG = ScoreConfig()


@pytest.mark.parametrize(
    ("column", "factor"),
    [
        ("history.found.unit", c.HISTORY_UNIT),
        ("history.other.party", c.HISTORY_OPERATOR),
        ("history.critical.building", c.HISTORY_BUILDING),
        ("history.found.kind_class", c.HISTORY_KIND),
        ("last.found", c.HISTORY_UNIT),
        ("area.found.800m.60d", c.HISTORY_RING),
        ("area.found.2000m.60d", c.HISTORY_AREA),
        ("area_size.800m", c.HISTORY_AREA),
        ("building_kind.商铺", c.HISTORY_KIND),
        ("unit.since", c.UNVISITED),
        ("unit.since.squared", c.UNVISITED),
        ("unit.result_since.squared", c.UNVISITED),
        ("building.known", c.UNVISITED),
        ("unit.age", c.VISITS_OTHER),
        ("visits.unit.complaint", c.VISITS_OTHER),
        (WAITING, c.COMPLAINTS),
        (DOORS, BASE),
        (c.VIOLATIONS, c.VIOLATIONS),
    ],
)
def test_a_column_tells_of_one_factor(column: str, factor: str) -> None:
    assert factor_of(column) == factor


def test_what_was_found_never_lowers_and_nothing_found_never_raises() -> None:
    assert {sign_of(name) for name in ("history.found.unit", "last.other", "area.found.800m.60d")}
    raised = [n for n in COLUMNS if n.startswith(("history", "last", "area."))]
    assert {sign_of(name) for name in (*raised, WAITING, DOORS)} == {1}
    assert sign_of(c.NOT_FOUND) == -1
    assert {sign_of(name) for name in set(REPORTED) - {c.NOT_FOUND}} == {1}
    assert sign_of("unit.since") == sign_of("visits.unit.routine") == sign_of("kind.A") == 0


def test_policys_weights_are_the_settings_and_keep_to_their_sign() -> None:
    config = ScoreConfig(
        weights=Weights(complaints=0.7), model=ModelConfig(waiting=3.0, prior=PriorWeights(unit=2))
    )
    assert prior_of(c.COMPLAINTS, "found", config) == 0.7
    assert prior_of(WAITING, "found", config) == pytest.approx(np.log(3.0))
    assert prior_of("history.found.unit", "found", config) == 2
    assert prior_of("history.found.unit", "critical", config) == 0
    assert prior_of("kind.A", "found", config) == 0
    assert all(prior_of(n, "found", CONFIG) * sign_of(n) >= 0 for n in COLUMNS if sign_of(n))


def test_every_weight_of_the_settings_belongs_to_a_column() -> None:
    assert set(Weights.__dataclass_fields__) == set(REPORTED)


@given(st.lists(st.floats(1e-6, 1e3), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_column_may_multiply_a_rate_by_more_than_a_bound(spread: list[float]) -> None:
    lower, upper = bounds_of(COLUMNS, np.array(spread))
    assert (lower <= 0).all()
    assert (upper >= 0).all()
    assert (np.maximum(-lower, upper) * spread <= MOST_EFFECT * (1 + 1e-12)).all()
    assert np.maximum(-lower, upper).max() <= MOST_WEIGHT


def test_neighbourhoods_of_one_half_life_are_used_or_none_at_all() -> None:
    x = known_of(np.random.default_rng(1), buildings=2, places=3).x
    x = x.assign(**{"area.found.800m.30d": 0.0})
    chosen = choose_columns(x, half_life_days=60.0, config=CONFIG)
    assert [name for name in chosen if name.startswith("area.")] == [
        "area.found.2000m.60d",
        "area.found.800m.60d",
    ]
    assert chosen == sorted(chosen)
    assert c.RING in chosen
    without = choose_columns(x, half_life_days=None, config=CONFIG)
    assert not [name for name in without if name.startswith("area") or name == c.RING]


def test_of_a_place_of_which_nothing_is_known_only_the_long_silence_is_told() -> None:
    reference = dict(zip(COLUMNS, reference_of(COLUMNS, CONFIG), strict=True))
    never = np.log1p(CONFIG.model.no_history_days)
    assert {n for n, value in reference.items() if value} == {"unit.since", "building.since"}
    assert reference["unit.since"] == reference["building.since"] == never
    squares = ["unit.since.squared", "unit.result_since.squared"]
    assert reference_of(squares, CONFIG).tolist() == [(never - 6.0) ** 2] * 2
