"""How far to trust the numbers themselves: calibration, and whom wrong flags fall on."""

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.i18n.evaluation.verdict import promised
from dashboard.i18n.measures import measure_text
from dashboard.maps.layer_cache import cached
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_figures import number_or_none
from governance.scores.evaluation_tables import (
    Case,
    calibration_table,
    top_tenth,
    wrong_flags_table,
)
from risk.evaluation.report.fairness import MIXED
from risk.evaluation.targets.questions import ALL

_MOST_GROUPS = 15
_FEW_FLAGGED = 10
TENTHS = (
    Column("tenth", header="Tenth"),
    Column("expected", header="Expected", digits=1),
    Column("observed", header="Came", digits=1),
)
WRONG_FLAGS = (
    Column("group", header="Community or kind"),
    Column("flagged", header="Flagged"),
    Column("wrong", header="Nothing found"),
    Column("share", header="Share"),
    Column("by_chance", header="Drawn by lot"),
)


def show(page: Page, evaluation: Evaluation, case: Case) -> None:
    """Show calibration and wrong flags side by side."""
    left, right = st.columns(2, gap="medium")
    with left:
        _show_calibration(page, evaluation, case)
    with right:
        _show_wrong_flags(page, evaluation, case)


def _show_calibration(page: Page, evaluation: Evaluation, case: Case) -> None:
    say = page.say
    page.subheader("Calibration: predicted and observed")
    tenths = calibration_table(evaluation.summary, case)
    if tenths.empty:
        if case.among == ALL:
            page.info(
                "The score says what a visit would find, so it is compared with what came "
                "among places that were visited."
            )
        else:
            page.info("Not enough data to compare expected with found.")
        return
    top = top_tenth(evaluation.summary, case)
    if top is not None:
        st.markdown(f"**{promised(top, say=say)}**")
    chart.show(charts_evaluation.calibration(tenths, say=say), key="evaluation_calibration")
    page.caption(
        "Each point is a tenth of the visits, lowest score first. On the line, as many "
        "found something as the scores said; below it, fewer."
    )
    title = say("Expected and came")
    table.below_chart(page, tenths, TENTHS, key="evaluation_calibration", export=title)


def _show_wrong_flags(page: Page, evaluation: Evaluation, case: Case) -> None:
    say = page.say
    page.subheader("Where false positives fall")
    groups = wrong_flags_table(evaluation.summary, case)
    if groups.empty:
        page.info("Wrong flags are told apart by community only where buildings are ranked.")
        return
    _show_types(page, wrong_flags_table(evaluation.summary, case, by="wrong_flags_by_type"))
    groups = groups.assign(group=_names(page, groups["group"]))
    _draw(page, groups, say("Flagged, and nothing found in the window"), key="evaluation_flags")
    page.caption(
        "The mark on a bar is what a list of the same group drawn by lot would come to: a bar "
        "that ends left of its mark is better than chance, one that ends right of it wrongs the "
        "group. Nothing found in a window is no proof that nothing was there."
    )
    shares = ("share", "by_chance")
    written = groups.assign(
        **{name: [measure_text("hit_10", each) for each in groups[name]] for name in shares}
    )
    title = say("Wrong flags")
    table.below_chart(page, written, WRONG_FLAGS, key="evaluation_flags", export=title)


def _show_types(page: Page, types: pd.DataFrame) -> None:
    say = page.say
    if types.empty:
        return
    kinds = [
        say("mixed") if kind == MIXED else say.name("building_kind", kind)
        for kind in types["group"]
    ]
    _draw(page, types.assign(group=kinds), say("By type of community"),
          key="evaluation_flag_types")  # fmt: skip
    page.caption(
        "The type of a community is the kind of more than half of its buildings; "
        "where no kind is, it is mixed."
    )


def _draw(page: Page, groups: pd.DataFrame, title: str, *, key: str) -> None:
    """Draw the share of wrong flags of the groups most often flagged, the highest first.

    Beside it what chance would come to.
    """
    shown = groups.head(_MOST_GROUPS).sort_values(["share", "group"], ascending=[False, True])
    few = f" · {page.say('few')}"
    rows = [
        {
            "name": row["group"],
            "share": row["share"],
            "by_chance": number_or_none(row["by_chance"]),
            "text": f"{measure_text('hit_10', row['share'])} · {row['wrong']}/{row['flagged']}"
            + (few if row["flagged"] < _FEW_FLAGGED else ""),
        }
        for row in shown.to_dict("records")
    ]
    chart.show(charts_evaluation.share_bars(rows, title=title), key=key)


def _names(page: Page, codes: pd.Series) -> list[str]:
    """Call communities and kinds of place by their names."""
    known = cached("reporting", lambda: page.office.monitoring.reporting(page.actor))
    names = dict(zip(known["community_code"], known["community"], strict=True))
    return [names.get(code) or page.say.name("building_kind", code) for code in codes.astype(str)]
