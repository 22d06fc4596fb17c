"""A score that takes new rows in, beside the score of all rows at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ExposureRule, ScoreConfig
from risk.config.words import PURPOSES
from risk.design import names
from risk.design.visit_table import PURPOSE
from risk.find_rate.knowledge import known_at
from risk.find_rate.model import FindRate
from risk.find_rate.points import score_buildings
from risk.scoring.incremental import OfficeState
from risk.scoring.incremental_rows import NeedsFullScoreError
from risk.scoring.score_as_of import OfficeScore, score_as_of
from tests.risk.conftest import MemoryEngine, a_building, make_engine, random_office

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
CONFIG = ScoreConfig(model=ModelConfig(windows=3, area_half_lives_days=(60.0,), burn_in_days=60))
BUILDINGS = 25
IDS = [f"B{number}" for number in range(1, BUILDINGS + 1)]
RESULTS = ("未发现异常", "疑似", "属实", "拒不开门", "无人", "已搬离")


def detailed(
    rng: np.random.Generator, row: dict[str, Any], *, graded: bool, states: bool = True
) -> dict[str, Any]:
    """Say of a visit who was met where, how, what for (if it ``states`` so), what was counted."""
    told = {
        "unit_id": [None, "U1", "U2", f"U{rng.integers(60)}"][int(rng.integers(4))],
        "party_key": [None, "p1", f"p{rng.integers(20)}"][int(rng.integers(3))],
        "party_words": [None, "w1 w2", "w2", f"w1 w{rng.integers(9)}"][int(rng.integers(4))],
        "place_kind": [None, "培训", "餐饮"][int(rng.integers(3))],
        "risk_class": [None, "A", "B"][int(rng.integers(3))],
        "purpose": [None, "复查", "投诉举报", "许可"][int(rng.integers(4))],
        "mode": [None, "日查", "拉网"][int(rng.integers(3))],
        "minutes": [None, 5, 30][int(rng.integers(3))],
        "critical_count": [None, 0, 2][int(rng.integers(3))],
        "other_count": [None, 0, 3][int(rng.integers(3))],
    }
    if not states:
        told |= {"purpose": None, "mode": None}
    return row | told | ({"grade": str(rng.integers(60, 100))} if graded else {})


def office(seed: int, *, graded: bool, states: bool = True) -> MemoryEngine:
    rng = np.random.default_rng(seed)
    rows = random_office(rng, buildings=BUILDINGS, events=120)
    rows["inspections"] = [
        detailed(rng, row, graded=graded, states=states) for row in rows["inspections"]
    ]
    if not states:  # few units, so that visits follow finds of the same
        for row in rows["inspections"]:
            row["unit_id"] = None
    return make_engine(rows)


BASES: dict[tuple[bool, bool], tuple[MemoryEngine, OfficeScore]] = {}


def base(*, graded: bool, states: bool = True) -> tuple[MemoryEngine, OfficeScore]:
    if (graded, states) not in BASES:
        engine = office(7 + graded, graded=graded, states=states)
        BASES[graded, states] = engine, score_as_of(engine, cut=CUT, config=CONFIG)
    return BASES[graded, states]


def moved(rate: FindRate) -> FindRate:
    """Give every column a weight, so that none can be wrong unseen."""
    weights = rate.weights + np.linspace(0.01, 0.06, len(rate.weights))
    return replace(rate, weights=weights)


def whole_score(
    engine: MemoryEngine, added: list[tuple[str, dict[str, Any]]], rate: FindRate
) -> pd.DataFrame:
    """Score the office anew from all rows, with the weights there were."""
    for name in ("complaints", "inspections"):
        rows = [row for table, row in added if table == name]
        engine = engine.with_rows(name, rows) if rows else engine
    known = known_at(engine, cut=CUT, config=CONFIG)
    return score_buildings(known, rate).set_index(c.BUILDING)


def a_row(number: int, seed: int, *, states: bool = True) -> tuple[str, dict[str, Any]]:
    """Make a row of before the cut, at a building or at a place without one."""
    rng = np.random.default_rng(seed)
    at = CUT - timedelta(days=float(rng.choice([0.5, 3, 40, 200, 700])), seconds=number)
    row: dict[str, Any] = {"row_key": f"new-{number}", "event_at": at, "learnt_at": at}
    row |= {"import_id": "later", "source_row": number}
    near = a_building(int(rng.integers(1, BUILDINGS + 1)))
    row |= {name: near[name] for name in ("h3_r10", "grid_code", "community_code")}
    located = rng.random() < 0.8
    row |= {"match_level": "building" if located else "cell"}
    row |= {"building_id": near["building_id"]} if located else {}
    row |= {"match_score": float(rng.choice([0.7, 1.0]))}
    if rng.random() < 0.4:
        reporter = [None, "r1", f"r{rng.integers(9)}"][int(rng.integers(3))]
        told = {"reporter_key": reporter, "nature": str(rng.choice(["投诉", "咨询"]))}
        tickets = {"ticket_no": f"T{number}", "related_ticket": [None, "T0"][int(rng.integers(2))]}
        return "complaints", row | told | tickets
    row |= {"result": str(rng.choice(RESULTS))}
    return "inspections", detailed(rng, row, graded=bool(rng.integers(2)), states=states)


@settings(
    max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=6), graded=st.booleans())
def test_rows_taken_in_one_by_one_score_as_all_at_once(seeds: list[int], *, graded: bool) -> None:
    engine, score = base(graded=graded)
    rows = [a_row(number, seed) for number, seed in enumerate(seeds)]
    with suppress(NeedsFullScoreError):
        assert_taken_in(engine, score, rows)


def assert_taken_in(
    engine: MemoryEngine, score: OfficeScore, rows: list[tuple[str, dict[str, Any]]]
) -> None:
    """Compare a state that takes rows in with the score of all at once."""
    score = replace(score, rate=moved(score.rate))
    state = OfficeState(engine, score)
    for name, row in rows:
        (state.add_complaint if name == "complaints" else state.add_visit)(row)
    told = whole_score(engine, rows, score.rate)
    for building in IDS:
        now = state.score_of(building)
        assert now.score == told.loc[building, c.SCORE]
        points = {name: told.loc[building, c.points_column(name)] for name in now.points}
        assert now.points == points
        assert sum(now.points.values()) == now.score


@settings(
    max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=6), graded=st.booleans())
def test_rows_taken_in_score_as_all_at_once_where_no_visit_says_what_it_was_for(
    seeds: list[int], *, graded: bool
) -> None:
    engine, score = base(graded=graded, states=False)
    assert (score.known.facts.visits[PURPOSE] == PURPOSES.index("revisit")).any()
    assert {names.squared(name) for name in names.SINCE} <= set(score.rate.columns)
    rows = [a_row(number, seed, states=seed % 5 == 0) for number, seed in enumerate(seeds)]
    with suppress(NeedsFullScoreError):
        assert_taken_in(engine, score, rows)


@pytest.mark.parametrize(
    ("purposes", "graded"),
    [((None, None), True), (("投诉", None), False), ((None, "投诉"), True)],
    ids=["none", "first", "second"],
)
def test_a_find_and_a_visit_after_it_taken_in_score_as_all_at_once(
    purposes: tuple[str | None, str | None], *, graded: bool
) -> None:
    engine, score = base(graded=graded, states=False)
    place = {"h3_r10": a_building(3)["h3_r10"], "match_level": "building", "building_id": "B3"}
    rows = []
    for number, (days, purpose) in enumerate(zip((60, 40), purposes, strict=True)):
        at = CUT - timedelta(days=days, seconds=number)
        row = {"row_key": f"new-{number}", "event_at": at, "learnt_at": at, "purpose": purpose}
        rows.append(("inspections", row | place | {"result": "属实", "grade": "70"}))
    assert_taken_in(engine, score, rows)


def test_a_purpose_stated_before_all_visits_needs_a_full_score() -> None:
    state = OfficeState(*base(graded=False, states=False))
    at = CUT - timedelta(days=5_000)
    old = ROW | {"event_at": at, "learnt_at": at, "result": "属实"}
    state.add_visit(old | {"building_id": "B2", "event_at": at + timedelta(days=1)})
    with pytest.raises(NeedsFullScoreError) as raised:
        state.add_visit(old | {"row_key": "m", "purpose": "例行巡查"})
    assert raised.value.facts["reason"] == "all_purposes_are_stated"


@pytest.fixture(scope="module")
def state() -> OfficeState:
    return OfficeState(*base(graded=False))


AT = CUT - timedelta(hours=3)
ROW = {"row_key": "n", "event_at": AT, "learnt_at": AT, "building_id": "B1"}


def test_a_state_without_new_rows_has_the_score_it_was_made_from(state: OfficeState) -> None:
    told = base(graded=False)[1].buildings.set_index(c.BUILDING)[c.SCORE]
    assert [state.score_of(building).score for building in state.buildings] == told.tolist()


@pytest.mark.parametrize("late", ["event_at", "learnt_at"])
def test_a_row_of_after_the_cut_is_refused(state: OfficeState, late: str) -> None:
    for take_in in (state.add_visit, state.add_complaint):
        with pytest.raises(NeedsFullScoreError) as raised:
            take_in(ROW | {late: CUT})
        assert raised.value.facts["reason"] == "counts_nothing_before_the_cut"


def test_a_visit_of_the_moment_of_a_known_one_is_refused() -> None:
    state = OfficeState(*base(graded=False))
    state.add_visit(ROW | {"result": "属实"})
    with pytest.raises(NeedsFullScoreError):
        state.add_visit(ROW | {"row_key": "again", "result": "未发现异常"})


def test_rows_are_taken_in_where_nothing_was_found_yet() -> None:
    rows = random_office(np.random.default_rng(7), buildings=3, events=9)
    clean = [row | {"result": "未发现异常"} for row in rows["inspections"]]
    engine = make_engine(rows | {"inspections": clean})
    score = score_as_of(engine, cut=CUT, config=ScoreConfig())
    state = OfficeState(engine, score)
    before = state.score_of("B1").score
    state.add_complaint(ROW)
    assert state.score_of("B1").score > before


def test_a_repeat_counts_nothing_and_what_others_repeat_is_refused() -> None:
    state = OfficeState(*base(graded=False))
    state.add_complaint(ROW | {"ticket_no": "T1", "related_ticket": "T9"})
    once = state.score_of("B1")
    later = ROW | {"row_key": "m", "closed_at": AT, "reporter_key": "r7"}
    state.add_complaint(later | {"ticket_no": "T2", "related_ticket": "T1"})
    assert state.score_of("B1") == once
    state.add_complaint(later | {"ticket_no": "T3", "related_ticket": "T5"})
    with pytest.raises(NeedsFullScoreError):
        state.add_complaint(later | {"ticket_no": "T5"})


def test_where_visits_decide_which_units_count_no_visit_is_taken_in() -> None:
    config = replace(CONFIG, exposure=ExposureRule(counts_after_first_inspection=True))
    engine = base(graded=False)[0]
    state = OfficeState(engine, score_as_of(engine, cut=CUT, config=config))
    with pytest.raises(NeedsFullScoreError):
        state.add_visit(ROW)
