"""The button that evaluates, and what is said while it runs or when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.runtime.background_tasks import StoppedError, bench
from dashboard.ui import frame, task_progress
from governance.scores.evaluation_tables import minute_text, stored_cases

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from dashboard.ui.frame import Page
    from data.workspace.clock import Clock
    from governance.scores.evaluation import Evaluation, EvaluationOptions
    from governance.scores.evaluation_tables import Case


def show(
    page: Page,
    evaluation: Evaluation | None,
    options: EvaluationOptions,
    case: Case | None,
) -> None:
    """Offer to evaluate, show how far it is, or say what is missing."""
    say = page.say
    _tell_outcome(say)
    if bench.task is not None:
        _watch(say)
        return
    if case is None or not options.ready:
        st.info(
            say(
                "Not enough data yet: an evaluation needs at least {needed} months of visits "
                "with results; there are {there}. Import inspections with their dates and results.",
                needed=options.months_needed,
                there=options.months_there,
            )
        )
        return
    there = evaluation is not None and case in stored_cases(evaluation.summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            say("Evaluate again") if there else say("Evaluate"),
            type="secondary" if there else "primary",
            key="evaluation_go",
        ):
            _start(page, case)
        st.caption(_state(evaluation, there=there, clock=page.office.clock, say=say))


def _state(evaluation: Evaluation | None, *, there: bool, clock: Clock, say: Words) -> str:
    """Say of when the answer is, or that there is none yet."""
    if evaluation is None:
        return say("Not evaluated yet. It takes some minutes, during which you can go on working.")
    if not there:
        return say("This question was not evaluated yet. It takes some minutes.")
    return say("Evaluated {at}.", at=minute_text(evaluation.evaluated_at, clock))


def _start(page: Page, case: Case) -> None:
    office, actor = page.office, page.actor
    bench.start(
        "evaluate",
        lambda tell: office.evaluation.evaluate(
            actor,
            event=case.event,
            unit=case.unit,
            among=case.among,
            horizon=case.horizon,
            progress=tell,
        ),
    )
    st.rerun()


def _watch(say: Words) -> None:
    """Show progress until the work is finished, then draw the page anew."""
    task_progress.watch(
        bench,
        telling=lambda task: say(
            "Evaluating: {stage}. You can leave this page meanwhile.",
            stage=say.name("stage", task.stage or "start"),
        ),
        stop=say("Stop evaluating"),
        key="evaluation_stop",
        say=say,
    )


def _tell_outcome(say: Words) -> None:
    """Say how finished work ended, once."""
    task = bench.take()
    if task is None:
        return
    with frame.telling_failures(say):
        try:
            task.outcome.result()
        except StoppedError:
            st.info(say("Stopped. What was evaluated before is still there."))
            return
        st.success(say("Evaluated. The result is stored."))
