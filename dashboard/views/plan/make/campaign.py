"""A campaign: one form makes a plan for a span of days with its own floor; then its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.documents.columns import Column, columns_of
from dashboard.i18n import Translator
from dashboard.ui import table
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, running
from dashboard.views.plan.make import week
from dashboard.views.plan.make.occasions import Occasion, occasions
from data.contracts.vocabulary import BuildingKind
from governance.patrols.routing.model.plan import CAMPAIGN, PlanOptions
from governance.visits.rules.settings import TIERS

_LONGEST, _ALL = 366, 100
_USUAL_FLOOR_SHARE = 80  # a campaign is about its floor; a week's plan follows the settings


def show(page: Page) -> None:
    """Show the form, then the summary of a campaign that was made."""
    say = page.say
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader(say("A new campaign"))
        occasion = _choose_occasion(page)
        with st.form(f"campaign_{occasion.label}", border=False, enter_to_submit=False):
            options = _choose_focus(page, occasion)
            asked = st.form_submit_button(say("Make the campaign's plan"), type="primary")
        if asked and (told := _missing(options, say=say)):
            st.warning(told)
        elif asked:
            _make(page, options)
    with right:
        _show_summary(page)


def _choose_occasion(page: Page) -> Occasion:
    """Ask what the campaign is for: it fills the form, so that one button makes the plan."""
    say = page.say
    today = page.office.clock.today()
    offered = {
        each.label: each
        for each in occasions(page.office.calendar.spans(page.actor), today=today, say=say)
    }
    chosen = st.pills(say("What for"), list(offered), default=next(iter(offered)), required=True,
                      key="campaign_for", wrap=True)  # fmt: skip
    occasion = offered[chosen or next(iter(offered))]
    if occasion.first is None:
        st.caption(say("These days are set locally: fill them in here, or enter them under "
                       "“Calendar” and they stand here."))  # fmt: skip
    elif not occasion.announced:
        st.caption(say("Which days are off is not announced yet. These are supposed: check "
                       "them."))  # fmt: skip
    return occasion


def _choose_focus(page: Page, occasion: Occasion) -> dict[str, Any]:
    """Ask what the campaign is called, when it is and what it looks at; filled as is usual."""
    say, of = page.say, occasion.label
    title = st.text_input(say("Name of the campaign"), occasion.name, key=f"campaign_name_{of}")
    left, right = st.columns(2)
    first = left.date_input(
        say("First day"), occasion.first, format="YYYY-MM-DD", key=f"campaign_first_{of}"
    )
    last = right.date_input(
        say("Last day"), occasion.last, format="YYYY-MM-DD", key=f"campaign_last_{of}"
    )
    floor = st.number_input(
        say("Every building at least once in so many days"), 1, _LONGEST, occasion.floor_days,
        key=f"campaign_floor_{of}",
    )  # fmt: skip
    focus = st.text_input(say("What it is about"), occasion.focus, key=f"campaign_focus_{of}")
    with st.expander(say("More choices")):
        kinds = st.multiselect(
            say("Only these kinds of building"), [kind.value for kind in BuildingKind],
            placeholder=say("all"), key="campaign_kinds",
        )  # fmt: skip
        places = page.office.responsibility.communities(page.actor)
        communities = st.multiselect(
            say("Only these communities"), list(places), format_func=places.__getitem__,
            placeholder=say("all"), key="campaign_communities",
        )  # fmt: skip
        share = week.random_share(page, key="campaign_share")
        floor_share = st.number_input(
            say("At most so much of the stops for the floor, %"), 0, _ALL, _USUAL_FLOOR_SHARE,
            key="campaign_floor_share",
            help=say("The rest goes where most is expected to be found."),
        )  # fmt: skip
    return {
        "first": first, "last": last, "title": title.strip(), "focus": focus.strip(),
        "floor_days": dict.fromkeys(TIERS.values(), int(floor)), "kinds": tuple(kinds),
        "communities": tuple(communities), "random_share": share,
        "floor_share": floor_share / _ALL,
    }  # fmt: skip


def _missing(options: Mapping[str, Any], *, say: Translator) -> str:
    """Say what a campaign still needs, or "" where nothing is missing."""
    if options["first"] is None or options["last"] is None:
        return say("Choose the first and the last day.")
    if options["last"] < options["first"]:
        return say("The last day is before the first.")
    return "" if options["title"] else say("Give the campaign a name.")


def _make(page: Page, options: Mapping[str, Any]) -> None:
    asked = PlanOptions(kind=CAMPAIGN, **options)
    office, actor = page.office, page.actor
    running.panel.start(page, lambda tell: office.plans.make(actor, asked, progress=tell))


def _show_summary(page: Page) -> None:
    say = page.say
    st.subheader(say("What a campaign came to"))
    plan = plan_picker.ask(page, key="plan_choice_campaign", kind=CAMPAIGN)
    if plan is None:
        st.info(say("No campaign was planned yet. Choose what for and press “Make the campaign's "
                    "plan”; what it came to stands here afterwards."))  # fmt: skip
        return
    found = page.office.campaigns.summary(page.actor, plan.plan_id)
    if not found.over:
        st.info(say("These days are not over yet; what is shown counts until now."))
    st.markdown(f"**{summary_sentence(found, say=say)}**")
    st.caption(
        say("{visited} of {planned} planned places; {suspected} with a suspicion; {joint} joint "
            "checks.", visited=f"{found.places:,}", planned=f"{found.planned:,}",
            suspected=found.suspected, joint=found.joint)
    )  # fmt: skip
    if found.elsewhere.places:
        st.caption(
            say("Beside it, the teams checked {places} places that were not on the plan and found "
                "{problems} problems there.", places=f"{found.elsewhere.places:,}",
                problems=f"{found.elsewhere.problems:,}")
        )  # fmt: skip
    tables = {
        Column("building_kind"): found.kinds,
        Column("visit_kind", source="mode", kind="visit_kind"): found.modes,
        Column("department"): found.departments,
    }
    for first, rows in tables.items():
        if len(rows):
            columns = (first, *columns_of("places", "problems", "suspected", "checks"))
            title = str(found.title)
            table.table(
                page, rows, columns, key=f"campaign_{first.name}", export=title, search=False
            )


def summary_sentence(found: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a CampaignSummary
    """Return what a campaign came to, in the words of the field's reports."""
    return say(
        "{people} turns of duty, {places} places checked, {problems} problems found.",
        people=f"{found.person_times:,}", places=f"{found.places:,}",
        problems=f"{found.problems:,}",
    )  # fmt: skip
