from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from data.results.snapshot import Snapshot
from data.results.snapshots import SnapshotStore
from risk.config.score import ScoreConfig
from risk.explanation.evidence import FACTS, EvidenceScope, gather_evidence
from risk.explanation.explain import explain
from risk.explanation.learning import Weight
from risk.explanation.lookup import UnknownUnitError, find_unit
from risk.scoring.aggregate import SEEN
from risk.scoring.run import run_score

DAY = date(2026, 11, 23)
CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive


@pytest.fixture(scope="module")
def snapshot(engine: Any, tmp_path_factory: Any, config: ScoreConfig) -> Snapshot:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    return store.open(run_score(engine, store, as_of=DAY, config=config).snapshot_id)


def test_points_sum_exactly_to_the_score(snapshot: Snapshot) -> None:
    cell = snapshot.ranked("cell:9")["unit"][0]
    for unit in ("B1", "B7", "370902001001002", "370902001002", cell):
        told = explain(snapshot, None, unit)
        assert sum(told.points.values()) == told.score
        assert told.base == told.points["exposure"]


def test_rows_of_a_factor_add_up_to_what_the_score_was_made_from(
    random_engine: Callable[[int], Any], store: SnapshotStore, config: ScoreConfig
) -> None:
    engine = random_engine(9)
    snapshot = store.open(run_score(engine, store, as_of=DAY, config=config).snapshot_id)
    kinds = ("building", "grid", "community", "cell:9")
    for kind in kinds:
        top = snapshot.ranked(kind).iloc[0]
        told = explain(snapshot, engine, f"{kind}:{top['unit']}")
        assert told.changed == []
        for name in set(SEEN) - {"visits"}:
            total = sum(row.value for row in told.rows[name])
            assert total == pytest.approx(top[name], abs=1e-6), (kind, name)


def test_rows_come_with_their_key_time_and_worth(engine: Any, snapshot: Snapshot) -> None:
    rows = explain(snapshot, engine, "B1").rows["complaints"]
    assert [row.row_key for row in rows] == ["complaints-0", "complaints-1", "complaints-2"]
    assert [row.facts["reporter_number"] for row in rows] == ["1", "1", "2"]
    assert rows[0].value == pytest.approx(2 ** (-10 / 90), abs=1e-9)
    assert rows[0].match_level == "building"


def test_no_fact_names_or_quotes_a_complainant() -> None:
    for names in FACTS.values():
        for name in names:
            assert not name.startswith(("reporter", "party", "lessee_key", "content", "title"))


def test_a_reporter_above_the_cap_has_the_rows_scaled_down(
    engine: Any, config: ScoreConfig, snapshot: Snapshot
) -> None:
    calls = [
        {
            "building_id": "B5",
            "event_at": snapshot.cut - timedelta(days=day),
            "reporter_key": "loud",
        }
        for day in range(1, 9)
    ]
    louder = engine.with_rows("complaints", calls)
    rows = gather_evidence(louder, EvidenceScope(buildings=["B5"]), cut=snapshot.cut, config=config)
    assert sum(row.value for row in rows) == pytest.approx(config.caps.reporter)


def test_a_row_known_to_a_cell_only_is_shown_in_the_cell(engine: Any, snapshot: Snapshot) -> None:
    cells = snapshot.ranked("cell:9")
    cell = cells[cells["buildings"] == 0]["unit"].iloc[0]
    rows = explain(snapshot, engine, cell).rows["complaints"]
    assert [(row.row_key, row.match_level) for row in rows] == [("complaints-4", "cell")]


def test_neighbours_and_their_events_are_shown_without_the_building_itself(
    engine: Any, snapshot: Snapshot
) -> None:
    told = explain(snapshot, engine, "B3")
    assert "B3" not in [unit.unit for unit in told.neighbours]
    assert [row.row_key for row in told.rows["ring"]] == ["B1", "B2"]


def test_a_grid_shows_its_buildings_by_rank(engine: Any, snapshot: Snapshot) -> None:
    told = explain(snapshot, engine, "370902001001002")
    assert [unit.unit for unit in told.buildings] == ["B1", "B3"]
    assert told.exposure_known is None


def test_rows_that_came_or_went_since_are_told(engine: Any, snapshot: Snapshot) -> None:
    row = {"building_id": "B1", "event_at": snapshot.cut - timedelta(days=1)}
    told = explain(snapshot, engine.with_rows("violations", [row]), "B1")
    assert told.changed == ["violations"]


def test_rank_tier_and_rates_are_those_of_the_snapshot(engine: Any, snapshot: Snapshot) -> None:
    told = explain(snapshot, engine, "B1")
    assert (told.rank, told.tier, told.ranked) == (1, "红", 7)
    assert told.low < told.score < told.high
    # A decision and, two months later, a find: two events.
    assert told.rates.raw == pytest.approx(2 / told.exposure)
    assert told.rates.smoothed > 0


def test_a_unit_is_found_by_its_bare_name_or_with_its_kind(snapshot: Snapshot) -> None:
    cell = snapshot.ranked("cell:10")["unit"][0]
    assert find_unit(snapshot, "B1") == ("building", "B1")
    assert find_unit(snapshot, "370902001002") == ("community", "370902001002")
    assert find_unit(snapshot, cell) == find_unit(snapshot, f"cell:10:{cell}") == ("cell:10", cell)


def test_a_unit_that_nobody_scored_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownUnitError) as raised:
        find_unit(snapshot, "B99")
    assert raised.value.facts["seen"] == "B99"


