"""The evaluation page, run as Streamlit runs it, over offices that keep a made-up evaluation."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import create_autospec

import pandas as pd
import pytest
from fake_evaluation import CASES, make_evaluation, reporting, store_evaluation
from pages import labelled, labels, opened, page_of, press, run, texts
from patience import PATIENCE_S
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime.background_tasks import TaskRunner
from dashboard.views.evaluation import question
from dashboard.views.evaluation.measures import whole_workbook
from data.workspace.clock import Clock
from governance.access.permissions import local_owner
from governance.office import Office
from governance.scores.evaluation_figures import MEASURES
from governance.scores.evaluation_tables import Case
from gridwarden.compose import open_office
from risk.evaluation.methods.registry import METHODS
from risk.evaluation.targets.plans import AMONG
from risk.evaluation.targets.questions import EVENTS
from risk.models.time_factors import FACTOR_LEVELS
from risk.monitoring.drift import STATES as DRIFT_STATES
from risk.monitoring.under_reporting import STATES as REPORTING_STATES

EARLIER = ("map_score", "visit_model", "visit_model_no_area")
"""Methods of earlier models, which stored evaluations hold."""


@pytest.fixture(scope="module")
def evaluated(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open a copy of the city in which three questions were evaluated."""
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("evaluated") / "office")
    store_evaluation(folder)
    office = open_office(folder)
    yield office
    office.close()


def until_done(app: AppTest) -> str:
    """Return what the page says after the evaluation that runs, if any, has ended."""
    if (task := question.panel.runner.running) is not None:
        task.outcome.exception(timeout=PATIENCE_S)
    return texts(app) if "评估完成" in texts(app) else texts(run(app))


@pytest.fixture(autouse=True)
def free_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question.panel, "runner", TaskRunner())


