"""Assigning buildings and asking who is responsible from the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Gridwarden = Callable[..., Any]


def test_a_proposal_is_made_approved_and_taken_back(
    own_demonstration: Path, gridwarden: Gridwarden
) -> None:
    made = gridwarden("-w", own_demonstration, "assign", "--stickiness", 0.7, "--json")
    assert made.code == 0, made.err
    keys = {"buildings", "wardens", "max_over_mean", "moved", "stray", "km", "gaps", "seconds"}
    assert keys | {"proposal_id"} <= set(made.json)
    assert made.json["max_over_mean"] <= 1.0501
    number = made.json["proposal_id"]
    done = gridwarden("-w", own_demonstration, "assign-approve", number, "--json")
    assert done.code == 0, done.err
    again = gridwarden("-w", own_demonstration, "assign", "--stickiness", 1, "--json")
    assert again.json["moved"] == 0
    back = gridwarden("-w", own_demonstration, "assign-undo", number, "--json")
    assert back.json["undone"] > 0


def test_the_chain_of_a_day_is_told_to_people_and_scripts(
    demonstration: Path, gridwarden: Gridwarden
) -> None:
    unit = gridwarden("-w", demonstration, "top", "-k", 1, "--json").json[0]["unit"]
    said = gridwarden("-w", demonstration, "responsible", unit, "--on", "2026-10-01", "--json")
    assert [link["duty"] for link in said.json["links"]] == [
        *("包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位")
    ]
    assert said.json["on"] == "2026-10-01"
    shown = gridwarden("-w", demonstration, "responsible", unit)
    assert shown.code == 0
    assert "Warden" in shown.out


def test_without_anybody_it_says_what_to_import(scored: Path, gridwarden: Gridwarden) -> None:
    for asked in (("assign",), ("responsible", "B1")):
        said = gridwarden("-w", scored, *asked)
        assert said.code == 1
        assert "Import the staff" in said.err.replace("\n", " ")
