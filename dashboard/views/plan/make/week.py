"""Making the plan of a week: which week, with whom, and what kind of days they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from dashboard.i18n.patrol import listed, span_text
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, running
from dashboard.views.plan.make import days as make_days
from governance.patrols.routing.model.plan import PlanOptions

_WEEK = timedelta(days=7)
_LONGEST_S, _ALL = 600, 100
_MOST_TEAMS, _USUAL_TEAMS = 100, 3


def show(page: Page, *, opened: Callable[[], None]) -> None:
    """Ask for the week and the teams, tell the days, and make the plan.

    Parameters
    ----------
    page
        For whom.
    opened
        Shows the board, where the week's plan is there already.
    """
    say = page.say
    if page.office.scores.snapshots(page.actor).empty:
        st.info(say("There is no score yet, and a plan follows from it. Import the tables, then "
                    "score."))  # fmt: skip
        if st.button(say("Go to {page}", page=say.name("page", "importing")), key="plan_to_import"):
            frame.go(page, "importing")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        first = _choose_week(page)
        last = first + _WEEK - timedelta(days=1)
        _tell_existing(page, first, opened)
        options = _choose_effort(page, first, last)
        _offer_to_make(page, options)
    with right:
        make_days.show(page, first, last)


def _choose_week(page: Page) -> date:
    """Ask for a week by any day of it and return its Monday."""
    say = page.say
    today = page.office.clock.today()
    day = st.date_input(
        say("Any day of the week to plan"), value=today - timedelta(days=today.weekday()) + _WEEK,
        format="YYYY-MM-DD", key="plan_week",
    )  # fmt: skip
    chosen = day if isinstance(day, date) else today
    first = chosen - timedelta(days=chosen.weekday())
    st.markdown(f"**{span_text(first, first + timedelta(days=6), say=say)}**")
    return first


def _tell_existing(page: Page, first: date, opened: Callable[[], None]) -> None:
    say = page.say
    plan = page.office.plans.of_week(page.actor, first)
    if plan is None:
        return

    def look() -> None:
        plan_picker.choose(plan.plan_id)
        opened()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            say("This week has a plan already ({state}).",
                state=say.name("plan_state", plan.state))
        )  # fmt: skip
        st.button(say("Open it"), on_click=look, key="plan_open")


def _choose_effort(page: Page, first: date, last: date) -> PlanOptions:
    """Ask with how many teams, how long to search and how much to leave to chance."""
    say = page.say
    named = page.office.teams.all(page.actor)
    if named:
        st.caption(
            say("Your teams: {teams}.", teams=listed((team.name for team in named), say=say))
        )
    else:
        st.info(say("No team is named yet, so teams of two are supposed. Name yours under "
                    "“Teams”: then the plan knows who goes when, and each team sees its "
                    "route."))  # fmt: skip
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
        one_more = st.checkbox(
            say("Work out what one more team would add"), value=True, key="plan_one_more"
        )
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


def _offer_to_make(page: Page, options: PlanOptions) -> None:
    if st.button(page.say("Make the plan"), type="primary", key="plan_make"):
        office, actor = page.office, page.actor
        running.panel.start(page, lambda tell: office.plans.make(actor, options, progress=tell))
