"""The page a manager opens on, run as Streamlit runs it, over the demonstration city."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from pages import html, labels, main_page, press, run, texts
from pages import opened as page_opened
from streamlit.testing.v1 import AppTest
from two_communities import COMMUNITY, OWN

from dashboard.i18n import LANGUAGES, translator
from dashboard.navigation import PAGES
from dashboard.views.start import first_places
from dashboard.views.start.coverage import bars
from dashboard.views.start.to_do import LEADS_TO, LISTED, sentence
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.overview.facts import StartFacts, StartLine
from governance.visits.rules.new_visit import NewVisit

MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
FACTS = {
    "first": "2026-11-30",
    "last": "2026-12-06",
    "worst": 3,
    "people": 2,
    "table": "rentals",
    "day": "2026-11-01",
    "example": "370902001001003B0012",
}


@pytest.fixture(scope="module")
def facts(city: Office) -> StartFacts:
    """What the page has to tell of the city."""
    return city.overview.summary(MANAGER)


@pytest.fixture
def opened(serve: Callable[..., Any], city: Office) -> AppTest:
    """Open the program as a street's office manager, who starts on this page."""
    serve(city, MANAGER)
    return run(main_page())


def links(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("page_link")]


def test_a_manager_opens_on_what_changed(opened: AppTest, facts: StartFacts) -> None:
    assert opened.title[0].value == "松溪街道：本周情况"
    assert [m.value for m in opened.metric] == [str(n) for n in facts.events["week"]]
    rises = opened.dataframe[0].value["change"].tolist()
    assert rises == sorted(rises, reverse=True)
    assert rises[-1] > 0


def test_each_thing_that_waits_leads_to_where_it_is_dealt_with(
    opened: AppTest, facts: StartFacts
) -> None:
    (due,) = [line for line in facts.overdue if line.kind == "visits_due"]
    waiting = {line.kind: line.count for line in facts.warnings}["addresses"]
    told = links(opened)
    line = f"**{due.count}** 栋楼应巡未巡，最久超期 {due.facts['worst']} 天"
    assert line in [each.label for each in opened.expander]
    assert facts.duties
    assert {sentence(each, say=translator("zh")) for each in facts.duties} <= set(told)
    assert f"**{waiting}** 个地址待人工确认" in told


def test_the_buildings_that_are_due_are_listed_once_asked_for(opened: AppTest) -> None:
    assert not any("days_late" in d.value for d in opened.dataframe)
    opened.session_state["start_visits_due_list"] = True
    table = next(d.value for d in run(opened).dataframe if "days_late" in d.value)
    late = table["days_late"].dropna().tolist()
    assert late == sorted(late, reverse=True)
    never = table["last_visit_at"].isna()
    assert never.any()
    assert set(table.loc[never, "last_result"]) == {"从未巡查"}


def test_an_empty_workspace_says_what_to_do_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, MANAGER)
    app = run(main_page())
    assert "三步得到第一张图" in [h.value for h in app.header]
    assert links(app) == []
    assert "去导入" in labels(app, "button")


def test_whose_scope_is_no_street_is_told_whom_to_ask_before_a_file_is_chosen(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, replace(MANAGER, scope=Scope.nothing()))
    app = run(main_page())
    assert "安全管理员" in texts(app)
    assert "去导入" not in labels(app, "button")
    assert "安全管理员" in texts(page_opened("map"))
    app = page_opened("importing")
    assert "安全管理员" in texts(app)
    assert not app.file_uploader


def test_every_line_has_a_sentence_and_an_existing_page() -> None:
    for kind, say in product([*LEADS_TO, *LISTED], map(translator, LANGUAGES)):
        assert say.knows("start_line", kind)
        assert "{" not in sentence(StartLine(kind=kind, count=5, facts=FACTS), say=say)
    assert {page for page, _ in LEADS_TO.values()} <= {entry.name for entry in PAGES}


def test_shares_of_small_numbers_are_greyed_and_names_escaped() -> None:
    table = pd.DataFrame(
        {"unit": ["1", "2"], "name": ["<b>甲</b>", "乙"], "due": [40, 4], "visited": [10, 4],
         "share": [0.25, 1.0], "few": [False, True]}
    )  # fmt: skip
    drawn = bars(table, say=translator("zh"))
    assert drawn.count("gw-few") == 1
    nameless = bars(table.assign(unit="", name=""), say=translator("zh"))
    assert nameless.count("未归社区") == len(table)
    assert "&lt;b&gt;甲" in drawn
    assert "25%" in drawn


