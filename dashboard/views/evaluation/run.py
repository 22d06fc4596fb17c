"""The button that evaluates, and what is said while it runs or when it cannot."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import TaskPanel, TaskWording
from data.workspace.clock import Clock
from governance.scores.evaluation import Evaluation, EvaluationOptions
from governance.scores.evaluation_tables import Case, minute_text, stored_cases


def show(
    page: Page,
    evaluation: Evaluation | None,
    options: EvaluationOptions,
    case: Case | None,
) -> None:
    """Offer to evaluate, show how far it is, or say what is missing."""
    say = page.say
    panel.show(page)
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


def _state(evaluation: Evaluation | None, *, there: bool, clock: Clock, say: Translator) -> str:
    """Say of when the answer is, or that there is none yet."""
    if evaluation is None:
        return say("Not evaluated yet. It takes some minutes, during which you can go on working.")
    if not there:
        return say("This question was not evaluated yet. It takes some minutes.")
    return say("Evaluated {at}.", at=minute_text(evaluation.evaluated_at, clock))


def _start(page: Page, case: Case) -> None:
    office, actor = page.office, page.actor
    panel.start(
        page,
        lambda tell: office.evaluation.evaluate(
            actor,
            event=case.event,
            unit=case.unit,
            among=case.among,
            horizon=case.horizon,
            progress=tell,
        ),
    )


def _wording(say: Translator) -> TaskWording:
    return TaskWording(
        running=lambda stage: say(
            "Evaluating: {stage}. You can leave this page meanwhile.",
            stage=say.name("stage", stage),
        ),
        stop=say("Stop evaluating"),
        stopped=say("Stopped. What was evaluated before is still there."),
        done=lambda _evaluation: say("Evaluated. The result is stored."),
        refused=say("Another evaluation is running. Begin yours when it is done."),
    )


panel = TaskPanel("evaluation", wording=_wording)
