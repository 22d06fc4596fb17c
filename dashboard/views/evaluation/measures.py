"""Every measure of every method, and how the score differs from each."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.i18n.measures import figure_text
from dashboard.ui import download, frame
from dashboard.ui.frame import Page
from dashboard.ui.table import rows_px
from data.workspace.clock import Clock
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import MEASURES, Figure
from governance.scores.evaluation_tables import (
    CASE_PARTS,
    OURS,
    Case,
    calibration_table,
    curves_table,
    measures_table,
    wrong_flags_table,
)

_KINDS = {"method": "method", "measure": "measure", "event": "event", "unit": "level_unit",
          "among": "among"}  # fmt: skip


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Show means with intervals, and paired differences, side by side in two tabs."""
    say = page.say
    page.subheader("All measures")
    table = measures_table(evaluation.summary, case)
    means, gaps = st.tabs([say("Each method"), say("The score less each other, same window")])
    with means:
        _show_wide(texts(table, say=say), case, key="evaluation_means", say=say)
        page.caption(
            "Mean over {origins} windows, in brackets the interval.",
            origins=int(table["origins"].max()) if len(table) else 0,
        )
    with gaps:
        _show_wide(gap_texts(table, say=say), case, key="evaluation_gaps", say=say)
        page.caption(
            "Above 0, the score is better. In brackets the interval, then in how "
            "many windows it was above. Shares differ in percentage points."
        )
    download.offer(
        page,
        say("Download everything as Excel"),
        made=lambda: whole_workbook(evaluation, case, clock=page.office.clock, say=say),
        file_name=f"{say('Evaluation')}.xlsx",
        key="evaluation_excel",
    )


def texts(table: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Write means with intervals: a row per method, a column per measure."""
    return _wide(table, _figure_texts(table, "mean", "low", "high"), say=say)


def gap_texts(table: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Write paired differences with intervals and how often ours was above."""
    others = table[(table["method"] != OURS) & table["difference"].notna()]
    names = ("difference", "difference_low", "difference_high")
    written = [
        f"{text} · {int(ahead)}/{int(origins)}"
        for text, ahead, origins in zip(
            _figure_texts(others, *names, signed=True),
            others["ahead"],
            others["origins"],
            strict=True,
        )
    ]
    return _wide(others, written, say=say)


def whole_workbook(evaluation: Evaluation, case: Case, *, clock: Clock, say: Translator) -> bytes:
    """Write one question's answer with everything behind it: numbers, not texts.

    ``clock``: of the office, whose local time it was made at.
    """
    summary = evaluation.summary
    runs = [run for run in evaluation.runs if Case(*(run[part] for part in CASE_PARTS)) == case]
    tables = {
        say("All measures"): measures_table(summary, case),
        say("Windows"): pd.DataFrame(runs),
        say("What each order finds"): curves_table(summary, case),
        say("Expected and came"): calibration_table(summary, case),
        say("Wrong flags"): wrong_flags_table(summary, case),
    }
    made = f"{clock.to_local(evaluation.evaluated_at):%Y-%m-%d %H:%M}"
    return workbook(
        [
            sheet(title, table, [_column(str(name), say) for name in table], say=say, note=made)
            for title, table in tables.items()
        ]
    )


def _column(name: str, say: Translator) -> Column:
    header = say.name("measure", name) if say.knows("measure", name) else ""
    return Column(name, kind=_KINDS.get(name, ""), header=header)


def _figure_texts(rows: pd.DataFrame, *names: str, signed: bool = False) -> list[str]:
    """Write figures with their intervals, whose columns are named."""
    return [
        figure_text(
            measure,
            Figure(*(None if pd.isna(value) else float(value) for value in values)),
            signed=signed,
        )
        for measure, *values in rows[["measure", *names]].itertuples(index=False, name=None)
    ]


def _wide(table: pd.DataFrame, text: Sequence[str], *, say: Translator) -> pd.DataFrame:
    wide = table.assign(text=text).pivot_table(
        index="method", columns="measure", values="text", aggfunc="first", sort=False
    )
    wide = wide.reindex(columns=[name for name in MEASURES if name in wide]).fillna("—")
    named = wide.set_axis([say.name("method", str(name)) for name in wide.index])
    return named.reset_index(names="method")


def _show_wide(table: pd.DataFrame, case: Case, *, key: str, say: Translator) -> None:
    first = ["method", case.main_measure]
    measures = {
        str(name): st.column_config.TextColumn(
            say.name("measure", str(name)), help=say.name("measure_help", str(name))
        )
        for name in table
        if name != "method"
    }
    st.dataframe(
        table,
        hide_index=True,
        placeholder=frame.NOTHING,
        key=key,
        column_order=[*first, *(name for name in measures if name not in first)],
        column_config={
            **measures,
            "method": st.column_config.TextColumn(say("Method"), pinned=True),
        },
        height=rows_px(max(len(table), 1)),
    )
