"""The file that names the offices of an installation: what it may say, and who knows whom."""

from pathlib import Path
from typing import Any

import pytest

from data.workspace.installation import read_installation, with_office, write_office
from data.workspace.sections import SettingsError

CITY = """
[offices.bridge]
folder = "bridge"
host = "bridge.example.cn"
parent = "district"

[offices.city]
folder = "city"
host = "city.example.cn"

[offices.district]
folder = "d"
host = "district.example.cn"
parent = "city"
name = "示范区"
processes = 2
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "city.toml"
    file.write_text(text, encoding="utf-8")
    return file


def expected_of(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as refused:
        read_installation(written(folder, text))
    problems: Any = refused.value.facts["problems"]
    return [(each.section, each.expected) for each in problems]


def test_offices_come_from_the_top_and_know_only_whom_they_stand_above(tmp_path: Path) -> None:
    installation = read_installation(written(tmp_path, CITY))
    assert [*installation.offices] == ["city", "district", "bridge"]
    assert installation.folder("district") == tmp_path / "d"
    assert installation.place("city").below == {"district": "示范区"}
    assert installation.place("district").below == {"bridge": "bridge"}
    assert installation.place("bridge").below == {}
    assert installation.place("bridge").rollups == tmp_path / "rollups"
    with pytest.raises(SettingsError, match="Office unknown"):
        installation.place("other")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("city.example.cn", "bridge.example.cn"), ("offices.city", "not_shared")),
        (("city.example.cn", "City.example.cn"), ("offices.city", "host_name")),
        (("city.example.cn", "city.example.cn:80"), ("offices.city", "host_name")),
        (('"city"\nhost', '"bridge"\nhost'), ("offices.city", "not_shared")),
        (('"city"\nhost', '"bridge/inner"\nhost'), ("offices.city", "not_shared")),
        (('"city"\nhost', '"x/../bridge"\nhost'), ("offices.city", "not_shared")),
        (('"city"\nhost', '"."\nhost'), ("offices.city", "not_shared")),
        (('parent = "city"', 'parent = "nobody"'), ("offices.district", "office_above")),
        (('parent = "city"', 'parent = "bridge"'), ("offices.district", "office_above")),
        (("processes = 2", "processes = 0"), ("offices.district", "integer_low_high")),
        (("processes = 2", "colour = 2"), ("offices.district", "known_key")),
        (("[offices.city]", "[offices.City]"), ("offices.City", "office_key")),
        (("[offices.city]", '[offices."a/b"]'), ("offices.a/b", "office_key")),
    ],
)
def test_what_two_offices_would_share_is_refused(
    tmp_path: Path, change: tuple[str, str], wrong: tuple[str, str]
) -> None:
    assert change[0] in CITY
    assert wrong in expected_of(tmp_path, CITY.replace(*change, 1))


@pytest.mark.parametrize("text", ["", "[server]\n", "[other]\n"])
def test_an_installation_without_offices_is_none(tmp_path: Path, text: str) -> None:
    assert ("", "one_office") in expected_of(tmp_path, text)


def test_an_office_is_added_at_the_end_unless_the_file_would_be_wrong(tmp_path: Path) -> None:
    file = written(tmp_path, CITY)
    entry: dict[str, str | int] = {"folder": "river", "host": "river.example.cn",
                                   "name": '河 "西"\\', "parent": "district"}  # fmt: skip
    assert "river" in with_office(file, "river", entry).offices
    assert file.read_text(encoding="utf-8") == CITY
    write_office(file, "river", entry)
    assert read_installation(file).place("district").below["river"] == '河 "西"\\'
    for key, wrong in (("river", entry), ("new", entry)):
        with pytest.raises(SettingsError):
            with_office(file, key, wrong)


def test_a_file_that_is_not_there_names_no_office(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Installation missing"):
        read_installation(tmp_path / "city.toml")
