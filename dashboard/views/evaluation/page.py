"""评估: whether the score beats counting, by how much, and how sure that is."""

import streamlit as st

from dashboard.i18n.evaluation.verdict import which_order
from dashboard.ui.frame import Page
from dashboard.views.evaluation import answer, measures, monitoring, question, trial, trust
from governance.scores.evaluation_tables import judge_case, stored_cases


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
            parts = [answer.show_verdict, answer.show_curves, measures.show]
            if judge_case(evaluation.summary, case) is not None:
                parts += [answer.show_windows, trust.show]
            for part in parts:
                part(page, evaluation, case)
    trial.show(page)
    monitoring.show(page)
