"""Whether the visit model beats counting, in plain words."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.verdict import headline, standing, without_area
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_tables import Case, judge_case
from risk.backtest.questions import ALL
from risk.backtest.verdict import BETTER, WORSE


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Say what the visit model reached, beside counting and chance, and whether that is sure."""
    say = page.say
    verdict = judge_case(evaluation.summary, case)
    if verdict is None or verdict.ours.mean is None:
        st.info(say("Nothing was found in these windows, so no order can be told from another."))
        return
    said = f"**{headline(verdict, unit=case.unit, say=say)}**\n\n{standing(verdict, say=say)}"
    boxes = {BETTER: st.success, WORSE: st.warning}
    boxes.get(verdict.standing, st.info)(said)
    if verdict.ours.low is not None:
        st.caption(
            say(
                "Intervals treat the windows as independent. They follow one another, so the "
                "truth is less sure than they say."
            )
        )
    if verdict.without_area.mean is not None:
        st.caption(without_area(verdict, say=say))
    if case.among == ALL:
        st.caption(
            say(
                "Read with care: where nobody goes nothing is found, so among all places and in "
                "cells these figures measure mostly where visits are scheduled. With the finds "
                "dealt anew among the visits, as a test, they hardly fell. How well risk itself "
                "is told shows among places that were visited."
            )
        )
