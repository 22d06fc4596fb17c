"""The page a manager opens on, run as Streamlit runs it, over the fake office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.i18n import LANGUAGES, words
from dashboard.navigation import PAGES
from dashboard.views.start.coverage import bars
from dashboard.views.start.to_do import LEADS_TO, sentence
from governance.access.permissions import Actor, Scope
from governance.overview.facts import StartLine

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = Path(dashboard.__file__).with_name("main.py")
MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
FACTS = {
    "first": "2026-11-30",
    "last": "2026-12-06",
    "worst": 3,
    "table": "rentals",
    "day": "2026-11-01",
}


def run(app: AppTest) -> AppTest:
    app.run(timeout=20)
    assert [str(e.value) for e in app.exception] == []
    return app


@pytest.fixture
def opened(make_office: Callable[..., Any]) -> AppTest:
    """Open the program as a street's office manager, who starts on this page."""
    make_office(buildings=60, everyone=MANAGER)
    return run(AppTest.from_file(str(MAIN)))


def links(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("page_link")]


def test_a_manager_opens_on_what_changed(opened: AppTest) -> None:
    assert opened.title[0].value == "泉林街道：本周情况"
    assert [m.value for m in opened.metric] == ["12", "31", "1", "58"]
    rises = opened.dataframe[0].value["change"].tolist()
    assert rises == sorted(rises, reverse=True)
    assert rises[-1] > 0


def test_each_thing_that_waits_leads_to_where_it_is_dealt_with(opened: AppTest) -> None:
    told = links(opened)
    assert "**14** 栋楼应巡未巡，最久超期 9 天" in told
    assert "**2** 项责任无人负责" in told
    assert "**4** 个地址待人工确认" in told


def test_the_buildings_that_are_due_are_listed_once_asked_for(opened: AppTest) -> None:
    assert not any("days_late" in d.value for d in opened.dataframe)
    opened.session_state["start_overdue_list"] = True
    table = next(d.value for d in run(opened).dataframe if "days_late" in d.value)
    assert table["days_late"].tolist()[:2] == [9, 4]
    assert table["last_result"].tolist()[2] == "从未巡查"


def test_an_empty_workspace_says_what_to_do_first(make_office: Callable[..., Any]) -> None:
    make_office(buildings=0, snapshot_days=(), everyone=MANAGER)
    app = run(AppTest.from_file(str(MAIN)))
    assert "三步得到第一张图" in [h.value for h in app.header]
    assert links(app) == []


@pytest.mark.parametrize("kind", LEADS_TO)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_a_sentence_and_an_existing_page(kind: str, language: str) -> None:
    say = words(language)
    assert say.knows("start_line", kind)
    assert "{" not in sentence(StartLine(kind=kind, count=5, facts=FACTS), say=say)
    assert LEADS_TO[kind][0] in {entry.name for entry in PAGES}


def test_shares_of_small_numbers_are_greyed_and_names_escaped() -> None:
    table = pd.DataFrame(
        {"unit": ["1", "2"], "name": ["<b>甲</b>", "乙"], "due": [40, 4], "visited": [10, 4],
         "share": [0.25, 1.0], "few": [False, True]}
    )  # fmt: skip
    drawn = bars(table, say=words("zh"))
    assert drawn.count("gw-few") == 1
    assert "&lt;b&gt;甲" in drawn
    assert "25%" in drawn
