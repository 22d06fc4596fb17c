"""评估: whether the visit model beats counting, by how much, and how sure that is."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.verdict import which_order
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.evaluation import calibration, measures
from dashboard.views.evaluation import curves as evaluation_curves
from dashboard.views.evaluation import question as evaluation_question
from dashboard.views.evaluation import run as evaluation_run
from dashboard.views.evaluation import verdict as evaluation_verdict
from dashboard.views.evaluation import windows as evaluation_windows
from dashboard.views.evaluation.monitoring import tabs
from governance.scores.evaluation_tables import stored_cases


def show(page: Page) -> None:
    """Show the last evaluation, and let another question be asked."""
    st.title(page.say("Evaluation"))
    st.info(which_order(say=page.say))
    with frame.telling_failures(page.say):
        evaluation = page.office.evaluation.latest(page.actor)
        options = page.office.evaluation.options(page.actor)
        case = evaluation_question.choose(page, evaluation, options)
        evaluation_run.show(page, evaluation, options, case)
        if evaluation and case in stored_cases(evaluation.summary):
            for part in (
                evaluation_verdict,
                evaluation_curves,
                measures,
                evaluation_windows,
                calibration,
            ):
                part.show(page, evaluation, case)
    tabs.show(page)
