"""What each order finds, the further one goes: one picture, and its table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import curves as charts_curves
from dashboard.documents.columns import Column
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_tables import Case, curves_table
from risk.backtest.questions import INSPECTED

_LISTED_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Draw every method's curve, ours bold."""
    say = page.say
    st.subheader(say("What each order finds"))
    curves = curves_table(evaluation.summary, case)
    if curves.empty:
        st.info(say("Not enough data: nothing was found in these windows."))
        return
    chart.show(charts_curves.found_curves(curves, case, say=say), key="evaluation_curves")
    st.caption(
        say(
            "The same visits, best first: how much of what they found was found by then. The "
            "higher the line, the earlier. Means over the windows."
        )
        if case.among == INSPECTED
        else say(
            "Best first: how much of all that was found lay in the first part. The dotted "
            "line is the most that was possible. Means over the windows."
        )
    )
    wide = by_share(curves)
    columns = (
        Column("method", kind="method", header=say("Method")),
        *(Column(str(name), header=str(name)) for name in wide.columns[1:]),
    )
    table.beside_chart(
        page, wide, columns, key="evaluation_curves", export=say("What each order finds")
    )


def by_share(curves: pd.DataFrame) -> pd.DataFrame:
    """Lay curves out as a table: a row per method, a column per share, in per cent."""
    wide = curves.assign(share=curves["share"].round(4)).pivot_table(
        index="method", columns="share", values="found", sort=False
    )
    listed = wide.reindex(columns=list(_LISTED_SHARES)).dropna(axis=1, how="all")
    listed.columns = [f"{share:.0%}" for share in listed.columns]
    return (100 * listed).round(1).reset_index()
