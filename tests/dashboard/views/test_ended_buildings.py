"""A building's page says that it was pulled down; the form on it says so and takes it back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from imported import import_text, opened_copy
from pages import opened, press, run, texts
from streamlit.testing.v1 import AppTest
from two_communities import NOW, OWN, open_built

from dashboard.i18n import translator
from dashboard.server.visits.payloads import list_payload
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office

DAY = date(2026, 11, 20)
BUILDING = OWN[0]
PLANNER = Actor("li", "李统筹", ("planner",), Scope.whole())
WARDEN = Actor("wang", "王网格员", ("warden",), Scope(buildings=frozenset(OWN)))


def pages_led_to(app: Any) -> list[str]:
    return [each.proto.label for each in app.get("page_link")]


def end(office: Office) -> None:
    office.building_ends.end(local_owner(), [BUILDING], ended_on=DAY, reason="旧改拆迁")


def test_the_form_on_its_page_asks_why_says_it_and_takes_it_back(
    serve: Callable[..., Any], own_two: Office
) -> None:
    serve(own_two, PLANNER)
    app = press(opened("building", unit=BUILDING), "登记拆除")
    assert "请写明拆除的原因" in texts(app)
    app.date_input(key=f"building_end_day_{BUILDING}").set_value(DAY)
    app.text_input(key=f"building_end_why_{BUILDING}").input("旧改拆迁")
    press(app, "登记拆除")
    assert "2026-11-20 起已拆除" in texts(app)
    assert "登记有误的，可在下方撤销" in texts(app)
    assert "旧改拆迁" in texts(app)
    assert own_two.building_ends.days(PLANNER, [BUILDING]) == {BUILDING: DAY}
    press(app, f"building_stands_{BUILDING}")
    assert "起已拆除" not in texts(app)
    assert "该楼仍在，重新列入计划和每日清单" in texts(app)
    assert own_two.building_ends.days(PLANNER, [BUILDING]) == {}


@pytest.fixture(scope="module")
def scored(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tell its end and make a score without it; never changed."""
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("scored") / "two")
    with closing(open_built(folder)) as office:
        end(office)
        office.scores.run(local_owner(), as_of=NOW.date())
    return folder


@pytest.fixture(scope="module")
def kept(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open that office, whose newest score lacks the building, for tests that only look."""
    yield from opened_copy(scored, tmp_path_factory.mktemp("kept"), now=NOW)


@pytest.fixture
def office(scored: Path, tmp_path: Path) -> Iterator[Office]:
    """Open a copy of it that a test may change."""
    yield from opened_copy(scored, tmp_path, now=NOW)


def searched() -> tuple[AppTest, str]:
    """Look for the building on its page; return the page and what the building is called there."""
    app = opened("building")
    app.text_input(key="building_search").input("槐荫花园1号楼")
    app = run(app)
    (label,) = app.selectbox(key="building_found").options
    return app, label


def test_of_one_that_is_in_no_score_the_page_shows_the_rest(
    serve: Callable[..., Any], kept: Office
) -> None:
    serve(kept, PLANNER)
    app = opened("building", unit=BUILDING)
    assert app.header[0].value == "槐荫花园1号楼"
    assert "2026-11-20 起已拆除" in texts(app)
    assert "在此登记的走访" in texts(app)


def test_one_that_is_in_no_score_is_found_by_its_name(
    serve: Callable[..., Any], kept: Office
) -> None:
    serve(kept, PLANNER)
    app, label = searched()
    assert label == "槐荫花园1号楼 · 2026-11-20 起已拆除"
    assert app.header[0].value == "槐荫花园1号楼"
    elsewhere = Scope(buildings=frozenset({OWN[1]}))
    snapshot = kept.scores.snapshots(PLANNER)["snapshot_id"].iloc[0]
    stranger = Actor("z", "张", ("warden",), elsewhere)
    assert kept.building_ends.find(stranger, "槐荫", snapshot_id=snapshot) == {}


def test_one_that_stands_and_is_in_no_score_is_found_with_all_but_the_score(
    serve: Callable[..., Any], office: Office
) -> None:
    office.building_ends.take_back(PLANNER, [BUILDING])
    serve(office, PLANNER)
    app, label = searched()
    assert label == "槐荫花园1号楼 · 该日得分不含此楼"
    assert app.header[0].value == "槐荫花园1号楼"
    assert "下一次得分会列入" in texts(app)
    assert "在此登记的走访" in texts(app)


def test_a_warden_reads_it_and_cannot_change_it(serve: Callable[..., Any], kept: Office) -> None:
    serve(kept, WARDEN)
    app = opened("building", unit=BUILDING)
    assert "2026-11-20 起已拆除" in texts(app)
    assert "旧改拆迁" not in texts(app), "why is told to who may say so"
    assert not [each for each in app.button if each.label in {"登记拆除", "撤销登记"}]
    cards = list_payload(kept, WARDEN, say=translator("zh"))["buildings"]
    told = {card["id"]: (card["ended"], card["today"]) for card in cards}
    assert told[BUILDING] == ("2026-11-20 起已拆除", False)
    assert told[OWN[1]][0] == ""


def test_the_page_import_lists_them_and_leads_there(
    serve: Callable[..., Any], own_two: Office
) -> None:
    end(own_two)
    serve(own_two, PLANNER)
    app = opened("importing", part="ended")
    (shown,) = [each.value for each in app.dataframe if "ended_on" in each.value]
    assert shown["ended_on"].tolist() == [DAY]
    assert shown["reason"].tolist() == ["旧改拆迁"]
    app.session_state["buildings_ended_chosen"] = BUILDING
    assert "打开 槐荫花园1号楼 的页面" in pages_led_to(run(app))


@pytest.mark.parametrize("rows", [0, 1])
def test_rows_of_after_the_end_are_listed_with_what_can_be_done_about_them(
    serve: Callable[..., Any], own_two: Office, rows: int
) -> None:
    end(own_two)
    if rows:
        text = "工单编号,来电时间,事发地址\n250912101108119999,2026-11-21 09:00,槐荫花园1号楼\n"
        import_text(own_two, "complaints", text)
    serve(own_two, PLANNER)
    app = opened("importing", part="ended")
    assert ("请在记录中改填那栋楼的编码或地址后重新导入" in texts(app)) == bool(rows)
    app.session_state["buildings_ended_chosen"] = BUILDING
    app = run(app)
    shown = [each.value for each in app.dataframe if "address" in each.value]
    assert [each["address"].tolist() for each in shown] == [["槐荫花园1号楼"]] * rows
    app = opened("importing", part="addresses")
    assert ("1 条记录的日期在所属楼栋拆除之后" in texts(app)) == bool(rows)
    if rows:
        assert "请在记录中改填" in texts(press(app, "review_ended"))
