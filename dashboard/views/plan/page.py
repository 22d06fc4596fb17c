"""巡查计划: who looks where next week: made, moved, published, and compared with chance."""

from functools import partial

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.plan import compare, plan_task, publish, results
from dashboard.views.plan.board import plan as board_plan
from dashboard.views.plan.make import calendar, campaign, teams, week
from governance.access.permissions import Action, may

_TABS = "plan_tabs"


def show(page: Page) -> None:
    """Show the parts of the page that the acting person may use."""
    say, actor = page.say, page.actor
    st.title(say("Patrol plan"))
    makes = may(actor, Action.MAKE_PLAN)
    judges = makes and may(actor, Action.EVALUATE) and actor.scope.street
    shown = (
        Part("make", say("Make a plan"), partial(week.show, opened=lambda: _open(page)), makes),
        Part("board", say("The plan"), board_plan.show),
        Part(
            "compare",
            say("Compare drafts"),
            partial(compare.show, opened=lambda: _open(page)),
            makes,
        ),
        Part("publish", say("Publish and print"), publish.show),
        Part("after", say("After the week"), results.show, judges),
        Part("campaign", say("Campaign"), campaign.show, makes),
        Part("teams", say("Teams"), teams.show, makes),
        Part("days", say("Calendar"), calendar.show, makes),
    )
    plan_task.show(page, made=lambda: _open(page))
    nothing = "part" not in st.query_params and page.office.plans.all(page.actor).empty
    parts.show_parts(page, shown, key=_TABS, first="make" if nothing else "board")


def _open(page: Page) -> None:
    """Let the board be the part that is shown."""
    st.session_state[_TABS] = page.say("The plan")
