from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from refusals import refused_as

from data.results.run_log import Run, SnapshotError
from data.results.serialization import fingerprint
from data.results.snapshot import SUMMED_KINDS, Snapshot
from data.results.snapshots import SnapshotStore

FIRST = date(2026, 11, 1)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def tables(score: float = 2.0) -> dict[str, pd.DataFrame]:
    common = {"low": 1.0, "high": 3.0, "tier": ["红", "蓝"], "rank": [2, 1]}
    buildings = pd.DataFrame({"building_id": ["B1", "B2"], "score": [1.0, score]} | common)
    units = pd.DataFrame(
        {"unit_kind": ["grid", "community"], "unit": ["G", "C"], "score": [score, 1.0]} | common
    )
    return {"buildings": buildings, "units": units}


def save(store: SnapshotStore, day: date = FIRST, **changes: Any) -> Snapshot:
    settings: dict[str, Any] = {
        "cut": datetime.combine(day + timedelta(days=1), time.min),
        "config": {"horizon_days": 90},
        "config_hash": "h",
        "tables": tables(),
        "facts": {"horizon_days": 90},
    }
    return store.save(as_of=day, **(settings | changes))


def test_a_snapshot_is_read_back_as_it_was_written(store: SnapshotStore) -> None:
    snapshot = save(store)
    pd.testing.assert_frame_equal(snapshot.table("buildings"), tables()["buildings"])
    assert snapshot.config() == {"horizon_days": 90}
    assert (snapshot.as_of, snapshot.config_hash) == (FIRST, "h")
    assert snapshot.cut == datetime(2026, 11, 2)  # noqa: DTZ001 -- local


def test_saving_the_same_again_leaves_every_file_alone(store: SnapshotStore) -> None:
    first = save(store, run=Run(at=NOW))
    times = {p: p.stat().st_mtime_ns for p in store.folder.rglob("*")}
    assert save(store, run=Run(at=NOW)).snapshot_id == first.snapshot_id
    assert {p: p.stat().st_mtime_ns for p in store.folder.rglob("*")} == times


@pytest.mark.parametrize(
    "change",
    [{"tables": tables(3.0)}, {"config_hash": "other"}, {"facts": {"horizon_days": 30}}],
    ids=["content", "configuration", "facts"],
)
def test_anything_else_gets_another_name(store: SnapshotStore, change: dict[str, Any]) -> None:
    assert save(store).snapshot_id != save(store, **change).snapshot_id


def test_units_are_ranked_best_first_under_one_name(store: SnapshotStore) -> None:
    snapshot = save(store)
    assert snapshot.ranked("building")["unit"].tolist() == ["B2", "B1"]
    assert snapshot.ranked("grid")["unit"].tolist() == ["G"]
    some = snapshot.ranked("building", columns=["rank", "no such column"])
    pd.testing.assert_frame_equal(some, snapshot.ranked("building")[["unit", "rank"]])
    assert snapshot.ranked("cell:8").empty
    assert snapshot.unit_kinds == ["building", *SUMMED_KINDS]


def test_an_unknown_kind_of_unit_is_refused_with_the_known_ones(store: SnapshotStore) -> None:
    with pytest.raises(SnapshotError) as raised:
        save(store).ranked("street")
    assert raised.value.facts["expected"] == ", ".join(["building", *SUMMED_KINDS])


def test_rows_are_selected_by_the_text_of_a_column(store: SnapshotStore) -> None:
    snapshot = save(store)
    assert snapshot.select("buildings", "building_id", ["B2", "B9"])["score"].tolist() == [2.0]
    assert snapshot.select("buildings", "building_id", []).empty


def test_of_two_results_of_a_day_the_one_arrived_at_last_is_current(store: SnapshotStore) -> None:
    old, new = save(store, run=Run(at=NOW)), save(store, tables=tables(9.0), run=Run(at=NOW))
    assert [s.snapshot_id for s in store.by_date()] == [new.snapshot_id]
    save(store, run=Run(at=NOW))
    assert [s.snapshot_id for s in store.by_date()] == [old.snapshot_id]
    assert len(store.snapshots()) == 2


def test_a_result_without_a_time_still_becomes_current(store: SnapshotStore) -> None:
    save(store, run=Run(at=NOW))
    new = save(store, tables=tables(9.0))
    assert store.latest() == new