def test_a_chief_settles_a_suspicion_on_the_start_page_and_takes_it_back(
    serve: Callable[..., Any], own_two: Office
) -> None:
    chief = Actor(
        id="chief", name="网格长", roles=("grid_chief",),
        scope=Scope(communities=frozenset({COMMUNITY["M"]})),
    )  # fmt: skip
    visit = NewVisit(key="k", building_id=OWN[0], result="疑似", note="门口有课桌")
    own_two.visits.record(local_owner(), visit)
    serve(own_two, chief)
    app = run(main_page())
    assert "待核实的疑似情况（1）" in texts(app)
    assert "门口有课桌" in html(app)
    press(app, "已核实：未发现异常")
    assert own_two.suspicions.waiting(chief).empty
    press(app, "撤销")
    assert len(own_two.suspicions.waiting(chief)) == 1


def test_what_waits_for_a_chief_is_there_while_the_rest_is_gathered(
    serve: Callable[..., Any], own_two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = Actor(id="chief", name="网格长", roles=("grid_chief",), scope=Scope.whole())
    own_two.visits.record(local_owner(), NewVisit(key="k", building_id=OWN[0], result="疑似"))
    monkeypatch.setattr("dashboard.views.start.page.answer_in_background", lambda *_, **__: None)
    serve(own_two, chief)
    assert "待核实的疑似情况（1）" in texts(run(main_page()))


def test_what_it_last_said_stays_there_with_its_time_while_what_came_since_is_gathered(
    serve: Callable[..., Any], own_two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(own_two, Actor(id="chief", name="网格长", roles=("grid_chief",), scope=Scope.whole()))
    whole = run(main_page())
    monkeypatch.setattr("dashboard.views.start.page.answer_in_background", lambda *_, **__: None)
    own_two.visits.record(local_owner(), NewVisit(key="k", building_id=OWN[0]))
    meanwhile = run(main_page())
    at = own_two.clock.local()
    assert f"以下为 {at:%H}" in texts(meanwhile)
    assert [each.value for each in whole.header] == [each.value for each in meanwhile.header]


@pytest.mark.parametrize(("language", "said"), [("zh", "草稿"), ("en", "draft")])
def test_a_visit_of_a_plan_that_is_not_published_is_called_a_draft(
    language: str, said: str
) -> None:
    place = SimpleNamespace(
        tier="红", score=20.0, low=10.0, high=30.0, factors=["complaints"], warden="",
        planned_on=pd.Timestamp("2026-12-08"), team="白班", is_draft=True, left_out="",
    )  # fmt: skip
    say = translator(language)
    assert said in first_places.card(place, say=say, plan="plan_draft")
    place.is_draft = False
    assert said not in first_places.card(place, say=say, plan="plan_draft")


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("plan_draft", "未列入计划"),
        ("plan_missing", "下周尚未编制计划"),
        ("", "已发布的计划未安排"),
    ],
)
def test_of_a_place_without_a_visit_nobody_is_told_more_than_of_plans_they_may_read(
    plan: str, said: str
) -> None:
    place = SimpleNamespace(
        tier="红", score=20.0, low=10.0, high=30.0, factors=["complaints"], warden="",
        planned_on=pd.NaT, team="", is_draft=False, left_out="",
    )  # fmt: skip
    assert said in first_places.card(place, say=translator("zh"), plan=plan)


def test_a_place_of_no_community_is_called_by_its_name_alone() -> None:
    place = SimpleNamespace(rank=1, name="12 High Street", community="")
    assert first_places.title_of(place) == "**1 · 12 High Street**"
    place.community = "示例社区"
    assert first_places.title_of(place) == "**1 · 12 High Street** · 示例社区"


def test_a_line_about_duties_opens_just_what_it_counts() -> None:
    duties = {kind: lead[1].get("kind") for kind, lead in LEADS_TO.items() if "duty_" in kind}
    assert duties == {
        "duty_gap": "gap", "duty_overlap": "overlap", "duty_left": "left",
        "duty_no_pledge": "no_pledge",
    }  # fmt: skip


def test_an_account_without_a_role_is_told_who_gives_one_and_can_sign_out(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, Actor(id="lina", name="李娜", roles=(), scope=Scope.nothing()))
    app = run(main_page())
    assert app.title[0].value == "您的账号还没有角色"
    assert "lina" in texts(app)
    assert not app.exception
