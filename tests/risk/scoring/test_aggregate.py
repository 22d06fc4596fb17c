from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from data.results.snapshot import SUMMED_KINDS
from geo.cells import parents
from geo.shapes.cell_coverage import partition_cells
from risk.config.score import ScoreConfig
from risk.features.build import build_features
from risk.schema import point_columns
from risk.scoring.aggregate import SEEN, finish_buildings, sum_units
from risk.scoring.scorecard import Scorecard, Scored


@pytest.fixture(scope="module")
def scored(random_engine: Callable[[int], Any], cut: datetime, config: ScoreConfig) -> Scored:
    features = build_features(random_engine(7), cut=cut, config=config)
    return Scorecard.of(features, config).score(features)


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
    unlocated = scored.unlocated
    for kind, column in (("cell:9", "h3_r10"), ("grid", "grid_code"), ("community", None)):
        column = column or "community_code"  # noqa: PLW2901 -- a default
        of_kind, loose = units[units["unit_kind"] == kind], unlocated[unlocated[column] != ""]
        for name in ("score", *SEEN):
            outside = loose[name].sum() if name in loose else 0
            assert of_kind[name].sum() == scored.buildings[name].sum() + outside


def test_a_cell_is_the_sum_of_its_buildings_and_of_what_is_known_to_it_only(
    scored: Scored, config: ScoreConfig
) -> None:
    units = sum_units(scored, config)
    cells = units[units["unit_kind"] == "cell:9"].set_index("unit")
    both = (scored.buildings, scored.unlocated)
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
    units = sum_units(Scorecard.of(features, config).score(features), config)
    buildings = units.groupby("unit_kind")["buildings"].sum()
    assert buildings["cell:10"] == 6
    assert buildings["grid"] == 7


def test_units_come_in_the_same_order_whatever_the_order_of_buildings(
    scored: Scored, config: ScoreConfig
) -> None:
    turned = Scored(buildings=scored.buildings.iloc[::-1], unlocated=scored.unlocated.iloc[::-1])
    one, other = sum_units(scored, config), sum_units(turned, config)
    exact = [c for c in one if c.startswith("points_") or c in {"unit", "unit_kind", "score"}]
    pd.testing.assert_frame_equal(one[exact], other[exact], check_exact=True)


def test_every_unit_lies_within_its_interval(scored: Scored, config: ScoreConfig) -> None:
    for frame in (finish_buildings(scored, config), sum_units(scored, config)):
        assert (frame["low"] < frame["score"]).all()
        assert (frame["score"] < frame["high"]).all()


EMPTY, BUILT_UP, COMMUNITY = "370902001009001", "370902001001002", "370902001009"
LANE = shapely.box(117.130, 36.186, 117.136, 36.189)


def a_grid(code: str, shape: shapely.Polygon | None, **facts: Any) -> dict[str, Any]:
    return {"grid_code": code, "geom": None if shape is None else shapely.to_wkb(shape)} | facts


@pytest.fixture(scope="module")
def with_empty(random_engine: Callable[[int], Any], cut: datetime) -> Any:
    east = shapely.box(117.136, 36.186, 117.140, 36.189)
    grids = [
        a_grid(EMPTY, LANE),
        a_grid(BUILT_UP, east),
        a_grid("370902001009002", None),
        a_grid("370902001009003", LANE, valid_to=cut - timedelta(days=30)),
    ]
    return random_engine(7).with_rows("grids", grids)


def test_a_grid_without_a_building_has_its_row_and_its_cells_and_adds_nothing(
    with_empty: Any, scored: Scored, cut: datetime, config: ScoreConfig
) -> None:
    features = build_features(with_empty, cut=cut, config=config)
    before = sum_units(scored, config).set_index(["unit_kind", "unit"])
    after = sum_units(scored, config, empty_grids=features.empty_grids)
    after = after.set_index(["unit_kind", "unit"])
    row = after.loc[("grid", EMPTY)]
    assert row[["buildings", "score", "low", "high", "exposure", "tier"]].tolist() == [
        *(0, 0.0, 0.0, 0.0, 0.0),
        "蓝",
    ]
    assert np.isnan(row["rate_raw"])
    assert ("community", COMMUNITY) in after.index
    wkb = shapely.to_wkb(LANE)
    shapes = [shapely.from_wkb(wkb), shapely.box(117.136, 36.186, 117.140, 36.189)]
    owned = partition_cells(shapes, resolution=10)
    mine = owned.cell[owned.grid == 0]
    assert len(mine)
    for resolution in (8, 9, 10):
        assert set(after.loc[f"cell:{resolution}"].index) >= set(parents(mine, resolution))
    sums = ["score", "buildings", "complaints"]
    for kind in SUMMED_KINDS:
        assert after.loc[kind, sums].sum().tolist() == before.loc[kind, sums].sum().tolist()
    kept = [*sums, "exposure", "low", "high", "rate_raw", "rate_smoothed"]
    pd.testing.assert_frame_equal(after.loc[before.index, kept], before[kept])


def test_a_grid_without_a_border_has_its_row_only_and_one_out_of_use_has_none(
    with_empty: Any, cut: datetime, config: ScoreConfig
) -> None:
    features = build_features(with_empty, cut=cut, config=config)
    empty = features.empty_grids.groupby("grid_code")["h3_r10"].agg(list)
    assert set(empty.index) == {EMPTY, "370902001009002"}
    assert empty["370902001009002"] == [""]


def test_households_of_a_grid_reach_its_buildings_without_a_count(
    random_engine: Callable[[int], Any], cut: datetime, config: ScoreConfig
) -> None:
    engine = random_engine(7)
    register = engine.tables["buildings"].to_pandas()
    lacking = register[register["household_count"].isna()]
    grid = lacking["grid_code"].iloc[0]
    total = int(register.loc[register["grid_code"] == grid, "household_count"].sum()) + 4_000
    features = build_features(
        engine.with_rows("grids", [a_grid(grid, None, households=total)]), cut=cut, config=config
    )
    plain = build_features(engine, cut=cut, config=config)
    more = features.buildings.set_index("building_id")["exposure"]
    usual = plain.buildings.set_index("building_id")["exposure"]
    here = lacking.loc[lacking["grid_code"] == grid, "building_id"]
    assert (more[here] > usual[here]).all()
