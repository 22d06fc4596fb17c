"""Routes of patrol plans: the planner's map is his, a team is told its own way and never why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fake_patrols import SECRET, PatrolAnswers
from flat_services import Composed
from small_browser import Browser

from dashboard.i18n import translator
from dashboard.maps.route_maps import hues_of, routes_page, ways_of
from dashboard.runtime import context
from dashboard.server import plan_routes
from dashboard.server.visit_routes import local_now
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.shifts import Team

PLANNER = Actor("planner", "计划", ("planner",), Scope.whole())
WARDEN = Actor("W001", "网格员", ("warden",), Scope.whole())


@pytest.fixture
def team(empty_office: Office) -> Iterator[Browser]:
    """Sign in a member of a team that is out tonight and tomorrow night."""
    patrol, today = PatrolAnswers(), empty_office.clock.today()
    patrol.save_team(PLANNER, Team(team_id="T1", name="第一队", members=("R001",)))
    week = PlanOptions(first=today, last=today + timedelta(days=6))
    plan = patrol.make_plan(PLANNER, week)
    patrol.publish_plan(PLANNER, plan.plan_id, version=1)
    office: Any = Composed(patrol, empty_office)
    context.provide(office, everyone=Actor("R001", "队员", ("warden",), Scope.nothing()))
    yield Browser()
    context.withdraw()


@pytest.fixture
def plan(plan_office: Any) -> Plan:
    today = local_now().date()
    options = PlanOptions(first=today, last=today + timedelta(days=6))
    made: Plan = plan_office.plans.make(PLANNER, options)
    return made


def test_a_team_is_told_where_when_and_what_to_look_for_today_first(team: Browser) -> None:
    told = team.get("/gw/my-patrol?lang=zh").json()["shifts"]
    assert [shift["today"] for shift in told] == [True, False]
    assert told[0]["title"].startswith("第一队 · ")
    assert set(told[0]["stops"][0]) == {
        "id", "name", "address", "place", "arrive", "mode", "look", "done", "lastAt", "lastResult",
    }  # fmt: skip
    assert [stop["arrive"] for stop in told[0]["stops"]][:2] == ["18:00", "18:26"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "泉林花园1区 1号楼"),
        ("/map", json.dumps("泉林花园1区 1号楼")[1:-1]),  # inside a script, as codes
        ("/sheet", "泉林花园1区 1号楼"),
    ],
)
def test_no_way_of_telling_it_says_why(team: Browser, path: str, name: str) -> None:
    answer = team.get(f"/gw/my-patrol{path}?lang=zh")
    assert answer.status_code == 200
    assert name in answer.text
    assert not [word for word in SECRET if word in answer.text]


def test_one_shift_can_be_asked_for_alone(team: Browser) -> None:
    first, second = team.get("/gw/my-patrol").json()["shifts"]
    told = team.ask("GET", "/gw/my-patrol/sheet", params={"shift": second["id"]}).text
    assert second["stops"][0]["name"] in told
    assert first["stops"][0]["name"] + "<" not in told


def test_the_service_is_told_by_which_name_a_workbook_leaves_and_of_pages_that_none_does(
    team: Browser,
) -> None:
    calls = context.office().flat.calls  # type: ignore[attr-defined] -- a fake
    for path in ("", "/map", "/sheet"):
        assert team.get(f"/gw/my-patrol{path}").status_code == 200
    noted = [facts for name, facts in calls if name == "my_patrol"]
    assert noted == []
    answer = team.ask("GET", "/gw/my-patrol/sheet.xlsx")
    assert answer.content.startswith(b"PK")
    (facts,) = [facts for name, facts in calls if name == "my_patrol"]
    assert f'filename="{facts["leaves_as"]}"' in answer.headers["content-disposition"]


def test_the_planner_s_map_is_not_a_team_s(plan_office: Any) -> None:
    context.provide(plan_office, everyone=WARDEN)
    today = local_now().date()
    plan_office.plans.make(PLANNER, PlanOptions(first=today, last=today))
    shown = Browser().get("/gw/plan-map?plan=P1&shift=T1")
    assert shown.status_code == 403
    assert "泉林" not in shown.text


def test_the_planner_s_map_shows_the_shifts_that_are_asked_for(plan: Plan) -> None:
    shift = str(plan.shifts["shift_id"].iloc[0])
    address = plan_routes.map_url("P1", version=1, shifts=[shift], language="zh")
    told = Browser().get(address).text
    assert "第一队 · " in told
    assert "第二队" not in told
    assert Browser().get(plan_routes.map_url("P9", version=1, shifts=[], language="zh")
                         ).status_code == 404  # fmt: skip


def test_a_map_numbers_the_stops_of_each_way_in_its_team_s_colour(plan: Plan) -> None:
    hues = hues_of([team.team_id for team in plan.teams])
    ways = ways_of(plan.shifts, plan.stops, hues=hues, say=translator("zh"))
    assert [list(way.numbers) for way in ways] == [[1, 2, 3, 4, 5]] * 6
    assert len({way.hue for way in ways}) == 3
    assert ways[0].labels[0] == "1. 泉林花园1区 1号楼、18:00、夜查、红"
    names = plan.stops.assign(name="</script><script>alert(1)</script>")
    page = routes_page(ways_of(plan.shifts, names, hues=hues, say=translator("zh")),
                       title="图<b>", facts="x", say=translator("zh"))  # fmt: skip
    assert "<script>alert(1)" not in page
    assert "图<b>" not in page


def test_stops_without_a_place_are_left_out_and_a_map_without_any_says_so(plan: Plan) -> None:
    nowhere = plan.stops.assign(lon=float("nan"))
    ways = ways_of(plan.shifts, nowhere, hues=hues_of(["T1", "T2", "T3"]), say=translator("zh"))
    assert ways == []
    assert "都没有坐标" in routes_page(ways, title="图", facts="x", say=translator("zh"))
