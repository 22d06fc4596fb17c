"""The places to look at first: why, who answers for them, and whether somebody goes."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column, sheet
from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.patrol import day_text, listed, team_text
from dashboard.maps.content.unit_facts import chip_of
from dashboard.ui import download, links
from dashboard.ui.frame import Page
from governance.overview.facts import StartFacts

COLUMNS = (
    Column("rank"),
    Column("tier", kind="tier"),
    Column("name"),
    Column("community"),
    Column("score", digits=1),
    Column("low", digits=1),
    Column("high", digits=1),
    Column("factors", kind="factor"),
    Column("warden"),
    Column("planned_on", format=DAY),
    Column("team"),
    Column("why_uncovered", source="left_out", kind="uncovered"),
    Column("building_id", source="unit"),
)


def show(page: Page, facts: StartFacts) -> None:
    """Show each place on a card; its name opens the building's page."""
    say, places = page.say, facts.first
    page.subheader("Look here first")
    if places.empty:
        page.caption("No building of your scope has a score.")
        return
    plan = "" if facts.plan is None else facts.plan.kind
    for place in places.itertuples(index=False):
        with st.container(border=True, key=f"start_place_{place.rank}", gap="xxsmall"):
            label = title_of(place)
            if not links.show(page, "building", label, unit=str(place.unit)):
                st.markdown(label)
            st.html(card(place, say=say, plan=plan))
    page.caption("A lead, not a finding")
    title = say("Look here first")
    download.offer_sheets(
        page,
        f"{title} {facts.on}",
        sheets=lambda: [sheet(title, places, COLUMNS, say=say)],
        key="start_first_excel",
        rows=len(places),
    )


def title_of(place: Any) -> str:  # noqa: ANN401 -- a row as a tuple
    """Return rank and name of a place, and its community where it has one."""
    where = [plain(place.community)] if place.community else []
    return " · ".join([f"**{place.rank} · {plain(place.name)}**", *where])


def card(place: Any, *, say: Translator, plan: str) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return what a card says below the name, as HTML.

    ``place``: a row of `governance.overview.first_places.PLACE_COLUMNS`.
    ``plan``: kind of the line about next week's plan (`governance.overview.facts.StartLine`); "" to
    who reads published plans alone.
    """
    score = say(
        "of 100 visits about {n} find something ({low} to {high})",
        n=f"{place.score:.0f}", low=f"{place.low:.0f}", high=f"{place.high:.0f}",
    )  # fmt: skip
    factors = listed((say.name("factor", each) for each in place.factors), say=say)
    lines = {
        say("Why"): factors or "—",
        say("Warden"): place.warden or say("nobody"),
        say("Next visit"): _visit(place, say=say, plan=plan),
    }
    chip = chip_of(str(place.tier), say=say)
    return render("places/first.html", chip=chip, score=score, lines=lines)


def _visit(place: Any, *, say: Translator, plan: str) -> str:  # noqa: ANN401 -- a row of itertuples
    """Say when somebody goes there by plan, or why nobody does."""
    if not pd.isna(place.planned_on):
        team = team_text(place.team, say=say)
        day = day_text(place.planned_on.date(), say=say)
        if place.is_draft:
            return say("{day} · {team} (draft, not published)", day=day, team=team)
        return say("{day} · {team}", day=day, team=team)
    if place.left_out:
        return say("not planned: {why}", why=say.name("uncovered", place.left_out))
    if not plan:
        return say("on no published plan")
    return say("next week has no plan yet") if plan == "plan_missing" else say("not planned")
