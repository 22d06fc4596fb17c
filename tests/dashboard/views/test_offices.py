"""The page of figures that offices below tell, run as Streamlit runs it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pages import main_page, opened, run, texts

from dashboard.i18n import translator
from dashboard.views.start.offices.page import count_text
from data.results.roll_ups import COUNTS, Count, Figures, RollUp
from data.workspace.installation import Place
from governance.access.permissions import Actor, Scope
from governance.office import Office
from gridwarden.compose import create_workspace, open_office

MANAGER = Actor(id="m", name="王主任", roles=("office_manager",), scope=Scope.whole())
PLANNER = Actor(id="p", name="李", roles=("planner",), scope=Scope.whole())
AT = datetime(2026, 11, 24, 4)  # noqa: DTZ001 -- naive UTC, as it is kept
BORDER = ((117.1, 36.1), (117.2, 36.1), (117.2, 36.2), (117.1, 36.1))
NAMES = {"east": "桥东街道", "west": "河西街道", "north": "北门街道"}


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Office]:
    """Open a district of three streets: two told figures, the third none."""
    folder = tmp_path / "rollups"
    for key, open_cases in (("east", 3), ("west", 40)):
        now = Figures(buildings=Count.of(1200), cases_open=Count.of(open_cases),
                      visits_due=Count.of(100), visited=Count.of(80), scored=1,
                      expected=30.5, expected_low=20.0, expected_high=41.0)  # fmt: skip
        RollUp(
            office=key, name=NAMES[key], told_at=AT, weeks={"2026-W47": Figures(), "2026-W48": now},
            outline=(BORDER,) if key == "east" else (),
        ).write(folder)  # fmt: skip
    place = Place(key="district", name="示范区", host="d.test", rollups=folder, below=NAMES)
    office = open_office(create_workspace(tmp_path / "district"), place=place)
    yield office
    office.close()


def test_it_tells_each_office_and_their_sum(serve: Callable[..., Any], district: Office) -> None:
    serve(district, MANAGER)
    page = opened("start.offices")
    metrics = {each.label: each.value for each in page.metric}
    assert metrics["下属单位"] == "3"
    assert metrics["楼栋数"] == "2,400"
    assert metrics["在办案件"] == "41–44"
    assert metrics["预计发现"] == "61.0"
    shown = page.dataframe[0].value
    assert shown.iloc[:, 0].tolist() == [*NAMES.values()]
    assert "尚未上报" in shown.to_csv()
    assert "在办案件" in shown.iloc[0].to_string()
    assert "1 个单位未上报" in texts(page)
    assert len(page.get("vega_lite_chart")) == 2


def test_every_figure_has_a_name() -> None:
    say = translator("zh")
    assert [name for name in COUNTS if not say.knows("roll_up_count", name)] == []


def test_a_count_reads_as_a_number_or_a_range() -> None:
    assert count_text(Figures(complaints=Count.of(1234)), "complaints") == "1,234"
    assert count_text(Figures(complaints=Count.of(2)), "complaints") == "1–4"


def menu(office: Office, actor: Actor, serve: Callable[..., Any]) -> set[str]:
    from dashboard.ui.frame import Page

    serve(office, actor)
    return {each.name for each in Page(office, translator("zh"), actor).entries()}


def test_only_managers_of_an_office_above_others_have_it_in_their_menu(
    serve: Callable[..., Any], district: Office, empty_office: Office
) -> None:
    assert "offices" in menu(district, MANAGER, serve)
    assert "offices" not in menu(district, PLANNER, serve)
    assert "offices" not in menu(empty_office, MANAGER, serve)
    serve(district, MANAGER)
    assert run(main_page()).title


def test_an_office_without_others_below_says_so(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, MANAGER)
    assert "本单位没有下属单位" in texts(opened("start.offices"))


def test_figures_of_long_ago_stand_with_their_time(
    serve: Callable[..., Any], district: Office
) -> None:
    place = district._resources.place
    assert place is not None
    old = AT - timedelta(days=90)
    RollUp(office="north", name="北", told_at=old, weeks={"2026-W35": Figures()}).write(
        place.rollups
    )
    serve(district, MANAGER)
    assert "2026-08-26" in opened("start.offices").dataframe[0].value.to_csv()
