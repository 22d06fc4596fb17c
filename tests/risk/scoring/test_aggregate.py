from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from data.results.snapshot import SUMMED_KINDS
from geo.cells import parents
from geo.shapes.cell_coverage import partition_cells
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.features.build import FeatureTable, build_features
from risk.find_rate.intervals import Draws, draw_chances
from risk.find_rate.knowledge import known_at
from risk.find_rate.model import learn_find_rate
from risk.find_rate.points import score_buildings
from risk.schema import point_columns
from risk.scoring.aggregate import SEEN, finish_buildings, finish_office


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Buildings with points and the draws of their chances, and what belongs to no building."""

    buildings: pd.DataFrame
    draws: Draws
    features: FeatureTable
    config: ScoreConfig

    @classmethod
    def of(cls, source: Any, cut: datetime, config: ScoreConfig) -> Scored:
        config = replace(config, model=ModelConfig(windows=1))
        known = known_at(source, cut=cut, config=config)
        rate = learn_find_rate(source, known, config=config)
        return cls(
            buildings=score_buildings(known, rate),
            draws=draw_chances(known, rate),
            features=known.features,
            config=config,
        )

    def finished(self) -> pd.DataFrame:
        return finish_buildings(self.buildings, self.draws, self.config)

    def units(self, **changed: Any) -> pd.DataFrame:
        parts = {
            "unlocated": self.features.unlocated,
            "empty_grids": self.features.empty_grids,
        } | changed
        return finish_office(self.buildings, self.draws, self.config, **parts)[1]


@pytest.fixture(scope="module")
def scored(random_engine: Callable[[int], Any], cut: datetime, config: ScoreConfig) -> Scored:
    return Scored.of(random_engine(7), cut, config)


@pytest.fixture(scope="module")
def units(scored: Scored) -> pd.DataFrame:
    return scored.units()


def test_points_sum_exactly_to_the_score_in_every_kind_of_unit(
    scored: Scored, units: pd.DataFrame
) -> None:
    assert set(units["unit_kind"]) == set(SUMMED_KINDS)
    for frame in (scored.finished(), units):
        columns = point_columns(frame)
        by_hand = [sum(row) for row in frame[columns].itertuples(index=False)]
        assert by_hand == frame["score"].tolist()


def test_nothing_is_lost_or_counted_twice_on_the_way_up(
    scored: Scored, units: pd.DataFrame
) -> None:
    unlocated = scored.features.unlocated
    for kind, column in (("cell:9", "h3_r10"), ("grid", "grid_code"), ("community", None)):
        column = column or "community_code"  # noqa: PLW2901 -- a default
        of_kind, loose = units[units["unit_kind"] == kind], unlocated[unlocated[column] != ""]
        for name in ("score", *SEEN):
            outside = loose[name].sum() if name in loose else 0
            assert of_kind[name].sum() == scored.buildings[name].sum() + outside


def test_a_cell_is_the_sum_of_its_buildings_and_has_seen_what_is_known_to_it_only(
    scored: Scored, units: pd.DataFrame
) -> None:
    cells = units[units["unit_kind"] == "cell:9"].set_index("unit")
    both = (scored.buildings, scored.features.unlocated)
    upwards = [parents(frame["h3_r10"].to_numpy(dtype=np.str_), 9) for frame in both]
    loose = 0.0
    for cell, row in cells.iterrows():
        inside, seen = (frame[up == cell] for frame, up in zip(both, upwards, strict=True))
        for column in ("score", "points_complaints"):
            assert row[column] == inside[column].sum()
        assert row["complaints"] == inside["complaints"].sum() + seen["complaints"].sum()
        assert row["buildings"] == len(inside)
        loose += seen["complaints"].sum()
    assert loose > 0


def test_a_building_without_a_cell_still_counts_in_its_grid(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    units = Scored.of(engine, cut, config).units()
    buildings = units.groupby("unit_kind")["buildings"].sum()
    assert buildings["cell:10"] == 6
    assert buildings["grid"] == 7


def test_units_come_in_the_same_order_whatever_the_order_of_buildings(
    scored: Scored, units: pd.DataFrame
) -> None:
    draws, drawn = scored.draws, np.concatenate(list(scored.draws.chances()))
    turned = replace(
        scored,
        buildings=scored.buildings.iloc[::-1].reset_index(drop=True),
        draws=replace(
            draws,
            chances=lambda: iter([drawn[::-1]]),
            variance=draws.variance[::-1],
            cell=draws.cell[::-1],
        ),
    )
    other = turned.units(unlocated=scored.features.unlocated.iloc[::-1])
    exact = [c for c in units if c.startswith("points_") or c in {"unit", "unit_kind", "score"}]
    pd.testing.assert_frame_equal(units[exact], other[exact], check_exact=True)
    pd.testing.assert_frame_equal(units[["low", "high"]], other[["low", "high"]])


def test_every_unit_with_a_building_lies_within_its_interval(
    scored: Scored, units: pd.DataFrame
) -> None:
    built_up = units[units["buildings"] > 0]
    assert len(built_up)
    for frame, most in ((scored.finished(), 100.0), (built_up, 100.0 * built_up["buildings"])):
        assert (frame["low"] >= 0).all()
        assert (frame["low"] < frame["score"]).all()
        assert (frame["score"] < frame["high"]).all()
        assert (frame["high"] <= most).all()


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
    with_empty: Any, scored: Scored, units: pd.DataFrame, cut: datetime, config: ScoreConfig
) -> None:
    features = build_features(with_empty, cut=cut, config=config)
    before = units.set_index(["unit_kind", "unit"])
    after = scored.units(empty_grids=features.empty_grids).set_index(["unit_kind", "unit"])
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
