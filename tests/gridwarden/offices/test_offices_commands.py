"""Commands about all offices of an installation."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from installations import MARKS
from lakes import put_lake_at
from postgresql import Schema, store_at

from data.integrity.isolation import find_shared
from data.results.roll_ups import RollUp
from data.workspace.installation import read_installation

Call = Callable[..., Any]


@pytest.fixture
def file(installation: Path, tmp_path: Path) -> Path:
    """Return the file of a copy that a test may change."""
    return shutil.copytree(installation.parent, tmp_path / "city") / "city.toml"


@pytest.fixture
def urls(postgresql: Callable[[], str]) -> Iterator[tuple[str, str]]:
    """Give two spellings of one store on PostgreSQL."""
    schema = Schema(postgresql)
    url = schema.empty_store()
    yield url, url.replace("127.0.0.1", "localhost")
    schema.drop()


def shared(file: Path) -> list[tuple[str, str, str]]:
    read = read_installation(file)
    found = find_shared({key: read.folder(key) for key in read.offices})
    return [(each.code, each.office, each.other) for each in found]


def test_offices_are_added_each_with_an_administrator_of_its_own(
    gridwarden: Call, tmp_path: Path
) -> None:
    file = tmp_path / "city.toml"
    told = [
        gridwarden("--json", "offices", "add", file, key, "--host", f"{key}.example.cn", *more)
        for key, more in (("district", ()), ("bridge", ("--parent", "district", "--name", "桥东")))
    ]
    assert [each.code for each in told] == [0, 0]
    words = [each.json["administrator"]["one_time_password"] for each in told]
    assert len({*words}) == 2
    listed = gridwarden("--json", "offices", "list", file).json["offices"]
    assert [(each["office"], each["name"], each["parent"]) for each in listed] == [
        ("district", "district", ""), ("bridge", "桥东", "district"),
    ]  # fmt: skip
    assert shared(file) == []


def test_an_office_that_would_make_the_file_wrong_leaves_nothing(
    gridwarden: Call, file: Path
) -> None:
    before = file.read_text(encoding="utf-8")
    said = gridwarden("offices", "add", file, "north", "--host", "east.example.cn")
    assert said.code == 1
    assert "east" in said.err
    assert file.read_text(encoding="utf-8") == before
    assert not (file.parent / "north").exists()


def test_offices_that_are_apart_share_nothing(file: Path) -> None:
    assert shared(file) == []


def test_a_copied_workspace_is_found_by_its_secret(file: Path) -> None:
    shutil.copyfile(file.parent / "east/secret.key", file.parent / "west/secret.key")
    assert shared(file) == [("offices_share_secret", "west", "east")]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_one_store_is_found_behind_a_link(file: Path) -> None:
    (file.parent / "west/gridwarden.db").unlink()
    (file.parent / "west/gridwarden.db").symlink_to(file.parent / "east/gridwarden.db")
    assert shared(file) == [("offices_share_store", "west", "east")]


def test_one_store_is_found_under_two_spellings(
    gridwarden: Call, file: Path, urls: tuple[str, str]
) -> None:
    for key, url in zip(("east", "west"), urls, strict=True):
        store_at(file.parent / key, url)
    assert shared(file) == [("offices_share_store", "west", "east")]
    said = gridwarden("offices", "serve", file, "--port", "18976")
    assert said.code == 1
    assert "west" in said.out


def test_one_lake_is_found_under_two_spellings(file: Path, tmp_path: Path) -> None:
    put_lake_at(file.parent / "east", f"file://{tmp_path}/lake")
    put_lake_at(file.parent / "west", f"{tmp_path}/lake/")
    assert shared(file) == [("offices_share_lake", "west", "east")]
    put_lake_at(file.parent / "west", "s3://bucket/lake")
    assert shared(file) == []


def test_each_office_is_verified_by_a_process_of_its_own(gridwarden: Call, file: Path) -> None:
    (file.parent / "west/secret.key").unlink()
    said = gridwarden("--json", "offices", "verify", file)
    assert said.code == 1
    assert [each["code"] for each in said.json["shared"]] == ["secret_missing"]
    codes = {key: each["exit_code"] for key, each in said.json["offices"].items()}
    assert codes == dict.fromkeys(MARKS, 0) | {"west": 1}
    assert said.json["offices"]["east"]["problems"] == []


def test_every_store_is_migrated(gridwarden: Call, file: Path) -> None:
    said = gridwarden("--json", "offices", "migrate", file)
    assert said.code == 0
    assert len({each["now"] for each in said.json["offices"].values()}) == 1


def test_figures_are_told_from_below_to_above(gridwarden: Call, file: Path) -> None:
    assert gridwarden("offices", "figures", file).code == 0
    folder = file.parent / "rollups"
    (district,) = [found.weeks for found in [RollUp.read(folder, "district")] if found]
    assert [figures.offices for figures in district.values()] == [3]


def test_windows_is_told_that_one_process_serves_one_office(
    gridwarden: Call, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridwarden.processes.serve.sys", SimpleNamespace(platform="win32"))
    for arguments in (("-w", file.parent / "east", "serve", "--processes", "2"),
                      ("offices", "serve", file)):  # fmt: skip
        said = gridwarden(*arguments)
        assert said.code == 2
        assert "Windows" in said.err


def test_nothing_is_restarted_where_nothing_runs(gridwarden: Call, file: Path) -> None:
    for arguments in (("offices", "restart", file), ("-w", file.parent / "east", "restart")):
        assert gridwarden(*arguments).code == 1
