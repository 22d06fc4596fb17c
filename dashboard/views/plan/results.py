"""After the week: what the list found beside what chance alone found, planned beside visited."""

from __future__ import annotations

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
from governance.patrols.routing.model.plan import LIST, RANDOM, Plan

_HEADERS = ("planned", "visited", "found", "rate")
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
    say = page.say
    today = page.office.clock.today()
    plan = plan_picker.ask(page, key="plan_choice_after", begun_by=today)
    if plan is None:
        st.info(say("There is no plan yet. Make one under “Make a plan”."))
        return
    found = page.office.plan_evaluation.evaluate(page.actor, plan_id=plan.plan_id)
    if not found.over:
        st.info(say("These days are not over yet; what is shown counts until now."))
    if not int(found.arms["visited"].sum()):
        st.info(say("No visit of this plan was recorded yet."))
        return
    st.markdown(sentence(found.arms, verdict=str(found.verdict), say=say))
    compared = found.arms[found.arms["arm"].isin([LIST, RANDOM])]
    chart.show(charts_patrol.rates_spec(compared, say=say), key="plan_arms_chart")
    st.caption(say("The bar is the range in which the true rate lies with {level}. Chance alone "
                   "chose the random arm: it shows what one finds anywhere.",
                   level=f"{found.level:.0%}"))  # fmt: skip
    if found.base_rate is not None:
        st.markdown(say("A visit anywhere would find something in {rate} of cases ({low} to "
                        "{high}).", rate=f"{found.base_rate:.0%}", low=f"{found.base_low:.0%}",
                        high=f"{found.base_high:.0%}"))  # fmt: skip
    if found.so_far_plans > 1:
        so_far = sentence(found.so_far.arms, verdict=str(found.so_far.verdict), say=say)
        st.markdown(say("The last {count} weeks together: {sentence}", count=found.so_far_plans,
                        sentence=so_far))  # fmt: skip
    _show_rates(page, found.arms, Column("part_of_plan", source="arm", kind="arm"))
    st.subheader(say("By kind of visit"))
    _show_rates(page, found.modes, Column("visit_kind", source="mode", kind="visit_kind"))
    _show_hours(page, found.hours)
    _show_missed(page, found.missed, plan)


def sentence(rows: pd.DataFrame, *, verdict: str, say: Translator) -> str:
    """Say in a sentence what both arms found, and whether the difference can be told.

    Parameters
    ----------
    rows
        ``arm, visited, found, rate, low, high``.
    verdict
        ``more``, ``less``, ``cannot_tell`` or ``too_few``.
    say
        Wording.
    """
    arms: dict[str, Any] = {str(row.arm): row for row in rows.itertuples(index=False)}
    texts = [
        say("**{arm}**: something was found at {found} of {visited} visits ({rate}).",
            arm=say.name("arm", arm), found=int(row.found), visited=int(row.visited),
            rate=share_text(row, say=say))
        for arm in (LIST, RANDOM)
        if (row := arms.get(arm)) is not None and row.visited
    ]  # fmt: skip
    return " ".join([*texts, say.name("plan_verdict", verdict)])


def _show_hours(page: Page, hours: pd.DataFrame) -> None:
    """Show at which hours nobody opened, where hours were noted: the next plan may go by it."""
    if hours.empty:
        return
    say = page.say
    title = say("At which hours nobody opened")
    st.subheader(title)
    rates = hours.rename(columns={"share": "rate"})
    written = rates.assign(
        hour=[f"{hour:02d}:00" for hour in hours["hour"]],
        rate=[share_text(row, say=say) for row in rates.itertuples(index=False)],
    )
    columns = (
        Column("hour"),
        Column("visited", source="visits"),
        Column("no_access"),
        Column("rate", header=say("Share")),
    )
    table.table(page, written, columns, key="plan_hours", export=title, search=False)


def _show_missed(page: Page, missed: pd.DataFrame, plan: Plan) -> None:
    """List the stops where nobody was."""
    say = page.say
    teams = dict(zip(plan.shifts["team_id"], plan.shifts["team"], strict=True))
    st.subheader(say("Planned and not visited ({count})", count=len(missed)))
    if missed.empty:
        return
    named = missed.assign(
        team=[team_text(teams.get(each, each), say=say) for each in missed["team_id"]]
    )
    table.table(
        page, named, MISSED, key="plan_missed", export=say("Planned and not visited"), height_px=300
    )


def _show_rates(page: Page, rows: pd.DataFrame, first: Column) -> None:
    say = page.say
    written = rows.assign(rate=[share_text(row, say=say) for row in rows.itertuples(index=False)])
    table.table(
        page,
        written,
        (first, *columns_of(*_HEADERS)),
        key=f"plan_{first.source}s",
        export=say("List and chance"),
        search=False,
    )
