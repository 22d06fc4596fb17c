"""A campaign: one form makes a plan for a span of days with its own floor; then its summary."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from dashboard.documents.columns import Column, columns_of
from dashboard.i18n import Translator, translator
from dashboard.i18n.markdown import plain
from dashboard.runtime import context
from dashboard.ui import pick, table
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, plan_task
from dashboard.views.plan.make import forecast, week
from dashboard.views.plan.make.occasions import Occasion, occasions
from data.contracts.vocabulary import BuildingKind
from geo.errors import GridwardenError
from governance.office import Office
from governance.patrols.results.campaigns import CampaignSummary
from governance.patrols.routing.model.vocabulary import PlanKind
from governance.patrols.validation import plan_options
from governance.visits.rules.settings import TIERS

_LONGEST, _ALL = 366, 100
_COUNTS = columns_of("places", "problems", "suspected", "checks")
BY_KIND = (Column("building_kind", kind="building_kind"), *_COUNTS)
BY_MODE = (Column("visit_kind", source="mode", kind="visit_kind"), *_COUNTS)
BY_DEPARTMENT = (Column("department"), *_COUNTS)


def show(page: Page) -> None:
    """Show the form, then the summary of a campaign that was made."""
    say = page.say
    left, right = st.columns([2, 3], gap="large")
    with right:
        _show_summary(page)
    with left:  # which waits for the forecast
        page.subheader("A new campaign")
        occasion = _choose_occasion(page)
        chosen = _choose_focus(page, occasion)
        if missing := _missing(chosen, say=say):
            st.warning(missing)
        else:
            _offer_making(page, occasion, chosen)


def make_ahead(office: Office) -> Iterator[None]:
    """Work out what the next occasion comes to as the form is filled at first, for whoever acts."""
    spans, today = office.calendar.spans(context.actor()), office.clock.today()
    occasion = occasions(spans, today=today, say=translator("zh"))[0]
    with suppress(GridwardenError):  # nothing scored, or no buildings yet
        if occasion.first is not None and occasion.last is not None:
            options = plan_options(
                kind=PlanKind.CAMPAIGN, first=occasion.first, last=occasion.last,
                floor_days=dict.fromkeys(TIERS.values(), occasion.floor_days),
            )  # fmt: skip
            office.plans.forecast(context.actor(), options)
            yield


def _offer_making(page: Page, occasion: Occasion, chosen: dict[str, Any]) -> None:
    """Say what these choices come to, then offer to make the plan."""
    of = occasion.label
    keys = {"floor_days": f"campaign_floor_{of}", "last": f"campaign_last_{of}",
            "kinds": "campaign_kinds", "communities": "campaign_communities",
            "floor_share": "campaign_floor_share"}  # fmt: skip

    def fill(**changed: Any) -> None:  # noqa: ANN401 -- a value of the form
        for name, value in changed.items():
            st.session_state[keys[name]] = value

    with page.telling_failures():
        options = plan_options(kind=PlanKind.CAMPAIGN, **chosen)
        forecast.show(page, options, fill=fill)
        label, busy = page.say("Make the campaign's plan"), plan_task.panel.busy
        if st.button(label, type="primary", key="campaign_make", disabled=busy):
            plan_task.make(page, options)


def _choose_occasion(page: Page) -> Occasion:
    """Ask what the campaign is for: it fills the form, so that one button makes the plan."""
    say = page.say
    spans, today = page.office.calendar.spans(page.actor), page.office.clock.today()
    offered = {each.label: each for each in occasions(spans, today=today, say=say)}
    chosen = st.pills(say("What for"), list(offered), default=next(iter(offered)), required=True,
                      key="campaign_for", wrap=True, format_func=plain)  # fmt: skip
    occasion = offered[chosen or next(iter(offered))]
    if occasion.first is None:
        page.caption("These days are set locally: fill them in here, or enter them under "
                     "“Calendar” and they stand here.")  # fmt: skip
    elif not occasion.announced:
        page.caption("Which days are off is not announced yet. These are supposed: check them.")
    return occasion


def _choose_focus(page: Page, occasion: Occasion) -> dict[str, Any]:
    """Ask what the campaign is called, when it is and what it looks at; filled as is usual."""
    say, of = page.say, occasion.label
    title = st.text_input(say("Name of the campaign"), occasion.name, key=f"campaign_name_{of}")
    left, right = st.columns(2)
    st.session_state.setdefault(f"campaign_last_{of}", occasion.last)
    st.session_state.setdefault(f"campaign_floor_{of}", occasion.floor_days)
    first = pick.day(say("First day"), occasion.first, key=f"campaign_first_{of}", at=left)
    last = pick.day(say("Last day"), None, key=f"campaign_last_{of}", at=right)
    floor = st.number_input(
        say("Every building at least once in so many days"), 1, _LONGEST,
        key=f"campaign_floor_{of}",
    )  # fmt: skip
    focus = st.text_input(say("What it is about"), occasion.focus, key=f"campaign_focus_{of}")
    return {
        "first": first, "last": last, "title": title.strip(), "focus": focus.strip(),
        "floor_days": dict.fromkeys(TIERS.values(), int(floor)), **_choose_more(page),
    }  # fmt: skip


def _choose_more(page: Page) -> dict[str, Any]:
    """Ask for what is seldom changed: kinds, communities, and shares of the stops."""
    say = page.say
    with st.expander(say("More choices")):
        kinds = pick.some(
            say("Only these kinds of building"), say.names("building_kind", BuildingKind),
            none=say("all"), key="campaign_kinds",
        )  # fmt: skip
        communities = pick.some(
            say("Only these communities"), page.office.responsibility.communities(page.actor),
            none=say("all"), key="campaign_communities",
        )  # fmt: skip
        share = week.random_share(page, key="campaign_share")
        floor_share = st.number_input(
            say("At most so much of the stops for the floor, %"), 0, _ALL, value=None,
            key="campaign_floor_share", placeholder=say("as in the settings"),
            help=say("The rest goes where most is expected to be found."),
        )  # fmt: skip
    return {
        "kinds": tuple(kinds), "communities": tuple(communities), "random_share": share,
        "floor_share": None if floor_share is None else floor_share / _ALL,
    }  # fmt: skip


def _missing(options: Mapping[str, Any], *, say: Translator) -> str:
    """Say what a campaign still needs, or "" where nothing is missing."""
    if options["first"] is None or options["last"] is None:
        return say("Choose the first and the last day.")
    if options["last"] < options["first"]:
        return say("The last day is before the first.")
    return "" if options["title"] else say("Give the campaign a name.")


def _show_summary(page: Page) -> None:
    page.subheader("What a campaign came to")
    plan = plan_picker.ask(page, key="plan_choice_campaign", kind=PlanKind.CAMPAIGN)
    if plan is None:
        page.info("No campaign was planned yet. Choose what for and press “Make the campaign's "
                  "plan”; what it came to stands here afterwards.")  # fmt: skip
        return
    summary = page.office.campaigns.summary(page.actor, plan.plan_id)
    if not plan_picker.tell_progress(page, summary):
        return
    st.markdown(f"**{summary_sentence(summary, say=page.say)}**")
    page.caption(
        "{visited} of {planned} planned places; {suspected} with a suspicion; {joint} joint "
        "checks.",
        visited=summary.places, planned=summary.planned,
        suspected=summary.suspected, joint=summary.joint,
    )  # fmt: skip
    elsewhere = summary.elsewhere
    if elsewhere.places:
        page.caption(
            "Beside it, the teams checked {places} places that were not on the plan and found "
            "{problems} problems there.",
            places=elsewhere.places, problems=elsewhere.problems,
        )  # fmt: skip
    tables = ((summary.kinds, BY_KIND), (summary.modes, BY_MODE),
              (summary.departments, BY_DEPARTMENT))  # fmt: skip
    for rows, columns in tables:
        if len(rows):
            key = f"campaign_{columns[0].name}"
            table.table(page, rows, columns, key=key, export=str(summary.title), search=False)


def summary_sentence(summary: CampaignSummary, *, say: Translator) -> str:
    """Return what a campaign came to, in the words of the field's reports."""
    return say(
        "{people} turns of duty, {places} places checked, {problems} problems found.",
        people=summary.person_times, places=summary.places,
        problems=summary.problems,
    )  # fmt: skip
