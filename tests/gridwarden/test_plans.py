"""Plans from the command line: what scripts read, what people read, and what is refused."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imported import import_text

from data.workspace.clock import Clock
from governance.access.permissions import local_owner
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import create_workspace, open_office

TODAY = Clock(lambda: datetime.now(UTC)).today()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
BUILDINGS = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度\n" + "".join(
    f"B{n},示例花园,{n}号楼,住宅,{40 + n},{117.12 + n / 1000:.4f},36.19\n" for n in range(1, 9)
)
VISITS = (
    "检查编号,检查时间,楼栋编码,检查结果\nX1,2025-10-10 19:00,B2,属实\nX2,2025-10-11 19:00,B1,\n"
)
TEAMS = (
    Team(team_id="new", name="一队", shifts=((3, "evening"), (6, "day"))),
    Team(team_id="new", name="联合队", people=3, officers=2, departments=("教育", "公安"),
         shifts=((5, "evening"),)),
)  # fmt: skip
BRIEF = ("--seconds", "0", "--seed", "s")
"""No time to search, so that two runs find the same plan however busy the machine is."""


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office with a score and two teams; to be copied, never changed."""
    folder = create_workspace(tmp_path_factory.mktemp("plans") / "office")
    with (folder / "gridwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[patrols]\nshift_minutes = 30\n")
    office, owner = open_office(folder), local_owner()
    import_text(office, "buildings", BUILDINGS)
    import_text(office, "inspections", VISITS)
    for team in TEAMS:
        office.teams.save(owner, team)
    office.scores.run(owner)
    office.close()
    return folder


@pytest.fixture
def office_folder(scored: Path, tmp_path: Path) -> Path:
    return shutil.copytree(scored, tmp_path / "office")


@pytest.fixture
def plan(gridwarden: Callable[..., Any], office_folder: Path) -> Callable[..., Any]:
    """Return what plans the week that holds a day."""

    def call(day: object = MONDAY, *more: str) -> Any:
        return gridwarden("-w", office_folder, "plan", "--week", day, *BRIEF, *more)

    return call


@pytest.fixture(scope="module")
def previewed(gridwarden: Callable[..., Any], scored: Path) -> Any:
    """Return what a preview of the week tells scripts; it keeps nothing."""
    return gridwarden("-w", scored, "plan", "--week", MONDAY, *BRIEF, "--preview", "--json").json


def test_scripts_read_teams_shifts_ordered_visits_and_totals(plan: Callable[..., Any]) -> None:
    told = plan(MONDAY, "--json").json
    assert (told["version"], told["state"], told["first"]) == (1, "draft", MONDAY.isoformat())
    assert [team["team"] for team in told["teams"]] == ["一队", "联合队"]
    shifts = [shift for team in told["teams"] for shift in team["shifts"]]
    assert [shift["part"] for shift in shifts] == ["evening", "day", "evening"]
    assert shifts[2]["departments"] == ["教育", "公安"]
    stops = [stop for shift in shifts for stop in shift["stops"]]
    assert len(stops) == told["totals"]["stops"] > 0
    for shift in shifts:
        there = shift["stops"]
        assert [stop["place"] for stop in there] == [*range(1, len(there) + 1)]
        times = [stop["arrive"] for stop in there]
        assert times == sorted(times)
        assert all(shift["from"] <= time <= shift["until"] for time in times)
        assert shift["minutes"] >= sum(stop["minutes"] for stop in there)
    totals = told["totals"]
    assert totals["expected_low"] <= totals["expected_finds"] <= totals["expected_high"]
    assert totals["distance_km"] == pytest.approx(sum(s["walk_m"] for s in shifts) / 1000, abs=0.01)
    assert totals["uncovered"] == len(told["uncovered"])
    assert {stop["building_id"] for stop in stops}.isdisjoint(
        each["building_id"] for each in told["uncovered"]
    )


def test_any_day_of_a_week_means_the_week_from_its_monday_and_a_seed_draws_the_same_again(
    plan: Callable[..., Any], previewed: Any
) -> None:
    again = plan(MONDAY + timedelta(days=3), "--preview", "--json").json
    sunday = MONDAY + timedelta(days=6)
    assert (again["plan_id"], again["first"], again["last"]) == (None, str(MONDAY), str(sunday))
    drawn = [
        {stop["building_id"] for team in each["teams"] for shift in team["shifts"]
         for stop in shift["stops"] if "random" in stop["reasons"]}
        for each in (previewed, again)
    ]  # fmt: skip
    assert drawn[0] == drawn[1]
    assert "seed" not in again


@pytest.mark.parametrize(
    ("language", "due", "uncovered"),
    [("zh", "本周列入", "没有列入："), ("en", "of them on this plan", "Left uncovered")],
)
def test_people_read_what_is_due_and_what_is_left_in_their_language(
    plan: Callable[..., Any],
    previewed: Any,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    due: str,
    uncovered: str,
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", language)
    shown = plan(MONDAY, "--preview")
    assert shown.code == 0
    (line,) = [each for each in shown.out.splitlines() if due in each]
    for name in ("floor_due", "floor_kept", "floor_weeks"):
        assert previewed["totals"][name] is None or str(previewed["totals"][name]) in line
    assert uncovered in shown.out
    assert "联合队" in shown.out
    assert "bound" not in shown.out


def test_publishing_over_a_published_week_says_that_it_was_replaced(
    plan: Callable[..., Any],
) -> None:
    first = plan(MONDAY, "--publish", "--json").json
    second = plan(MONDAY, "--publish", "--json").json
    assert (first["state"], first["notes"].count("replaced_plan")) == ("published", 0)
    assert (second["state"], second["notes"].count("replaced_plan")) == ("published", 1)


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("zh", "2026-13-01", "“2026-13-01”不是日期"),
        ("en", "tomorrow", "“tomorrow” is not a valid date"),
        ("zh", str(TODAY - timedelta(days=14)), "已经过去"),
        ("en", str(TODAY - timedelta(days=14)), "are past; today is"),
    ],
)
def test_a_day_that_cannot_be_planned_is_said_in_the_user_s_language(
    plan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, language: str, day: str, said: str
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", language)
    refused = plan(day)
    assert refused.code == 1
    assert said in refused.err.replace("\n", "")
    assert plan(day, "--json").code == 1


def test_all_that_is_missing_in_an_office_is_said_at_once(
    gridwarden: Callable[..., Any], folder: Path
) -> None:
    refused = gridwarden("-w", folder, "plan", "--week", MONDAY, "--json")
    assert (refused.code, refused.json["error"]) == (1, "plan_refused")
    assert refused.json["facts"]["codes"] == ["not_scored", "no_buildings"]


def test_a_week_in_which_no_team_is_out_is_refused(
    office_folder: Path, gridwarden: Callable[..., Any]
) -> None:
    refused = gridwarden(
        "-w", office_folder, "plan", "--from", MONDAY, "--to", MONDAY, *BRIEF, "--json"
    )
    assert refused.code == 1
    assert refused.json["facts"]["codes"] == ["no_shifts"]


def test_what_cannot_go_together_is_a_mistake_of_usage(
    office_folder: Path, gridwarden: Callable[..., Any]
) -> None:
    for asked in ((), ("--week", MONDAY, "--from", MONDAY), ("--from", MONDAY)):
        assert gridwarden("-w", office_folder, "plan", *asked).code == 2
    both = ("--week", MONDAY, "--preview", "--publish")
    assert gridwarden("-w", office_folder, "plan", *both).code == 2
