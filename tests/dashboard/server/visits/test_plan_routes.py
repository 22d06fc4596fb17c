"""Routes of patrol plans: the planner's map is for planners, a team is told its way, never why."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from imported import copied_office
from plan_street import MEMBER, NOW, PLANNER, WHY
from small_browser import Browser

from dashboard.i18n import translator
from dashboard.maps.route_maps import hues_of, routes_of, routes_page
from dashboard.server.visits import plan_routes
from governance.access.permissions import Action, Actor, Scope
from governance.office import Office
from governance.patrols.routing.model.plan import Plan


@pytest.fixture(scope="module")
def plan(kept_plan_office: Office) -> Plan:
    plan_id = str(kept_plan_office.plans.all(PLANNER)["plan_id"].iloc[0])
    return kept_plan_office.plans.get(PLANNER, plan_id)


@pytest.fixture(scope="module")
def published(
    planned_folder: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Open an office whose plan the teams go by."""
    with copied_office(planned_folder, tmp_path_factory.mktemp("published"), now=NOW) as office:
        office.plans.publish(PLANNER, plan.plan_id, version=1)
        yield office


@pytest.fixture
def team(serve: Callable[..., Any], published: Office) -> Browser:
    """Sign in a member of the second team, which is out tonight and tomorrow night."""
    serve(published, MEMBER)
    return Browser()


def first_stop(plan: Plan, team_id: str) -> str:
    """Return the name of the building that a team visits first."""
    shifts = plan.shifts["shift_id"][plan.shifts["team_id"] == team_id]
    return str(plan.stops["name"][plan.stops["shift_id"] == shifts.iloc[0]].iloc[0])


def test_a_team_is_told_where_when_and_what_to_look_for_today_first(team: Browser) -> None:
    shifts = team.get("/gw/my-patrol?lang=zh").json()["shifts"]
    assert [shift["today"] for shift in shifts] == [True, False]
    assert shifts[0]["title"].startswith("第二队 · ")
    assert set(shifts[0]["stops"][0]) == {
        "id", "name", "address", "place", "arrive", "mode", "look", "done", "lastAt", "lastResult",
    }  # fmt: skip
    assert shifts[0]["stops"][0]["arrive"] == "18:00"


def test_a_draft_is_answered_to_a_grid_chief_like_a_plan_that_there_is_not(
    serve: Callable[..., Any], kept_plan_office: Office, plan: Plan
) -> None:
    chief = Actor(id="zhao", name="赵网格长", roles=("grid_chief",), scope=Scope.whole())
    serve(kept_plan_office, chief)
    browser, shifts = Browser(), plan.shifts["shift_id"].tolist()
    for path in ("/gw/plan-map", "/gw/plan-sheet"):
        answers = [
            browser.ask("GET", path, params={"plan": each, "shift": shifts})
            for each in (plan.plan_id, "W20261130-none")
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].text.replace(plan.plan_id, "W20261130-none") == answers[1].text


@pytest.mark.parametrize("path", ["", "/map", "/sheet"])
def test_no_way_of_telling_it_says_why(team: Browser, plan: Plan, path: str) -> None:
    answer = team.get(f"/gw/my-patrol{path}?lang=zh")
    assert answer.status_code == 200
    name = first_stop(plan, "T2")
    assert (json.dumps(name)[1:-1] if path == "/map" else name) in answer.text  # there as codes
    assert "random" in plan.stops["arm"][plan.stops["shift_id"].str.startswith("T2/")].to_list()
    assert not [word for word in WHY if word in answer.text]


def test_one_shift_can_be_asked_for_alone(team: Browser) -> None:
    first, second = team.get("/gw/my-patrol").json()["shifts"]
    page = team.ask("GET", "/gw/my-patrol/sheet", params={"shift": second["id"]}).text
    assert second["stops"][0]["name"] in page
    assert first["stops"][0]["name"] + "<" not in page


