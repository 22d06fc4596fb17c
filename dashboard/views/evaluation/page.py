"""评估: whether the visit model beats counting, by how much, and how sure that is."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.verdict import which_order
from dashboard.ui.frame import Page
from dashboard.views.evaluation import answer, measures, monitoring, question, trust
from governance.scores.evaluation_tables import stored_cases


def show(page: Page) -> None:
    """Show the last evaluation, and let another question be asked."""
    st.title(page.say("Evaluation"))
    st.info(which_order(say=page.say))
    with page.telling_failures():
        evaluation = page.office.evaluation.latest(page.actor)
        options = page.office.evaluation.options(page.actor)
        case = question.choose(page, evaluation, options)
        question.offer_run(page, evaluation, options, case)
        if evaluation and case in stored_cases(evaluation.summary):
            for part in (
                answer.show_verdict,
                answer.show_curves,
                measures.show,
                answer.show_windows,
                trust.show,
            ):
                part(page, evaluation, case)
    monitoring.show(page)