def test_the_latest_is_that_of_the_latest_day_however_late_another_was_made(
    store: SnapshotStore,
) -> None:
    later = save(store, FIRST + timedelta(days=7), run=Run(at=NOW))
    save(store, FIRST, run=Run(at=NOW + timedelta(days=1)))
    latest = store.latest()
    assert latest is not None
    assert latest.snapshot_id == later.snapshot_id


def test_a_result_of_a_day_that_has_not_come_is_passed_over_until_then(tmp_path: Path) -> None:
    days = [FIRST]
    store = SnapshotStore(tmp_path / "snapshots", lambda: days[0])
    ahead = save(store, FIRST + timedelta(days=365), run=Run(at=NOW))
    assert (store.latest(), store.by_date(), store.ahead()) == (None, [], [ahead])
    now = save(store, run=Run(at=NOW))
    assert store.latest() == now
    assert len(store.history("building", "B1")) == 1
    assert store.snapshots() == [now, ahead]
    days[0] = ahead.as_of
    assert (store.latest(), store.ahead()) == (ahead, [])


def test_nothing_scored_yet_has_no_latest(store: SnapshotStore) -> None:
    assert store.latest() is None
    assert store.snapshots() == []
    assert store.history("building", "B1").empty


def test_a_unit_is_followed_through_the_days(store: SnapshotStore) -> None:
    for week, score in enumerate((2.0, 5.0)):
        save(store, FIRST + timedelta(weeks=week), tables=tables(score))
    assert store.history("building", "B2")["score"].tolist() == [2.0, 5.0]
    assert store.history("grid", "G")["score"].tolist() == [2.0, 5.0]
    assert store.history("community", "G").empty


def test_a_changed_or_missing_file_is_found(store: SnapshotStore) -> None:
    snapshot = save(store)
    assert store.problems() == []
    (snapshot.folder / "config.json").write_text("{}", encoding="utf-8")
    (snapshot.folder / "units.parquet").unlink()
    assert store.problems() == [
        f"{snapshot.snapshot_id}/{n}" for n in ("units.parquet", "config.json")
    ]


def test_a_lost_or_changed_manifest_is_found(store: SnapshotStore) -> None:
    changed, lost = save(store), save(store, FIRST + timedelta(days=1))
    path = changed.folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace(": 90", ": 91"), encoding="utf-8")
    (lost.folder / "manifest.json").unlink()
    assert store.problems() == [f"{s.snapshot_id}/manifest.json" for s in (changed, lost)]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\n", b"[1]\n"])
def test_damaged_notes_of_runs_are_damage_and_lost_ones_are_found(
    store: SnapshotStore, damage: bytes
) -> None:
    save(store)
    path = store.folder / "runs.jsonl"
    if not damage:
        path.unlink()
        assert store.problems() == ["runs.jsonl"]
        return
    path.write_bytes(damage)
    with pytest.raises(SnapshotError, match="damaged"):
        store.problems()


