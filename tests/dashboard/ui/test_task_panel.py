"""Long work beside a page: one at a time, stopped by anybody, its end told to its owner only."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from pages import press, run, texts
from patience import PATIENCE_S
from streamlit.testing.v1 import AppTest

from dashboard.runtime import context
from dashboard.ui.task_panel import TaskPanel, TaskWording
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office

COLLEAGUE = Actor(id="li", name="李分析", roles=("planner",), scope=Scope.whole())
WORDING = TaskWording(running="at {}".format, stop="stop", stopped="stopped",
                      done="done: {}".format, refused="other work goes on")  # fmt: skip


def panel_script() -> None:
    import streamlit as st

    from dashboard.ui import frame

    page = frame.open_page()
    assert page is not None
    panel = st.session_state["panel"]
    panel.show(page)
    if st.button("go", key="go"):
        panel.start(page, st.session_state["work"])


class Work:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = Event(), Event()

    def __call__(self, tell: Callable[[str, int, int], None]) -> str:
        self.begun.set()
        assert self.go_on.wait(PATIENCE_S)
        tell("half", 1, 2)
        return "42"


@pytest.fixture
def office(serve: Callable[..., Any], empty_office: Office) -> Office:
    served: Office = serve(empty_office)
    return served


@pytest.fixture
def panel() -> TaskPanel:
    return TaskPanel("test", wording=lambda _say: WORDING)


def opened(panel: TaskPanel, work: Callable[..., object]) -> AppTest:
    app = AppTest.from_function(panel_script)
    app.session_state["panel"], app.session_state["work"] = panel, work
    return run(app)


def begun(app: AppTest, panel: TaskPanel, work: Work) -> AppTest:
    """Begin the work, and look at it while it goes on."""
    press(app, "go")
    assert work.begun.wait(PATIENCE_S)
    assert panel.runner.running is not None
    return app


def finish(panel: TaskPanel, work: Work) -> None:
    task = panel.runner.running
    work.go_on.set()
    if task is not None:
        task.outcome.exception(timeout=PATIENCE_S)


def test_how_it_ended_is_told_once_to_its_owner_though_another_looks_first(
    office: Office, panel: TaskPanel
) -> None:
    work = Work()
    app = begun(opened(panel, work), panel, work)
    finish(panel, work)
    planner = context.actor()
    context.provide(office, everyone=COLLEAGUE)
    assert "done" not in texts(opened(panel, work))
    context.provide(office, everyone=planner)
    assert "done: 42" in texts(run(app))
    assert "done" not in texts(run(app))


def test_a_request_while_other_work_goes_on_is_refused(office: Office, panel: TaskPanel) -> None:
    work = Work()
    begun(opened(panel, work), panel, work)
    context.provide(office, everyone=COLLEAGUE)
    assert "other work goes on" in texts(press(opened(panel, Work()), "go"))
    finish(panel, work)


@pytest.mark.usefixtures("office")
def test_work_that_goes_on_can_be_stopped(panel: TaskPanel) -> None:
    work = Work()
    app = press(begun(opened(panel, work), panel, work), "test_stop")
    finish(panel, work)
    assert "stopped" in texts(run(app))


@pytest.mark.usefixtures("office")
def test_work_that_fails_says_why(panel: TaskPanel) -> None:
    def fail(_tell: object) -> None:
        raise GridwardenError("not_allowed", actor="li", action="score")

    app = press(opened(panel, fail), "go")
    told = [*app.error, *run(app).error]  # at the press where the work ended before the next run
    assert "li" in told[0].value