def test_points_are_there_without_asking_the_engine(engine: Any, snapshot: Snapshot) -> None:
    quick, whole = explain(snapshot, None, "B1"), explain(snapshot, engine, "B1")
    assert quick.points == whole.points
    assert quick.changed == []
    assert not any(rows for factor, rows in quick.rows.items() if factor != "ring")


def test_a_factor_of_one_column_has_its_weight_with_policys_and_its_standard_error(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    visits = [
        {"building_id": f"B{n % 6 + 1}", "event_at": CUT - timedelta(days=9 * n + 2),
         "result": "属实" if n % 3 == 0 else "未发现异常"}
        for n in range(40)
    ]  # fmt: skip
    visited = engine.with_rows("inspections", visits)
    config = replace(config, model=replace(config.model, windows=2))
    taught = store.open(run_score(visited, store, as_of=DAY, config=config).snapshot_id)
    facts, told = taught.manifest["score"], explain(taught, None, "B1").learning
    assert (told.model, told.state) == ("find_rate", "learnt")
    assert (told.visits, told.finds) == (facts["visits"], facts["finds"])
    columns = {"complaints": "complaints", "history_building": "history.found.building",
               "history_operator": "history.found.party"}  # fmt: skip
    for factor, column in columns.items():
        weight = told.weights[factor]
        assert weight.prior == facts["prior"][column]
        assert weight.posterior == facts["weights"][column]
        assert weight.error == facts["standard_errors"][column] > 0
    assert any(weight.prior != weight.posterior for weight in told.weights.values())
    assert {"visits_other", "unvisited", "history_ring", "history_area"}.isdisjoint(told.weights)


def test_without_a_result_of_a_visit_the_weights_are_policys(
    random_engine: Callable[[int], Any], store: SnapshotStore, config: ScoreConfig
) -> None:
    unvisited = random_engine(3).without("inspections")
    snapshot = store.open(run_score(unvisited, store, as_of=DAY, config=config).snapshot_id)
    told = explain(snapshot, None, "B1").learning
    assert (told.state, told.visits, told.finds) == ("policy", 0, 0.0)
    assert all(weight.prior == weight.posterior for weight in told.weights.values())


def test_a_building_lists_what_visits_named_in_it_each_with_its_own_score(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    visits = [
        {"building_id": "B2", "unit_id": unit, "event_at": CUT - timedelta(days=days),
         "result": result}
        for unit, days, result in (("B2-1", 40, "属实"), ("B2-2", 50, "未发现异常"))
    ]  # fmt: skip
    seen = engine.with_rows("inspections", visits)
    snapshot = store.open(run_score(seen, store, as_of=DAY, config=config).snapshot_id)
    told = explain(snapshot, seen, "B2")
    assert {place.unit for place in told.places} == {"B2-1", "B2-2"}
    assert [place.rank for place in told.places] == [1, 2]
    assert told.places[0].score >= told.places[1].score > 0
    clean = [1 - place.score / 100 for place in told.places]
    assert 100 * (1 - clean[0] * clean[1]) == pytest.approx(told.score, abs=0.01)
    together = [place.together for place in told.places]
    assert together == pytest.approx([told.places[0].score, told.score], abs=0.01)
    assert explain(snapshot, None, "B2").places == []
    assert explain(snapshot, seen, "B1").places == []


def test_a_row_says_how_it_came_about(engine: Any, snapshot: Snapshot) -> None:
    visits = [
        {"building_id": "B5", "event_at": snapshot.cut - timedelta(days=9 + n), "mode": mode,
         "purpose": purpose, "result": "属实"}
        for n, (mode, purpose) in enumerate(
            [("日查", "例行检查"), ("抽检", ""), ("夜查", "投诉核查"), (None, None)]
        )
    ]  # fmt: skip
    told = explain(snapshot, engine.with_rows("inspections", visits), "B5").rows
    found = ["discovered", "random", "reported", "discovered"]
    assert [row.source for row in told["inspections_found"]] == found
    rows = explain(snapshot, engine, "B1").rows
    assert {row.source for row in rows["complaints"]} == {"reported"}
    assert {row.source for row in rows["violations"]} == {"decided"}
    assert {row.source for row in rows["rental_business_tenant"]} == {""}


def test_a_snapshot_of_the_earlier_model_opens_with_what_it_holds(
    engine: Any, snapshot: Snapshot
) -> None:
    old = as_scorecard(snapshot, source="learnt", learning={"prior": {"complaints": 0.6}})
    told = explain(old, engine, "B1")
    assert (told.learning.model, told.learning.state) == ("scorecard", "learnt")
    assert told.learning.weights["complaints"] == Weight(prior=0.6, posterior=0.7)
    assert told.places == []
    assert told.score == explain(snapshot, None, "B1").score


def test_a_snapshot_from_before_weights_could_move_has_policys(snapshot: Snapshot) -> None:
    told = explain(as_scorecard(snapshot), None, "B1").learning
    assert told.state == "policy"
    assert all(weight.prior == weight.posterior for weight in told.weights.values())


def as_scorecard(snapshot: Snapshot, **learning: Any) -> Snapshot:
    """Give a snapshot the manifest that the earlier model wrote."""
    files = {
        name: said for name, said in snapshot.manifest["files"].items() if "places" not in name
    }
    facts = {name: said for name, said in snapshot.manifest.items() if name != "score"}
    card = {"rate": 1e-4, "weights": {"complaints": 0.7}} | learning
    return replace(snapshot, manifest={**facts, "files": files, "scorecard": card})
