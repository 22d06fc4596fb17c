"""What an evaluation answers: its verdict, what each order finds, and how it goes by window."""

import pandas as pd
import streamlit as st

from dashboard.charts import curves as charts_curves
from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.i18n.evaluation.verdict import headline, standing, whole_order, without_area
from dashboard.i18n.measures import measure_text
from dashboard.ui import chart, frame, pick, table
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import CHURN, MEASURES
from governance.scores.evaluation_tables import (
    OURS,
    Case,
    curves_table,
    judge_case,
    of_case,
    origins_table,
)
from risk.evaluation.report.verdict import AHEAD, BEHIND
from risk.evaluation.targets.questions import ALL, INSPECTED

_LISTED_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_PAIRED = tuple(name for name in MEASURES if name not in {"best_hit_10", CHURN})


def show_verdict(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Say what the score reached, beside counting and chance, and whether that is sure."""
    say = page.say
    verdict = judge_case(evaluation.summary, case)
    if verdict is None:
        page.info("This evaluation is of an earlier model, or without the score. Evaluate again to "
                  "see how the score's order compares.")  # fmt: skip
        return
    if verdict.ours.mean is None:
        page.info("Nothing was found in these windows, so no order can be told from another.")
        return
    text = f"**{headline(verdict, among=case.among, say=say)}**\n\n{standing(verdict, say=say)}"
    boxes = {AHEAD: st.success, BEHIND: st.warning} if case.among == INSPECTED else {}
    boxes.get(verdict.standing, st.info)(text)
    whole = judge_case(evaluation.summary, case, measure=case.whole_measure)
    if whole is not None and whole.ours.mean is not None:
        st.caption(whole_order(whole, unit=case.unit, say=say))
    if verdict.ours.low is not None:
        page.caption("Intervals treat the windows as independent. They follow one another, so the "
                     "truth is less sure than they say.")  # fmt: skip
    if text := without_area(verdict, say=say):
        st.caption(text)
    if case.among == ALL:
        page.caption(
            "Read with care: where nobody goes nothing is found, so among all places and in "
            "cells these figures measure mostly where visits are scheduled. A permutation test "
            "barely lowers these figures. How well risk itself is told shows among places that "
            "were visited."
        )


def show_curves(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Draw what every method finds, the further one goes, ours bold."""
    say, title = page.say, page.say("What each order finds")
    page.heading(title)
    curves = curves_table(evaluation.summary, case)
    if curves.empty:
        page.info("Not enough data: nothing was found in these windows.")
        return
    chart.show(charts_curves.found_curves(curves, case, say=say), key="evaluation_curves")
    if case.among == INSPECTED:
        page.caption("The same visits, best first: how much of what they found was found by then. "
                     "The higher the line, the earlier. Means over the windows.")  # fmt: skip
    else:
        page.caption("Best first: how much of all that was found lay in the first part. The dotted "
                     "line is the most that was possible. Means over the windows.")  # fmt: skip
    wide = by_share(curves)
    columns = (
        Column("method", kind="method", header="Method"),
        *(Column(str(name), header=str(name)) for name in wide.columns[1:]),
    )
    table.below_chart(page, wide, columns, key="evaluation_curves", export=title)


def by_share(curves: pd.DataFrame) -> pd.DataFrame:
    """Lay curves out as a table: a row per method, a column per share, in per cent."""
    wide = curves.assign(share=curves["share"].round(4)).pivot_table(
        index="method", columns="share", values="found", sort=False
    )
    listed = wide.reindex(columns=list(_LISTED_SHARES)).dropna(axis=1, how="all")
    listed.columns = [f"{share:.0%}" for share in listed.columns]
    return (100 * listed).round(1).reset_index()


def show_windows(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Pair ours with a chosen method, window by window, in a chosen measure."""
    say = page.say
    page.subheader("Window by window")
    others = [name for name in of_case(evaluation.runs, case) if name != OURS]
    if not others:
        page.info("No other method was evaluated beside it.")
        return
    verdict = judge_case(evaluation.summary, case)
    best = verdict.best if verdict and verdict.best else others[0]
    left, right = st.columns(2)
    other = pick.one(
        say("Beside"), say.names("method", others), index=others.index(best), at=left,
        key=frame.translated("evaluation_other"),
    )  # fmt: skip
    measure = pick.one(
        say("Measure"), say.names("measure", _PAIRED), index=_PAIRED.index(case.main_measure),
        at=right, key=frame.translated("evaluation_measure"),
    )  # fmt: skip
    pairs = origins_table(evaluation.runs, case, measure=measure, other=other)
    drawn = charts_evaluation.paired_origins(pairs, measure=measure, other=other, say=say)
    chart.show(drawn, key="evaluation_pairs")
    if pairs["churn_ours"].notna().any():  # how much of the list stays from window to window
        page.caption(
            "From one window to the next {ours} of the flagged list stays the same; "
            "with {other}, {theirs}.",
            ours=measure_text(CHURN, pairs["churn_ours"].mean()),
            other=say.name("method", other),
            theirs=measure_text(CHURN, pairs["churn_theirs"].mean()),
        )
    _show_pairs(page, pairs, measure=measure, other=other)


def _show_pairs(page: Page, pairs: pd.DataFrame, *, measure: str, other: str) -> None:
    say = page.say
    ours, theirs = say.name("method", OURS), say.name("method", other)
    stays = say.name("measure", CHURN)
    measures = {"ours": measure, "theirs": measure, "churn_ours": CHURN, "churn_theirs": CHURN}
    written = {
        name: [measure_text(each, value) for value in pairs[name]]
        for name, each in measures.items()
    }
    gaps = [measure_text(measure, value, signed=True) for value in pairs["difference"]]
    columns = (
        Column("origin", header="Window beginning"),
        Column("ours", header=ours),
        Column("theirs", header=theirs),
        Column("difference", header="Difference"),
        Column("churn_ours", header=f"{stays} · {ours}"),
        Column("churn_theirs", header=f"{stays} · {theirs}"),
        Column("n_units", header="Units"),
        Column("n_events", header="Finds"),
        Column("n_visits_found", header="Visits with a find"),
    )
    table.below_chart(
        page, pairs.assign(**written, difference=gaps), columns, key="evaluation_pairs",
        export=say("Window by window"),
    )  # fmt: skip
