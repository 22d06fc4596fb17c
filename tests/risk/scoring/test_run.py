from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from data.results.run_log import Run
from data.results.snapshots import SnapshotStore
from risk.config.score import ScoreConfig, Weights
from risk.find_rate.training import CONDITIONS
from risk.scoring.run import cut_after, run_score

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_the_same_input_and_configuration_give_the_same_bytes(
    random_engine: Callable[[int], Any], store: SnapshotStore, tmp_path: Path, config: ScoreConfig
) -> None:
    engine = random_engine(8)
    again = type(store)(tmp_path / "again")
    run_score(engine, store, as_of=DAY, config=config)
    shuffled = engine.shuffled(np.random.default_rng(1))
    run_score(shuffled, again, as_of=DAY, config=ScoreConfig.from_mapping(config.to_mapping()))
    assert files_of(store.folder) == files_of(again.folder)


def test_running_again_changes_nothing(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    first = run_score(engine, store, as_of=DAY, config=config, run=Run(at=NOON))
    before = files_of(store.folder)
    second = run_score(
        engine, store, as_of=DAY, config=config, run=Run(at=NOON + timedelta(days=1))
    )
    assert first == second
    assert files_of(store.folder) == before


def test_another_configuration_is_another_snapshot_beside_the_first(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    run_score(engine, store, as_of=DAY, config=config, run=Run(at=NOON))
    other = ScoreConfig(weights=Weights(ring=0.0))
    newer = run_score(engine, store, as_of=DAY, config=other, run=Run(at=NOON))
    latest = store.latest()
    assert len(store.snapshots()) == 2
    assert latest is not None
    assert latest.snapshot_id == newer.snapshot_id
    assert ScoreConfig.from_mapping(latest.config()) == other


def test_news_of_the_day_itself_count_and_of_the_next_day_do_not(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    midnight = cut_after(DAY)
    last = {"building_id": "B6", "event_at": midnight - timedelta(microseconds=1)}
    next_day = {"building_id": "B6", "event_at": midnight}
    without = run_score(engine, store, as_of=DAY, config=config)
    late = run_score(engine.with_rows("violations", [next_day]), store, as_of=DAY, config=config)
    seen = run_score(engine.with_rows("violations", [last]), store, as_of=DAY, config=config)
    assert late.snapshot_id == without.snapshot_id
    assert seen.snapshot_id != without.snapshot_id


def test_the_manifest_tells_what_the_score_stands_on(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    result = run_score(engine, store, as_of=DAY, config=config)
    assert (result.buildings, result.cells, result.as_of) == (7, 4, DAY)
    assert result.config_hash == config.config_hash
    assert result.snapshot_id.startswith("20261124-")
    text = (store.folder / result.snapshot_id / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["buildings_without_cell"] == 1
    assert manifest["exposure_estimated"] == 5
    score = manifest["score"]
    assert score["state"] == "learnt"
    assert score["prior"]["ring"] == config.weights.ring
    assert (score["visits"], score["visits_told_of"]) == (1, 100)
    assert set(score["conditions"]) == set(CONDITIONS)


def test_an_empty_office_can_be_scored(
    engine: Any, store: SnapshotStore, config: ScoreConfig
) -> None:
    result = run_score(type(engine)({}), store, as_of=DAY, config=config)
    assert (result.buildings, result.cells) == (0, 0)
