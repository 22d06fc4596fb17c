"""The demonstration city, from its messy files to a score."""

import json
import shutil
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.results.snapshots import SnapshotStore
from data.workspace.folder import Workspace, WorkspaceError
from governance.access.permissions import automatic_scorer, local_owner
from governance.scores import score_writer
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from gridwarden.demo import build
from gridwarden.demo.build import MARKER, OtherDemonstrationError, build_demonstration
from risk.scoring.run import cut_after

TODAY = date(2026, 11, 24)
MORNING, NOON = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (1, 4))


def quiet(_stage: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def built(demonstration: Path) -> Path:
    return demonstration


def test_no_row_of_the_messy_files_is_lost(built: Path) -> None:
    tables = json.loads((built / MARKER).read_text(encoding="utf-8"))["tables"]
    assert set(tables) >= {"buildings", "grids", "complaints", "rentals", "inspections"}
    for counts in tables.values():
        assert counts["rows_in"] == (
            counts["accepted"] + counts["quarantined"] + counts["duplicates"]
        )
    assert tables["buildings"]["accepted"] == 200


def test_complaints_land_in_the_building_they_mean(built: Path) -> None:
    """At least nine in ten that mean a building, and next to none in a wrong one."""
    office = open_office(built)
    rows = office._engine.table("complaints").to_pandas()
    office.close()
    truth = pd.read_parquet(built / "files" / "truth" / "answers.parquet")
    truth = truth[truth["table"] == "complaints"].drop_duplicates("key", keep="first")
    joined = rows.merge(truth, left_on="ticket_no", right_on="key", suffixes=("", "_true"))
    meant = joined[joined["building_id_true"].fillna("") != ""]
    placed = meant[meant["match_level"].isin(["room", "building"])]
    right = placed["building_id"] == placed["building_id_true"]
    assert right.sum() >= 0.9 * len(meant)
    assert (~right).sum() <= 0.01 * len(meant)


@pytest.fixture(scope="module")
def made_in_the_morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build without scores, routes and rounds; of the patrols one visit remains."""

    def visit(folder: Path, **_: object) -> None:
        with closing(open_office(folder, now=lambda: NOON)) as office:
            building = office._engine.table("buildings").limit(1).to_pandas()["building_id"].iloc[0]
            visit = NewVisit(key="k", building_id=building, result="属实")
            office.visits.record(local_owner(), visit)

    def save(_: object, snapshots: SnapshotStore, **options: Any) -> None:
        tables = {
            "buildings": pd.DataFrame({"building_id": ["B1"], "tier": ["蓝"], "rank": [1]}),
            "units": pd.DataFrame({"unit_kind": ["grid"], "unit": ["G"], "rank": [1]}),
        }
        snapshots.save(
            as_of=options["as_of"], cut=cut_after(options["as_of"]), config={}, config_hash="h",
            tables=tables, facts={}, run=options["run"],
        )  # fmt: skip

    counts = dict.fromkeys(("rows_in", "accepted", "quarantined", "duplicates"), 0)
    folder = tmp_path_factory.mktemp("morning") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(score_writer, "run_score", save)
        patch.setattr(build, "keep_cadence", lambda *_, **__: counts)
        patch.setattr(build, "add_demo_patrols", visit)
        patch.setattr(build, "draft_next_week", lambda *_, **__: None)
        patch.setattr(build, "utc_now", lambda: MORNING)
        build_demonstration(folder, buildings=60, seed=5, actor=local_owner(), advance=quiet)
    return folder


def test_months_and_the_last_weeks_have_scores_the_newest_of_after_the_patrols_were_recorded(
    made_in_the_morning: Path,
) -> None:
    owner = local_owner()
    with closing(open_office(made_in_the_morning, now=lambda: NOON)) as office:
        office.automatic_scoring.step(automatic_scorer())
        assert not office.automatic_scoring.state(owner).is_pending
        days = [snapshot.as_of for snapshot in office._snapshots.by_date()]
        weeks = [TODAY - build.WEEK * number for number in range(4)]
        months = [TODAY - build.MONTH * number for number in range(1, build.SNAPSHOTS)]
        assert days[::-1] == [*weeks, *months]


def test_a_demonstration_made_in_the_morning_tells_of_nothing_later_that_day(
    made_in_the_morning: Path,
) -> None:
    with (
        closing(open_office(made_in_the_morning)) as office,
        office._workspace.store.begin() as unit,
    ):
        told = [line.at for line in unit.audit.find() if line.actor.startswith("demo-")]
    assert len(told) > 100
    assert max(told) <= MORNING.replace(tzinfo=None)


def test_a_second_start_builds_nothing(built: Path) -> None:
    before = sorted(path.stat().st_mtime_ns for path in built.rglob("*") if path.is_file())
    build_demonstration(
        built, buildings=200, seed=5, actor=local_owner(), advance=quiet, today=TODAY
    )
    assert before == sorted(path.stat().st_mtime_ns for path in built.rglob("*") if path.is_file())


def test_a_copy_names_the_folder_in_which_it_lies(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(built / MARKER, copy)
    again = build_demonstration(
        copy, buildings=200, seed=5, actor=local_owner(), advance=quiet, whole=False
    )
    assert again.workspace == str(copy)


def test_another_city_does_not_take_the_place_of_this_one(built: Path) -> None:
    with pytest.raises(OtherDemonstrationError):
        build_demonstration(built, buildings=200, seed=6, actor=local_owner(), advance=quiet)
    assert (built / MARKER).is_file()


def test_an_office_s_own_workspace_is_never_overwritten(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "office")
    with pytest.raises(WorkspaceError):
        build_demonstration(
            tmp_path / "office", buildings=200, seed=5, actor=local_owner(), advance=quiet
        )
