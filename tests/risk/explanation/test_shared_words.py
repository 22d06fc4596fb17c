"""Explanations tell what names that share a word tell, and how readily a community reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest

from data.results.snapshot import SHARED_WORDS, Snapshot
from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.explanation.explain import Explanation, explain
from risk.explanation.shared_words import MOST_ROWS
from risk.features.reporting import reporting_rates
from risk.find_rate.knowledge import known_at
from risk.scoring.run import run_score
from tests.risk.conftest import MemoryEngine, make_engine, random_office

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
CONFIG = ScoreConfig(model=ModelConfig(windows=3, burn_in_days=60))
BAD = "w1"
"""A word whose operators were nearly always found at something."""


@pytest.fixture(scope="module")
def office() -> MemoryEngine:
    rng = np.random.default_rng(5)
    rows = random_office(rng, buildings=25, events=200)
    for row in rows["inspections"]:
        words = [None, f"{BAD} w2", "w2 w3", "w3"][int(rng.integers(4))]
        row |= {"party_words": words}
        if words and BAD in words:
            row["result"] = "属实"
    return make_engine(rows)


@pytest.fixture(scope="module")
def snapshot(office: MemoryEngine, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    day = date(2026, 11, 23)
    return store.open(run_score(office, store, as_of=day, config=CONFIG).snapshot_id)


@pytest.fixture(scope="module")
def told(office: MemoryEngine, snapshot: Snapshot) -> list[Explanation]:
    return [explain(snapshot, office, f"B{number}") for number in range(1, 26)]


def test_a_word_comes_with_what_visits_elsewhere_found_beside_what_was_usual(
    told: list[Explanation],
) -> None:
    words = [word for each in told for word in each.words]
    bad = [word for word in words if word.found == word.visits > 9]
    assert bad
    assert all(word.found > word.usual for word in bad)
    assert any(word.found < word.usual for word in words)


def test_rows_are_visits_to_other_buildings_that_share_a_word(
    office: MemoryEngine, told: list[Explanation]
) -> None:
    words = {row["row_key"]: row["party_words"] for row in office.tables["inspections"].to_pylist()}
    assert any(each.rows[c.HISTORY_WORDS] for each in told)
    for each in told:
        rows = each.rows[c.HISTORY_WORDS]
        assert len(rows) <= MOST_ROWS
        assert bool(rows) == bool(each.words)
        assert len({row.row_key for row in rows}) == len(rows)
        assert all(row.building_id not in {"", each.unit} and words[row.row_key] for row in rows)


def test_no_fact_of_these_rows_tells_a_name_or_its_words(told: list[Explanation]) -> None:
    for each in told:
        for row in each.rows[c.HISTORY_WORDS]:
            assert {"party_words", "party_key"}.isdisjoint(row.facts)


def test_a_visit_that_was_taken_back_since_is_no_longer_listed(
    office: MemoryEngine, snapshot: Snapshot, told: list[Explanation]
) -> None:
    shown = next(each for each in told if each.rows[c.HISTORY_WORDS])
    gone = shown.rows[c.HISTORY_WORDS][0].row_key
    table = office.tables["inspections"]
    left = table.filter(np.array([key != gone for key in table["row_key"].to_pylist()]))
    without = MemoryEngine({**office.tables, "inspections": left})
    rows = explain(snapshot, without, shown.unit).rows[c.HISTORY_WORDS]
    assert gone not in {row.row_key for row in rows}
    assert len(rows) == len(shown.rows[c.HISTORY_WORDS]) - 1


def test_words_without_weight_explain_nothing(
    office: MemoryEngine, snapshot: Snapshot, told: list[Explanation]
) -> None:
    facts = snapshot.manifest["score"]
    weights = {name: 0.0 if ".words" in name else w for name, w in facts["weights"].items()}
    manifest = {**snapshot.manifest, "score": {**facts, "weights": weights}}
    silent = replace(snapshot, manifest=manifest)
    for unit in [each.unit for each in told if each.words][:3]:
        shown = explain(silent, office, unit)
        assert (shown.words, shown.rows[c.HISTORY_WORDS]) == ([], [])


def test_points_alone_come_with_the_counts_and_without_rows(
    snapshot: Snapshot, told: list[Explanation]
) -> None:
    shown = next(each for each in told if each.words)
    quick = explain(snapshot, None, shown.unit)
    assert quick.words == shown.words
    assert quick.rows[c.HISTORY_WORDS] == []


def test_a_snapshot_of_before_words_were_kept_tells_none(
    office: MemoryEngine, snapshot: Snapshot
) -> None:
    files = {n: f for n, f in snapshot.manifest["files"].items() if SHARED_WORDS not in n}
    old = replace(snapshot, manifest={**snapshot.manifest, "files": files})
    assert explain(old, office, "B1").words == []


def test_the_reporting_rate_told_is_the_one_that_complaints_were_divided_by(
    office: MemoryEngine, told: list[Explanation]
) -> None:
    features = known_at(office, cut=CUT, config=CONFIG).features
    rates = reporting_rates(features.buildings, usual=features.usual[c.COMPLAINTS])
    expected = dict(zip(features.buildings[c.BUILDING], rates, strict=True))
    assert len(set(expected.values())) > 1
    assert {each.unit: each.reporting for each in told} == expected


def test_a_snapshot_of_before_rates_were_kept_tells_none(snapshot: Snapshot) -> None:
    files = {n: f for n, f in snapshot.manifest["files"].items() if "reporting" not in n}
    old = replace(snapshot, manifest={**snapshot.manifest, "files": files})
    assert explain(old, None, "B1").reporting is None
