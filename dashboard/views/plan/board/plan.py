"""A plan on the page: figures, board, map, and what it leaves uncovered."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n.markdown import plain
from dashboard.server.visits import plan_routes
from dashboard.ui import table
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker
from dashboard.views.plan.board import board, figures, toolbar, week
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanState

_MAP_PX = 460
VERSIONS = (
    Column("version"),
    Column("at", source="made_at", format=MINUTE),
    Column("by"),
    Column("change", source="note", kind="plan_change"),
    Column("plan_state", source="state", kind="plan_state"),
    Column("shown"),
)


def show(page: Page) -> None:
    """Show the chosen plan and let it be changed by whoever may."""
    plan = plan_picker.ask(page, key="plan_choice_board")
    if plan is None:
        return
    st.markdown(f"**{figures.line(plan.totals, say=page.say)}**  \n{about(plan, page=page)}")
    if plan.shifts.empty:
        page.info("No team is out in these days. Look at the teams' shifts.")
        figures.show(page, plan)
        return
    shifts = week.choose_shifts(page, plan)
    page.heading(plain(week.chosen_text(shifts, say=page.say)))
    if may(page.actor, Action.MAKE_PLAN) and plan.state != PlanState.CANCELLED:
        toolbar.show(page, plan, shifts)
    board.show(page, plan, shifts)
    _show_map(page, plan, shifts)
    page.subheader("The whole plan")
    figures.show(page, plan)
    figures.show_uncovered(page, plan)
    _show_versions(page, plan)


def about(plan: Plan, *, page: Page) -> str:
    """Say who made a plan when, and in which state it is."""
    say = page.say
    people = page.office.plans.people(page.actor)
    return say(
        "{state} · version {version} · {at} · {by}",
        state=say.name("plan_state", plan.state),
        version=plan.version,
        at="" if plan.made_at is None else f"{plan.made_at:%Y-%m-%d %H:%M}",
        by=plain(people.get(plan.made_by, plan.made_by)),
    )


def _show_map(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    say = page.say
    page.subheader("Routes on the map")
    address = plan_routes.map_url(
        plan.plan_id,
        version=plan.version,
        shifts=shifts["shift_id"].tolist(),
        language=say.language,
    )
    explained = say("Map of the ways, a colour for each shift; the board says the same")
    st.iframe(address, height=_MAP_PX, alt=explained)


def _show_versions(page: Page, plan: Plan) -> None:
    """List who changed what, and which version the teams go by."""
    versions = page.office.plans.versions(page.actor, plan.plan_id)
    people = page.office.plans.people(page.actor)
    with st.expander(page.say("What was changed ({count} versions)", count=len(versions))):
        named = versions.assign(by=[people.get(str(each), each) for each in versions["made_by"]])
        table.table(page, named, VERSIONS, key="plan_versions", search=False)
