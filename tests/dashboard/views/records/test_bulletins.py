"""The part of the page with bulletins, run as Streamlit runs it, over the demonstration city."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import html, labels, press, run, texts
from patience import PATIENCE_S
from streamlit.testing.v1 import AppTest

from data.contracts.notice_vocabulary import NoticeStage
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.bulletins.periods import BulletinKind

MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
OFFICER = Actor(id="zhao", name="赵队长", roles=("enforcement_officer",), scope=Scope.whole())


def _page() -> None:
    from dashboard.ui.frame import open_page
    from dashboard.views.records.notices import bulletins

    page = open_page()
    if page is not None:
        with page.run():
            bulletins.show(page)


@pytest.fixture
def opened(serve: Callable[..., Any], city: Office) -> AppTest:
    serve(city, MANAGER)
    return run(AppTest.from_function(_page, default_timeout=PATIENCE_S))


def test_it_opens_on_the_last_week_that_is_over(opened: AppTest, city: Office) -> None:
    last = city.bulletins.last_full(MANAGER, BulletinKind.WEEKLY)
    assert last is not None
    assert [box.value for box in opened.selectbox] == ["weekly", last.key]
    assert "累计出动" in texts(opened)
    assert "巡查覆盖率" in html(opened)


def test_the_map_is_in_the_page_and_never_fetched_after_the_next_click(opened: AppTest) -> None:
    (url,) = opened.image[0].value
    assert url.startswith("data:image/png;base64,")


def test_every_kind_can_be_chosen(opened: AppTest) -> None:
    for kind in BulletinKind:
        opened.selectbox[0].set_value(kind).run()
        assert not opened.exception
        assert "累计出动" in texts(opened)


def test_it_is_handed_on_as_a_draft_with_its_text(
    serve: Callable[..., Any], own_city: Office
) -> None:
    serve(own_city, MANAGER)
    opened = run(AppTest.from_function(_page, default_timeout=PATIENCE_S))
    press(opened, "转为通报送审")
    told = opened.query_params["notice"]
    number = told if isinstance(told, str) else told[0]
    view = own_city.notice_lists.notice(MANAGER, number)
    assert view.facts["stage"] == NoticeStage.DRAFT
    assert "累计出动" in view.facts["body"]


def test_a_campaign_has_a_summary_of_its_own_and_is_handed_on_as_one(
    serve: Callable[..., Any], own_city: Office
) -> None:
    serve(own_city, MANAGER)
    opened = run(AppTest.from_function(_page, default_timeout=PATIENCE_S))
    assert "完整通报 Word" in labels(opened, "download_button")
    opened.selectbox[0].set_value(BulletinKind.CAMPAIGN).run()
    offered = labels(opened, "download_button")
    assert "专项行动小结 Word" in offered
    assert "完整通报 Word" not in offered
    press(opened, "转为通报送审")
    (number,) = own_city.notice_lists.page(MANAGER).rows["notice_no"]
    assert own_city.notice_lists.notice(MANAGER, number).facts["kind"] == "专项行动小结"


def test_who_only_reads_has_no_button_and_no_file(serve: Callable[..., Any], city: Office) -> None:
    serve(city, OFFICER)
    app = run(AppTest.from_function(_page, default_timeout=PATIENCE_S))
    assert "累计出动" in texts(app)
    assert not app.button
    assert not app.get("download_button")
