"""The field trial on the evaluation page, from nothing to its result, for who may know of it."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pages import labels, opened, press, run, texts
from trial_street import ASKED, FIRST, NOW, moved, protocol, visit

from dashboard.i18n import translator
from dashboard.i18n.evaluation.trial import protocol_sentences
from dashboard.runtime import context
from dashboard.views.evaluation import trial as trial_page
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.scores.trials.protocol import ANALYSIS, HYPOTHESES, drawn_of
from governance.scores.trials.records import Trial
from gridwarden.compose import open_office

CHINESE = re.compile("[\u4e00-\u9fff]")
PLANNER = Actor("li", "李统筹", ("planner",), Scope.whole())


@pytest.fixture
def desk(trial_street: Path, tmp_path: Path, serve: Callable[..., Any]) -> Iterator[Office]:
    office = open_office(shutil.copytree(trial_street, tmp_path / "office"), now=lambda: NOW)
    serve(office, PLANNER)
    yield office
    office.close()


@pytest.fixture
def sealed(desk: Office) -> Trial:
    return desk.trials.seal(PLANNER, desk.trials.design(PLANNER, ASKED).trial_id)


def served(desk: Office, day: date) -> Office:
    """Serve the office on another day."""
    office = moved(desk, day)
    context.provide(office, everyone=PLANNER)
    return office


def test_an_office_without_a_trial_is_told_what_one_is(desk: Office) -> None:
    said = texts(opened("evaluation"))
    assert "实地试验" in said
    assert "还没有设计过试验" in said
    assert desk.trials.all(PLANNER) == ()


def test_a_trial_is_designed_and_sealed_on_the_page(desk: Office) -> None:
    app = opened("evaluation")
    for label, value in (
        ("低分组", 2.0),
        ("中分组", 5.0),
        ("高分组", 60.0),
        ("每周走访次数", 200.0),
    ):
        next(each for each in app.number_input if label in each.label).set_value(value)
    press(app, "计算并存为草稿")
    (draft,) = desk.trials.all(PLANNER)
    assert draft.state == "draft"
    assert draft.design.assumed == {"low": 0.02, "middle": 0.05, "high": 0.6}
    assert f"每组需要 {draft.design.needed} 栋" in texts(app)
    press(app, "抽取并封存")
    (trial,) = desk.trials.all(PLANNER)
    assert trial.state == "sealed"
    assert str(trial.sha256) in texts(app)


def test_rates_that_no_size_can_tell_apart_are_refused_in_words(desk: Office) -> None:
    app = opened("evaluation")
    for label in ("低分组", "中分组", "高分组"):
        next(each for each in app.number_input if label in each.label).set_value(5.0)
    press(app, "计算并存为草稿")
    assert "没有假定高分组查实的比另外两组多" in texts(app)
    assert desk.trials.all(PLANNER) == ()


def test_progress_tells_no_find_and_a_look_is_asked_for_and_noted(
    desk: Office, sealed: Trial
) -> None:
    drawn = drawn_of(protocol(desk, sealed))
    visit(desk, str(drawn["building_id"].iloc[0]), FIRST, "属实")
    during = served(desk, FIRST + timedelta(days=2))
    app = opened("evaluation")
    assert "已走访 1 栋" in "".join(each.proto.text for each in app.get("progress"))
    assert "提前查看" not in texts(app)
    press(app, "仍然要看")
    assert "提前查看" in texts(app)
    assert "有 1 天提前看了结果" in texts(app)
    assert during.trials.all(PLANNER)[0].looks == (FIRST + timedelta(days=2),)
    run(app)
    assert "还不能下结论" not in texts(app)  # a look is one look


def test_the_result_is_said_with_its_intervals(desk: Office, sealed: Trial) -> None:
    for row in drawn_of(protocol(desk, sealed)).itertuples(index=False):
        result = "属实" if row.arm == "high" else "未发现异常"
        visit(desk, str(row.building_id), FIRST + timedelta(days=int(row.week) * 7 - 5), result)
    served(desk, sealed.design.read_from)
    app = opened("evaluation", lang="en")
    for said in ("Shown: where the score is high", "All buildings drawn", "(+"):
        assert said in texts(app)
    app.query_params["lang"] = "zh"
    for said in ("得到证实", "按抽中的全部楼栋", "（+"):
        assert said in texts(run(app))
    press(app, "核对封存的内容")
    assert str(sealed.sha256) in texts(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_of_the_result_is_in_the_readers_language(
    desk: Office, sealed: Trial, language: str
) -> None:
    office = served(desk, sealed.design.read_from)
    result = office.trials.result(PLANNER, sealed.trial_id)
    page: Any = SimpleNamespace(say=translator(language))
    first, *others = trial_page._sheets(page, result)
    said = [str(line) for line in first.table["text"]][2:]  # below the name and the hash
    assert len(said) > len(HYPOTHESES) + len(ANALYSIS)
    assert all(CHINESE.search(line) for line in said) == (language == "zh")
    for sheet in others:
        for header in sheet.headers.values():
            assert bool(CHINESE.search(header)) == (language == "zh")


def test_the_words_of_the_protocol_are_those_that_are_sealed() -> None:
    assert [*protocol_sentences(say=translator("en"))] == [*HYPOTHESES, *ANALYSIS]
    assert len([*protocol_sentences(say=translator("zh"))]) == len([*HYPOTHESES, *ANALYSIS]) + 1


def test_a_trial_is_given_up_with_its_reason(desk: Office, sealed: Trial) -> None:
    app = opened("evaluation")
    press(app, "确定放弃")
    assert "请写明放弃试验的原因" in texts(app)
    next(each for each in app.text_input if each.label == "原因").set_value("人手不够")
    press(app, "确定放弃")
    assert "已放弃：人手不够" in texts(app)
    assert desk.trials.all(PLANNER)[0].sha256 == sealed.sha256


def test_a_planner_of_a_part_sees_no_trial(desk: Office, sealed: Trial) -> None:
    part = replace(PLANNER, scope=Scope(buildings=frozenset({"B001"})))
    context.provide(desk, everyone=part)
    app = opened("evaluation")
    assert sealed.trial_id not in texts(app)
    assert "设计试验" not in labels(app, "expander")
