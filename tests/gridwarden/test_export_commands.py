"""What the command line promises about what leaves, and about the log of it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Gridwarden = Callable[..., Any]


def test_an_export_is_masked_and_says_so(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    file = tmp_path / "x.csv"
    said = gridwarden("-w", scored, "export", "buildings", file, "--json").json
    assert said["masked"] is True
    assert said["rows"] == len(pd.read_csv(file))
    assert set(pd.read_csv(file)["masked"]) == {"是"}


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
def test_what_a_command_writes_is_its_owners_alone_and_no_file_that_lay_there(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    """Somebody else may have put a file of theirs, or a link to one of ours, at the place."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    commands = (("export", "buildings", "x.csv"), ("top", "--export", "t.csv"),
                ("top", "--export", "t.xlsx"), ("my-buildings", "--export", "m.xlsx"),
                ("my-buildings", "--export", "m.html"), ("quarantine", "--export", "q.xlsx"),
                ("audit", "--export", "a.csv"), ("bulletin", "b.docx"))  # fmt: skip
    before = os.umask(0o022)
    for place in (theirs, ours):
        place.write_bytes(b"untouched")
    theirs.chmod(0o666)
    try:
        for *command, name in commands:
            path = tmp_path / name
            for lying_there in (path.hardlink_to, path.symlink_to):
                path.unlink(missing_ok=True)
                lying_there(theirs if lying_there == path.hardlink_to else ours)
                said = gridwarden("-w", filled, *command, path)
                assert said.code == 0, said.err
                assert (path.is_symlink(), path.stat().st_mode & 0o777) == (False, 0o600), name
    finally:
        os.umask(before)
    assert os.umask(before) == before
    assert theirs.read_bytes() == ours.read_bytes() == b"untouched"


def test_nobody_approves_what_he_asked_for(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    file = tmp_path / "x.csv"
    ask = ("-w", filled, "export", "buildings", file, "--unmasked")
    assert gridwarden(*ask, "--json").json["error"] == "reason_missing"
    number = gridwarden(*ask, "--reason", "移交执法队", "--json").json["request"]
    listed = gridwarden("-w", filled, "export-requests", "--json").json["requests"]
    assert [(each["number"], each["state"]) for each in listed] == [(number, "open")]
    own = gridwarden("-w", filled, "approve-export", number, "--json")
    assert (own.code, own.json["error"]) == (1, "approver_is_asker")
    early = gridwarden("-w", filled, "export", "buildings", file, "--request", number, "--json")
    assert (early.code, early.json["error"]) == (1, "request_not_approved")
    assert not file.exists()


def test_the_log_lists_what_was_done_and_is_unbroken(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    gridwarden("-w", filled, "export", "buildings", tmp_path / "x.csv")
    log = tmp_path / "log.xlsx"
    said = gridwarden("-w", filled, "audit", "--action", "export", "--export", log, "--json").json
    assert said["state"]["unbroken"] is True
    assert [event["person"] for event in said["events"]] == ["local"]
    assert said["rows"] == len(pd.read_excel(log, engine="calamine")) == 1
    assert gridwarden("-w", filled, "audit", "--since", "2999-01-01", "--json").json["events"] == []


def test_nothing_young_is_cut_from_the_log(scored: Path, gridwarden: Gridwarden) -> None:
    said = gridwarden("-w", scored, "audit-prune", "--json")
    assert (said.code, said.json["error"]) == (1, "nothing_to_prune")


def test_a_bulletin_is_written_as_its_files_name_says(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    log = ("-w", scored, "audit", "--action", "export", "--json")
    before = len(gridwarden(*log).json["events"])
    for name in ("b.docx", "b.xlsx"):
        file = tmp_path / name
        said = gridwarden("-w", scored, "bulletin", file, "--kind", "monthly", "--period",
                          "2026-10", "--json").json  # fmt: skip
        assert (said["kind"], said["period"]) == ("monthly", "2026-10")
        assert file.read_bytes().startswith(b"PK")
    last = gridwarden(
        "-w", scored, "bulletin", tmp_path / "w.docx", "--form", "full", "--json"
    ).json
    assert last["period"].startswith("2026-W")
    assert len(gridwarden(*log).json["events"]) == before + 3


def test_a_bulletin_of_no_period_or_of_no_known_file_is_refused(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    for arguments, error in (
        (("x.docx", "--period", "2026-W99"), "period_unknown"),
        (("x.txt",), "bulletin_file_unknown"),
    ):
        file = tmp_path / arguments[0]
        said = gridwarden("-w", scored, "bulletin", file, *arguments[1:], "--json")
        assert (said.code, said.json["error"]) == (1, error)
        assert not file.exists()


def test_a_number_that_is_asked_stands_in_no_list_of_processes(
    filled: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("typer.prompt", lambda text, **_: asked.append(text) or "13800000001")
    for command in (("personal-report",), ("personal-erase", "--reason", "asked for")):
        assert gridwarden("-w", filled, *command).code == 0
    assert asked == ["Telephone number"] * 2
