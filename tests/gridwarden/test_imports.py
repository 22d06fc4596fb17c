"""Files as they come, on the command line, in the user's language."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gridwarden = Callable[..., Any]


def write(folder: Path, *lines: str) -> Path:
    (path := folder / "sent.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_without_a_place_stops_and_says_in_chinese_what_to_do(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    path = write(tmp_path, "来电时间,摘要", "2026-10-12,请来看看谢谢")
    said = gridwarden("-w", filled, "import", "complaints", path)
    assert said.code == 1
    told = said.err.replace("\n", "")
    assert "没有找到地址列" in told
    assert "--map raw_address=" in told
    placed = gridwarden("-w", filled, "import", "complaints", path, "--map", "raw_address=")
    assert (placed.code, "没有一行能落位" in placed.out) == (0, True)


def test_columns_are_chosen_by_position_and_results_by_a_limit(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    path = write(tmp_path, "2026-10-12 10:00,B1,80", "2026-10-13 10:00,B2,90")
    said = gridwarden(
        *("-w", filled, "import", "inspections", path, "--no-header", "--json"),
        *("--map", "at=1", "--map", "building_id=B", "--map", "grade=3"),
        *("--value", "result:<=85=属实"),
    ).json
    assert (said["accepted"], said["located"]) == (2, {"building": 2})
    assert said["mapping"] == {"at": "列1", "building_id": "列2", "grade": "列3", "result": "列3"}


def test_odd_points_and_columns_that_nobody_took_are_told_with_their_rows(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    lines = ("检查时间,地点,备用,经度,纬度", "2026-10-12,示例花园1号楼,x,117.12,",
             "2026-10-12,示例花园2号楼,x,117.12,39.9")  # fmt: skip
    path = write(tmp_path, *lines)
    said = gridwarden("-w", filled, "import", "inspections", path, "--datum", "wgs84").out
    for told in ("没有用到的列: 备用", "坐标未采用 1 (行号 2)", "坐标在本辖区之外 1 (行号 3)"):
        assert told in said


@pytest.mark.skipif(sys.platform == "win32", reason="no file there has such a name")
def test_what_a_file_says_gives_the_terminal_no_orders(
    folder: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    """Neither colours nor the clipboard, nor another direction: not by its name nor by a cell."""
    orders = "\x1b]52;c;aGk=\x07\x9b2J\u202e"
    file = tmp_path / f"a{orders}.csv"
    rows = "".join(f"B{n},示例花园{n}期{n}号楼\n" for n in range(99))
    file.write_text(f"楼栋编码,小区名称,备{orders}注\n{rows},示{orders}例,{orders}\n", "utf-8")
    asked = [("import", "buildings", file), ("imports",), ("quarantine",), ("import", orders, file)]
    for command in asked:
        plain, known = (gridwarden("-w", folder, *command, *more) for more in ((), ["--json"]))
        assert not {*"\x1b\x07\x9b\u202e"} & {*plain.out, *plain.err, *known.out}, command
        assert "\ufffd" in plain.out + plain.err
    assert gridwarden("-w", folder, "imports", "--json").json["imports"][0]["file"] == file.name


def test_buildings_that_were_pulled_down_are_told_listed_and_taken_back(
    filled: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("-w", filled, "buildings-ended")
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    said = gridwarden(*command, "B1", "--on", "2026-11-20", "--reason", "旧改 13800001111")
    assert said.code == 0, said.err
    for told in ("已拆除的楼栋", "B1", "拆除日期", "此后记录", "旧改 138****1111"):
        assert told in said.out
    again = gridwarden(*command, "B1", "--on", "2026-11-20", "--reason", "旧改")
    assert (again.code, "已登记拆除：B1" in again.err) == (1, True)
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "en")
    assert "Pulled down on" in gridwarden(*command).out
    (row,) = gridwarden(*command, "--json").json
    assert (row["building_id"], row["ended_on"], row["later_rows"]) == ("B1", "2026-11-20", 0)
    assert gridwarden(*command, "B1", "--stands", "--json").json == []
    again = gridwarden(*command, "B1", "--stands")
    assert (again.code, "B1" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("B1",), 2, "--stands"),
        (("B1", "--on", "2026-11-20", "--stands"), 2, "--stands"),
        (("B1", "--on", "2026-11-20"), 1, "Say why"),
        (("B9", "--on", "2026-11-20", "--reason", "x"), 1, "B9"),
        (("B1", "--on", "2099-01-01", "--reason", "x"), 1, "2099-01-01"),
    ],
    ids=["neither", "both", "no reason", "unknown", "later"],
)
def test_what_is_told_wrongly_of_buildings_pulled_down_is_refused(
    filled: Path, gridwarden: Gridwarden, options: tuple[str, ...], code: int, told: str
) -> None:
    said = gridwarden("-w", filled, "buildings-ended", *options)
    assert said.code == code
    assert told in said.err
    assert gridwarden("-w", filled, "buildings-ended", "--json").json == []
