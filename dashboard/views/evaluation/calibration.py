"""How far to trust the numbers themselves: calibration, and whom wrong flags fall on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.i18n import Translator
from dashboard.i18n.measures import measure_text
from dashboard.i18n.verdict import promised
from dashboard.maps.layer_cache import cached
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_tables import (
    Case,
    calibration_table,
    top_tenth,
    wrong_flags_table,
)
from risk.backtest.communities import MIXED

_MOST_GROUPS = 15
_FEW_FLAGGED = 10


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Show calibration and wrong flags side by side."""
    left, right = st.columns(2, gap="medium")
    with left:
        _show_calibration(page, evaluation, case)
    with right:
        _show_wrong_flags(page, evaluation, case)


def _show_calibration(page: Page, evaluation: Evaluation, case: Case) -> None:
    say = page.say
    st.subheader(say("Does as much come as is expected?"))
    tenths = calibration_table(evaluation.summary, case)
    if tenths.empty:
        st.info(say("Not enough data to compare expected with found."))
        return
    top = top_tenth(evaluation.summary, case)
    if top is not None:
        st.markdown(f"**{promised(top, say=say)}**")
    chart.show(charts_evaluation.calibration(tenths, say=say), key="evaluation_calibration")
    st.caption(
        say(
            "Each point is a tenth of the units, lowest expected first. On the line, as much came "
            "as the visit model expected; below it, less. The scores on the map are not checked "
            "here."
        )
    )
    columns = (
        Column("tenth", header=say("Tenth")),
        Column("expected", header=say("Expected"), digits=1),
        Column("observed", header=say("Came"), digits=1),
    )
    table.beside_chart(
        page, tenths, columns, key="evaluation_calibration", export=say("Expected and came")
    )


def _show_wrong_flags(page: Page, evaluation: Evaluation, case: Case) -> None:
    say = page.say
    st.subheader(say("Whom wrong flags fall on"))
    groups = wrong_flags_table(evaluation.summary, case)
    if groups.empty:
        st.info(say("Wrong flags are told apart by community only where buildings are ranked."))
        return
    _show_types(wrong_flags_table(evaluation.summary, case, by="wrong_flags_by_type"), say=say)
    groups = groups.assign(group=_names(page, groups["group"]))
    title = say("Flagged, and nothing found in the window")
    _draw(groups, title=title, key="evaluation_flags", say=say)
    st.caption(
        say(
            "Nothing found in a window is no proof that nothing was there. A group that "
            "is flagged in vain far more often than others is a reason to look at the policy."
        )
    )
    columns = (
        Column("group", header=say("Community or kind")),
        Column("flagged", header=say("Flagged")),
        Column("wrong", header=say("Nothing found")),
        Column("share", header=say("Share")),
    )
    written = groups.assign(share=[measure_text("hit_10", share) for share in groups["share"]])
    table.beside_chart(page, written, columns, key="evaluation_flags", export=say("Wrong flags"))


def _show_types(types: pd.DataFrame, *, say: Translator) -> None:
    """Draw wrong flags by type of community, where types are known."""
    if types.empty:
        return
    kinds = types.assign(group=[say("mixed") if kind == MIXED else kind for kind in types["group"]])
    _draw(kinds, title=say("By type of community"), key="evaluation_flag_types", say=say)
    st.caption(
        say(
            "The type of a community is the kind of more than half of its buildings; where "
            "no kind is, it is mixed."
        )
    )


def _draw(groups: pd.DataFrame, *, title: str, key: str, say: Translator) -> None:
    """Draw the share of wrong flags of the groups most often flagged, the highest first."""
    shown = groups.head(_MOST_GROUPS).sort_values(["share", "group"], ascending=[False, True])
    few = say("few")
    rows = [
        {
            "name": row["group"],
            "share": row["share"],
            "text": f"{measure_text('hit_10', row['share'])} · {row['wrong']}/{row['flagged']}"
            + (f" · {few}" if row["flagged"] < _FEW_FLAGGED else ""),
        }
        for row in shown.to_dict("records")
    ]
    chart.show(charts_evaluation.share_bars(rows, title=title), key=key)


def _names(page: Page, codes: pd.Series) -> list[str]:
    """Call communities by their names; what is a kind of place names itself."""
    known = cached("reporting", lambda: page.office.monitoring.reporting(page.actor))
    names = dict(zip(known["community_code"], known["community"], strict=True))
    return [str(names.get(code) or code) for code in codes]
