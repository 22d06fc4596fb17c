"""Window by window: ours beside one other method, and how much of the list stayed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.i18n.measures import measure_text
from dashboard.ui import chart, frame, table
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import CHURN, MEASURES
from governance.scores.evaluation_tables import (
    OURS,
    Case,
    judge_case,
    of_case,
    origins_table,
)

_PAIRED = tuple(name for name in MEASURES if name not in {"best_hit_10", CHURN})


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Pair ours with a chosen method, window by window, in a chosen measure."""
    say = page.say
    st.subheader(say("Window by window"))
    others = [name for name in of_case(evaluation.runs, case) if name != OURS]
    if not others:
        st.info(say("No other method was evaluated beside it."))
        return
    verdict = judge_case(evaluation.summary, case)
    best = verdict.best if verdict and verdict.best else others[0]
    left, right = st.columns(2)
    other = left.selectbox(
        say("Beside"),
        others,
        index=others.index(best),
        key=frame.translated("evaluation_other"),
        format_func=lambda name: say.name("method", name),
    )
    measure = right.selectbox(
        say("Measure"),
        _PAIRED,
        index=_PAIRED.index(case.main_measure),
        key=frame.translated("evaluation_measure"),
        format_func=lambda name: say.name("measure", name),
    )
    pairs = origins_table(evaluation.runs, case, measure=measure, other=other)
    chart.show(
        charts_evaluation.paired_origins(pairs, measure=measure, other=other, say=say),
        key="evaluation_pairs",
    )
    _show_churn(page, pairs, other=other)
    _show_table(page, pairs, measure=measure, other=other)


def _show_churn(page: Page, pairs: pd.DataFrame, *, other: str) -> None:
    """Say how much of the list stays from window to window."""
    say = page.say
    if pairs["churn_ours"].notna().any():
        st.caption(
            say(
                "From one window to the next {ours} of the flagged list stays the same; "
                "with {other}, {theirs}.",
                ours=measure_text(CHURN, pairs["churn_ours"].mean()),
                other=say.name("method", other),
                theirs=measure_text(CHURN, pairs["churn_theirs"].mean()),
            )
        )


def _show_table(page: Page, pairs: pd.DataFrame, *, measure: str, other: str) -> None:
    say = page.say
    ours, theirs = say.name("method", OURS), say.name("method", other)
    kept = say.name("measure", CHURN)
    written = pairs.assign(
        **{
            name: [measure_text(measure, value) for value in pairs[name]]
            for name in ("ours", "theirs")
        },
        difference=[measure_text(measure, value, signed=True) for value in pairs["difference"]],
        **{
            name: [measure_text(CHURN, value) for value in pairs[name]]
            for name in ("churn_ours", "churn_theirs")
        },
    )
    columns = (
        Column("origin", header=say("Window beginning")),
        Column("ours", header=ours),
        Column("theirs", header=theirs),
        Column("difference", header=say("Difference")),
        Column("churn_ours", header=f"{kept} · {ours}"),
        Column("churn_theirs", header=f"{kept} · {theirs}"),
        Column("n_units", header=say("Units")),
        Column("n_events", header=say("Finds")),
        Column("n_visits_found", header=say("Visits with a find")),
    )
    table.beside_chart(
        page, written, columns, key="evaluation_pairs", export=say("Window by window")
    )
