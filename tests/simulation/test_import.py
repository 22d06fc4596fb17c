"""The ordinary import reads the demonstration city, refuses what it should, and places the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from data.contracts.registry import TABLES
from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.workspace.folder import Workspace
from simulation.generate import DemoFile, DemoFiles, generate_demo

NOW = datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001 -- local times throughout
KEPT = {"", "identical_row", "zero_point"}
"""Rows with these peculiarities are not refused."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    folder = tmp_path_factory.mktemp("import")
    return generate_demo(folder, buildings=400, today=NOW.date())


@pytest.fixture(scope="module")
def imported(
    files: DemoFiles, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, list[tuple[DemoFile, ImportResult]]]:
    """Import every register and event file, of the monthly inspections only the first three."""
    workspace = Workspace.create(tmp_path_factory.mktemp("workspace") / "office")
    results, inspections = [], 0
    for number, file in enumerate(files.files):
        inspections += file.table == "inspections"
        if inspections > 3:
            break
        options = ImportOptions(datum=file.datum, sheet=file.sheet)
        now = NOW + timedelta(minutes=number)
        results.append(
            (file, import_file(workspace, file.table, file.path, now=now, options=options))
        )
    return workspace, results


Imported = tuple[Workspace, list[tuple["DemoFile", "ImportResult"]]]


@pytest.fixture(scope="module")
def answers(files: DemoFiles) -> pd.DataFrame:
    return pd.read_parquet(files.truth / "answers.parquet")


def test_every_file_is_read_row_by_row(imported: Imported, answers: pd.DataFrame) -> None:
    written = answers.groupby("file").size()
    for file, result in imported[1]:
        assert result.rows_in == written[file.path.name], file.path.name
        assert result.rows_in == result.accepted + result.quarantined + result.duplicates


def test_exactly_the_planted_rows_are_refused_each_for_its_reason(
    imported: Imported, answers: pd.DataFrame
) -> None:
    for file, result in imported[1]:
        planted = answers.loc[answers["file"] == file.path.name, "problem"]
        planted = planted[~planted.isin(KEPT)].replace("swapped_axes", "out_of_range")
        assert result.quarantined == len(planted), file.path.name
        assert set(result.reasons) >= set(planted), file.path.name


def test_identity_numbers_and_pupils_are_dropped_at_the_door(imported: Imported) -> None:
    dropped = {name for _, result in imported[1] for name in result.dropped_personal}
    assert dropped == {"出租人身份证号", "承租人证件号码", "学生姓名", "学生名单"}


def test_the_month_that_was_sent_again_changes_only_what_was_corrected(imported: Imported) -> None:
    again = next(r for f, r in imported[1] if f.path.name.startswith("07_"))
    assert again.duplicates > 0.6 * again.rows_in
    assert 0 < again.replaced <= 8


def test_buildings_come_back_to_where_they_stand_and_into_their_grid(
    imported: Imported, files: DemoFiles
) -> None:
    found = Engine(imported[0]).table("buildings").to_pandas()
    true = pd.read_parquet(files.truth / "buildings.parquet")
    both = true.merge(found, on="building_id", suffixes=("_true", ""))
    assert len(both) == len(true) == len(found)
    east = (both["lon"] - both["lon_true"]) * 90_000
    north = (both["lat"] - both["lat_true"]) * 111_000
    assert np.hypot(east, north).max() < 0.5
    assert (both["grid_code"] == both["grid_code_true"]).all()


@pytest.mark.parametrize("table", ["complaints", "rentals", "violations", "inspections"])
def test_rows_are_placed_in_the_building_that_is_meant_and_hardly_ever_in_another(
    imported: Imported, answers: pd.DataFrame, table: str
) -> None:
    placed = Engine(imported[0]).table(table).to_pandas()
    fair = answers[(answers["table"] == table) & (answers["problem"] == "")]
    both = fair.drop_duplicates("key").merge(
        placed, left_on="key", right_on=TABLES[table].key, suffixes=("_true", "")
    )
    meant = both[both["building_id_true"] != ""]
    found = meant["building_id"].fillna("")
    assert (found == meant["building_id_true"]).mean() >= 0.95
    assert ((found != "") & (found != meant["building_id_true"])).mean() <= 0.005
    vague = both[(both["building_id_true"] == "") & both["lon"].isna()]
    assert vague["building_id"].fillna("").eq("").all()


def test_complaints_that_name_no_building_count_for_none(
    imported: Imported, answers: pd.DataFrame
) -> None:
    placed = Engine(imported[0]).table("complaints").to_pandas()
    vague = answers[(answers["problem"] == "") & answers["level"].isin(["estate", "community"])]
    by_words = placed[placed["match_method"] != "point"]
    rows = by_words[by_words["ticket_no"].isin(vague["key"])]
    assert len(rows) > 10
    assert rows["building_id"].fillna("").eq("").all()
