"""Rules of visits read as inspections: every version when it was known, on either engine."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from stored_visits import NOON, visit_version

from data.derived.build import Derivation
from data.derived.visits import rows_of_visits
from data.engine import Engine
from data.integrity.verify import verify_workspace
from data.lake.manifest import Manifest
from data.lake.schema import IMPORTED_AT, LEARNT_AT, SUPERSEDED_AT, VERSION_LEARNT_AT
from data.store.repositories.visits import COLUMNS
from data.store.tables.visits import VisitVersion
from data.workspace.clock import DEFAULT_ZONE, Clock
from data.workspace.folder import Workspace

HOUR = timedelta(hours=1)


def local(utc: datetime) -> datetime:
    return Clock(lambda: utc.replace(tzinfo=UTC)).local()


def version(visit_id: str = "V1", number: int = 1, **changes: Any) -> dict[str, Any]:
    own = {"recorded_at": NOON + number * HOUR, "building_id": "A", "at": local(NOON)}
    return visit_version(visit_id, number, **own | changes)


def put(workspace: Workspace, *versions: dict[str, Any]) -> None:
    with workspace.store.begin() as unit:
        for each in versions:
            assert unit.visits.add(each)[1]
        unit.commit()


def known(engine: Engine, cut: datetime | None = None) -> dict[str, str]:
    rows = engine.table("inspections", cut=cut).to_pyarrow()
    return dict(zip(rows["row_key"].to_pylist(), rows["result"].to_pylist(), strict=True))


@pytest.fixture
def street(workspace: Workspace, put_rows: Callable[..., Manifest]) -> Workspace:
    """Return a workspace with a building and one imported inspection."""
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    put_rows(
        workspace,
        "inspections",
        [{"inspection_id": "X1", "at": NOON - 500 * HOUR, "building_id": "A", "result": "属实"}],
        now=NOON,
    )
    return workspace


def test_a_visit_stands_beside_what_was_imported_at_its_building(street: Workspace) -> None:
    put(street, version(signs=["教辅资料", "其他"], next_step="refer", pupils=3, note="看"))
    rows = Engine(street).table("inspections").to_pyarrow().to_pylist()
    (row,) = [row for row in rows if row["row_key"] == "V1"]
    assert len(rows) == 2
    assert (row["building_id"], row["match_level"], row["lon"]) == ("A", "building", 117.1)
    assert (row["signs"], row["action"], row["pupils"]) == ("教辅资料;其他", "移送", 3)
    assert (row["mode"], row["purpose"], row["import_id"]) == ("日查", "例行巡查", "visits")
    assert (row["event_at"], row["learnt_at"]) == (local(NOON), local(NOON + HOUR))
    assert row["people"] is None
    assert not any("wang" in str(value) for value in row.values())


def test_the_schema_is_the_same_with_and_without_visits(street: Workspace) -> None:
    engine = Engine(street)
    before = engine.table("inspections").schema()
    put(street, version())
    assert engine.table("inspections").schema() == before


def test_each_version_is_known_until_the_next_and_withdrawing_ends_it(street: Workspace) -> None:
    put(
        street,
        version(),
        version(number=2, result="疑似"),
        version(number=3, result="疑似", withdrawn=True),
    )
    engine, told = Engine(street), []
    for hours in (0, 1, 2, 3, 4):
        cut = local(NOON) + hours * HOUR + timedelta(minutes=1)
        told.append(known(engine, cut).get("V1"))
    assert told == [None, "未发现异常", "疑似", None, None]
    assert known(engine) == {"X1": "属实"}


def test_a_list_that_was_exported_and_came_back_counts_once(
    street: Workspace, put_rows: Callable[..., Manifest]
) -> None:
    put(street, version())
    back = {"inspection_id": "V1", "at": local(NOON), "building_id": "A", "result": "未发现异常"}
    put_rows(street, "inspections", [back], now=NOON + 9 * HOUR)
    assert known(Engine(street)) == {"X1": "属实", "V1": "未发现异常"}


def test_files_alone_can_be_asked_for(street: Workspace) -> None:
    put(street, version())
    rows = Engine(street).imported_inspections().to_pyarrow()
    assert rows["row_key"].to_pylist() == ["X1"]


def test_only_the_visits_are_made_again_when_one_is_recorded(street: Workspace) -> None:
    put(street, version())
    with Derivation(street) as derivation:
        derivation.refresh()
        before, first = derivation.current_path("inspections"), derivation.visits.paths()
    put(street, version("V2"))
    with Derivation(street) as derivation:
        assert derivation.current_path("inspections") == before
        assert derivation.visits.paths() != first


def test_a_workspace_with_visits_is_sound_until_their_file_is_changed(street: Workspace) -> None:
    put(street, version())
    with Derivation(street) as derivation:
        derivation.refresh()
        (path,) = derivation.visits.paths()
    assert verify_workspace(street).sound
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert "derived_changed" in {p.code for p in verify_workspace(street).problems}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["V1", "V2"]),
        st.sampled_from(["未发现异常", "疑似"]),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(steps=STEPS, minute=st.integers(-1, 30))
@settings(max_examples=30)
def test_what_was_known_at_a_time_is_what_one_would_have_read_then(
    steps: list[tuple[str, str, bool, int]], minute: int
) -> None:
    """Replay the log step by step, as a plain dictionary would hold it."""
    log, now, numbers, held = [], 0, {"V1": 0, "V2": 0}, {}
    for number, (visit_id, result, withdrawn, wait) in enumerate(steps, start=1):
        now += wait
        numbers[visit_id] += 1
        log.append(
            version(
                visit_id,
                numbers[visit_id],
                result=result,
                withdrawn=withdrawn,
                recorded_at=NOON + timedelta(minutes=now),
            )
            | {"id": number}
        )
        if now < minute:
            held[visit_id] = None if withdrawn else result
    frame = pd.DataFrame(log, columns=list(COLUMNS)).astype({"withdrawn": bool})
    for name in ("at", "recorded_at", "retry_at"):
        frame[name] = frame[name].astype("datetime64[us]")
    rows = rows_of_visits(frame, DEFAULT_ZONE).to_pandas()
    cut = local(NOON) + timedelta(minutes=minute)
    later = rows[SUPERSEDED_AT]
    at = rows[(rows[VERSION_LEARNT_AT] < cut) & (later.isna() | (later >= cut))]
    assert dict(zip(at["row_key"], at["result"], strict=True)) == {
        visit_id: result for visit_id, result in held.items() if result
    }
    assert (rows[LEARNT_AT] <= rows[VERSION_LEARNT_AT]).all()
    assert (rows[IMPORTED_AT] == rows[LEARNT_AT]).all()


def test_a_file_made_from_the_one_before_is_the_same_as_made_from_all(
    street: Workspace, tmp_path: Path
) -> None:
    def made() -> Path:
        with Derivation(street) as derivation:
            (path,) = derivation.visits.paths()
        return path

    put(street, version("V1"), version("V2"), version("V3"))
    made()
    put(street, version("V2", 2, withdrawn=True), version("V0"), version("V1", 2, result="疑似"))
    step = made().read_bytes()
    shutil.rmtree(street.derived_path)
    assert made().read_bytes() == step
    assert not list(tmp_path.rglob(".visits*"))


def test_a_file_whose_versions_were_deleted_is_not_built_upon(street: Workspace) -> None:
    put(street, version("V1"), version("V2"))
    engine = Engine(street)
    assert set(known(engine)) == {"X1", "V1", "V2"}
    with street.store.begin() as unit:
        unit.session.execute(delete(VisitVersion).where(VisitVersion.visit_id == "V1"))
        unit.commit()
    put(street, version("V3"), version("V4"))
    assert set(known(engine)) == {"X1", "V2", "V3", "V4"}
