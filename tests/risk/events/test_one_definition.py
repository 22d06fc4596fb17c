"""Every reader of rows means the same by a visit, a confirmed event, a cut and the evening."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pandas as pd
import pytest

from data.calendars.calendar import Calendar
from governance.patrols.routing.model.settings import PatrolRules
from risk import schema as c
from risk.config.score import Evidence, ScoreConfig
from risk.config.words import EVENING_FROM_HOUR
from risk.design.read import read_visit_facts
from risk.evaluation.targets.questions import FOUND, Question, event_rows
from risk.evaluation.targets.tables import read_tables
from risk.events.fetch import days_of, fetch
from risk.events.known_from import LEARNT, known_before, rows_before
from risk.events.rows import assigned_rows
from risk.explanation.evidence import EvidenceScope, gather_evidence
from risk.features.build import build_features
from risk.features.visit_results import assigned_visits, read_visit_results
from risk.find_rate.knowledge import past_at_each
from risk.models.time_factors import EVENING, PART_OF_DAY, TimeRules, describe_moments
from risk.monitoring.repeat_reports import ReportingRules, report_events
from risk.monitoring.timing import visits_by_time
from tests.risk.conftest import (
    CUT,
    MemoryEngine,
    days_before,
    make_engine,
    small_office,
)

CONFIG = ScoreConfig()
ASKED: dict[str, Any] = {"cut": CUT, "config": CONFIG}


def visits_at_b4() -> list[dict[str, Any]]:
    """Return four visits, two of which two files tell of."""
    noon = days_before(40.5)
    once = {"building_id": "B4", "event_at": noon, "result": "属实", "unit_id": "U1"}
    numbered = {"building_id": "B4", "event_at": days_before(30.25), "result": "未发现异常"}
    return [
        once | {"row_key": "file-1"},
        once | {"row_key": "file-2"},
        numbered | {"row_key": "list", "inspection_id": "7"},
        numbered | {"row_key": "letter"},
        once | {"row_key": "firm", "party_key": "p"},
        once | {"row_key": "own", "result": "疑似", "unit_id": "U2"},
    ]


LATE = (CUT, CUT + timedelta(days=7))
KEPT = {"file-1", "list", "own", "firm"}


@pytest.fixture(scope="module")
def engine() -> MemoryEngine:
    return make_engine(small_office() | {"inspections": visits_at_b4(), "violations": []})


def test_a_visit_that_two_files_tell_of_is_one_to_every_reader(engine: MemoryEngine) -> None:
    inspections, rentals = assigned_visits(engine, **ASKED)
    evidence = gather_evidence(engine, EvidenceScope(buildings=["B4"]), **ASKED)
    readers = {
        "sums": fetch(assigned_rows(engine, "inspections", **ASKED))[c.ROW_KEY],
        "histories": read_visit_results(inspections, rentals, **ASKED).rows[c.ROW_KEY],
        "learning": read_visit_facts(engine, **ASKED)[c.ROW_KEY],
        **{
            f"learning of {cut:%d %B}": past.facts.with_keys(past.facts.visits)[c.ROW_KEY]
            for cut, past in zip(LATE, past_at_each(engine, cuts=LATE, config=CONFIG), strict=True)
        },
        "evaluation": read_tables(engine, **ASKED).facts.visits[c.ROW_KEY],
        "explanation": [row.row_key for row in evidence if row.table == "inspections"],
    }
    assert {name: set(keys) for name, keys in readers.items()} == dict.fromkeys(readers, KEPT)
    assert len(visits_by_time(engine, **ASKED)) == len(KEPT)
    features = build_features(engine, **ASKED).buildings.set_index(c.BUILDING)
    assert features.loc["B4", c.VISITS] == len(KEPT)


@pytest.mark.parametrize("words", [{"属实": 1.0, "疑似": 0.4}, {"属实": 0.9, "疑似": 1.0}])
def test_what_a_confirmed_find_is_follows_from_the_evidence_for_every_reader(
    engine: MemoryEngine, words: dict[str, float]
) -> None:
    config = replace(CONFIG, evidence=Evidence(found=words))
    asked = {"cut": CUT, "config": config}
    sure = {row["row_key"] for row in visits_at_b4() if words.get(row["result"], 0) >= 1} & KEPT
    question = Question(event=FOUND, level="building", among="all", cut=0, end=1)
    rows = fetch(assigned_rows(engine, "inspections", **asked))
    found = {
        "sums": set(rows.loc[rows[c.CONFIRMS], c.ROW_KEY]),
        "evaluation": set(event_rows(read_tables(engine, **asked), question.event)[c.ROW_KEY]),
    }
    assert found == dict.fromkeys(found, sure)
    assert visits_by_time(engine, **asked)["count"].sum() == len(sure)
    features = build_features(engine, **asked).buildings.set_index(c.BUILDING)
    assert features.loc["B4", c.CONFIRMED] == len(sure)
    report = [{"building_id": "B4", "event_at": days_before(50), "reporter_key": "r"}]
    reported = engine.with_rows("complaints", report)
    followed = fetch(
        report_events(
            reported, cut=CUT, rules=ReportingRules(), confirmed=config.evidence.confirmed
        )
    )
    assert followed.set_index(c.BUILDING)["days"].to_dict() == {"B4": pytest.approx(9.5)}


def test_rows_that_were_read_are_cut_on_a_day_as_rows_that_are_asked_for() -> None:
    around = [CUT + timedelta(days=days) for days in (-200, -1, 0, 1)]
    pairs = product(around, around)
    rows = [{"event_at": event, "learnt_at": learnt} for event, learnt in pairs]
    table = make_engine({"complaints": rows}).table("complaints")
    read = fetch(table.select(c.ROW_KEY, c.EVENT_AT, c.LEARNT_AT))
    frame = read.assign(**{c.DAY: days_of(read[c.EVENT_AT]), LEARNT: days_of(read[c.LEARNT_AT])})
    for cut in around[1:]:
        day = int(days_of(pd.Series([cut]))[0])
        asked = fetch(table.filter(known_before(table, cut)))[c.ROW_KEY]
        assert set(asked) == set(rows_before(frame, day)[c.ROW_KEY])
        assert len(asked) == around.index(cut) ** 2


def test_the_evening_begins_at_one_hour_for_what_is_learnt_shown_and_planned() -> None:
    before = datetime(2026, 11, 24, 17, 59)  # noqa: DTZ001 -- local times throughout
    moments = pd.Series([before, before + timedelta(minutes=1)])
    calendar = Calendar(spans=())
    told = describe_moments(moments, calendar=calendar, rules=TimeRules())[PART_OF_DAY]
    assert [part == EVENING for part in told] == [False, True]
    assert PatrolRules().evening_from_hour == EVENING_FROM_HOUR == 18
