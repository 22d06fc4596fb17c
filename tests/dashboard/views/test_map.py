"""The map's page beside the map: its table, its filters, its days, and the frame around it."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import html, labels, main_page, opened, press, run, texts
from streamlit.testing.v1 import AppTest
from two_communities import ESTATES, open_built

from governance.access.permissions import local_owner
from governance.office import Office

NEWEST, EARLIER = "2026-11-24", "2026-11-01"
KINDS = {"住宅", "商住", "商铺"}


@pytest.fixture
def start(serve: Callable[..., Any], city: Office) -> AppTest:
    """Open the program over the city for somebody who starts on the map."""
    serve(city, local_owner())
    return run(main_page())


@pytest.fixture
def start_of_two(serve: Callable[..., Any], own_two: Office) -> AppTest:
    serve(own_two, local_owner())
    return run(main_page())


# ---- the frame ------------------------------------------------------------------------------


def test_without_an_office_the_page_says_how_to_start_it() -> None:
    assert "gridwarden serve" in texts(run(main_page()))


def test_the_interface_is_chinese_until_the_visitor_switches(start: AppTest) -> None:
    assert start.title[0].value == "松溪街道：先看哪里"
    start.query_params["lang"] = "en"
    assert run(start).title[0].value == "松溪街道: where to look first"


def test_an_unknown_language_changes_nothing(start: AppTest) -> None:
    start.query_params["lang"] = "xx"
    assert run(start).title[0].value == "松溪街道：先看哪里"


@pytest.mark.parametrize("view", ["building", "importing"])
def test_invented_data_is_called_so_on_every_page(
    serve: Callable[..., Any], city: Office, own_two: Office, view: str
) -> None:
    serve(city, local_owner())
    assert "演示数据" in html(opened(view))
    serve(own_two, local_owner())
    assert "演示数据" not in html(opened(view))


# ---- the map --------------------------------------------------------------------------------


def test_the_map_says_its_day_and_that_a_score_is_no_finding(start: AppTest) -> None:
    assert NEWEST in texts(start)
    assert "不是结论" in texts(start)


def test_beside_the_map_stands_a_table_of_what_it_shows(start: AppTest) -> None:
    table = start.dataframe[0].value
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert {tier for (tier,) in table["tier"]} == {"1 红", "2 橙", "3 黄", "4 蓝"}


def test_the_table_can_rank_buildings_and_be_searched(start: AppTest) -> None:
    start.selectbox(key="list_level").select("building")
    everything = run(start).dataframe[0].value
    assert len(everything) == 200
    some = everything["unit"].iloc[7]
    start.text_input(key="list_building_search").input(some)
    assert run(start).dataframe[0].value["unit"].tolist() == [some]
    start.text_input(key="list_building_search").input("没有的")
    assert "没有相符的" in texts(run(start))


def test_filters_leave_only_their_buildings(start: AppTest) -> None:
    start.selectbox(key="list_level").select("building")
    assert set(run(start).dataframe[0].value["kind"]) == KINDS
    start.multiselect(key="kinds").select("商铺")
    assert set(run(start).dataframe[0].value["kind"]) == {"商铺"}


def test_figures_of_the_whole_office_are_told_where_nothing_is_filtered(start: AppTest) -> None:
    assert "应巡未巡" in html(start)
    start.multiselect(key="kinds").select("商铺")
    assert "红色楼栋" in html(run(start))
    assert "应巡未巡" not in html(start)


def test_the_slider_goes_back_to_an_earlier_day_and_makes_nothing(
    start_of_two: AppTest, own_two: Office
) -> None:
    newest = start_of_two.dataframe[0].value["score"].tolist()
    kept = own_two.scores.snapshots(local_owner())
    earlier = kept.loc[kept["as_of"].astype(str) == EARLIER, "snapshot_id"].item()
    start_of_two.select_slider(key="snapshot").set_value(earlier)
    assert EARLIER in texts(run(start_of_two))
    assert start_of_two.dataframe[0].value["score"].tolist() != newest
    assert len(own_two.scores.snapshots(local_owner())) == len(kept)


def test_one_snapshot_needs_no_slider(
    serve: Callable[..., Any], two_communities: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(two_communities, tmp_path / "once")
    office = open_built(folder)
    older = min(office.scores.snapshots(local_owner())["snapshot_id"])
    shutil.rmtree(next(each for each in folder.rglob(older) if each.is_dir()))
    serve(office, local_owner())
    app = run(main_page())
    assert app.get("select_slider") == []
    assert f"**数据截至** {NEWEST}" in texts(app)
    office.close()


def test_a_chosen_unit_is_explained(start_of_two: AppTest) -> None:
    start_of_two.selectbox(key="list_level").select("cell:9")
    unit = run(start_of_two).dataframe[0].value["unit"].iloc[0]
    start_of_two.session_state["map_unit"] = unit
    start_of_two.session_state["map_side"] = "why"
    said = texts(run(start_of_two))
    assert unit in said
    assert ESTATES["T"] in said
    assert "其中的楼栋" in said


def test_an_empty_workspace_says_what_to_do_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, local_owner())
    app = run(main_page())
    assert "三步得到第一张图" in texts(app)
    assert "楼栋" in texts(app)
    assert "去导入" in labels(app, "button")
    assert "计算得分" not in labels(app, "button")


def test_scoring_asks_for_a_day_and_tells_what_it_made(
    start_of_two: AppTest, own_two: Office
) -> None:
    start_of_two.date_input[0].set_value(date(2026, 11, 20))
    assert "已计算（截至 2026-11-20）：5 栋" in texts(press(start_of_two, "计算得分"))
    days = own_two.scores.snapshots(local_owner())["as_of"].astype(str).tolist()
    assert days == [NEWEST, "2026-11-20", EARLIER]
