"""Every measure of every method, and how the visit model differs from each."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n import Translator
from dashboard.i18n.measures import figure_text
from dashboard.ui import download, frame
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import MEASURES, Figure
from governance.scores.evaluation_tables import (
    OURS,
    Case,
    calibration_table,
    curves_table,
    measures_table,
    wrong_flags_table,
)


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Show means with intervals, and paired differences, side by side in two tabs."""
    say = page.say
    st.subheader(say("All measures"))
    table = measures_table(evaluation.summary, case)
    means, gaps = st.tabs([say("Each method"), say("The visit model less each other, same window")])
    with means:
        _show_wide(texts(table, say=say), case, key="evaluation_means", say=say)
        st.caption(
            say(
                "Mean over {origins} windows, in brackets the interval.",
                origins=int(table["origins"].max()) if len(table) else 0,
            )
        )
    with gaps:
        _show_wide(gap_texts(table, say=say), case, key="evaluation_gaps", say=say)
        st.caption(
            say(
                "Above 0, the visit model is better. In brackets the interval, then in how many "
                "windows it was above. Shares differ in percentage points."
            )
        )
    download.offer(
        page,
        say("Download everything as Excel"),
        made=lambda: whole_workbook(evaluation, case, say=say),
        file_name=f"{say('Evaluation')}.xlsx",
        key="evaluation_excel",
    )
    if evaluation.absent:
        st.caption(
            say(
                "Not compared, since not installed: {methods}.",
                methods="、".join(say.name("method", name) for name in evaluation.absent),
            )
        )


def texts(table: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Write means with intervals: a row per method, a column per measure."""
    return _wide(
        table,
        say=say,
        text=[
            figure_text(row["measure"], Figure(row["mean"], _none(row["low"]), _none(row["high"])))
            for row in table.to_dict("records")
        ],
    )


def gap_texts(table: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Write paired differences with intervals and how often ours was above."""
    others = table[(table["method"] != OURS) & table["difference"].notna()]
    return _wide(
        others,
        say=say,
        text=[
            figure_text(
                row["measure"],
                Figure(
                    row["difference"], _none(row["difference_low"]), _none(row["difference_high"])
                ),
                signed=True,
            )
            + f" · {int(row['ahead'])}/{int(row['origins'])}"
            for row in others.to_dict("records")
        ],
    )


def whole_workbook(evaluation: Evaluation, case: Case, *, say: Translator) -> bytes:
    """Write one question's answer with everything behind it: numbers, not texts."""
    names = say.name
    summary = evaluation.summary
    runs = pd.DataFrame(
        [
            dict(run)
            for run in evaluation.runs
            if (run["event"], run["unit"], run["among"], run["horizon"])
            == (case.event, case.unit, case.among, case.horizon)
        ]
    )
    made = f"{evaluation.evaluated_at:%Y-%m-%d %H:%M}"
    tables = [
        (say("All measures"), measures_table(summary, case)),
        (say("Windows"), runs),
        (say("What each order finds"), curves_table(summary, case)),
        (say("Expected and came"), calibration_table(summary, case)),
        (say("Wrong flags"), wrong_flags_table(summary, case)),
    ]
    sheets = [
        Sheet(
            title,
            _in_words(table, say=say),
            note=made,
            headers={
                str(n): names("measure", str(n)) if str(n) in MEASURES else names("column", str(n))
                for n in table.columns
            },
        )
        for title, table in tables
    ]
    return workbook(sheets)


def _in_words(table: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Name methods and measures; numbers stay numbers."""
    kinds = {
        "method": "method",
        "measure": "measure",
        "event": "event",
        "unit": "level_unit",
        "among": "among",
    }
    return table.assign(
        **{
            name: [say.name(kind, str(code)) for code in table[name]]
            for name, kind in kinds.items()
            if name in table
        }
    )


def _wide(table: pd.DataFrame, *, text: list[str], say: Translator) -> pd.DataFrame:
    wide = table.assign(text=text).pivot_table(
        index="method", columns="measure", values="text", aggfunc="first", sort=False
    )
    wide = wide.reindex(columns=[name for name in MEASURES if name in wide]).fillna("—")
    return wide.set_axis([say.name("method", str(name)) for name in wide.index]).reset_index(
        names="method"
    )


def _show_wide(table: pd.DataFrame, case: Case, *, key: str, say: Translator) -> None:
    first = ["method", case.main_measure]
    order = [*first, *(str(name) for name in table if name not in first)]
    settings: dict[str, ColumnConfig | str | None] = {
        str(name): st.column_config.TextColumn(
            say.name("measure", str(name)), help=say.name("measure_help", str(name))
        )
        for name in table
        if name != "method"
    }
    settings["method"] = st.column_config.TextColumn(say("Method"), pinned=True)
    st.dataframe(
        table,
        hide_index=True,
        placeholder=frame.NOTHING,
        key=key,
        column_order=order,
        column_config=settings,
        height=38 + 35 * max(len(table), 1),
    )


def _none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
