"""Files at an address: each whole under its name, or not there."""

import sys
from copy import copy
from pathlib import Path

import fsspec
import lakes
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from refusals import refused_as

from data.lake.address import LakeAddress, LakeError
from data.lake.checksums import hash_file
from data.workspace.sections import SettingsError
from data.workspace.settings import read_settings

SECRET = "AKIA-of-this-test"  # noqa: S105 -- stands for one


@pytest.fixture(params=[*lakes.KINDS, lakes.ARROW, lakes.WEBHDFS])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> LakeAddress:
    return LakeAddress(lakes.address(request.param, tmp_path), {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "w" / "derived" / "a.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"rows" * 1000)
    return path


def test_a_file_is_there_under_its_name_and_comes_back_as_it_was(
    address: LakeAddress, file: Path, tmp_path: Path
) -> None:
    address.put(file, "t/1/rows.parquet")
    address.put(file, "t/1/rows.parquet")
    assert address.names("") == address.names("t") == ["t/1/rows.parquet"]
    assert address.fetch("t/1/rows.parquet", tmp_path / "b") == hash_file(file)
    assert (tmp_path / "b").read_bytes() == file.read_bytes()
    assert address.sha256("t/1/rows.parquet") == hash_file(file)


def test_what_stops_while_it_is_brought_has_no_name_yet(
    address: LakeAddress, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise TimeoutError(SECRET)

    monkeypatch.setattr(type(address._fs), "mv", stop)
    with refused_as("lake_unreachable"):
        address.put(file, "t/1/rows.parquet")
    assert not address.holds("t/1/rows.parquet")
    address.delete("t/1")
    assert address.names("") == []


def test_a_file_that_is_not_there_is_named(address: LakeAddress, tmp_path: Path) -> None:
    with refused_as("rows_missing", file="t/2/rows.parquet"):
        address.fetch("t/2/rows.parquet", tmp_path / "b")
    assert address.names("t") == []
    address.delete("t")


def test_a_check_leaves_nothing(address: LakeAddress) -> None:
    address.check()
    assert address.names("") == []


def test_copies_for_spark_last_as_long_as_their_files(file: Path, tmp_path: Path) -> None:
    address, root = LakeAddress(lakes.address("file", tmp_path), {}), tmp_path / "w"
    name = address.share(root, file, within="for_spark")
    assert fsspec.open(address.spark_url(name)).open().read() == file.read_bytes()
    later = file.with_name("b.parquet")
    file.rename(later)
    address.put(later, "complaints/1/rows.parquet")
    address.share(root, later, within="for_spark")
    assert address.names("") == ["complaints/1/rows.parquet", "for_spark/derived/b.parquet"]


def test_a_copy_that_another_process_brought_meanwhile_is_not_replaced(
    address: LakeAddress, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address.put(file, "for_spark/a")
    monkeypatch.setattr(type(address._fs), "mv", lambda *_: pytest.fail("replaced"))
    address.put(file, "for_spark/a", replace=False)
    assert address.names("") == ["for_spark/a"]


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("s3://bucket/office/", "s3a://bucket/office/x"),
        ("hdfs://node:9000/office", "hdfs://node:9000/office/x"),
        ("webhdfs://node:9870/office", "webhdfs://node:9870/office/x"),
        ("gcs://bucket/office", "gs://bucket/office/x"),
        ("/srv/lake", "file:///srv/lake/x"),
    ],
)
def test_spark_is_told_the_address_in_its_own_words(url: str, seen: str) -> None:
    assert LakeAddress(url, {}).spark_url("x") == seen


def test_a_move_that_is_refused_without_an_error_is_found(
    address: LakeAddress, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(address._fs), "mv", lambda *_: None)
    with refused_as("lake_unreachable"):
        address.put(file, "t/1/rows.parquet")


def test_another_process_opens_the_same_address_and_reads_parts_of_a_file(
    address: LakeAddress, file: Path
) -> None:
    address.put(file, "t/a")
    again = copy(address)  # as Spark sends it
    with again.open("t/a") as opened:
        opened.seek(2)
        assert opened.read(4) == b"wsro"


@pytest.mark.parametrize("url", ["s3://bucket/office", "nobody://knows"])
def test_an_address_without_a_driver_says_which_is_missing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with refused_as("lake_not_installed", seen=url.partition(":")[0]):
        LakeAddress(url, {}).names("")


def test_what_a_driver_says_is_kept_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(SECRET)

    monkeypatch.setattr(MemoryFileSystem, "find", refuse)
    with pytest.raises(LakeError) as refused:
        LakeAddress(lakes.address("memory", tmp_path), {}).names("")
    error = refused.value
    assert error.code == "lake_unreachable"
    assert SECRET not in f"{error}{error.facts}{error.__cause__}"
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ('path = "lake"', "lake_address"),
        (f'path = "sftp://me:{SECRET}@host/lake"', "no_secret"),
        (f'path = "abfs://box@host/lake?sig={SECRET}"', "no_secret"),
        (f'[lake.options]\nsecret = "{SECRET}"', "no_secret"),
        (f'[lake.options]\naccount_key = "{SECRET}"', "no_secret"),
    ],
)
def test_settings_hold_an_address_and_no_secret(
    setting: str, expected: str, tmp_path: Path
) -> None:
    (file := tmp_path / "gridwarden.toml").write_text(f"[lake]\n{setting}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(file)
    (problem,) = refused.value.facts["problems"]
    assert problem.expected == expected
    assert SECRET not in f"{problem} {refused.value}"


def test_an_absolute_path_is_an_address_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[object] = []
    monkeypatch.setattr("data.lake.address.flush", lambda *paths: brought.extend(paths))
    (source := tmp_path / "a").write_bytes(b"a")
    LakeAddress(str(tmp_path / "lake"), {}).put(source, "t/1/a")
    assert (tmp_path / "lake" / "t" / "1" / "a").read_bytes() == b"a"
    assert tmp_path / "lake" / "t" / "1" / "a" in brought  # on the disk, where the disk is ours
