"""How an outcome came about."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import ibis
import pandas as pd
import pytest

from data.contracts.vocabulary import PURPOSE_OF_ORIGIN
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.config.words import PurposeWords
from risk.events.fetch import fetch
from risk.events.provenance import (
    DISCOVERED,
    OUTCOME_SOURCE,
    RANDOM_ARM,
    REPORTED,
    source_of_visits,
)
from risk.features.visit_results import assigned_visits
from risk.monitoring.timing import visits_by_time
from tests.risk.conftest import CUT, days_before, make_engine, small_office


def told_of(rows: list[Mapping[str, str | None]]) -> list[str]:
    frame = pd.DataFrame(rows, columns=["mode", "purpose"], dtype="str")
    return list(source_of_visits(ibis.memtable(frame), PurposeWords()).to_pandas())


def test_a_spot_check_is_the_random_arm_and_a_complaint_visit_is_reported() -> None:
    rows = [
        {"mode": "抽检", "purpose": "随机抽查"},
        {"mode": "日查", "purpose": "投诉核查"},
        {"mode": None, "purpose": "Complaint Re-Inspection"},
        {"mode": "夜查", "purpose": "例行巡查"},
        {"mode": None, "purpose": None},
    ]
    assert told_of(rows) == [RANDOM_ARM, REPORTED, REPORTED, DISCOVERED, DISCOVERED]


def test_a_reported_place_that_was_also_drawn_counts_as_reported() -> None:
    assert told_of([{"mode": "抽检", "purpose": "投诉核查"}]) == [REPORTED]


OCCASIONS = ("", "例行巡查", "例行巡查(抽检)", "随机抽查", "投诉核查", "线索核查", "投诉复查",
             "12345 抽检", "Complaint Re-Inspection", "Canvass", "回头看", "工单")  # fmt: skip


@pytest.mark.parametrize("office_words", [{}, {"complaint": ("来电",)}])
def test_all_readers_of_visits_agree_on_what_caused_each(office_words: dict[str, Any]) -> None:
    """Every occasion with every way of inspecting, read for explanations and for hours."""
    rows = [
        {"building_id": "B1", "event_at": days_before(400 - 2 * number), "result": "属实",
         "purpose": purpose, "mode": mode}
        for number, (purpose, mode) in enumerate(
            product((*OCCASIONS, "来电核实"), ("", "抽检", "日查", "回头看"))
        )
    ]  # fmt: skip
    config = ScoreConfig(model=ModelConfig(purposes=PurposeWords(**office_words)))
    engine = make_engine(small_office() | {"inspections": rows, "violations": []})
    visits, _ = assigned_visits(engine, cut=CUT, config=config)
    told = fetch(visits).set_index(c.EVENT_AT)[OUTCOME_SOURCE]
    timed = visits_by_time(engine, cut=CUT, config=config)
    assert len(timed) == len(rows)
    assert len(told) == len(rows)
    assert set(told) == {REPORTED, RANDOM_ARM, DISCOVERED}
    assert told.loc[timed["at"]].tolist() == timed["stratum"].tolist()


def test_what_a_lead_led_to_was_reported_and_the_plans_own_draw_is_random() -> None:
    rows = [
        {"mode": "日查", "purpose": PURPOSE_OF_ORIGIN[origin]}
        for origin in ("lead", "random", "own")
    ]
    assert told_of(rows) == [REPORTED, RANDOM_ARM, DISCOVERED]


def test_a_table_without_mode_and_purpose_counts_as_discovered() -> None:
    table = ibis.memtable(pd.DataFrame({"row_key": ["a"]}))
    told = table.mutate(how=source_of_visits(table, PurposeWords()))
    assert list(told.to_pandas()["how"]) == [DISCOVERED]
