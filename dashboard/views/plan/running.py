"""Making a plan takes a while: it goes on while people click elsewhere, and can be stopped.

One plan is made at a time in the whole office. Everybody who plans sees how far it is; how it
ended is told to whoever began it, though somebody else's page may be drawn before his.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.runtime.background_tasks import Bench, StoppedError
from dashboard.ui import task_progress
from dashboard.views.plan import errors as plan_errors
from dashboard.views.plan import plan_picker

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.i18n import Words
    from dashboard.runtime.background_tasks import Progress
    from dashboard.ui.frame import Page
    from governance.patrols.routing.model.plan import Plan

bench = Bench()
MAKING, REPLANNING = "plan", "replan"


def start(page: Page, work: Callable[[Progress], Plan], *, kind: str = MAKING) -> None:
    """Begin to make a plan, or the rest of one anew, unless one is being made."""
    bench.start(_name(kind, page), work)
    st.rerun()


def busy() -> bool:
    """Say whether a plan is being made."""
    return bench.task is not None and not bench.task.finished


def show(page: Page, *, made: Callable[[], None]) -> None:
    """Say once how finished work ended, and show how far the present one is.

    Parameters
    ----------
    page
        Wording.
    made
        Called once after a plan was made, before anything else of the page is drawn.
    """
    with st.container():  # so that what follows stays where it is when this comes or goes
        if bench.task is not None and bench.task.name in _own_names(page):
            _tell_outcome(page, made)
        if busy():
            _watch(page.say)


def _name(kind: str, page: Page) -> str:
    return f"{kind} {page.actor.id}"


def _own_names(page: Page) -> set[str]:
    return {_name(kind, page) for kind in (MAKING, REPLANNING)}


def _watch(say: Words) -> None:
    task_progress.watch(
        bench,
        telling=lambda task: say(
            "Making the plan: {stage}. You can leave this page meanwhile.",
            stage=say.name("plan_stage", task.stage or "start"),
        ),
        stop=say("Stop making the plan"),
        key="plan_stop",
        say=say,
    )


def _tell_outcome(page: Page, made: Callable[[], None]) -> None:
    task = bench.take()
    if task is None:
        return
    say = page.say
    with plan_errors.telling(say):
        try:
            plan = task.outcome.result()
        except StoppedError:
            st.info(say("Stopped. Nothing was changed."))
            return
        plan_picker.choose(str(getattr(plan, "plan_id", "")))
        made()
        st.success(_ending(task.name.split()[0], say=say))


def _ending(kind: str, *, say: Words) -> str:
    if kind == REPLANNING:
        return say("The rest is planned anew; what is locked stayed. Kept as a draft.")
    return say("The plan is made and kept as a draft. Nobody is told before it is published.")
