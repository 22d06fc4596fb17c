"""Telling the teams: publishing, taking back, paper, workbooks and the map to take along."""

import pandas as pd
import streamlit as st

from dashboard.documents import plan_workbook
from dashboard.documents.route_sheets import patrol_book
from dashboard.i18n.patrol import shift_text, short_span, team_text
from dashboard.maps.route_maps import hues_of, routes_of, routes_page
from dashboard.server.visits import plan_routes
from dashboard.ui import download, pick
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, plan_state
from dashboard.views.plan.board import plan as board_plan
from geo.addresses.lexicon import natural_key
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanState


def show(page: Page) -> None:
    """Show the state of the chosen plan, what may be done about it, and what to take along."""
    say = page.say
    plan = plan_picker.ask(page, key="plan_choice_publish")
    if plan is None:
        return
    st.caption(board_plan.about(plan, page=page))
    _tell_shown(page, plan)
    if may(page.actor, Action.PUBLISH_PLAN):
        plan_state.show(page, plan)
    page.subheader("For the teams")
    page.caption(
        "Times, buildings and what to look for. Never why a building is on it, nor "
        "which ones chance has drawn."
    )
    _offer_sheets(page, plan)
    if may(page.actor, Action.MAKE_PLAN) and may(page.actor, Action.EXPORT):
        page.subheader("For the office")
        page.caption("With reasons, chances and what is left uncovered: not for the teams.")
        title = say("Plan with reasons {day}", day=plan.first)
        download.offer(
            page, say("Everything as Excel, with reasons"), key="plan_book_all",
            made=lambda: plan_workbook.workbook_of(plan, say=say), file_name=f"{title}.xlsx",
            plan=plan.plan_id, stops=len(plan.stops),
        )  # fmt: skip


def _tell_shown(page: Page, plan: Plan) -> None:
    """Say by which version teams go where a published plan was changed since."""
    versions = page.office.plans.versions(page.actor, plan.plan_id)
    shown = versions.loc[versions["shown"], "version"]
    if plan.state == PlanState.DRAFT and len(shown):
        page.info("Version {version} is published, and the teams go by it. What was changed since "
                  "holds once it is published again.", version=int(shown.iloc[0]))  # fmt: skip


def _offer_sheets(page: Page, plan: Plan) -> None:
    """Offer paper, workbook and map of everybody, of a team or of one shift."""
    say = page.say
    shifts = _choose_shifts(page, plan)
    if shifts.empty:
        page.info("No stops in this plan.")
        return
    office = page.office.settings(page.actor).name
    title = say("Patrol routes {days}", days=short_span(plan.first, plan.last, say=say))

    def sheets() -> list[pd.DataFrame]:
        ids = [str(each) for each in shifts["shift_id"]]
        rows = page.office.team_routes.sheets(page.actor, plan.plan_id, ids)
        by_shift = dict(tuple(rows.groupby("shift_id", sort=False)))
        return [by_shift[each] for each in ids if each in by_shift]

    offers = (
        (say("Excel, a sheet for each team"), "xlsx",
         lambda: patrol_book(sheets(), office=office, say=say)),
        (say("Map as one file"), "map.html",
         lambda: team_map(page, plan, sheets(), title=title).encode()),
    )  # fmt: skip
    with st.container(horizontal=True, key="plan_sheets"):
        _offer_printing(page, plan, shifts)
        for text, ending, made in offers:
            download.offer(
                page, text, made=made, file_name=f"{title}.{ending}", key=f"plan_take_{ending}",
                mime="text/html" if ending.endswith("html") else None,
                plan=plan.plan_id, shifts=len(shifts),
            )  # fmt: skip


def _offer_printing(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    """Open the sheets as a page to print, for who may take them along."""
    say = page.say
    if may(page.actor, Action.EXPORT):
        ids = shifts["shift_id"].tolist()
        address = plan_routes.sheet_url(plan.plan_id, shifts=ids, language=say.language)
        st.link_button(say("Sheets to print (A4)"), address)


def _choose_shifts(page: Page, plan: Plan) -> pd.DataFrame:
    say = page.say
    shifts = plan.shifts[plan.shifts["stops"] > 0].sort_values(["day", "from_minute"])
    shifts = shifts.sort_values("team_id", key=lambda ids: ids.map(natural_key), kind="stable")
    teams = dict(zip(shifts["team_id"], shifts["team"], strict=True))
    names = {team_id: team_text(name, say=say) for team_id, name in teams.items()}
    left, right = st.columns(2)
    team = pick.one_or_none(say("Team"), names, none=say("all"), key="plan_sheet_team", at=left)
    if team:
        shifts = shifts[shifts["team_id"] == team]
    names = {str(s.shift_id): shift_text(s, say=say) for s in shifts.itertuples(index=False)}
    shift = pick.one_or_none(say("Shift"), names, none=say("all"), key="plan_sheet_shift", at=right)
    return shifts[shifts["shift_id"] == shift] if shift in names else shifts


def team_map(page: Page, plan: Plan, sheets: list[pd.DataFrame], *, title: str) -> str:
    """Return the ways of some shifts as one file that tells no more than a team may know."""
    say = page.say
    hues = hues_of(plan.shifts["shift_id"])
    sheets = [rows for rows in sheets if len(rows)]
    shown = [str(rows["shift_id"].iloc[0]) for rows in sheets]
    shifts = plan.shifts[plan.shifts["shift_id"].isin(shown)]
    ways = [way for rows in sheets for way in routes_of(shifts, rows, hues=hues, say=say)]
    facts = page.office.settings(page.actor).name
    return routes_page(ways, title=title, facts=facts, say=say)
