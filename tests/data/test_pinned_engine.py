"""Rules of an engine that is pinned to what is known at one moment."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.contracts.registry import TABLES
from data.derived.backends import duckdb_sessions
from data.engine import Engine
from data.lake.imports import Lake
from data.lake.manifest import Manifest
from data.store.unit_of_work import Store
from data.workspace.folder import Workspace
from tests.data.derived.test_visits import put, version

PutRows = Callable[..., Manifest]

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
HOUR = timedelta(hours=1)


@pytest.fixture
def street(workspace: Workspace, put_rows: PutRows) -> Workspace:
    """Return a workspace with a building, a complaint that nothing places, and a visit."""
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    put_rows(workspace, "complaints", [complaint("1")], now=NOON)
    put(workspace, version())
    return workspace


@pytest.fixture
def engine(street: Workspace) -> Iterator[Engine]:
    engine = Engine(street)
    yield engine
    engine.close()


def complaint(number: str) -> dict[str, Any]:
    return {"ticket_no": number, "received_at": NOON - 9 * HOUR, "address": "示例花园9号楼"}


def everything(
    engine: Engine, names: Iterable[str] = ("complaints", "buildings", "inspections")
) -> dict[str, list[dict[str, Any]]]:
    """Return every row of tables that a run may read: of those that are changed."""
    tables = {name: engine.table(name) for name in names}
    tables["of files"] = engine.imported_inspections()
    tables["layer"] = engine.buildings_as_imported()
    return {name: sorted(table.to_pyarrow().to_pylist(), key=str) for name, table in tables.items()}


def change_all(workspace: Workspace, put_rows: PutRows) -> None:
    """Import rows, take an import back, review an address, record and correct a visit."""
    first = workspace.lake.imports("complaints")[0]
    put_rows(workspace, "complaints", [complaint("2")], now=NOON + HOUR)
    put_rows(
        workspace, "buildings", [{"building_id": "B", "lon": 117.2, "lat": 36.1}], now=NOON + HOUR
    )
    put_rows(workspace, "inspections", [{"inspection_id": "X", "at": NOON}], now=NOON + HOUR)
    with workspace.lock():
        workspace.lake.undo(first.import_id)
    with workspace.store.begin() as unit:
        unit.address_reviews.decide(
            "示例花园9号楼", table="complaints", building_id="A", reviewer="wang", at=NOON
        )
        unit.commit()
    put(workspace, version(number=2, result="疑似"), version("V2"))


def test_what_is_imported_reviewed_and_recorded_later_is_in_no_table_of_a_pinned_engine(
    street: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    before = everything(engine, TABLES)
    pinned = engine.pinned()
    change_all(street, put_rows)
    assert everything(pinned, TABLES) == before
    later = everything(engine)
    assert all(later[name] != before[name] for name in ("complaints", "buildings", "inspections"))


def test_the_state_is_renamed_by_whatever_a_table_may_show_and_by_nothing_else(
    street: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    states, pinned = [engine.state], engine.pinned()
    everything(engine)
    assert engine.state == states[0]
    made = put_rows(street, "complaints", [complaint("2")], now=NOON + HOUR)
    states.append(engine.state)
    put(street, version("V2"))
    states.append(engine.state)
    for building in ("A", None):
        with street.store.begin() as unit:
            unit.address_reviews.decide(
                "示例花园9号楼", table="complaints", building_id=building, reviewer="wang", at=NOON
            )
            unit.commit()
        states.append(engine.state)
    with street.store.begin() as unit:
        unit.address_reviews.withdraw("示例花园9号楼", at=NOON)
        unit.commit()
    states.append(engine.state)
    with street.lock():
        street.lake.undo(made.import_id)
    states.append(engine.state)
    assert len(set(states)) == len(states)
    assert pinned.state == states[0]


def test_an_import_between_two_tables_of_a_run_is_in_neither_though_nothing_was_read_before(
    street: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    pinned = engine.pinned()
    assert pinned.table("buildings").count().to_pyarrow().as_py() == 1
    change_all(street, put_rows)
    everything(engine)  # what is derived of the newer state is there now
    keys = {
        name: pinned.table(name).to_pyarrow()["row_key"].to_pylist()
        for name in ("complaints", "inspections")
    }
    assert keys == {"complaints": ["1"], "inspections": ["V1"]}
    assert pinned.newest_visit == 1


def test_files_of_the_pinned_state_that_were_deleted_are_made_again_alike(
    street: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    pinned = engine.pinned()
    before = everything(pinned)
    change_all(street, put_rows)
    everything(engine)
    for path in street.derived_path.rglob("*.parquet"):
        path.unlink()
    assert everything(pinned) == before


def test_a_run_sees_one_state_while_another_thread_imports_and_records(
    street: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    def write() -> None:
        for number in range(2, 4):
            at = NOON + number * HOUR
            put_rows(street, "complaints", [complaint(str(number))], now=at)
            put(street, version(f"V{number}"))
            counts(engine)

    def counts(view: Engine) -> tuple[int, int]:
        first, second = (view.table(n).count().to_pyarrow() for n in ("complaints", "inspections"))
        return first.as_py(), second.as_py()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            pinned = engine.pinned()
            assert len({counts(pinned) for _ in range(3)}) == 1
        writing.result()
    assert counts(engine) == (3, 3)


def test_a_pinned_run_lists_the_imports_and_opens_the_store_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(engine)
    calls = {"imports": 0, "store": 0}

    def counting(kind: type, name: str, label: str) -> None:
        real = getattr(kind, name)

        def call(*args: Any, **options: Any) -> Any:
            calls[label] += 1
            return real(*args, **options)

        monkeypatch.setattr(kind, name, call)

    counting(Lake, "imports", "imports")
    counting(Store, "begin", "store")
    pinned = engine.pinned()
    for _ in range(2):
        everything(pinned)
    assert calls == {"imports": 1, "store": 1}


def test_a_pinned_engine_pins_itself_and_leaves_the_sessions_open(engine: Engine) -> None:
    pinned = engine.pinned()
    assert pinned.pinned() is pinned
    pinned.close()
    assert engine.table("complaints").count().to_pyarrow().as_py() == 1


def test_rows_that_have_not_changed_are_asked_for_by_the_expression_that_was_made(
    street: Workspace, engine: Engine
) -> None:
    before = {name: engine.table(name) for name in ("complaints", "inspections")}
    assert engine.table("inspections") is before["inspections"]
    put(street, version("V2"))
    assert engine.table("inspections") is not before["inspections"]
    assert engine.table("complaints") is before["complaints"]


def test_the_views_of_a_session_do_not_grow_with_every_visit(
    street: Workspace, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_sessions, "MOST_VIEWS", 2)
    for number in range(2, 6):
        put(street, version(f"V{number}"))
        assert engine.table("inspections").count().to_pyarrow().as_py() == number
        assert engine.table("complaints").count().to_pyarrow().as_py() == 1
    session = engine.table("inspections").get_backend()
    views = session.con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
    assert 1 <= len(views.fetchall()) <= 2
