"""What the command line promises to people and to scripts."""

import io
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from risk.find_rate.points import FACTOR_NAMES

Gridwarden = Callable[..., Any]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_an_import_says_what_became_of_every_row(
    folder: Path, files: dict[str, Path], gridwarden: Gridwarden
) -> None:
    gridwarden("-w", folder, "import", "buildings", files["buildings"], "--datum", "wgs84")
    said = gridwarden("-w", folder, "import", "inspections", files["inspections"], "--json").json
    assert said["rows_in"] == said["accepted"] + said["quarantined"] + said["duplicates"] == 3
    assert said["quarantined"] == sum(said["reasons"].values()) == 1
    assert said["located"] == {"building": 2}


def test_several_files_are_added_up(filled: Path, tmp_path: Path, gridwarden: Gridwarden) -> None:
    paths = [tmp_path / f"more{n}.csv" for n in (1, 2)]
    for n, path in enumerate(paths):
        path.write_text(
            f"检查编号,检查时间,楼栋编码,检查结果\nM{n},2026-10-12,B1,未发现异常\n",
            encoding="utf-8",
        )
    said = gridwarden("-w", filled, "import", "inspections", *paths, "--json").json
    assert said["rows_in"] == said["accepted"] == 2
    assert len(said["files"]) == len(said["import_id"]) == 2