def test_an_unreadable_manifest_is_reported_as_damage(store: SnapshotStore) -> None:
    snapshot = save(store)
    (snapshot.folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(SnapshotError, match="damaged"):
        store.open(snapshot.snapshot_id)


def test_a_draft_left_behind_by_a_crash_is_not_a_snapshot(store: SnapshotStore) -> None:
    draft = store.folder / ".20261101-x.draft"
    draft.mkdir(parents=True)
    (draft / "manifest.json").write_text("{}", encoding="utf-8")
    assert store.snapshots() == []


def test_a_fingerprint_sees_values_names_and_order_of_columns() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", "y"]})
    others = [
        frame.assign(a=[1.0, 2.0]),
        frame.rename(columns={"a": "c"}),
        frame[["b", "a"]],
        frame.assign(b=["xy", ""]),
    ]
    marks = {fingerprint(each) for each in [frame, frame.copy(), *others]}
    assert len(marks) == 5


@pytest.fixture
def counted(store: SnapshotStore, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Count how often the folder is listed and a snapshot opened; five days have two each."""
    for number in range(5):
        for score in (2.0, 3.0):
            save(store, FIRST + timedelta(days=number), tables=tables(score))
    calls = {"_ids": 0, "open": 0}

    def counting(name: str) -> None:
        real = getattr(SnapshotStore, name)

        def call(*args: Any) -> Any:
            calls[name] += 1
            return real(*args)

        monkeypatch.setattr(SnapshotStore, name, call)

    counting("_ids")
    counting("open")
    return calls


def test_following_a_unit_lists_the_folder_once(
    store: SnapshotStore, counted: dict[str, int]
) -> None:
    assert len(store.history("building", "B1")) == 5
    assert counted == {"_ids": 1, "open": 5}


def test_the_latest_is_found_without_opening_other_dates(
    store: SnapshotStore, counted: dict[str, int]
) -> None:
    latest = store.latest()
    assert latest is not None
    assert counted == {"_ids": 1, "open": 1}
    assert latest.snapshot_id == store.snapshots()[-1].snapshot_id


@pytest.mark.parametrize(
    "name",
    ["20261101-000000000000", "", ".", "..", "../snapshots", "/", "runs.jsonl", ".20261101-x"],
)
def test_a_name_of_no_snapshot_opens_nothing(store: SnapshotStore, name: str) -> None:
    save(store, run=Run(at=NOW))
    with refused_as("snapshot_missing"):
        store.open(name)


def test_a_deleted_snapshot_is_gone_with_the_notes_of_its_runs(store: SnapshotStore) -> None:
    gone, kept = save(store, run=Run(at=NOW)), save(store, tables=tables(9.0), run=Run(at=NOW))
    save(store, run=Run(at=NOW))
    store.delete(gone.snapshot_id)
    assert [run.snapshot_id for run in store.runs()] == [kept.snapshot_id]
    assert store.latest() == kept
    assert not list(store.folder.glob("*deleted*"))
    assert store.problems() == []


def test_a_deletion_that_was_broken_off_is_finished_by_the_next(store: SnapshotStore) -> None:
    gone = save(store, run=Run(at=NOW))
    gone.folder.rename(store.folder / f".deleted-{gone.snapshot_id}")
    assert store.problems() == [f"{gone.snapshot_id}/manifest.json"]
    store.delete(gone.snapshot_id)
    assert store.runs() == []
    assert not list(store.folder.glob("*deleted*"))


def test_a_run_keeps_what_it_rests_on_and_whether_anybody_asked_for_it(
    store: SnapshotStore,
) -> None:
    runs = [
        Run(at=NOW, rests_on={"visits": "1 1"}),
        Run(at=NOW, rests_on={"visits": "1 1"}, automatic=True),
        Run(at=NOW, rests_on={"visits": "2 2"}, automatic=True),
    ]
    for run in [*runs, runs[-1], Run(at=NOW)]:  # neither of the last two tells anything new
        made = save(store, run=run).snapshot_id
    assert store.runs() == [replace(run, snapshot_id=made) for run in runs]
    assert store.runs()[0].day == FIRST


def test_a_snapshot_deleted_while_they_are_listed_is_not_in_the_list(
    store: SnapshotStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = save(store, run=Run(at=NOW)), save(store, FIRST + timedelta(days=1))
    real = SnapshotStore._ids

    def listing(self: SnapshotStore) -> list[str]:
        ids = real(self)
        self.delete(gone.snapshot_id)
        return ids

    monkeypatch.setattr(SnapshotStore, "_ids", listing)
    assert [each.snapshot_id for each in store.by_date()] == [kept.snapshot_id]


@pytest.mark.parametrize("wanted", [[], ["B00007"], ["B00000", "B20001", "B39999"], ["none"]])
def test_rows_that_are_selected_are_those_of_the_whole_table(
    store: SnapshotStore, wanted: list[str]
) -> None:
    ids = [f"B{number:05}" for number in range(40_000)]
    cells = [f"c{number % 7}" for number in range(40_000)]
    many = pd.DataFrame({"building_id": ids, "cell": cells, "score": np.arange(40_000.0)})
    snapshot = save(store, tables=tables() | {"buildings": many})
    for column, values in (("building_id", wanted), ("cell", ["c3", "c5"] if wanted else [])):
        told = snapshot.select("buildings", column, values)
        whole = many[many[column].isin(values)].reset_index(drop=True)
        pd.testing.assert_frame_equal(told, whole, check_dtype=bool(values))
    few = snapshot.select("buildings", "building_id", wanted, columns=["score"])
    assert list(few) == ["score"]
