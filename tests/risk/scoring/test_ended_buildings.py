"""A building that was pulled down is in no later score, and in every earlier one as it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.events.rows import unknown_buildings
from risk.features.build import read_office_sums
from risk.scoring.incremental import OfficeState
from risk.scoring.incremental_rows import NeedsFullScoreError
from risk.scoring.score_as_of import OfficeScore, score_as_of
from tests.risk.conftest import CUT, MemoryEngine, days_before

CONFIG = ScoreConfig(model=ModelConfig(windows=3, area_half_lives_days=(60.0,)))
OF_POLICY = ScoreConfig(model=ModelConfig(burn_in_days=3650, area_half_lives_days=(60.0,)))
ENDED = CUT - timedelta(days=1)
"""The last day before the cut is the first without the building."""


def with_end(engine: MemoryEngine, building: str, on: datetime) -> MemoryEngine:
    register = engine.tables["buildings"]
    days = [on if each == building else None for each in register[c.BUILDING].to_pylist()]
    at = register.schema.get_field_index(c.ENDED_ON)
    column = pa.array(days, register.schema.field(at).type)
    return MemoryEngine(engine.tables | {"buildings": register.set_column(at, c.ENDED_ON, column)})


def without_all_of(engine: MemoryEngine, building: str) -> MemoryEngine:
    """Return the office as if the building had never been, nor anything in it."""
    kept = {}
    for name, table in engine.tables.items():
        if c.BUILDING in table.schema.names:
            others = [each != building for each in table[c.BUILDING].to_pylist()]
            kept[name] = table.filter(pa.array(others, pa.bool_()))
    return MemoryEngine(engine.tables | kept)


def scored(engine: Any, cut: datetime, config: ScoreConfig = CONFIG) -> OfficeScore:
    return score_as_of(engine, cut=cut, config=config)


def assert_same(one: OfficeScore, other: OfficeScore) -> None:
    pd.testing.assert_frame_equal(one.buildings, other.buildings, check_exact=True)
    pd.testing.assert_frame_equal(one.units, other.units, check_exact=True)
    pd.testing.assert_frame_equal(one.places(), other.places(), check_exact=True)
    assert one.facts == other.facts


def found_most(engine: MemoryEngine) -> str:
    found = engine.tables["inspections"].to_pandas().query("result == '属实'")
    return str(found[c.BUILDING].value_counts().index[0])


@pytest.mark.parametrize("cut", [ENDED, ENDED - timedelta(days=30)], ids=["first day", "before"])
def test_a_score_as_of_a_day_on_which_it_stood_is_the_same(
    random_engine: Any, cut: datetime
) -> None:
    engine = random_engine(3)
    assert_same(scored(engine, cut), scored(with_end(engine, found_most(engine), ENDED), cut))


def test_a_later_score_has_nothing_of_it_nor_around_it(engine: MemoryEngine) -> None:
    """Where no visit teaches yet, all is as if it had never been: neighbours, tiers and ranks."""
    ended = scored(with_end(engine, "B1", ENDED), CUT, OF_POLICY)
    assert "B1" not in set(ended.buildings[c.BUILDING])
    assert_same(ended, scored(without_all_of(engine, "B1"), CUT, OF_POLICY))


def test_it_still_stood_in_the_windows_that_a_later_score_learns_from(random_engine: Any) -> None:
    engine = random_engine(3)
    building = found_most(engine)
    ended = scored(with_end(engine, building, ENDED), CUT)
    assert building not in set(ended.buildings[c.BUILDING])
    assert building not in set(ended.places()[c.BUILDING])
    assert not ended.known.facts.visits["building"].eq(building).any()


@pytest.mark.parametrize("engine_number", [3])
def test_cuts_before_and_after_its_end_are_read_together_as_alone(
    random_engine: Any, engine_number: int
) -> None:
    engine = random_engine(engine_number)
    building = found_most(engine)
    engine = with_end(engine, building, ENDED)
    cuts = (CUT - timedelta(days=40), ENDED, CUT)
    together = read_office_sums(engine, cut=cuts, config=CONFIG)
    for cut in cuts:
        features = together.features(cut)
        alone = read_office_sums(engine, cut=cut, config=CONFIG).features(cut)
        pd.testing.assert_frame_equal(features.buildings, alone.buildings, check_exact=True)
        pd.testing.assert_frame_equal(features.unlocated, alone.unlocated, check_exact=True)
        assert (building in set(features.buildings[c.BUILDING])) == (cut <= ENDED)


def test_it_is_no_building_that_the_register_does_not_know(engine: MemoryEngine) -> None:
    assert unknown_buildings(with_end(engine, "B1", ENDED), CUT) == unknown_buildings(engine, CUT)


def test_a_row_that_comes_for_it_counts_nowhere_and_is_left_to_the_full_score(
    engine: MemoryEngine,
) -> None:
    ended = with_end(engine, "B1", ENDED)
    state = OfficeState(ended, scored(ended, CUT))
    row = {c.BUILDING: "B1", c.ROW_KEY: "new", c.EVENT_AT: days_before(1),
           c.LEARNT_AT: days_before(1), "reporter_key": "r9"}  # fmt: skip
    with pytest.raises(NeedsFullScoreError):
        state.add_complaint(row)
    later = ended.with_rows("complaints", [{"building_id": "B1", "event_at": days_before(1)}])
    assert_same(scored(ended, CUT), scored(later, CUT))
