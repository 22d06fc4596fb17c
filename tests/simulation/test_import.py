"""The ordinary import reads the demonstration city, refuses what it should, and places the rest."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.contracts.registry import TABLES
from data.engine import Engine
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace

NOT_REFUSED = {"", "identical_row", "zero_point"}
"""Peculiarities with which a row is taken all the same."""


@pytest.fixture(scope="module")
def office(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(demonstration, tmp_path_factory.mktemp("import") / "office")


@pytest.fixture(scope="module")
def imports(office: Path) -> list[Manifest]:
    return Workspace.open(office).lake.imports()


@pytest.fixture(scope="module")
def placed(office: Path) -> Callable[[str], pd.DataFrame]:
    engine = Engine(Workspace.open(office))
    return lambda table: engine.table(table).to_pandas()


@pytest.fixture(scope="module")
def answers(office: Path) -> pd.DataFrame:
    return pd.read_parquet(office / "files" / "truth" / "answers.parquet")


def test_every_row_is_read_and_exactly_the_planted_ones_are_refused_each_for_its_reason(
    imports: list[Manifest], answers: pd.DataFrame
) -> None:
    adverts = [each for each in imports if each.table == "adverts"]  # none of them is planted
    assert sum(each.quarantined for each in adverts) == 0 < sum(each.accepted for each in adverts)
    imports = [each for each in imports if each.table != "adverts"]
    assert {each.file_name for each in imports} == set(answers["file"])
    for file in imports:
        written = answers.loc[answers["file"] == file.file_name, "problem"]
        assert file.rows_in == len(written), file.file_name
        planted = written[~written.isin(NOT_REFUSED)].replace("swapped_axes", "out_of_range")
        assert file.quarantined == len(planted), file.file_name
        assert set(file.reasons) >= set(planted), file.file_name


def test_identity_numbers_and_pupils_are_dropped_at_the_door(imports: list[Manifest]) -> None:
    dropped = {name for file in imports for name in file.dropped_personal}
    assert dropped == {"出租人身份证号", "承租人证件号码", "学生姓名", "学生名单"}


def test_the_month_that_was_sent_again_changes_only_what_was_corrected(
    imports: list[Manifest],
) -> None:
    again = next(file for file in imports if file.file_name.startswith("07_"))
    assert again.duplicates > 0.6 * again.rows_in
    assert 0 < again.replaced <= 8


def test_buildings_come_back_to_where_they_stand_and_into_their_grid(
    placed: Callable[[str], pd.DataFrame], office: Path
) -> None:
    register = placed("buildings")
    true = pd.read_parquet(office / "files" / "truth" / "buildings.parquet")
    both = true.merge(register, on="building_id", suffixes=("_true", ""))
    assert len(both) == len(true) == len(register)
    east = (both["lon"] - both["lon_true"]) * 90_000
    north = (both["lat"] - both["lat_true"]) * 111_000
    assert np.hypot(east, north).max() < 0.5
    assert (both["grid_code"] == both["grid_code_true"]).all()


@pytest.mark.parametrize("table", ["complaints", "rentals", "violations", "inspections"])
def test_rows_are_placed_in_the_building_that_is_meant_and_hardly_ever_in_another(
    placed: Callable[[str], pd.DataFrame], answers: pd.DataFrame, table: str
) -> None:
    fair = answers[(answers["table"] == table) & (answers["problem"] == "")]
    both = fair.drop_duplicates("key").merge(
        placed(table), left_on="key", right_on=TABLES[table].key, suffixes=("_true", "")
    )
    building = both["building_id"].fillna("")
    meant = both["building_id_true"] != ""
    right = building == both["building_id_true"]
    assert right[meant].mean() >= 0.95
    assert ((building != "") & ~right)[meant].mean() <= 0.005
    assert (building[~meant & both["lon"].isna()] == "").all()


def test_complaints_that_name_no_building_count_for_none(
    placed: Callable[[str], pd.DataFrame], answers: pd.DataFrame
) -> None:
    vague = answers[(answers["problem"] == "") & answers["level"].isin(["estate", "community"])]
    rows = placed("complaints").query("match_method != 'point'")
    rows = rows[rows["ticket_no"].isin(vague["key"])]
    assert len(rows) > 10
    assert rows["building_id"].fillna("").eq("").all()
