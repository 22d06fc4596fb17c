"""开始: what changed, what waits, what is missing; each line leads to where it is dealt with."""

import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import parts, table
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from dashboard.ui.sections import first_steps
from dashboard.ui.sections.score import scoring_state
from dashboard.ui.task_panel import answer_in_background
from dashboard.views.start import coverage, first_places, overview_map, to_do
from governance.overview.facts import StartFacts

RISERS = (
    Column("name"),
    Column("tier_before", kind="tier"),
    Column("tier", kind="tier"),
    Column("score_before", digits=1),
    Column("score", digits=1),
    Column("change", digits=1),
    Column("unit", hidden=True),
)


def show(page: Page) -> None:
    """Show the week, what is overdue, gaps in responsibility, coverage and warnings."""
    say = page.say
    settings = page.office.settings(page.actor)
    street = settings.street or settings.name
    st.title(page.in_markdown("{street}: this week", street=street) if street else say("This week"))
    with page.telling_failures():
        facts = _gathered(page)
        if facts is None:
            to_do.show_first(page)  # what waits for the person needs none of it
            return
        if not facts.has_rows or not facts.has_score:
            first_steps.show(page)
            return
        _show_days(page, facts)
        scoring_state.show(page)
        to_do.show_first(page)
        ground, first = st.columns([3, 2], gap="medium")
        with ground:
            overview_map.show(page, facts.first)
        with first:
            first_places.show(page, facts)
        left, right = st.columns(2, gap="large")
        with left:
            to_do.show(page, facts)
        with right:
            _show_changes(page, facts)
            coverage.show(page, facts.coverage)


def _gathered(page: Page) -> StartFacts | None:
    """Return what the page tells, or last told, with its time, while what came is gathered."""
    overview, actor = page.office.overview, page.actor
    facts = answer_in_background(
        page, ("start", id(page.office), actor), lambda _tell: overview.summary(actor),
        text=page.say("Gathering this page; that takes long only the first time …"),
    )  # fmt: skip
    if facts is not None:
        return facts
    earlier = overview.earlier(actor)
    if earlier is None:
        return None
    page.caption("As it was at {at}; what came since is shown soon.", at=f"{earlier[0]:%H:%M}")
    return earlier[1]


def _show_days(page: Page, facts: StartFacts) -> None:
    if facts.before is None:
        page.caption("Today {on} · scores as of {day}", on=facts.on, day=facts.as_of)
    else:
        page.caption("Today {on} · scores as of {day}, compared with {before}", on=facts.on,
                     day=facts.as_of, before=facts.before)  # fmt: skip


def _show_changes(page: Page, facts: StartFacts) -> None:
    """Show this week's events by kind and the biggest risers; a chosen row opens the building."""
    say = page.say
    page.subheader("Last 7 days")
    figures = [
        Figure(
            say.name("table", str(row.kind)),
            f"{row.week:,}",
            say("{count} the week before", count=row.before),
        )
        for row in facts.events.itertuples(index=False)
    ]
    parts.show_figures(figures, key="start")
    page.subheader("Biggest rises")
    if facts.risers.empty:
        page.caption("Nothing to compare yet: a second score, a week or more later, shows it.")
        return
    table.of_buildings(
        page,
        facts.risers,
        RISERS,
        unit="unit",
        key="start_risers",
        export=say("Biggest rises {day}", day=facts.as_of),
        height_px=330,
    )
