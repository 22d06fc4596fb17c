"""Telling the teams: publishing, taking back, paper, workbooks and the map to take along."""

import pandas as pd
import streamlit as st

from dashboard.documents import plan_workbook
from dashboard.documents.route_sheets import patrol_book
from dashboard.i18n.patrol import listed, shift_text, short_span, team_text
from dashboard.maps.route_maps import hues_of, routes_page, ways_of
from dashboard.server import plan_routes
from dashboard.ui import change, download, pick
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker
from dashboard.views.plan.board import plan as board_plan
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanKind, PlanNote, PlanState


def show(page: Page) -> None:
    """Show the state of the chosen plan, what may be done about it, and what to take along."""
    say = page.say
    plan = plan_picker.ask(page, key="plan_choice_publish")
    if plan is None:
        return
    st.caption(board_plan.about(plan, page=page))
    if may(page.actor, Action.PUBLISH_PLAN):
        _offer_state(page, plan)
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
            made=lambda: plan_workbook.whole_book(plan, say=say), file_name=f"{title}.xlsx",
            plan=plan.plan_id, stops=len(plan.stops),
        )  # fmt: skip


def _offer_state(page: Page, plan: Plan) -> None:
    say, plans = page.say, page.office.plans

    def done(published: Plan) -> str:
        text = say("Published. Each team sees its route now.")
        replaced = PlanNote.REPLACED_PLAN in published.notes
        return f"{text} {say.name('plan_note', PlanNote.REPLACED_PLAN)}" if replaced else text

    with st.container(horizontal=True, vertical_alignment="center", key="plan_state"):
        if plan.state == PlanState.DRAFT:
            over = plan.totals.over_time > 0
            change.confirm(
                page,
                say("Publish"),
                explained=_what_matters(page, plan),
                yes=say("Publish although shifts are over time") if over else say("Yes, publish"),
                key="plan_publish",
                change=lambda: plans.publish(
                    page.actor, plan.plan_id, version=plan.version, over_time=over
                ),
                done=done,
                kind="primary",
            )
        if plan.state != PlanState.CANCELLED:
            change.confirm(
                page,
                say("Cancel this plan"),
                explained=say("The teams no longer see it. It stays here to be read."),
                yes=say("Yes, cancel it"),
                key="plan_cancel",
                change=lambda: plans.cancel(page.actor, plan.plan_id, version=plan.version),
                done=say("Cancelled. No team sees it any more."),
            )


def _what_matters(page: Page, plan: Plan) -> str:
    """Return, as a list, what a person should know before a plan is published."""
    say, totals = page.say, plan.totals
    lines = [
        say("{stops} stops in {shifts} shifts.", stops=totals.stops, shifts=totals.shifts),
        say("From then on each team sees its route under “My buildings”."),
    ]
    if over := [shift_text(each, say=say)
                for each in plan.shifts[plan.shifts["over_minutes"] > 0].itertuples()]:  # fmt: skip
        lines.append(say("⚠ Over time: {shifts}.", shifts=listed(over, say=say)))
    if alone := _teams_of_nobody(page, plan):
        lines.append(say("⚠ Nobody is in {teams}: no one would see the route.",
                         teams=listed(alone, say=say)))  # fmt: skip
    if plan.last < page.office.clock.today():
        lines.append(say("⚠ These days are over."))
    if free := totals.stops - len(plan.locked):
        lines.append(say("{count} stops are not locked: planning anew would move them.",
                         count=free))  # fmt: skip
    if _has_another(page, plan):
        lines.append(say("The plan published for this week until now is cancelled."))
    return "\n".join(f"- {line}" for line in lines)


def _teams_of_nobody(page: Page, plan: Plan) -> list[str]:
    """Name the teams that go out and have no member now."""
    manned = {each.team_id for each in page.office.teams.all(page.actor) if each.members}
    going = set(plan.shifts.loc[plan.shifts["stops"] > 0, "team_id"]) - manned
    return [team_text(each.name, say=page.say) for each in plan.teams if each.team_id in going]


def _has_another(page: Page, plan: Plan) -> bool:
    every = page.office.plans.all(page.actor)
    same = (every["kind"] == PlanKind.WEEK) & (every["state"] == PlanState.PUBLISHED)
    overlap = (every["first"] <= plan.last) & (every["last"] >= plan.first)
    return plan.kind == PlanKind.WEEK and bool((same & overlap).any())


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
        if may(page.actor, Action.EXPORT):
            address = plan_routes.sheet_url(
                plan.plan_id, shifts=shifts["shift_id"].tolist(), language=say.language
            )
            st.link_button(say("Sheets to print (A4)"), address)
        for text, ending, made in offers:
            download.offer(
                page, text, made=made, file_name=f"{title}.{ending}", key=f"plan_take_{ending}",
                mime="text/html" if ending.endswith("html") else None,
                plan=plan.plan_id, shifts=len(shifts),
            )  # fmt: skip


def _choose_shifts(page: Page, plan: Plan) -> pd.DataFrame:
    say = page.say
    shifts = plan.shifts[plan.shifts["stops"] > 0].sort_values(["team_id", "day", "from_minute"])
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
    ways = [way for rows in sheets for way in ways_of(shifts, rows, hues=hues, say=say)]
    facts = page.office.settings(page.actor).name
    return routes_page(ways, title=title, facts=facts, say=say)