def test_a_workbook_that_leaves_is_written_down_by_its_name_and_pages_are_not(
    team: Browser, published: Office
) -> None:
    def exports() -> list[str]:
        with published._workspace.store.begin() as unit:
            events = unit.audit.find(person=MEMBER.id, action=Action.EXPORT.value)
            return [str(event.facts["file"]) for event in events]

    for path in ("", "/map", "/sheet"):
        assert team.get(f"/gw/my-patrol{path}").status_code == 200
    assert exports() == []
    answer = team.ask("GET", "/gw/my-patrol/sheet.xlsx")
    assert answer.content.startswith(b"PK")
    (name,) = exports()
    assert f'filename="{name}"' in answer.headers["content-disposition"]


def test_sheets_of_chosen_shifts_are_one_page_to_print_which_is_written_down(
    planned_office: Office, plan: Plan
) -> None:
    first, second, *_ = plan.shifts["shift_id"]
    browser = Browser()
    answer = browser.get(plan_routes.sheet_url(plan.plan_id, shifts=[second], language="zh"))
    assert answer.status_code == 200
    assert "sandbox allow-scripts allow-modals" in answer.headers["content-security-policy"]
    names = plan.stops.groupby("shift_id")["name"].agg(list)
    assert all(f">{name}<" in answer.text for name in names[second])
    assert not any(f">{name}<" in answer.text for name in names[first])
    assert not [word for word in WHY if word in answer.text]
    with planned_office._workspace.store.begin() as unit:
        (facts,) = [each.facts for each in unit.audit.find(person=PLANNER.id, action="export")]
    assert (facts["plan"], facts["shifts"]) == (plan.plan_id, 1)
    missing = plan_routes.sheet_url("P9", shifts=[second], language="zh")
    assert browser.get(missing).status_code == 404


def test_the_planner_s_map_shows_the_shifts_that_are_asked_for(
    serve: Callable[..., Any], kept_plan_office: Office, plan: Plan
) -> None:
    serve(kept_plan_office, PLANNER)
    shift = str(plan.shifts["shift_id"].iloc[0])
    address = plan_routes.map_url(plan.plan_id, version=1, shifts=[shift], language="zh")
    page = Browser().get(address).text
    assert "第一队 · " in page
    assert "第二队" not in page
    assert (
        Browser().get(plan_routes.map_url("P9", version=1, shifts=[], language="zh")).status_code
        == 404
    )


def test_each_shift_has_a_colour_of_its_own_however_many_there_are() -> None:
    hues = hues_of(f"T{n}" for n in range(120))
    assert len(set(hues.values())) == 120
    assert all(re.fullmatch("#[0-9a-f]{6}", hue) for hue in hues.values())
    assert hues_of(reversed([*hues])) == hues


def test_a_map_numbers_the_stops_of_each_way_in_its_shift_s_colour(
    serve: Callable[..., Any], kept_plan_office: Office, plan: Plan
) -> None:
    serve(kept_plan_office, PLANNER)
    hues = hues_of(plan.shifts["shift_id"])
    ways = routes_of(plan.shifts, plan.stops, hues=hues, say=translator("zh"))
    counts = plan.shifts["stops"][plan.shifts["stops"] > 0]
    assert [list(way.numbers) for way in ways] == [[*range(1, n + 1)] for n in counts]
    assert len({way.hue for way in ways}) == len(ways) > len(plan.teams)
    assert ways[0].labels[0].startswith(f"1. {first_stop(plan, 'T1')}、18:00、")
    names = plan.stops.assign(name="</script><script>alert(1)</script>")
    page = routes_page(routes_of(plan.shifts, names, hues=hues, say=translator("zh")),
                       title="图<b>", facts="x", say=translator("zh"))  # fmt: skip
    assert "<script>alert(1)" not in page
    assert "图<b>" not in page


def test_stops_without_a_place_are_left_out_and_a_map_without_any_says_so(plan: Plan) -> None:
    nowhere = plan.stops.assign(lon=float("nan"))
    hues = hues_of(plan.shifts["shift_id"])
    ways = routes_of(plan.shifts, nowhere, hues=hues, say=translator("zh"))
    assert ways == []
    assert "都没有坐标" in routes_page(ways, title="图", facts="x", say=translator("zh"))
