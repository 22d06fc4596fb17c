"""After the week: what the list found beside what chance alone found, planned beside visited."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import patrol as charts_patrol
from dashboard.charts.patrol import share_text
from dashboard.documents.columns import DAY, Column, columns_of
from dashboard.i18n import Translator
from dashboard.i18n.patrol import team_text
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker
from governance.patrols.results.evaluation import PlanEvaluation
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import Arm

_COUNTS = columns_of("planned", "visited", "found", "rate")
HOURS = (
    Column("hour"),
    Column("visited", source="visits"),
    Column("no_access"),
    Column("rate", header="Share"),
)
MISSED = (
    Column("name"),
    Column("tier", kind="tier"),
    Column("team"),
    Column("day", format=DAY),
    Column("part", kind="part"),
    Column("building_id"),
)


def show(page: Page) -> None:
    """Compare the list with chance for the chosen plan, then by kind of visit."""
    today = page.office.clock.today()
    plan = plan_picker.ask(page, key="plan_choice_after", begun_by=today)
    if plan is None:
        return
    evaluation = page.office.plan_evaluation.evaluate(page.actor, plan_id=plan.plan_id)
    if not plan_picker.tell_progress(page, evaluation):
        return
    if not int(evaluation.arms["visited"].sum()):
        page.info("No visit of this plan was recorded yet.")
        return
    _show_arms(page, evaluation)
    _show_rates(page, evaluation.arms, Column("part_of_plan", source="arm", kind="arm"))
    page.subheader("By kind of visit")
    _show_rates(page, evaluation.modes, Column("visit_kind", source="mode", kind="visit_kind"))
    _show_hours(page, evaluation.hours)
    _show_missed(page, evaluation.missed, plan)


def _show_arms(page: Page, evaluation: PlanEvaluation) -> None:
    """Say and draw what the list and chance found, for this plan and for the last ones."""
    say = page.say
    st.markdown(sentence(evaluation.arms, verdict=str(evaluation.verdict), say=say))
    compared = evaluation.arms[evaluation.arms["arm"].isin([Arm.LIST, Arm.RANDOM])]
    chart.show(charts_patrol.rates_spec(compared, say=say), key="plan_arms_chart")
    page.caption(
        "The bar is the range in which the true rate lies with {level}. Chance alone "
        "chose the random arm: it shows what one finds anywhere.",
        level=f"{evaluation.level:.0%}",
    )
    if evaluation.base_rate is not None:
        rate, low, high = (
            f"{each:.0%}"
            for each in (evaluation.base_rate, evaluation.base_low, evaluation.base_high)
        )
        st.markdown(
            say("A visit anywhere would find something in {rate} of cases ({low} to {high}).",
                rate=rate, low=low, high=high)
        )  # fmt: skip
    if evaluation.so_far_plans > 1:
        so_far = evaluation.so_far
        text = sentence(so_far.arms, verdict=str(so_far.verdict), say=say)
        count = evaluation.so_far_plans
        st.markdown(say("The last {count} weeks together: {sentence}", count=count, sentence=text))


def sentence(rows: pd.DataFrame, *, verdict: str, say: Translator) -> str:
    """Say in a sentence what both arms found, and whether the difference can be told.

    ``rows``: ``arm, visited, found, rate, low, high``.
    ``verdict``: ``more``, ``less``, ``cannot_tell`` or ``too_few``.
    """
    arms: dict[str, Any] = {str(row.arm): row for row in rows.itertuples(index=False)}
    texts = [
        say("**{arm}**: something was found at {found} of {visited} visits ({rate}).",
            arm=say.name("arm", arm), found=int(row.found), visited=int(row.visited),
            rate=share_text(row, say=say))
        for arm in (Arm.LIST, Arm.RANDOM)
        if (row := arms.get(arm)) is not None and row.visited
    ]  # fmt: skip
    return " ".join([*texts, say.name("plan_verdict", verdict)])


def _show_hours(page: Page, hours: pd.DataFrame) -> None:
    """Show at which hours nobody opened, where hours were noted: the next plan may go by it."""
    if hours.empty:
        return
    title = page.say("At which hours nobody opened")
    page.heading(title)
    named = hours.rename(columns={"share": "rate"})
    named["hour"] = [f"{hour:02d}:00" for hour in hours["hour"]]
    table.table(
        page, _rates_written(page, named), HOURS, key="plan_hours", export=title, search=False
    )


def _show_missed(page: Page, missed: pd.DataFrame, plan: Plan) -> None:
    page.subheader("Planned and not visited ({count})", count=len(missed))
    if missed.empty:
        page.caption("No stop of a day that is over was missed.")
        return
    teams = dict(zip(plan.shifts["team_id"], plan.shifts["team"], strict=True))
    names = [team_text(teams.get(each, each), say=page.say) for each in missed["team_id"]]
    title = page.say("Planned and not visited")
    table.table(
        page, missed.assign(team=names), MISSED, key="plan_missed", export=title, height_px=300
    )


def _show_rates(page: Page, rows: pd.DataFrame, first: Column) -> None:
    table.table(
        page, _rates_written(page, rows), (first, *_COUNTS), key=f"plan_{first.source}s",
        export=page.say("List and chance"), search=False,
    )  # fmt: skip


def _rates_written(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with each ``rate`` as a text, its range beside it."""
    rates = [share_text(row, say=page.say) for row in rows.itertuples(index=False)]
    return rows.assign(rate=rates)
