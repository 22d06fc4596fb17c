"""Rules of the files of recorded visits: new ones lie beside a large file, which stays as it is."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete
from stored_visits import NOON, visit_version

from data.derived import build
from data.derived.build import Derivation
from data.derived.placing import visits_file
from data.engine import Engine
from data.integrity.verify import verify_workspace
from data.lake.manifest import Manifest
from data.store.tables.visits import VisitVersion
from data.workspace.clock import Clock
from data.workspace.folder import Workspace

AT = Clock(lambda: NOON.replace(tzinfo=UTC)).local()
HOUR = timedelta(hours=1)


def record(workspace: Workspace, visit_id: str, number: int = 1, **changes: Any) -> None:
    own = {"recorded_at": NOON + number * HOUR, "building_id": "A", "at": AT}
    with workspace.store.begin() as unit:
        assert unit.visits.add(visit_version(visit_id, number, **own | changes))[1]
        unit.commit()


def files(workspace: Workspace) -> tuple[Path, ...]:
    with Derivation(workspace) as derivation:
        return derivation.visits.paths()


def held(workspace: Workspace) -> dict[str, str]:
    rows = Engine(workspace).table("inspections").to_pyarrow()
    return dict(zip(rows["row_key"].to_pylist(), rows["result"].to_pylist(), strict=True))


@pytest.fixture(scope="module")
def street(
    empty_folder: Path, tmp_path_factory: pytest.TempPathFactory, put_rows: Callable[..., Manifest]
) -> Path:
    """Return the folder of a workspace with one building, to be copied."""
    folder = tmp_path_factory.mktemp("visits") / "office"
    workspace = Workspace.open(shutil.copytree(empty_folder, folder))
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    workspace.store.close()
    return folder


@pytest.fixture
def office(street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace whose log of visits counts as long, with a file of three visits."""
    monkeypatch.setattr(visits_file, "SHORT_LOG", 0)
    workspace = Workspace.open(shutil.copytree(street, tmp_path / "office"))
    for visit in ("V1", "V2", "V3"):
        record(workspace, visit)
    assert len(files(workspace)) == 1
    return workspace


def test_new_visits_lie_beside_the_file_of_a_long_log(office: Workspace) -> None:
    (whole,) = files(office)
    record(office, "V4")
    first = files(office)
    record(office, "V4", 2, result="疑似")
    second = files(office)
    assert first[0] == second[0] == whole
    assert first[1] != second[1]


def test_both_files_are_read(office: Workspace) -> None:
    record(office, "V4", result="疑似")
    assert held(office) == dict.fromkeys(("V1", "V2", "V3"), "未发现异常") | {"V4": "疑似"}


def test_both_files_are_verified(office: Workspace) -> None:
    record(office, "V4")
    for path in files(office):
        assert verify_workspace(office).sound
        content = path.read_bytes()
        path.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:])
        assert "derived_changed" in {each.code for each in verify_workspace(office).problems}
        path.write_bytes(content)


def test_a_short_log_is_one_file(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_file, "SHORT_LOG", 4)
    record(office, "V4")
    assert len(files(office)) == 1


def test_the_register_is_read_once_to_place_what_comes(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Counter[str]()

    def counting(path: Path, *args: Any, **how: Any) -> pa.Table:
        read[path.name.partition("-")[0]] += 1
        return table_of(path, *args, **how)

    table_of = pq.read_table
    build._PLACERS.forget()
    monkeypatch.setattr(pq, "read_table", counting)
    for number in range(4, 7):
        record(office, f"V{number}")
        files(office)
    assert read["register"] == 1


def test_another_version_of_a_visit_in_the_file_makes_it_anew(office: Workspace) -> None:
    record(office, "V2", 2, withdrawn=True)
    assert len(files(office)) == 1
    assert set(held(office)) == {"V1", "V3"}


def test_the_file_is_made_anew_once_enough_lies_beside_it(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits_file, "MOST_NEWER", 1)
    record(office, "V4")
    assert len(files(office)) == 2
    record(office, "V5")
    assert len(files(office)) == 1


def test_nothing_lies_beside_a_file_whose_versions_were_deleted(office: Workspace) -> None:
    with office.store.begin() as unit:
        unit.session.execute(delete(VisitVersion).where(VisitVersion.visit_id == "V1"))
        unit.commit()
    record(office, "V4")
    record(office, "V5")
    assert set(held(office)) == {"V2", "V3", "V4", "V5"}


def test_visits_of_either_file_that_an_import_tells_of_count_once(
    office: Workspace, put_rows: Callable[..., Manifest]
) -> None:
    put_rows(office, "inspections", [
        {"inspection_id": name, "at": AT, "building_id": "A", "result": "属实"}
        for name in ("V1", "V4", "X1")
    ], now=NOON + 9 * HOUR)  # fmt: skip
    record(office, "V4")
    rows = Engine(office).table("inspections").to_pyarrow()["row_key"].to_pylist()
    assert sorted(rows) == ["V1", "V2", "V3", "V4", "X1"]


def rows_in(paths: tuple[Path, ...]) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in paths]).sort_by("source_row")


def test_the_files_have_the_rows_of_one_that_is_made_of_all(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Record visits, corrections and withdrawals round by round; make all anew elsewhere."""
    monkeypatch.setattr(visits_file, "MOST_NEWER", 3)
    draw = Random(1)  # noqa: S311 -- a test's draws
    numbers, counts = dict.fromkeys(("V1", "V2", "V3"), 1), set()
    for turn in range(12):
        for _ in range(draw.randint(1, 3)):
            visit = draw.choice([f"N{turn}", f"N{turn - 1}", *draw.sample(sorted(numbers), 1)])
            numbers[visit] = numbers.get(visit, 0) + 1
            record(office, visit, numbers[visit], result=draw.choice(["疑似", "未发现异常"]),
                   withdrawn=draw.random() < 0.2)  # fmt: skip
        found = files(office)
        counts.add(len(found))
        with Derivation(office, folder=tmp_path / f"all{turn}") as derivation:
            assert rows_in(found).equals(rows_in(derivation.visits.paths()))
    assert counts == {1, 2}
