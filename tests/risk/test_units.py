from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from data.results.snapshots import SUMMED_KINDS
from geo.cells import parents
from risk.columns import point_columns
from risk.features import build_features
from risk.scorecard import Scorecard, Scored
from risk.units import SEEN, finish_buildings, sum_units

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from risk.config import ScoreConfig


@pytest.fixture(scope="module")
def scored(random_engine: Callable[[int], Any], cut: datetime, config: ScoreConfig) -> Scored:
    features = build_features(random_engine(7), cut=cut, config=config)
    return Scorecard.from_policy(features, config).score(features)


def test_points_sum_exactly_to_the_score_in_every_kind_of_unit(
    scored: Scored, config: ScoreConfig
) -> None:
    units = sum_units(scored, config)
    assert set(units["unit_kind"]) == set(SUMMED_KINDS)
    for frame in (finish_buildings(scored, config), units):
        columns = point_columns(frame)
        by_hand = [sum(row) for row in frame[columns].itertuples(index=False)]
        assert by_hand == frame["score"].tolist()


def test_nothing_is_lost_or_counted_twice_on_the_way_up(
    scored: Scored, config: ScoreConfig
) -> None:
    units = sum_units(scored, config)
    inside = scored.buildings["score"].sum()
    loose = scored.loose
    for kind, column in (("cell:9", "h3_r10"), ("grid", "grid_code"), ("community", None)):
        column = column or "community_code"  # noqa: PLW2901 -- a default
        total = units.loc[units["unit_kind"] == kind, "score"].sum()
        assert total == inside + loose.loc[loose[column] != "", "score"].sum()


def test_a_cell_is_the_sum_of_its_buildings_and_of_what_is_known_to_it_only(
    scored: Scored, config: ScoreConfig
) -> None:
    units = sum_units(scored, config)
    cells = units[units["unit_kind"] == "cell:9"].set_index("unit")
    both = (scored.buildings, scored.loose)
    upwards = [parents(frame["h3_r10"].to_numpy(dtype=np.str_), 9) for frame in both]
    for cell, row in cells.iterrows():
        parts = [frame[up == cell] for frame, up in zip(both, upwards, strict=True)]
        for column in ("score", "points_complaints", "complaints"):
            assert row[column] == sum(part[column].sum() for part in parts)
        assert row["buildings"] == len(parts[0])


def test_a_building_without_a_cell_still_counts_in_its_grid(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    features = build_features(engine, cut=cut, config=config)
    units = sum_units(Scorecard.from_policy(features, config).score(features), config)
    buildings = units.groupby("unit_kind")["buildings"].sum()
    assert buildings["cell:10"] == 6
    assert buildings["grid"] == 7


def test_units_come_in_the_same_order_whatever_the_order_of_buildings(
    scored: Scored, config: ScoreConfig
) -> None:
    turned = Scored(buildings=scored.buildings.iloc[::-1], loose=scored.loose.iloc[::-1])
    one, other = sum_units(scored, config), sum_units(turned, config)
    exact = [c for c in one if c.startswith("points_") or c in {"unit", "unit_kind", "score"}]
    pd.testing.assert_frame_equal(one[exact], other[exact], check_exact=True)


def test_an_office_without_buildings_has_no_units(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    features = build_features(type(engine)({}), cut=cut, config=config)
    assert sum_units(Scorecard.from_policy(features, config).score(features), config).empty


def test_every_unit_lies_within_its_interval(scored: Scored, config: ScoreConfig) -> None:
    for frame in (finish_buildings(scored, config), sum_units(scored, config)):
        assert (frame["low"] < frame["score"]).all()
        assert (frame["score"] < frame["high"]).all()


def test_what_was_seen_adds_up_beside_the_points(scored: Scored, config: ScoreConfig) -> None:
    units = sum_units(scored, config)
    communities = units[units["unit_kind"] == "community"]
    for name in SEEN:
        loose = scored.loose[name].sum() if name in scored.loose else 0
        assert communities[name].sum() == scored.buildings[name].sum() + loose
