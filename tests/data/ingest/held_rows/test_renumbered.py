"""A building that a later list numbers anew stays the building that is held."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from data.derived.answers.other_codes import other_codes
from data.derived.answers.unit_names import buildings_holding
from data.derived.answers.walking_distances import read_known_ways
from data.derived.build import Derivation
from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.workspace.folder import Workspace

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- local times throughout
Import = Callable[..., ImportResult]
STEP = 0.001


def outline(number: int, *, moved_m: float = 0.0) -> str:
    """Return the outline of a building of 20 by 12 metres, the next one 90 metres further east."""
    west = 117.1 + number * STEP + moved_m / 90_000
    return str(shapely.box(west, 36.1, west + 20 / 90_000, 36.1 + 12 / 111_000))


def house(code: str, number: int, **facts: Any) -> dict[str, Any]:
    own = {"楼栋编码": code, "小区名称": "示例花园", "楼栋号": f"{number}号楼"}
    return own | {"轮廓": outline(number)} | facts


@pytest.fixture
def load(workspace: Workspace, tmp_path: Path) -> Import:
    """Return what imports rows as a table, each import an hour after the one before."""
    hours = iter(range(100))

    def run(table: str, *rows: dict[str, Any], dry_run: bool = False) -> ImportResult:
        hour = next(hours)
        path = tmp_path / f"{table}-{hour}.csv"
        pd.DataFrame(rows).to_csv(path, index=False)
        options, now = ImportOptions(datum="wgs84"), NOW + timedelta(hours=hour)
        return import_file(workspace, table, path, now=now, options=options, dry_run=dry_run)

    return run


def buildings(workspace: Workspace) -> dict[str, str | None]:
    """Return code → other code of every building."""
    with Derivation(workspace) as derivation:
        path = derivation.register_path()
    rows = pq.read_table(path, columns=["building_id", "other_code"]).to_pydict()
    return dict(zip(rows["building_id"], rows["other_code"], strict=True))


def test_a_second_edition_with_other_codes_leaves_each_building_once(
    workspace: Workspace, load: Import
) -> None:
    load("buildings", house("A1", 1), house("A2", 2), house("A3", 3))
    moved = [house(f"N{n}", n, 轮廓=outline(n, moved_m=1.5), 层数=n) for n in (1, 2, 4)]
    before = load("buildings", *moved, dry_run=True)
    result = load("buildings", *moved)
    assert before.warned_about == result.warned_about
    assert result.warned_about["buildings_renumbered"] == ["2", "N1 → A1", "N2 → A2"]
    assert buildings(workspace) == {"A1": "N1", "A2": "N2", "A3": None, "N4": None}
    engine = Engine(workspace)
    floors = engine.buildings_as_imported().select("building_id", "floors").to_pyarrow().to_pylist()
    assert {"building_id": "A1", "floors": 1} in floors
    engine.close()


def test_rows_of_other_files_find_a_building_by_either_code(
    workspace: Workspace, load: Import
) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    load("buildings", house("N1", 1), house("N2", 2))
    told = {"受理时间": "2026-11-01", "诉求内容": "晚上补课"}
    load(
        "complaints",
        {"工单编号": "1", "楼栋编码": "N2"} | told,
        {"工单编号": "2", "楼栋编码": "A2"} | told,
    )
    engine = Engine(workspace)
    rows = engine.table("complaints").select("ticket_no", "building_id").to_pyarrow().to_pylist()
    assert {row["building_id"] for row in rows} == {"A2"}
    engine.close()


def test_the_same_edition_again_and_a_third_one_keep_the_first_codes(
    workspace: Workspace, load: Import
) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    load("buildings", house("N1", 1), house("N2", 2))
    load("buildings", house("N1", 1, 层数=6), house("N2", 2, 轮廓=outline(7)))
    assert buildings(workspace) == {"A1": "N1", "A2": "N2"}
    load("buildings", house("Z1", 1), house("Z7", 7))
    assert buildings(workspace) == {"A1": "Z1", "A2": "Z7"}


def test_a_list_that_names_the_former_code_is_believed(workspace: Workspace, load: Import) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    load("buildings", house("N1", 5, 原编码="A2"))
    assert buildings(workspace) == {"A1": None, "A2": "N1"}


def test_taking_either_list_back_leaves_the_other(workspace: Workspace, load: Import) -> None:
    first = load("buildings", house("A1", 1), house("A2", 2))
    second = load("buildings", house("N1", 1), house("N3", 3))
    workspace.lake.undo(first.import_id)
    assert buildings(workspace) == {"A1": "N1", "N3": None}
    workspace.lake.undo(second.import_id)
    assert buildings(workspace) == {}


def test_outlines_that_share_a_part_need_one_address_and_are_told_without(
    workspace: Workspace, load: Import
) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    by_four = [outline(1, moved_m=4), outline(2, moved_m=4)]
    result = load("buildings", house("N1", 1, 轮廓=by_four[0]), house("N9", 9, 轮廓=by_four[1]))
    assert buildings(workspace) == {"A1": "N1", "A2": None, "N9": None}
    assert result.warned_about["buildings_perhaps_twice"] == ["1", "N9 → A2"]


def test_a_held_code_that_is_given_to_a_building_elsewhere_is_told(load: Import) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    result = load("buildings", house("A1", 2), house("A2", 3))
    assert result.warned_about == {"buildings_elsewhere": ["2", "A1", "A2"]}


def test_a_first_list_and_new_buildings_say_nothing(load: Import) -> None:
    assert load("buildings", house("A1", 1)).warned_about == {}
    assert load("buildings", house("A5", 5)).warned_about == {}


def test_distances_and_searches_know_a_building_by_either_code(
    workspace: Workspace, load: Import
) -> None:
    load("buildings", house("A1", 1), house("A2", 2))
    load("buildings", house("N1", 1), house("N2", 2))
    load("walking_distances", {"起点楼栋编码": "N1", "终点楼栋编码": "A2", "距离": 120})
    engine = Engine(workspace)
    assert read_known_ways(engine).iloc[0].tolist() == ["A1", "A2", 120.0]
    assert buildings_holding(engine, ["n2"]) == {"A2"}
    assert other_codes(engine) == {"N1": "A1", "N2": "A2"}
    engine.close()
