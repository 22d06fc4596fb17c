"""The registers of places as of a cut: as imported before it, the first load at any date."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
import shapely

from data.derived.build import Derivation
from data.engine import Engine
from data.integrity.verify import verify_workspace
from data.lake.manifest import Manifest
from data.lake.validity import FIRST_LOAD_DAYS
from data.workspace.folder import Workspace

PutRows = Callable[..., Manifest]

NOON = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 -- local times throughout
DAY = timedelta(days=1)
BEFORE, LATER = NOON - 90 * DAY, NOON + 60 * DAY


def house(number: int, **facts: Any) -> dict[str, Any]:
    own = {"building_id": f"B{number}", "estate": "示例花园", "building_no": f"{number}号楼"}
    return own | {"lon": 117.1 + number / 1000, "lat": 36.1} | facts


def grid(code: str, west: float, east: float) -> dict[str, Any]:
    return {"grid_code": code, "geom": shapely.to_wkb(shapely.box(west, 36.0, east, 36.2))}


@pytest.fixture
def engine(workspace: Workspace, put_rows: PutRows) -> Iterator[Engine]:
    """Return an office that loaded two buildings, a grid and a complaint at once."""
    put_rows(workspace, "buildings", [house(1, household_count=10), house(2)], now=NOON)
    put_rows(workspace, "grids", [grid("370902001001001", 117.0, 117.2)], now=NOON)
    told = {"received_at": BEFORE, "raw_address": "示例花园3号楼"}
    put_rows(workspace, "complaints", [{"ticket_no": "1"} | told], now=NOON)
    engine = Engine(workspace)
    yield engine
    engine.close()


def read(engine: Engine, name: str, cut: datetime | None, *columns: str) -> Sequence[Any]:
    rows = engine.table(name, cut=cut).select(*columns).to_pyarrow().to_pylist()
    return sorted(tuple(row.values()) for row in rows)


def everything(engine: Engine, cut: datetime) -> list[Sequence[Any]]:
    """Return all that is read of places as of a cut."""
    wanted = {
        "buildings": ("building_id", "household_count", "kind", "grid_code"),
        "grids": ("grid_code", "households"),
        "complaints": ("ticket_no", "building_id", "grid_code", "match_level", "match_score"),
    }
    return [read(engine, name, cut, *columns) for name, columns in wanted.items()]


def load_again(workspace: Workspace, put_rows: PutRows) -> None:
    """Import the registers anew: counts and kinds, a building and a grid more."""
    again = [house(1, household_count=99, kind="住宅"), house(3, household_count=5)]
    put_rows(workspace, "buildings", again, now=LATER)
    parts = [grid("370902001001001", 117.0, 117.102), grid("370902001001002", 117.102, 117.2)]
    put_rows(workspace, "grids", [part | {"households": 7} for part in parts], now=LATER)


def test_a_register_that_is_imported_anew_is_known_from_then_on(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    cuts = (BEFORE + DAY, NOON, LATER)
    then = [everything(engine, cut) for cut in cuts]
    load_again(workspace, put_rows)
    assert [everything(engine, cut) for cut in cuts] == then
    buildings, grids, complaints = everything(engine, LATER + DAY)
    assert buildings[0][1:] == (99, "住宅", "370902001001001")
    assert [code for code, _ in grids] == ["370902001001001", "370902001001002"]
    assert complaints == [("1", "B3", "370902001001002", "building", 1.0)]
    assert complaints != then[-1][2]


def test_grids_divided_anew_count_from_their_import_on(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    then = everything(engine, NOON)
    halves = [grid("370902001001005", 117.0, 117.102), grid("370902001001006", 117.102, 117.2)]
    put_rows(workspace, "grids", halves, now=LATER)
    assert everything(engine, NOON) == then
    assert not engine.ended_grids(cut=NOON)
    assert [*engine.ended_grids()] == ["370902001001001"]
    buildings = read(engine, "buildings", None, "building_id", "grid_code")
    assert buildings == [("B1", "370902001001005"), ("B2", "370902001001005")]


def test_what_belongs_to_the_first_load_is_known_at_any_date(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    last = NOON + FIRST_LOAD_DAYS * DAY
    put_rows(workspace, "buildings", [house(1, household_count=12), house(3)], now=last)
    known = [("B1", 12), ("B2", None), ("B3", None)]
    assert read(engine, "buildings", BEFORE, "building_id", "household_count") == known
    assert read(engine, "complaints", BEFORE + DAY, "building_id") == [("B3",)]
    put_rows(workspace, "buildings", [house(4)], now=last + DAY)
    assert read(engine, "buildings", BEFORE, "building_id", "household_count") == known


def test_a_register_whose_first_load_was_taken_back_begins_with_the_next(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    first = workspace.lake.imports("buildings")[0]
    load_again(workspace, put_rows)
    workspace.lake.undo(first.import_id)
    assert read(engine, "buildings", BEFORE, "building_id") == [("B1",), ("B3",)]


def test_a_register_that_comes_again_with_the_same_places_is_no_other_state_of_them(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    """Only who answers for the grid and how many live there have changed, twice."""
    for number in (1, 2):
        again = grid("370902001001001", 117.0, 117.2) | {"households": 70 * number}
        again |= {"chief_id": f"P{number}"}
        put_rows(workspace, "grids", [again], now=LATER + number * DAY)
    cuts = (BEFORE, LATER + 2 * DAY, LATER + 3 * DAY)
    assert {engine.registers_at(cut) for cut in cuts} == {engine.registers_at(LATER + 9 * DAY)}
    told = [read(engine, "grids", cut, "households") for cut in cuts]
    assert told == [[(None,)], [(70,)], [(140,)]]
    assert not (workspace.derived_path / "past").exists()
    put_rows(workspace, "grids", [grid("370902001001001", 117.0, 117.1)], now=LATER + 30 * DAY)
    assert len({engine.registers_at(cut) for cut in (*cuts, LATER + 31 * DAY)}) == 2


def test_files_of_past_registers_are_checked_and_deleted_when_no_register_was_so(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    load_again(workspace, put_rows)
    everything(engine, NOON)
    past = workspace.derived_path / "past"
    (folder,) = past.iterdir()
    assert verify_workspace(workspace).problems == ()
    register = next(folder.glob("register-*.parquet"))
    content = register.read_bytes()
    register.write_bytes(content + b"x")
    assert [problem.code for problem in verify_workspace(workspace).problems] == ["derived_changed"]
    for manifest in workspace.lake.imports()[-2:]:
        workspace.lake.undo(manifest.import_id)
    with Derivation(workspace) as derivation:
        derivation.refresh()
        assert folder.exists(), "it may still be read"
        for path in folder.rglob("*.parquet"):
            os.utime(path, (0, 0))
        derivation.refresh()
    assert not folder.exists()


@pytest.mark.parametrize("count", [1, 2])
def test_imports_of_before_a_field_say_nothing_in_it(
    workspace: Workspace, put_rows: PutRows, count: int
) -> None:
    """As those of before buildings could say from when they no longer stand."""
    for number in range(count):
        manifest = put_rows(workspace, "buildings", [house(number)], now=NOON + number * DAY)
        path = workspace.lake.rows_path(manifest)
        rows = pq.read_table(path).drop_columns("ended_on")
        path.chmod(0o600)
        pq.write_table(rows, path)
    with closing(Engine(workspace)) as engine:
        found = read(engine, "buildings", None, "building_id", "ended_on")
    assert found == [(f"B{number}", None) for number in range(count)]
