"""Making the plan of a week: which week, with whom, and what kind of days they are."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.patrol import day_text, listed, span_text
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, plan_task
from governance.patrols.routing.model.plan import PlanOptions

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_LONGEST_S, _ALL = 600, 100
_MOST_TEAMS, _USUAL_TEAMS = 100, 3


def show(page: Page, *, opened: Callable[[], None]) -> None:
    """Ask for the week and the teams, tell the days, and make the plan.

    ``opened``: shows the board, where the week's plan is there already.
    """
    say = page.say
    if page.office.scores.snapshots(page.actor).empty:
        page.info(
            "There is no score yet, and a plan follows from it. Import the tables, then score."
        )
        if st.button(say("Go to {page}", page=say.name("page", "importing")), key="plan_to_import"):
            frame.go(page, "importing")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        first = _choose_week(page)
        last = first + _WEEK - _DAY
        _tell_existing(page, first, opened)
        options = _choose_effort(page, first, last)
        busy = plan_task.panel.busy
        if st.button(say("Make the plan"), type="primary", key="plan_make", disabled=busy):
            plan_task.make(page, options)
    with right:
        _show_days(page, page.office.calendar.days(page.actor, first, last))


def _choose_week(page: Page) -> date:
    """Ask for a week by any day of it and return its Monday."""
    say, today = page.say, page.office.clock.today()
    label, next_monday = say("Any day of the week to plan"), _monday(today) + _WEEK
    first = _monday(pick.day(label, next_monday, key="plan_week") or today)
    st.markdown(f"**{span_text(first, first + _WEEK - _DAY, say=say)}**")
    return first


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _tell_existing(page: Page, first: date, opened: Callable[[], None]) -> None:
    say = page.say
    plan = page.office.plans.of_week(page.actor, first)
    if plan is None:
        return

    def look() -> None:
        plan_picker.choose(plan.plan_id)
        opened()

    with st.container(horizontal=True, vertical_alignment="center"):
        page.info(
            "This week has a plan already ({state}). One more is a draft beside it, to be looked "
            "at under “Compare drafts”.",
            state=say.name("plan_state", plan.state),
        )
        st.button(say("Open it"), on_click=look, key="plan_open")


def _choose_effort(page: Page, first: date, last: date) -> PlanOptions:
    """Ask with how many teams, how long to search and how much to leave to chance."""
    say = page.say
    named = page.office.teams.all(page.actor)
    if named:
        page.caption("Your teams: {teams}.", teams=listed((team.name for team in named), say=say))
    else:
        page.info(
            "No team is named yet, so teams of two are supposed. Name yours under “Teams”: "
            "then the plan knows who goes when, and each team sees its route."
        )
    teams = st.number_input(
        say("Use so many teams"), 1, len(named) or _MOST_TEAMS, len(named) or _USUAL_TEAMS,
        key="plan_teams",
    )  # fmt: skip
    with st.expander(say("More choices")):
        share = random_share(page, key="plan_share")
        seconds = st.number_input(
            say("Search for so many seconds"), 1, _LONGEST_S, value=None, key="plan_seconds",
            placeholder=say("as in the settings"),
            help=say("Longer finds a little better routes."),
        )  # fmt: skip
        label = say("Work out what one more team would add")
        one_more = st.checkbox(label, value=True, key="plan_one_more")
    return PlanOptions(
        first=first, last=last, teams=int(teams), random_share=share,
        seconds=None if seconds is None else float(seconds), one_more=one_more,
    )  # fmt: skip


def random_share(page: Page, *, key: str) -> float | None:
    """Ask which share of the visits chance alone chooses; None as in the settings."""
    say = page.say
    share = st.number_input(
        say("Drawn by chance alone, % of visits"), 0, _ALL, value=None, key=key,
        placeholder=say("as in the settings"),
        help=say("The only way to learn afterwards whether the list finds more than chance. "
                 "Teams are never told which ones."),
    )  # fmt: skip
    return None if share is None else share / _ALL


def _show_days(page: Page, days: pd.DataFrame) -> None:
    """List days, each with what it is; what nobody has announced is unknown."""
    say = page.say
    page.subheader("What kind of days")
    rows = [
        [(day_text(day.day, say=say), ""), (listed(words_of(day, say=say), say=say), "")]
        for day in list[Any](days.itertuples(index=False))
    ]
    heads, title = (say("Day"), say("What it is")), say("What kind of days")
    st.html(render("pages/table.html", kind="gw-days", title=title, heads=heads, rows=rows,
                   named=True))  # fmt: skip
    if days["school_break"].isna().any():
        page.caption(
            "Whether school is on is unknown for some of these days: enter terms, breaks "
            "and exams under “Calendar”. Until then the plan takes them for ordinary "
            "days."
        )
    if days["is_rest_day"].isna().any():
        page.caption(
            "The holidays of that year are not announced yet, or not entered; weekends "
            "are taken for days of rest."
        )


def words_of(day: Any, *, say: Translator) -> list[str]:  # noqa: ANN401 -- a row of itertuples
    """Return everything that is known about a day, and what is not.

    ``day``: columns of :data:`data.calendars.calendar.DAY_COLUMNS`, and ``name`` of what it is part
    of.
    """
    words = [_work(day, say=say), str(getattr(day, "name", "") or "")]
    if pd.isna(day.school_break):
        words.append(say("school unknown"))
    else:
        words.append(say("school break") if day.school_break else say("school is on"))
    if _true(day.before_exam):
        words.append(say("shortly before exams"))
    return [word for word in words if word]


def _work(day: Any, *, say: Translator) -> str:  # noqa: ANN401 -- as above
    if pd.isna(day.is_rest_day):
        return say("holidays unknown")
    if _true(day.is_holiday):
        return say("public holiday")
    if _true(day.is_makeup_workday):
        return say("worked in exchange for a holiday")
    return say("day of rest") if day.is_rest_day else say("working day")


def _true(value: Any) -> bool:  # noqa: ANN401 -- true, false or unknown
    return not pd.isna(value) and bool(value)
