"""Rules of names: as the register and the grids give them, of what was asked for alone."""

from typing import Any, Self

import ibis
import pandas as pd
import pytest

from data.derived.answers.building_names import display_name, display_names
from data.derived.answers.unit_names import UnitNames

BUILDINGS = {
    "building_id": ["B1", "B2", "B3"],
    "std_address": ["甲路1号", "甲路2号", "甲路3号"],
    "estate": ["示例花园", None, ""],
    "building_no": ["1号楼", "2号楼", None],
}
GRIDS = {"grid_code": ["110101001001001"], "name": ["第一网格"], "community": ["示例社区"]}


class Tables:
    """Stand for the engine; keep what was asked of the register and of the grids."""

    def __init__(self, grids: dict[str, list[str]] = GRIDS) -> None:
        self.read = self.read_grids = 0
        self.grids = grids
        self._session = ibis.duckdb.connect()
        self._buildings = self._session.create_table("buildings", ibis.memtable(BUILDINGS))

    def pinned(self) -> Self:
        return self

    def name_of_rows(self, name: str) -> str:
        return f"{name}-{self.grids}"

    def table(self, name: str) -> Any:
        self.read += name == "buildings"
        self.read_grids += name == "grids"
        return self._buildings if name == "buildings" else ibis.memtable(self.grids)


def test_a_building_is_called_by_estate_and_number_else_by_its_address() -> None:
    names = UnitNames(Tables())  # type: ignore[arg-type] -- stands for the engine
    assert names.of("building", ["B2", "B1", "nowhere", "B3"]) == [
        "甲路2号", "示例花园1号楼", "", "甲路3号",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("云岱区松溪街道学湾路265号", "学湾路265号"),
        ("示例省示例市云岱区松溪街道学湾路265号", "学湾路265号"),
        ("学湾路265号", "学湾路265号"),
        ("新街道口路12号", "新街道口路12号"),
        ("云岱区松溪街道办事处", "云岱区松溪街道办事处"),
        ("云岱区松溪街道", "云岱区松溪街道"),
        (None, ""),
    ],
)
def test_an_address_is_a_name_without_the_street_office_that_all_have(
    address: str | None, name: str
) -> None:
    rows = pd.DataFrame({"std_address": [address], "estate": [None], "building_no": ["265号"]})
    assert display_names(rows).tolist() == [name]
    assert display_name(address or "", "", "265号") == name


def test_of_a_register_only_the_buildings_asked_for_are_read_and_each_once() -> None:
    tables = Tables()
    names = UnitNames(tables)  # type: ignore[arg-type] -- stands for the engine
    assert names.buildings(["B1"]) == {"B1": "示例花园1号楼"}
    assert names.buildings(["B1"]) == {"B1": "示例花园1号楼"}
    assert tables.read == 1
    assert [*names._buildings] == ["B1"]


def test_a_grid_is_called_by_its_community_and_name_and_a_cell_by_nothing() -> None:
    names = UnitNames(Tables())  # type: ignore[arg-type] -- stands for the engine
    assert names.of("grid", ["110101001001001"]) == ["示例社区第一网格"]
    assert names.of("community", ["110101001001"]) == ["示例社区"]
    assert names.of("cell", ["8a"]) == [""]


def test_grids_are_read_again_only_when_they_changed() -> None:
    renamed = Tables({**GRIDS, "community": ["改名社区"]})
    for _ in range(2):
        names = UnitNames(renamed)  # type: ignore[arg-type] -- stands for the engine
        assert names.of("community", ["110101001001"]) == ["改名社区"]
    assert renamed.read_grids == 1
    other = Tables({**GRIDS, "community": ["又改社区"]})
    names = UnitNames(other)  # type: ignore[arg-type] -- stands for the engine
    assert names.of("community", ["110101001001"]) == ["又改社区"]
