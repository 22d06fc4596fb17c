"""The evaluation page, run as Streamlit runs it, over the fake office."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from fake_evaluation import CASES, make_evaluation
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, words
from dashboard.runtime.background_tasks import bench
from dashboard.views.evaluation.measures import whole_workbook
from governance.scores.evaluation_figures import MEASURES
from governance.scores.evaluation_tables import Case
from risk.backtest.methods import METHODS
from risk.backtest.plans import AMONG
from risk.backtest.questions import EVENTS
from risk.drift import STATES as DRIFT_STATES
from risk.reporting import STATES as REPORTING_STATES
from risk.time_factors import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 5


def evaluation_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.evaluation import page as evaluation_page

    page = frame.open_page()
    assert page is not None
    evaluation_page.show(page)


def run(app: AppTest) -> AppTest:
    app.run(timeout=20)
    assert [str(e.value) for e in app.exception] == []
    return app


def texts(app: AppTest) -> str:
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info,
             app.success, app.warning, app.error)  # fmt: skip
    return "\n".join(str(element.value) for part in parts for element in part)


@pytest.fixture
def start() -> AppTest:
    return AppTest.from_function(evaluation_script)


@pytest.mark.usefixtures("office")
def test_the_verdict_is_said_in_plain_words_in_both_languages(start: AppTest) -> None:
    app = run(start)
    assert "同样的检查，按访查模型的次序平均提前" in texts(app)
    app.query_params["lang"] = "en"
    assert "The same visits in the visit model's order find what they find" in texts(run(app))


def test_a_better_baseline_is_admitted(start: AppTest, make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, beaten=True)
    app = run(start)
    assert "请不要用访查模型取代它" in app.warning[0].value


def test_one_window_is_said_to_be_too_few(start: AppTest, make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, origins=1)
    assert "只有一个时段" in texts(run(start))


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "地图的次序没有在这里评估"), ("en", "The map's order is not evaluated here")],
)
def test_the_page_says_that_the_maps_order_is_another_and_not_evaluated(
    start: AppTest, language: str, said: str
) -> None:
    start.query_params["lang"] = language
    assert said in texts(run(start))


def test_the_page_says_so_before_anything_is_evaluated(
    start: AppTest, make_office: Callable[..., Any]
) -> None:
    make_office(buildings=30, origins=0)
    assert "地图的次序没有在这里评估" in texts(run(start))


@pytest.mark.usefixtures("office")
def test_the_page_says_by_how_much_the_top_is_overstated(start: AppTest) -> None:
    assert "排在最前的十分之一，访查模型预计发现" in texts(run(start))


@pytest.mark.usefixtures("office")
def test_the_page_says_that_windows_that_adjoin_count_as_independent(start: AppTest) -> None:
    assert "区间把各时段当作互不相干来算" in texts(run(start))


@pytest.mark.usefixtures("office")
def test_places_that_were_visited_stand_first_in_the_list(start: AppTest) -> None:
    say = words("zh")
    box = run(start).selectbox(key="evaluation_among")
    assert box.options[0] == say.name("among", "inspected")
    assert box.value == "inspected"


@pytest.mark.usefixtures("office")
def test_among_all_the_page_warns_that_the_schedule_is_measured(start: AppTest) -> None:
    app = run(start)
    assert "检查安排在哪里" not in texts(app)
    app.selectbox(key="evaluation_among").select("all")
    app.selectbox(key="evaluation_horizon").select("90d")
    assert "检查安排在哪里" in texts(run(app))


@pytest.mark.usefixtures("office")
def test_beside_every_chart_stands_its_table(start: AppTest) -> None:
    app = run(start)
    titles = [each.label for each in app.expander]
    assert titles.count("对应的表格") == len(app.get("vega_lite_chart"))


@pytest.mark.usefixtures("office")
def test_the_other_method_and_the_measure_can_be_chosen(start: AppTest) -> None:
    app = run(start)
    app.selectbox(key="evaluation_other").select("past_count")
    app.selectbox(key="evaluation_measure").select("auc")
    assert "历史次数为" in texts(run(app))


def test_a_question_that_was_not_asked_yet_can_be_evaluated(start: AppTest, office: Any) -> None:
    app = run(start)
    app.selectbox(key="evaluation_event").select("inspections:critical")
    assert "尚未评估" in texts(run(app))
    app.button(key="evaluation_go").click()
    run(app)
    task = bench.task
    if task is not None:
        task.outcome.result(WAIT_S)
    until = time.monotonic() + WAIT_S
    while "评估完成" not in texts(app) and time.monotonic() < until:
        run(app)
    assert "评估完成" in texts(app)
    asked = {"event": "inspections:critical", "unit": "building", "among": "inspected",
             "horizon": "90d"}  # fmt: skip
    assert office.calls == [("evaluate", asked)]


def test_too_short_a_history_says_what_is_needed(
    start: AppTest, make_office: Callable[..., Any]
) -> None:
    make_office(buildings=30, origins=0, months=5)
    said = texts(run(start))
    assert "至少需要 12 个月" in said
    assert "现有 5 个月" in said


def test_an_empty_workspace_shows_no_choices(
    start: AppTest, make_office: Callable[..., Any]
) -> None:
    make_office(buildings=0, snapshot_days=())
    app = run(start)
    assert "数据不足" in texts(app)
    assert not app.get("vega_lite_chart")


def test_a_reference_can_be_pinned_and_drift_is_then_told(start: AppTest, office: Any) -> None:
    app = run(start)
    assert "尚未设定基准" in texts(app)
    app.button(key="drift_pin").click()
    run(app)
    assert office.pinned == "s20261123"
    assert "变化很大：投诉" in texts(run(app))


@pytest.mark.usefixtures("office")
def test_communities_that_report_far_less_are_named(start: AppTest) -> None:
    assert "反映明显少于同类社区：泉林第1社区" in texts(run(start))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_downloads_as_numbers(language: str) -> None:
    say = words(language)
    content = whole_workbook(make_evaluation(), Case(*CASES[0]), say=say)
    sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, header=2, engine="openpyxl")
    assert len(sheets) == 5
    measures = sheets[say("All measures")]
    assert measures[say.name("column", "mean")].dtype.kind == "f"
    assert say.name("method", "visit_model") in set(measures[say.name("column", "method")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_an_evaluation_names_has_a_wording(language: str) -> None:
    say = words(language)
    names = {
        "method": [*METHODS, "best"], "event": EVENTS, "among": AMONG, "measure": MEASURES,
        "measure_help": MEASURES, "drift": DRIFT_STATES, "reporting": REPORTING_STATES,
        "time": [f"{kind}.{level}" for kind, levels in LEVELS.items() for level in levels],
    }  # fmt: skip
    assert [(k, n) for k, each in names.items() for n in each if not say.knows(k, n)] == []
