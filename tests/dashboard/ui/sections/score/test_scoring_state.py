"""Pages say how current the score is, and whether a newer one is on its way."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imported import opened_copy
from pages import opened, run, texts
from streamlit.testing.v1 import AppTest
from two_communities import OWN

from governance.access.permissions import Actor, Scope, automatic_scorer, local_owner
from governance.office import Office
from governance.scores import score_writer
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OWNER = local_owner()
VIEWS = ("start", "map", "building")
DUE = {"zh": "此后的变动约 12:01 自动计入", "en": "What changed since is counted at about 12:01."}
MADE = {"zh": "最新得分算于 12:00", "en": "Newest score: 12:00."}
AGAIN, BY_ITSELF = "请重新计算", "正在自动计入新的得分"


@pytest.fixture(scope="module")
def scored_now(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office whose newest score holds everything; to be copied."""
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("scored") / "two")
    office = open_office(folder, now=lambda: NOW)
    office.scores.run(OWNER)
    office.close()
    return folder


@pytest.fixture
def scored(scored_now: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(scored_now, tmp_path, now=NOW)


@pytest.fixture
def office(scored: Office, serve: Callable[..., Any]) -> Office:
    """Serve an office that scores by itself and whose newest score holds everything."""
    scored.automatic_scoring.step(automatic_scorer())
    serve(scored, OWNER)
    return scored


def set_clock(office: Office, moment: datetime) -> None:
    object.__setattr__(office._resources, "now", lambda: moment)


def visit(office: Office) -> None:
    office.visits.record(OWNER, NewVisit(key="k", building_id=OWN[0], result="属实"))


def score(office: Office) -> None:
    """Let the office score by itself what waits."""
    office.automatic_scoring.step(automatic_scorer())
    set_clock(office, NOW + timedelta(minutes=1))
    assert office.automatic_scoring.step(automatic_scorer())


def languages(view: str) -> dict[str, str]:
    """Return what a page says in each language."""
    return {lang: texts(opened(view, lang=lang)) for lang in ("zh", "en")}


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("view", VIEWS)
def test_it_is_said_when_the_newest_score_was_made(view: str) -> None:
    for lang, said in languages(view).items():
        assert MADE[lang] in said
        assert DUE[lang] not in said


@pytest.mark.parametrize("view", VIEWS)
def test_what_changed_since_is_said_to_be_counted_and_when(office: Office, view: str) -> None:
    visit(office)
    for lang, said in languages(view).items():
        assert MADE[lang] in said
        assert DUE[lang] in said
    office.automatic_scoring._running = True
    assert "此后的变动正在计入" in texts(opened(view))


def test_a_building_with_a_new_visit_is_not_said_to_need_a_score(office: Office) -> None:
    visit(office)
    said = texts(opened("building", unit=OWN[0]))
    assert BY_ITSELF in said
    assert AGAIN not in said
    score(office)
    said = texts(opened("building", unit=OWN[0]))
    assert BY_ITSELF not in said
    assert AGAIN not in said


def test_where_nothing_scores_by_itself_a_building_says_to_score_again(
    scored: Office, serve: Callable[..., Any]
) -> None:
    visit(scored)
    serve(scored, OWNER)
    said = texts(opened("building", unit=OWN[0]))
    assert AGAIN in said
    assert BY_ITSELF not in said
    assert DUE["zh"] not in said


@pytest.mark.parametrize(("role", "told"), [("planner", True), ("grid_chief", False)])
def test_a_failure_is_told_to_who_may_score(
    office: Office, serve: Callable[..., Any], role: str, monkeypatch: pytest.MonkeyPatch, *,
    told: bool,
) -> None:  # fmt: skip
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(score_writer, "run_score", fail)
    visit(office)
    office.automatic_scoring.step(automatic_scorer())
    set_clock(office, NOW + timedelta(minutes=1))
    office.automatic_scoring.step(automatic_scorer())
    serve(office, Actor("li", "李", (role,), Scope.whole()))
    said = texts(opened("map"))
    failure = "12:01 自动计算得分没有成功：出现意外错误（ZeroDivisionError）。12:06 再试"
    assert (failure in said) is told
    assert "此后的变动约 12:06 自动计入" in said


def test_a_newer_score_is_offered_and_moves_nothing_before(office: Office) -> None:
    visit(office)
    app = opened("map")
    before = chosen(app)
    score(office)
    newest = str(office.scores.snapshots(OWNER)["snapshot_id"].iloc[0])
    assert newest not in before
    assert newest in chosen(run(app))
    assert "12:01" in texts(app)


def test_an_earlier_day_stays_chosen_when_a_newer_score_comes(office: Office) -> None:
    visit(office)
    earlier = str(office.scores.snapshots(OWNER)["snapshot_id"].iloc[-1])
    app = opened("map")
    app.select_slider(key="snapshot").set_value(earlier)
    assert earlier in chosen(run(app))
    score(office)
    assert earlier in chosen(run(app))


def test_before_the_first_score_it_is_said_that_it_comes_by_itself(
    empty_office: Office, serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(empty_office, OWNER)
    assert "点一下，几秒钟" in texts(opened("map"))
    monkeypatch.setattr(empty_office.automatic_scoring, "_at_work", True)
    assert "最后一次导入后不久自动进行" in texts(opened("map"))


def chosen(app: AppTest) -> str:
    """Return the line that names the snapshot that is shown."""
    (line,) = [str(each.value) for each in app.caption if "快照" in str(each.value)]
    return line
