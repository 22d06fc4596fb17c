"""评估: whether the score beats counting, by how much, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import (
    evaluation_choices,
    evaluation_curves,
    evaluation_measures,
    evaluation_origins,
    evaluation_run,
    evaluation_trust,
    evaluation_verdict,
    evaluation_watch,
    frame,
)
from dashboard.evaluation_reading import stored_cases

if TYPE_CHECKING:
    from dashboard.components.frame import Page


def show(page: Page) -> None:
    """Show the last evaluation, and let another question be asked."""
    st.title(page.say("Evaluation"))
    with frame.telling_failures(page.say):
        evaluation = page.office.evaluation(page.actor)
        options = page.office.evaluation_options(page.actor)
        case = evaluation_choices.choose(page, evaluation, options)
        evaluation_run.show(page, evaluation, options, case)
        if evaluation and case in stored_cases(evaluation.summary):
            for part in (
                evaluation_verdict,
                evaluation_curves,
                evaluation_measures,
                evaluation_origins,
                evaluation_trust,
            ):
                part.show(page, evaluation, case)
    evaluation_watch.show(page)
