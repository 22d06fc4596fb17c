"""A campaign: one form makes a plan for a span of days with its own floor; then its summary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.answers import building_places
from dashboard.components import evaluation_table
from dashboard.components.planning import choosing, running, week
from dashboard.patrol_words import span_text
from data.calendar_files import HOLIDAY, SCHOOL_BREAK
from data.contracts.buildings import BUILDING_KIND
from governance.patrols.plans import CAMPAIGN, PlanOptions
from governance.visiting.rules import TIERS

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.components.frame import Page
    from dashboard.words import Words

_USUAL_DAYS, _USUAL_FLOOR, _LONGEST = 14, 30, 366
_MOST_PRESETS = 8


def show(page: Page) -> None:
    """Show the form, then the summary of a campaign that was made."""
    say = page.say
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader(say("A new campaign"))
        first, last, name = _choose_span(page)
        with st.form("campaign", border=False):
            options = _choose_focus(page, first, last, name)
            busy = running.bench.task is not None
            asked = st.form_submit_button(
                say("Make the campaign's plan"), type="primary", disabled=busy
            )
        if asked and options is not None:
            _make(page, options)
    with right:
        _show_summary(page)


def _choose_span(page: Page) -> tuple[date, date, str]:
    """Ask for the days, by a break or holiday that is known or freely."""
    say = page.say
    today = date.today()  # noqa: DTZ011 -- the office's own day
    spans = presets(page.office.calendar_spans(page.actor), today=today, say=say)
    chosen = st.selectbox(
        say("When"), ["", *spans], key="campaign_preset",
        format_func=lambda each: each or say("other days"),
    )  # fmt: skip
    if chosen:
        first, last, name = spans[chosen]
        return first, last, name
    if not any(kind == SCHOOL_BREAK for kind in _kinds_of(page)):
        st.caption(say("No school break is entered yet: enter it under “Calendar” and it can be "
                       "chosen here."))  # fmt: skip
    left, right = st.columns(2)
    first_day = left.date_input(say("First day"), value=today + timedelta(days=1),
                                format="YYYY-MM-DD", key="campaign_first")  # fmt: skip
    last_day = right.date_input(
        say("Last day"), value=today + timedelta(days=_USUAL_DAYS), format="YYYY-MM-DD",
        key="campaign_last",
    )  # fmt: skip
    return _day(first_day, today), _day(last_day, today), ""


def presets(
    spans: pd.DataFrame, *, today: date, say: Words
) -> dict[str, tuple[date, date, str]]:  # fmt: skip
    """Return the breaks and holidays that are known and not over, the next first, by label."""
    ahead = spans[spans["kind"].isin([SCHOOL_BREAK, HOLIDAY])]
    found: dict[str, tuple[date, date, str]] = {}
    for row in ahead.itertuples(index=False):
        first, last = _plain_day(row.first), _plain_day(row.last)
        if last < today:
            continue
        name = str(row.name) or say.name("day_kind", str(row.kind))
        found[f"{name} · {span_text(first, last, say=say)}"] = (max(first, today), last, name)
    return dict(sorted(found.items(), key=lambda each: each[1])[:_MOST_PRESETS])


def _choose_focus(page: Page, first: date, last: date, name: str) -> PlanOptions | None:
    """Ask what the campaign is called and what it looks at; None where its days are none."""
    say = page.say
    title = st.text_input(say("Name of the campaign"), value=name, key=f"campaign_name_{name}")
    floor = st.number_input(
        say("Every building at least once in so many days"), 1, _LONGEST, value=_USUAL_FLOOR,
        key="campaign_floor",
    )  # fmt: skip
    kinds = st.multiselect(
        say("Only these kinds of building"), BUILDING_KIND.values, placeholder=say("all"),
        key="campaign_kinds",
    )  # fmt: skip
    places = _communities(page)
    communities = st.multiselect(
        say("Only these communities"), list(places), format_func=places.__getitem__,
        placeholder=say("all"), key="campaign_communities",
    )  # fmt: skip
    focus = st.text_input(say("What it is about"), key="campaign_focus")
    share = week.random_share(page, key="campaign_share")
    if last < first:
        st.warning(say("The last day is before the first."))
        return None
    return PlanOptions(
        first=first, last=last, kind=CAMPAIGN, title=title.strip(), focus=focus.strip(),
        floor_days=dict.fromkeys(TIERS.values(), int(floor)), kinds=tuple(kinds),
        communities=tuple(communities), random_share=share,
    )  # fmt: skip


def _make(page: Page, options: PlanOptions) -> None:
    if not options.title:
        st.warning(page.say("Give the campaign a name."))
        return
    office, actor = page.office, page.actor
    running.start(lambda tell: office.make_plan(actor, options, progress=tell))


def _show_summary(page: Page) -> None:
    say = page.say
    st.subheader(say("What a campaign came to"))
    plan = choosing.ask(page, key="plan_choice_campaign", kind=CAMPAIGN)
    if plan is None:
        st.info(say("No campaign was planned yet."))
        return
    found = page.office.campaign_summary(page.actor, plan.plan_id)
    st.markdown(f"**{summary_sentence(found, say=say)}**")
    st.caption(
        say("{visited} of {planned} planned places; {joint} of them joint checks.",
            visited=found.places, planned=found.planned, joint=found.joint)
    )  # fmt: skip
    modes = found.modes.assign(
        visit_kind=[say.name("visit_kind", str(code)) for code in found.modes["mode"]]
    )
    tables = {"building_kind": found.kinds, "visit_kind": modes, "department": found.departments}
    for first, table in tables.items():
        if len(table):
            _show_table(page, table, first=first, title=str(found.title))


def _show_table(page: Page, table: pd.DataFrame, *, first: str, title: str) -> None:
    columns = [name for name in (first, "places", "problems", "suspected", "checks")
               if name in table]  # fmt: skip
    shown = table[columns].reset_index(drop=True)
    names = {name: page.say.name("column", name) for name in columns}
    evaluation_table.show(
        page, shown, title=title, key=f"campaign_{first}", headers=names, folded=False
    )


def summary_sentence(found: Any, *, say: Words) -> str:  # noqa: ANN401 -- a CampaignSummary
    """Return what a campaign came to, in the words of the field's reports."""
    return say(
        "{people} turns of duty, {places} places checked, {problems} problems found.",
        people=f"{found.person_times:,}", places=f"{found.places:,}",
        problems=f"{found.problems:,}",
    )  # fmt: skip


def _communities(page: Page) -> dict[str, str]:
    """Name the communities that a plan can be kept to."""
    duties = page.office.duties_of_day(page.actor)
    names = building_places(page.actor)
    pairs = zip(duties["community_code"].fillna(""), duties["building_id"], strict=True)
    return dict(sorted({code: names.get(unit, "") or code for code, unit in pairs if code}.items()))


def _kinds_of(page: Page) -> list[str]:
    return list(page.office.calendar_spans(page.actor)["kind"].unique())


def _day(value: object, otherwise: date) -> date:
    return value if isinstance(value, date) else otherwise


def _plain_day(value: Any) -> date:  # noqa: ANN401 -- a day or a time
    found: date = value.date() if hasattr(value, "date") else value
    return found