@pytest.fixture
def office(serve: Callable[..., Any], evaluated: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Serve it as an office of nine communities, of which one reports far less."""
    told = create_autospec(evaluated.monitoring.reporting, side_effect=reporting)
    monkeypatch.setattr(evaluated.monitoring, "reporting", told)
    served: Office = serve(evaluated)
    return served


@pytest.fixture
def start(office: Office) -> AppTest:
    """Return the page, not yet run."""
    assert office.evaluation.latest(local_owner()) is not None
    return page_of("evaluation")


@pytest.fixture
def small(serve: Callable[..., Any], own_two: Office, tmp_path: Path) -> Callable[..., AppTest]:
    """Return what opens the page of an office of five buildings that keeps an evaluation."""

    def opening(**made: Any) -> AppTest:
        store_evaluation(tmp_path / "two", **made)
        serve(own_two)
        return opened("evaluation")

    return opening


def test_the_verdict_is_said_with_what_it_is_about_and_how_far_it_carries(start: AppTest) -> None:
    app = run(start)
    assert "按得分的次序选最前的 60 次（一周的工作量）" in texts(app)
    assert "同样的检查，按得分的次序平均提前" in texts(app)
    assert "得分排在最前的十分之一，预计发现" in texts(app), "by how much the top is overstated"
    assert "区间把各时段当作互不相干来算" in texts(app), "windows that adjoin count as independent"
    assert "反映明显少于同类社区：泉林第1社区" in texts(app), "communities that report far less"
    app.query_params["lang"] = "en"
    said = texts(run(app))
    assert "The same visits in the score's order find what they find" in said
    assert "There is one score, and it is what is evaluated here" in said
    assert "The score without anything about the neighbourhood" in said


@pytest.mark.parametrize(
    ("made", "said"),
    [({"beaten": True}, "请不要用得分的次序取代它"), ({"origins": 1}, "只有一个时段")],
)
def test_a_better_baseline_and_too_few_windows_are_admitted(
    small: Callable[..., AppTest], made: dict[str, Any], said: str
) -> None:
    assert said in texts(small(**made))


def test_the_page_says_so_before_anything_is_evaluated(
    serve: Callable[..., Any], city: Office
) -> None:
    serve(city)
    assert city.evaluation.latest(local_owner()) is None
    assert "用的是同一个得分，这里评估的就是它" in texts(opened("evaluation"))


def test_an_evaluation_without_the_score_says_that_it_is_to_be_made_again(
    small: Callable[..., AppTest],
) -> None:
    """Such as one that an earlier version kept."""
    app = small(without="score")
    assert "这次评估是对以前模型的评估" in texts(app)
    assert app.get("vega_lite_chart")


def test_places_that_were_visited_stand_first_and_among_all_the_schedule_is_what_is_measured(
    start: AppTest,
) -> None:
    app = run(start)
    schedule = ("这里核对的是检查安排", "检查安排在哪里", "只在查过的地方与实际比较")
    among = app.selectbox(key="evaluation_among")
    assert among.options[0] == translator("zh").name("among", "inspected")
    assert among.value == "inspected"
    assert "领先：比其他办法中最好的" in "".join(box.value for box in app.success)
    assert not [said for said in schedule[:2] if said in texts(app)]
    among.select("all")
    app.selectbox(key="evaluation_horizon").select("90d")
    said = texts(run(app))
    assert not app.success, "green is for a lead among visits, never for the schedule"
    assert "得分排在最前的十分之一，预计发现" not in said
    assert [each for each in schedule if each not in said] == []


def test_where_no_difference_could_be_shown_nothing_is_green(small: Callable[..., AppTest]) -> None:
    app = small(close=True)
    assert not app.success
    assert not app.warning
    assert "看不出差别" in texts(app)


def test_beside_every_chart_stands_its_table(start: AppTest) -> None:
    app = run(start)
    charts = app.get("vega_lite_chart")
    assert len(charts) > 4
    assert labels(app, "expander").count("对应的表格") == len(charts)


def test_the_other_method_and_the_measure_can_be_chosen(start: AppTest) -> None:
    app = run(start)
    app.selectbox(key="evaluation_other").select("past_count")
    app.selectbox(key="evaluation_measure").select("auc")
    assert "历史次数为" in texts(run(app))


def test_a_question_that_was_not_asked_yet_can_be_evaluated(
    start: AppTest, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def evaluate(_actor: object, *, progress: Callable[[str, int, int], None], **_: object) -> Any:
        progress("backtest", 3, 11)  # as a backtest of minutes does
        return make_evaluation()

    asked = create_autospec(office.evaluation.evaluate, side_effect=evaluate)
    monkeypatch.setattr(office.evaluation, "evaluate", asked)
    app = run(start)
    app.selectbox(key="evaluation_event").select("violations")
    assert "尚未评估" in texts(run(app))
    press(app, "evaluation_go")
    assert "评估完成" in until_done(app)
    question = {"event": "violations", "unit": "building", "among": "inspected", "horizon": "90d"}
    (call,) = asked.call_args_list
    assert question.items() <= call.kwargs.items()


def test_no_evaluation_can_be_begun_while_one_is_running(start: AppTest) -> None:
    ended = Event()
    question.panel.runner.start("somebody", lambda _tell: ended.wait(PATIENCE_S))
    assert labelled(run(start).button, "停止评估")
    assert start.button(key="evaluation_go").disabled
    ended.set()
    until_done(start)
    assert not run(start).button(key="evaluation_go").disabled


def test_too_short_a_history_says_what_is_needed(
    serve: Callable[..., Any], own_two: Office
) -> None:
    serve(own_two)
    said = texts(opened("evaluation"))
    assert "至少需要 12 个月" in said
    assert "现有 1 个月" in said


def test_an_empty_workspace_shows_no_choices(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office)
    app = opened("evaluation")
    assert "数据不足" in texts(app)
    assert not app.get("vega_lite_chart")


def test_a_reference_can_be_pinned_and_drift_is_then_told(
    serve: Callable[..., Any], own_city: Office
) -> None:
    serve(own_city)
    oldest = min(own_city.scores.snapshots(local_owner())["snapshot_id"])
    app = opened("evaluation")
    assert "尚未设定基准" in texts(app)
    app.selectbox(key="drift_snapshot").select(oldest)
    press(run(app), "drift_pin")
    drift = own_city.monitoring.drift(local_owner())
    assert drift is not None
    assert drift.reference_id == oldest
    assert "变化很大：" in texts(run(app))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_downloads_as_numbers(language: str) -> None:
    say = translator(language)
    evaluation = make_evaluation()
    content = whole_workbook(
        evaluation, Case(*CASES[0]), clock=Clock(lambda: evaluation.evaluated_at), say=say
    )
    sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, header=2, engine="openpyxl")
    assert len(sheets) == 5
    headers = [str(each) for table in sheets.values() for each in table]
    assert [each for each in headers if "_" in each] == []
    local = Clock(lambda: evaluation.evaluated_at).local()
    notes = pd.read_excel(io.BytesIO(content), header=None, nrows=2, engine="openpyxl")
    assert notes.iloc[1, 0] == f"{local:%Y-%m-%d %H:%M}", "the time is the office's"
    measures = sheets[say("All measures")]
    assert measures[say.name("column", "mean")].dtype.kind == "f"
    assert say.name("method", "score") in set(measures[say.name("column", "method")])


def test_everything_an_evaluation_names_has_a_wording() -> None:
    say = translator("zh")
    names = {
        "method": [*METHODS, *EARLIER, "best"], "event": EVENTS, "among": AMONG,
        "measure": MEASURES, "measure_help": MEASURES, "drift": DRIFT_STATES,
        "reporting": REPORTING_STATES,
        "time": [f"{kind}.{level}" for kind, levels in FACTOR_LEVELS.items() for level in levels],
    }  # fmt: skip
    assert [(k, n) for k, each in names.items() for n in each if not say.knows(k, n)] == []
