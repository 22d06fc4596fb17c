"""巡查计划: who looks where next week: made, moved, published, and compared with chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.plan import publish as plan_publish
from dashboard.views.plan import results as plan_results
from dashboard.views.plan import running
from dashboard.views.plan.board import plan as board_plan
from dashboard.views.plan.make import calendar as make_calendar
from dashboard.views.plan.make import campaign, week
from dashboard.views.plan.make import teams as make_teams
from governance.access.permissions import Action, may

_TABS = "plan_tabs"
MAKING = ("make", "campaign", "teams", "days")
"""Parts that are only for who makes plans."""


def show(page: Page) -> None:
    """Show the parts of the page that the acting person may use."""
    say = page.say
    st.title(say("Patrol plan"))
    parts: dict[str, tuple[str, Callable[[Page], None]]] = {
        "make": (say("Make a plan"), partial(week.show, opened=lambda: _open(page))),
        "board": (say("The plan"), board_plan.show),
        "publish": (say("Publish and print"), plan_publish.show),
        "after": (say("After the week"), plan_results.show),
        "campaign": (say("Campaign"), campaign.show),
        "teams": (say("Teams"), make_teams.show),
        "days": (say("Calendar"), make_calendar.show),
    }
    actor = page.actor
    if not may(actor, Action.MAKE_PLAN):
        for name in MAKING:
            del parts[name]
    if not (may(actor, Action.EVALUATE) and may(actor, Action.MAKE_PLAN) and actor.scope.street):
        del parts["after"]
    running.show(page, made=lambda: _open(page))
    first = st.query_params.get("part") or _part_to_begin(page)
    names = [name for name, _ in parts.values()]
    default = parts.get(first, next(iter(parts.values())))[0]
    tabs = st.tabs(names, key=_TABS, on_change="rerun", default=default)
    for tab, (_, part) in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab, frame.telling_failures(say):
                part(page)


def _open(page: Page) -> None:
    """Let the board be the part that is shown."""
    st.session_state[_TABS] = page.say("The plan")


def _part_to_begin(page: Page) -> str:
    """Return the board where there is a plan, else where one is made."""
    return "make" if page.office.plans.all(page.actor).empty else "board"