def test_a_grade_that_says_no_number_is_told_and_its_row_kept(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    (path := tmp_path / "graded.csv").write_text(
        "检查编号,检查时间,楼栋编码,评分\nG1,2026-10-12,B1,92\nG2,2026-10-12,B1,待评\n",
        encoding="utf-8",
    )
    said = gridwarden("-w", filled, "import", "inspections", path)
    assert "accepted 2" in said.out
    assert "not in the list: grade 待评 1" in said.out


def test_a_file_without_a_datum_is_refused_with_the_next_step(
    folder: Path, files: dict[str, Path], gridwarden: Gridwarden
) -> None:
    said = gridwarden("-w", folder, "import", "buildings", files["buildings"], "--json")
    assert said.code == 1
    assert said.json["error"] == "datum_unclear"
    assert "--datum" in said.json["facts"]["what_to_do"]
    assert said.json["facts"]["suggestion"] is None
    assert gridwarden("-w", folder, "imports", "--json").json["imports"] == []


def test_a_command_without_a_workspace_is_a_matter_of_usage(gridwarden: Gridwarden) -> None:
    said = gridwarden("score")
    assert said.code == 2
    assert "-w DIR" in said.err


def test_a_workspace_that_is_not_there_is_refused(tmp_path: Path, gridwarden: Gridwarden) -> None:
    said = gridwarden("-w", tmp_path / "nowhere", "imports", "--json")
    assert said.code == 1
    assert said.json["error"] == "workspace_missing"


@pytest.mark.parametrize("option", [("--map", "nothing"), ("--where", "x"), ("--value", "a=b")])
def test_a_pair_that_is_none_is_a_matter_of_usage(
    scored: Path, files: dict[str, Path], gridwarden: Gridwarden, option: tuple[str, str]
) -> None:
    said = gridwarden("-w", scored, "import", "buildings", files["buildings"], *option)
    assert said.code == 2
    assert option[0] in said.err


def test_where_leaves_rows_out_before_they_are_counted(
    filled: Path, files: dict[str, Path], gridwarden: Gridwarden
) -> None:
    said = gridwarden(
        "-w", filled, "import", "violations", files["inspections"], "--where", "检查结果=属实",
        "--map", "decided_on=检查时间", "--map", "building_id=楼栋编码", "--json",
    ).json  # fmt: skip
    assert (said["rows_in"], said["left_out"]) == (1, 2)


def test_a_value_can_be_told_what_it_means(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("检查时间,楼栋编码,检查结果\n2026-10-12,B1,查着了\n", encoding="utf-8")
    command = ("-w", filled, "import", "inspections", path, "--json")
    assert gridwarden(*command, "--dry-run").json["quarantined"] == 1
    assert gridwarden(*command, "--value", "result:查着了=属实").json["accepted"] == 1


def test_a_score_is_the_same_again(filled: Path, gridwarden: Gridwarden) -> None:
    first, again = (
        gridwarden("-w", filled, "score", "--as-of", "2026-11-20", "--json").json for _ in range(2)
    )
    assert first == again
    assert {"snapshot_id", "as_of", "buildings", "cells", "config_hash"} <= set(first)


def test_units_are_ranked_and_the_points_of_each_add_up(
    scored: Path, gridwarden: Gridwarden
) -> None:
    top = gridwarden("-w", scored, "top", "--json").json
    assert [(row["unit"], row["rank"]) for row in top] == [("B2", 1), ("B1", 2)]
    cells = gridwarden("-w", scored, "top", "--unit", "cell:9", "--json").json
    for unit in ("B2", cells[0]["unit"]):
        answer = gridwarden("-w", scored, "explain", unit, "--json").json
        assert sum(answer["points"].values()) == answer["score"]
        assert answer["learning"]["state"] in {"policy", "learnt"}
    told = " ".join(gridwarden("-w", scored, "explain", "B2").out.split())
    assert "Of 100 full visits here, about" in told
    assert "came about by: A patrol 1" in told
    said = gridwarden("-w", scored, "explain", "B99", "--json")
    assert (said.code, said.json["error"]) == (1, "unit_unknown")


def test_a_list_leaves_as_a_workbook_or_as_csv(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    for name in ("top.xlsx", "top.csv"):
        assert gridwarden("-w", scored, "top", "--export", tmp_path / name).code == 0
    book = openpyxl.load_workbook(tmp_path / "top.xlsx")
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert any("never a finding" in text for text in cells)
    assert "B2" in cells
    said = gridwarden("-w", scored, "top", "--export", tmp_path / "top.pdf", "--json")
    assert (said.code, said.json["error"]) == (1, "export_format_unknown")


def test_a_list_of_nothing_leaves_with_its_headers(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    asked = ("-w", scored, "top", "--unit", "grid", "--export")
    assert gridwarden(*asked, tmp_path / "none.csv", "--json").json == []
    text = (tmp_path / "none.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ['"Rank","Tier","Code"']


def test_quarantine_gives_one_workbook_back(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    said = gridwarden("-w", scored, "quarantine", "--export", tmp_path / "q.xlsx", "--json").json
    assert said["rows"] == 1
    assert said["files"] == [str(tmp_path / "q.xlsx")]
    assert openpyxl.load_workbook(io.BytesIO((tmp_path / "q.xlsx").read_bytes())).worksheets


def test_an_import_can_be_taken_back_once(filled: Path, gridwarden: Gridwarden) -> None:
    newest = gridwarden("-w", filled, "imports", "--json").json["imports"][0]["import_id"]
    assert gridwarden("-w", filled, "undo-import", newest, "--json").json["import_id"] == newest
    assert gridwarden("-w", filled, "undo-import", newest).code == 1


def test_a_table_leaves_with_what_was_computed(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    for ending in ("csv", "xlsx", "parquet", "geojson"):
        path = tmp_path / f"out.{ending}"
        assert gridwarden("-w", scored, "export", "inspections", path, "--json").json["rows"] == 2
    header = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    for name in ("building_id", "match_level", "match_score", "match_method", "h3_r10"):
        assert name in header


def test_what_is_wrong_with_the_grids_is_listed(scored: Path, gridwarden: Gridwarden) -> None:
    said = gridwarden("-w", scored, "grids", "--json").json
    problems = ("orphans", "overlaps", "faults", "empty", "households", "ended")
    assert said == {"buildings": 2, "grids": 0, **{problem: [] for problem in problems}}


def test_verify_finds_one_changed_byte(filled: Path, gridwarden: Gridwarden) -> None:
    assert gridwarden("-w", filled, "verify", "--json").code == 0
    rows = next(filled.glob("lake/inspections/*/rows.parquet"))
    content = bytearray(rows.read_bytes())
    content[len(content) // 2] ^= 1
    rows.write_bytes(bytes(content))
    said = gridwarden("-w", filled, "verify", "--json")
    assert said.code == 1
    assert json.dumps(said.json["problems"])


def test_a_template_is_written_and_its_fields_are_told(
    tmp_path: Path, gridwarden: Gridwarden
) -> None:
    said = gridwarden("template", "complaints", tmp_path / "t.xlsx", "--json").json
    assert (tmp_path / "t.xlsx").is_file()
    assert {"header": "工单编号", "field": "ticket_no"}.items() <= said["fields"][0].items()


def test_the_files_of_a_simulated_office_are_written_in_the_order_of_importing(
    tmp_path: Path, gridwarden: Gridwarden
) -> None:
    said = gridwarden("simulate", "random", tmp_path, "--buildings", 60, "--json").json
    assert list(said["files"]) == ["grids", "buildings", "inspections"]
    assert said["rows"]["buildings"] == 60
    assert all(Path(path).is_file() for path in said["files"].values())
    assert (tmp_path / "truth" / "places.parquet").is_file()


def test_a_kind_of_office_that_there_is_not_is_a_matter_of_usage(
    tmp_path: Path, gridwarden: Gridwarden
) -> None:
    said = gridwarden("simulate", "loud", tmp_path)
    assert said.code == 2
    assert "graded" in said.err


@pytest.mark.parametrize(
    ("host", "warned"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True)],  # noqa: S104 -- never listened on
)
def test_a_server_that_others_can_reach_is_served_with_a_warning(
    scored: Path,
    gridwarden: Gridwarden,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    warned: bool,  # noqa: FBT001 -- parametrised
) -> None:
    served: list[str] = []
    monkeypatch.setattr(
        "gridwarden.compose.serve_dashboard",
        lambda _office, _folder, *, host, **_more: served.append(host),
    )
    said = gridwarden("-w", scored, "serve", "--host", host, "--port", free_port())
    assert (said.code, served) == (0, [host])
    assert ("TLS" in said.err) is warned


@pytest.mark.parametrize(("language", "reads"), [("zh", "已被占用"), ("en", "is taken")])
def test_a_port_that_is_taken_is_refused_before_anything_is_served(
    scored: Path,
    gridwarden: Gridwarden,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    reads: str,
) -> None:
    served: list[int] = []
    monkeypatch.setattr("gridwarden.compose.serve_dashboard", lambda *_, **__: served.append(1))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = gridwarden("--language", language, "-w", scored, "serve", "--port", port)
    assert (said.code, served) == (1, [])
    assert reads in said.err
    assert "http" not in said.err


def test_a_demonstration_is_not_built_where_its_port_is_taken(
    tmp_path: Path, gridwarden: Gridwarden
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = gridwarden("-w", tmp_path / "demo", "demo", "--port", other.getsockname()[1])
    assert said.code == 1
    assert "is taken" in said.err
    assert not (tmp_path / "demo").exists()


def test_the_address_is_told_once_the_port_is_open(
    scored: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("gridwarden.compose.serve_dashboard", lambda *_, opened, **__: (
        told.append("before"), opened(), told.append("after")))  # fmt: skip
    monkeypatch.setattr(
        "gridwarden.console.terminal.Terminal.say", lambda _, message: told.append(message)
    )
    port = free_port()
    gridwarden("-w", scored, "serve", "--port", port)
    address = next(place for place, text in enumerate(told) if f"localhost:{port}" in text)
    assert told.index("before") < address < told.index("after")


def test_a_folder_that_is_not_there_is_refused_in_words(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    said = gridwarden("-w", scored, "export", "complaints", tmp_path / "none" / "x.csv", "--json")
    assert (said.code, said.json["error"]) == (1, "file_not_accessible")


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "--since"), ("score", "--as-of"), ("responsible", "B1", "--on"),
        ("assign", "--from"), ("my-buildings", "--on"), ("visits", "--until"),
        ("plan", "--week"), ("evaluate-plan",),
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_a_day_that_is_none_is_refused_in_words_by_every_command(
    scored: Path, gridwarden: Gridwarden, command: tuple[str, ...]
) -> None:
    said = gridwarden("-w", scored, *command, "2026-13-01", "--json")
    assert (said.code, said.json["error"]) == (1, "day_unreadable")


@pytest.mark.parametrize(
    ("language", "head", "factor"),
    [("zh", ("因素", "分值", "条数"), "投诉"), ("en", ("Factor", "Points", "Rows"), "Complaints")],
)
def test_an_explanation_is_said_in_the_language_of_the_command_line(
    scored: Path,
    gridwarden: Gridwarden,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    head: tuple[str, ...],
    factor: str,
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", language)
    said = gridwarden("-w", scored, "explain", "B2")
    assert said.code == 0, said.err
    assert all(word in said.out for word in (*head, factor))
    assert not [name for name in FACTOR_NAMES if "_" in name and name in said.out]
